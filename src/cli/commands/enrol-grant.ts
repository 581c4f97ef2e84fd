/** `blindsum enrol grant`: the organiser permits one scope a second set of participants, knowing what that reveals. */
import { Command } from 'commander';
import { usage } from '../errors.js';
import { createOutput } from '../output.js';

interface GrantFlags {
  readonly organiser: string;
  readonly dataset?: string;
  readonly task?: string;
  readonly input?: string;
  readonly from: readonly string[];
  readonly to: readonly string[];
  readonly out: string;
  readonly json?: boolean;
}

export function grantCommand(): Command {
  return new Command('grant')
    .description(
      'permit one more set of participants for a scope whose votes are spent; policies must accept grants',
    )
    .requiredOption('--organiser <key>', "the organiser's private key file")
    .option('--dataset <label>', 'scope: the data set label of static tasks')
    .option('--task <id>', 'scope: an evolving task, together with --input')
    .option('--input <file>', 'scope: the input that was voted on')
    .requiredOption('--from <pub...>', 'public keys of the set that was signed for')
    .requiredOption('--to <pub...>', 'public keys of the set to permit')
    .requiredOption('--out <file>', 'where the grant goes; participants give it to contribute --grant')
    .option('--json', 'print JSON')
    .addHelpText(
      'after',
      '\nExample:\n  blindsum enrol grant --organiser organiser.key --dataset default --from a.pub b.pub c.pub d.pub --to a.pub b.pub c.pub --out left.grant',
    )
    .action(grant);
}

async function grant(flags: GrantFlags): Promise<void> {
  const { readSigner, readPublicKey, writeSigned } = await import('../../client/node/key-files.js');
  const { issueGrant } = await import('../../operator/organiser.js');
  const { toHex } = await import('../../../crypto/bytes.js');
  const { fingerprint } = await import('../../protocol/fingerprint.js');
  const from = flags.from.map((path) => readPublicKey(path));
  const to = flags.to.map((path) => readPublicKey(path));
  const signed = issueGrant(await scopeOf(flags), from, to, readSigner(flags.organiser));
  writeSigned(flags.out, 'GRANT', signed);
  const permitted = new Set(to.map(toHex));
  const before = new Set(from.map(toHex));
  const differing = [
    ...from.filter((identity) => !permitted.has(toHex(identity))),
    ...to.filter((identity) => !before.has(toHex(identity))),
  ].map((identity) => fingerprint(identity));
  const warning =
    differing.length === 1
      ? `whoever sees both sums learns the whole vector of ${differing[0]}`
      : `whoever sees both sums learns the difference: the vectors of ${differing.join(', ')}, added and subtracted`;
  createOutput(flags.json === true).result(
    { grant: flags.out, differing, warning: differing.length === 0 ? null : warning },
    `${flags.out}: ${differing.length === 0 ? 'the two sets are the same' : warning}`,
  );
}

async function scopeOf({ dataset, task, input }: GrantFlags): Promise<Uint8Array> {
  const { datasetScope, evolvingScope } = await import('../../protocol/scope.js');
  if (dataset !== undefined) return datasetScope(dataset);
  if (task === undefined) return usage('give the scope: --dataset LABEL, or --task ID with --input FILE');
  if (!/^[0-9a-f]{64}$/i.test(task))
    return usage('--task: the whole task id is needed, 64 hexadecimal digits');
  const { fromHex } = await import('../../../crypto/bytes.js');
  const { inputHash } = await import('../../protocol/statements.js');
  const { readInputFile } = await import('../input-file.js');
  return evolvingScope(fromHex(task), input === undefined ? null : inputHash(await readInputFile(input)));
}
