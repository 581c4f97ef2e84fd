/** `blindsum keygen`: an Ed25519 identity for a participant, organiser or coordinator. */
import { Command } from 'commander';
import { usage } from '../errors.js';
import { createOutput } from '../output.js';

export function keygenCommand(): Command {
  return new Command('keygen')
    .description('make an Ed25519 key: FILE (private, mode 0600) and FILE with .pub for .key')
    .requiredOption('--out <file>', 'where the private key goes, for example a.key')
    .option('--force', 'overwrite an existing key')
    .option('--json', 'print JSON')
    .addHelpText('after', '\nExample:\n  blindsum keygen --out hospital-a.key')
    .action(async ({ out, force, json }: { out: string; force?: boolean; json?: boolean }) => {
      const { identityFromSeed } = await import('../../../crypto/signature.js');
      const { systemRandom } = await import('../../../crypto/random.js');
      const { wipe, toHex } = await import('../../../crypto/bytes.js');
      const { publicKeyPath, writeIdentity, writePublicKey } = await import('../../client/node/key-files.js');
      const { fingerprint } = await import('../../protocol/fingerprint.js');
      const identity = identityFromSeed(systemRandom(32));
      try {
        try {
          writeIdentity(out, identity.seed, { overwrite: force === true });
        } catch (error) {
          if (((error as Error).cause as NodeJS.ErrnoException | undefined)?.code !== 'EEXIST') throw error;
          usage(`${out}: exists already (--force overwrites)`);
        }
        const publicFile = publicKeyPath(out);
        writePublicKey(publicFile, identity.publicKey);
        createOutput(json === true).result(
          {
            privateKey: out,
            publicKeyFile: publicFile,
            publicKey: toHex(identity.publicKey),
            fingerprint: fingerprint(identity.publicKey),
          },
          `${out} (keep it secret) and ${publicFile}\nfingerprint ${fingerprint(identity.publicKey)}`,
        );
      } finally {
        wipe(identity.seed);
      }
    });
}
