/** A task spec in a YAML file; participants are public key files beside it, or hex keys. */
import { readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { parse } from 'yaml';
import { fromHex } from '../../crypto/bytes.js';
import { readPublicKey } from '../client/node/key-files.js';
import { parseTaskSpec, type TaskSpec } from '../operator/task-spec.js';
import { refuse } from '../protocol/errors.js';

export async function readTaskSpec(
  path: string,
): Promise<{ spec: TaskSpec; identities: Uint8Array[] | null }> {
  const text = await readFile(path, 'utf8').catch((cause: unknown) =>
    refuse('UNREADABLE_FILE', 'caller', `${path}: the task spec cannot be read`, { cause }),
  );
  const spec = parseTaskSpec(parseYaml(path, text));
  if (spec.participants === 'enrolled') return { spec, identities: null };
  return { spec, identities: spec.participants.map((entry) => readKey(entry, dirname(path))) };
}

function parseYaml(path: string, text: string): unknown {
  try {
    return parse(text);
  } catch (cause) {
    refuse('BAD_CONFIG', 'caller', `${path}: ${(cause as Error).message.split('\n')[0] ?? 'not YAML'}`, {
      cause,
    });
  }
}

const readKey = (entry: string, folder: string): Uint8Array =>
  /^[0-9a-f]{64}$/i.test(entry) ? fromHex(entry) : readPublicKey(resolve(folder, entry));
