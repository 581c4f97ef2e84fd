/** A task spec in a YAML file; participants are public key files beside it, or hex keys. */
import { dirname, resolve } from 'node:path';
import { fromHex } from '../../crypto/bytes.js';
import { readPublicKey } from '../client/node/key-files.js';
import { readYaml } from '../client/node/yaml-file.js';
import { parseTaskSpec, type TaskSpec } from '../operator/task-spec.js';

/** @throws BlindsumError UNREADABLE_FILE, BAD_CONFIG */
export function readTaskSpec(path: string): { spec: TaskSpec; identities: Uint8Array[] | null } {
  const spec = parseTaskSpec(readYaml(path));
  if (spec.participants === 'enrolled') return { spec, identities: null };
  return { spec, identities: spec.participants.map((entry) => readKey(entry, dirname(path))) };
}

const readKey = (entry: string, folder: string): Uint8Array =>
  /^[0-9a-f]{64}$/i.test(entry) ? fromHex(entry) : readPublicKey(resolve(folder, entry));
