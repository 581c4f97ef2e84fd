/** A task spec in a YAML file; participants are public key files beside it, or hex keys. */
import { dirname } from 'node:path';
import { readYaml } from '../client/node/yaml-file.js';
import { parseTaskSpec, type TaskSpec } from '../operator/task-spec.js';
import { readParticipantKey } from './participant-key.js';

/** @throws BlindsumError UNREADABLE_FILE, BAD_CONFIG */
export function readTaskSpec(path: string): { spec: TaskSpec; identities: Uint8Array[] | null } {
  const spec = parseTaskSpec(readYaml(path));
  if (spec.participants === 'enrolled') return { spec, identities: null };
  return { spec, identities: spec.participants.map((entry) => readParticipantKey(entry, dirname(path))) };
}
