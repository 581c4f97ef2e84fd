/** The blob an opening names by hash: a model or query in any format. */
import { readFile } from 'node:fs/promises';
import { refuse } from '../protocol/errors.js';

export const readInputFile = (path: string): Promise<Uint8Array> =>
  readFile(path).catch((cause: unknown) =>
    refuse('UNREADABLE_FILE', 'caller', `${path}: the input cannot be read`, { cause }),
  );
