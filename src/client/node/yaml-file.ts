/** Reads YAML (or JSON) as people write it. */
import { parse } from 'yaml';
import { BlindsumError } from '../../protocol/errors.js';
import { readText } from './files.js';

/** @throws BlindsumError UNREADABLE_FILE, BAD_CONFIG naming the path */
export function readYaml(path: string): unknown {
  const text = readText(path);
  try {
    return parse(text) as unknown;
  } catch (cause) {
    const line = (cause as Error).message.split('\n')[0] ?? '';
    throw new BlindsumError('BAD_CONFIG', 'caller', `${path}: is not YAML: ${line}`, { cause });
  }
}
