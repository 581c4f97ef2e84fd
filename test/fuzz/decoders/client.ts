/** What a participant keeps or is given on its own disk. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { decodeSaved, encodeSaved } from '../../../src/client/saved-state.js';
import { readIdentity, readPublicKey, readSigned } from '../../../src/client/node/key-files.js';
import {
  decodeReceipt,
  decodeScope,
  decodeSignedList,
  encodeReceipt,
  encodeScope,
  encodeSignedList,
  toLatch,
} from '../../../src/client/node/journal-rows.js';
import { loadTrust } from '../../../src/client/node/trust-file.js';
import { readTaskSpec } from '../../../src/cli/task-file.js';
import { fileLineage } from '../../../src/learning/lineage-file.js';
import { signTask } from '../../../src/operator/task-spec.js';
import { anchorsOf, organiser } from '../../helpers/protocol.js';
import { type Decoder, requireSame } from '../harness.js';

const folder = mkdtempSync(join(tmpdir(), 'blindsum-fuzz-'));
export const removeFiles = (): void => rmSync(folder, { recursive: true, force: true });

/** A file with these bytes, for as long as it is read. */
function inFile<T>(bytes: Uint8Array, read: (path: string) => T): T {
  const path = join(folder, 'mutated');
  writeFileSync(path, bytes);
  return read(path);
}

const is = (condition: boolean, what: string): void => {
  if (!condition) throw new Error(what);
};

export const clientDecoders: readonly Decoder[] = [
  {
    folder: 'saved-state',
    codes: ['UNREADABLE_FILE'],
    check: (bytes) => requireSame(bytes, encodeSaved(decodeSaved(bytes, anchorsOf()))),
  },
  {
    folder: 'journal-row',
    codes: ['UNREADABLE_FILE'],
    check(bytes, name) {
      if (name.includes('scope')) return requireSame(bytes, encodeScope(decodeScope(bytes)));
      if (name.includes('receipt')) return requireSame(bytes, encodeReceipt(decodeReceipt(bytes)));
      if (name.includes('statements')) return requireSame(bytes, encodeSignedList(decodeSignedList(bytes)));
      const empty = new Uint8Array();
      const row = { session: '', message: 'r2', subject: '', key: empty, payload: empty } as const;
      toLatch({ ...row, signature: empty, attachment: null, statement: bytes, state: null });
    },
  },
  {
    folder: 'trust-file',
    codes: ['BAD_CONFIG', 'NO_TRUST', 'UNREADABLE_FILE'],
    check(bytes) {
      const { anchors, revoked } = inFile(bytes, loadTrust);
      is(anchors.organiser.length === 32 && anchors.coordinator.length === 32, 'a key of another length');
      is(
        [...revoked].every((hex) => /^[0-9a-f]{64}$/.test(hex)),
        'an identity that is none',
      );
    },
  },
  {
    folder: 'task-spec',
    codes: ['BAD_CONFIG', 'UNREADABLE_FILE', 'BAD_TASK', 'TOO_FEW_PARTICIPANTS', 'WOULD_WRAP', 'UNSUPPORTED'],
    check(bytes) {
      const { spec, identities } = inFile(bytes, readTaskSpec);
      // What can be read can be signed.
      signTask(spec, identities, organiser.signer);
    },
  },
  {
    folder: 'key-file',
    codes: ['UNREADABLE_FILE'],
    check(bytes, name) {
      if (name.includes('identity'))
        is(inFile(bytes, readIdentity).length === 32, 'a seed of another length');
      else if (name.includes('public'))
        is(inFile(bytes, readPublicKey).length === 32, 'a key of another length');
      else inFile(bytes, (path) => readSigned(path, 'CERTIFICATE'));
    },
  },
  {
    folder: 'lineage-file',
    codes: ['UNREADABLE_FILE'],
    check: (bytes) => inFile(bytes, (path) => fileLineage(path).load('ab'.repeat(32))),
  },
];
