/** The command line as a whole: registers the commands, turns errors into one line and an exit code. */
import { Command, CommanderError } from 'commander';
import { actionsCommand } from './commands/actions.js';
import { auditCommand } from './commands/audit.js';
import { benchCommand } from './commands/bench.js';
import { contributeCommand } from './commands/contribute.js';
import { demoCommand } from './commands/demo.js';
import { doctorCommand } from './commands/doctor.js';
import { enrolCommand } from './commands/enrol.js';
import { escrowCommand } from './commands/escrow.js';
import { keygenCommand } from './commands/keygen.js';
import { planCommand } from './commands/plan.js';
import { receiptCommand } from './commands/receipt.js';
import { serveCommand } from './commands/serve.js';
import { sessionCommand } from './commands/session.js';
import { simulateCommand } from './commands/simulate.js';
import { storeCommand } from './commands/store.js';
import { taskCommand } from './commands/task.js';
import { tokenCommand } from './commands/token.js';
import { witnessCommand } from './commands/witness.js';
import { asInterruption, errorLine, exitCodeOf } from './errors.js';
import { packageVersion } from './package-version.js';

const COMMANDS = [
  demoCommand,
  keygenCommand,
  serveCommand,
  enrolCommand,
  taskCommand,
  sessionCommand,
  escrowCommand,
  auditCommand,
  contributeCommand,
  receiptCommand,
  witnessCommand,
  tokenCommand,
  actionsCommand,
  doctorCommand,
  storeCommand,
  planCommand,
  simulateCommand,
  benchCommand,
];

const EXIT_CODES = `
Exit codes: 0 done; 1 the thing asked for is not so (aborted session, failed check); 2 usage or bad input;
3 could not be tried (unreachable, disk, missing package); 130 interrupted.

Connection: --coordinator, --trust, --token-file come from BLINDSUM_COORDINATOR, BLINDSUM_TRUST, BLINDSUM_TOKEN_FILE, or from
the YAML file that BLINDSUM_CONFIG names (keys: coordinator, trust, tokenFile, tlsCert, tlsKey) when not given.`;

/** @returns the exit code */
export async function run(args: readonly string[]): Promise<number> {
  for (const name of Object.keys(process.env)) {
    // `export BLINDSUM_TRUST=` is how a shell unsets it for most people.
    if (name.startsWith('BLINDSUM_') && process.env[name] === '') delete process.env[name];
  }
  const program = inherit(new Command('blindsum'))
    .description('Secure aggregation: the sum of vectors that nobody may show, and nothing but the sum.')
    .version(packageVersion())
    .addHelpText('after', EXIT_CODES);
  for (const command of COMMANDS) program.addCommand(inherit(command()));
  try {
    await program.parseAsync([...args], { from: 'user' });
    // A command whose answer is "not so" has printed it and set 1.
    return Number(process.exitCode ?? 0);
  } catch (raised) {
    const error = asInterruption(raised);
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    const description = errorLine(error);
    if (args.includes('--json')) process.stdout.write(`${JSON.stringify({ error: description })}\n`);
    process.stderr.write(`blindsum: ${description.code}: ${description.message}\n`);
    return exitCodeOf(error);
  }
}

/** Subcommands throw instead of exiting, too, and name a code in every error line. */
function inherit(command: Command): Command {
  command
    .enablePositionalOptions()
    .configureOutput({
      outputError: (text, write) => {
        write(text.replace(/^error: /, 'blindsum: USAGE: '));
      },
    })
    .exitOverride()
    .showHelpAfterError('(add --help for the flags and an example)');
  for (const child of command.commands) inherit(child);
  return command;
}
