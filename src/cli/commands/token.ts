/** `blindsum token`: what operators log in with. They keep the token; the coordinator's file has its hash and their name. */
import { Command, Option } from 'commander';
import { type Role, ROLES } from '../../coordinator/grpc/roles.js';
import { usage } from '../errors.js';
import { createOutput } from '../output.js';

interface CreateFlags {
  readonly name: string;
  readonly out: string;
  readonly role: Role;
  readonly add?: string;
  readonly json?: boolean;
}

interface HashFlags {
  readonly name: string;
  readonly role: Role;
  readonly json?: boolean;
}

const roleFlag = (): Option =>
  new Option('--role <role>', 'operator: opens and stops sessions; auditor: reads, also what is in escrow')
    .choices(ROLES)
    .default('operator' satisfies Role);

export function tokenCommand(): Command {
  const create = new Command('create')
    .description('make a token: FILE (mode 0600) for the operator, a line with its hash for the coordinator')
    .requiredOption('--name <name>', "the operator's name, as it is recorded with what they do")
    .requiredOption('--out <file>', 'where the token goes; nothing is written over')
    .addOption(roleFlag())
    .option('--add <file>', "append the line to this file (the coordinator's operatorTokens)")
    .option('--json', 'print JSON')
    .addHelpText(
      'after',
      '\nExample:\n  blindsum token create --name alice --out alice.token --add operator-tokens\n  blindsum token create --name dpo --role auditor --out dpo.token --add operator-tokens\nTo exchange a token, add a second one under the same name, and delete the line of the first when nobody uses it any more.',
    )
    .action(createToken);
  const hash = new Command('hash')
    .description("the line for the coordinator's file, of a token that exists")
    .argument('<file>', 'the token')
    .requiredOption('--name <name>', "the operator's name")
    .addOption(roleFlag())
    .option('--json', 'print JSON')
    .addHelpText('after', '\nExample:\n  blindsum token hash operator.token --name alice >> operator-tokens')
    .action(hashToken);
  return new Command('token')
    .description('tokens that operators log in with')
    .addCommand(create)
    .addCommand(hash);
}

async function createToken({ name, role, out, add, json }: CreateFlags): Promise<void> {
  const { systemRandom } = await import('../../../crypto/random.js');
  const { formatOperatorToken, operatorToken } = await import('../../coordinator/grpc/operator-tokens.js');
  const { readText, systemProblem } = await import('../../client/node/files.js');
  const { appendFileSync, existsSync, writeFileSync } = await import('node:fs');
  const token = Buffer.from(systemRandom(32)).toString('base64url');
  // Before anything is written: the name may be refused.
  const line = formatOperatorToken(operatorToken(name, token, role));
  try {
    writeFileSync(out, `${token}\n`, { mode: 0o600, flag: 'wx' });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    usage(`${out}: ${systemProblem(error)}`);
  }
  if (add !== undefined) {
    // The last line of a file that somebody edited may have no end.
    const isOpen = existsSync(add) && /[^\n]$/.test(readText(add));
    appendFileSync(add, `${isOpen ? '\n' : ''}${line}\n`, { mode: 0o600 });
  }
  createOutput(json === true).result(
    { name, role, tokenFile: out, line, added: add ?? null },
    add === undefined
      ? `${out} (for ${name} only); the line for the coordinator's file of operatorTokens:\n${line}`
      : `${out} (for ${name} only); its hash is in ${add}`,
  );
}

async function hashToken(file: string, { name, role, json }: HashFlags): Promise<void> {
  const { formatOperatorToken, operatorToken } = await import('../../coordinator/grpc/operator-tokens.js');
  const { readText } = await import('../../client/node/files.js');
  const line = formatOperatorToken(operatorToken(name, readText(file).trim(), role));
  createOutput(json === true).result({ name, role, line }, line);
}
