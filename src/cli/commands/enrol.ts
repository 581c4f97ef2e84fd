/** `blindsum enrol`: the organiser certifies a participant, or revokes one. */
import { Command, Option } from 'commander';
import { basename } from 'node:path';
import type { Signed } from '../../protocol/signed.js';
import { type ConnectionFlags, withConnection, withOperator } from '../connection.js';
import { grantCommand } from './enrol-grant.js';
import { parseDuration } from '../durations.js';
import { usage } from '../errors.js';
import { createOutput } from '../output.js';

interface EnrolFlags {
  readonly organiser?: string;
  readonly participant?: string;
  readonly name?: string;
  readonly out?: string;
  readonly valid: number;
  readonly json?: boolean;
}

export function enrolCommand(): Command {
  const command = new Command('enrol')
    .description(
      'certify a participant: its public key, a name and an expiry, signed by the organiser (offline)',
    )
    .option('--organiser <key>', "the organiser's private key file")
    .option('--participant <pub>', "the participant's public key file")
    .option('--name <name>', 'a name for people; default: the file name')
    .option('--out <file>', 'where the certificate goes')
    .addOption(
      new Option('--valid <duration>', 'period of validity')
        .argParser(parseDuration)
        .default(parseDuration('365d'), '365d'),
    )
    .option('--json', 'print JSON')
    .addHelpText(
      'after',
      '\nExamples:\n  blindsum enrol --organiser dev/organiser.key --participant a.pub --name a --out a.cert\n  blindsum enrol revoke --organiser dev/organiser.key --participant a.pub',
    )
    .action(enrol);
  command.addCommand(revokeCommand());
  command.addCommand(grantCommand());
  return command;
}

async function enrol(flags: EnrolFlags): Promise<void> {
  const organiserFile = flags.organiser ?? usage('--organiser is needed: the key file that signs');
  const participantFile =
    flags.participant ?? usage('--participant is needed: the public key file to certify');
  const out = flags.out ?? usage('--out is needed: where the certificate goes');
  const { readSigner, readPublicKey, writeSigned } = await import('../../client/node/key-files.js');
  const { fingerprint } = await import('../../protocol/fingerprint.js');
  const { issueCertificate } = await import('../../operator/organiser.js');
  const organiser = readSigner(organiserFile);
  const identity = readPublicKey(participantFile);
  const name = flags.name ?? basename(participantFile).replace(/\.pub$/, '');
  const nowMs = Date.now();
  // A little before now, so that a participant whose clock is behind can start at once.
  const certificate: Signed = issueCertificate(
    { identity, name, notBeforeMs: nowMs - 300_000, expiresMs: nowMs + flags.valid },
    organiser,
  );
  writeSigned(out, 'CERTIFICATE', certificate);
  const expires = new Date(nowMs + flags.valid).toISOString();
  createOutput(flags.json === true).result(
    { certificate: out, name, identity, fingerprint: fingerprint(identity), expires },
    `${out}: ${name}, ${fingerprint(identity)}, valid until ${expires}`,
  );
}

function revokeCommand(): Command {
  const command = new Command('revoke')
    .description('revoke a participant: sign it and tell the coordinator')
    .requiredOption('--organiser <key>', "the organiser's private key file")
    .requiredOption('--participant <pub>', "the participant's public key file")
    .option('--json', 'print JSON')
    .addHelpText(
      'after',
      '\nExample:\n  blindsum enrol revoke --organiser dev/organiser.key --participant a.pub',
    );
  return withConnection(command, { token: true }).action(
    async (flags: ConnectionFlags & { organiser: string; participant: string; json?: boolean }) => {
      const { readSigner, readPublicKey } = await import('../../client/node/key-files.js');
      const { issueRevocation } = await import('../../operator/organiser.js');
      const identity = readPublicKey(flags.participant);
      const revocation = issueRevocation(identity, Date.now(), readSigner(flags.organiser));
      await withOperator(flags, ({ operator }) => operator.putRevocation(revocation));
      createOutput(flags.json === true).result(
        { revoked: identity },
        'revoked; the coordinator refuses it from now on',
      );
    },
  );
}
