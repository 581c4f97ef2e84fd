/** The one method of the bare server, and what it and the benchmark say to each other. */
import { MAX_CHUNK_BYTES } from '../../../rpc/participant-api.js';
import type { Failed } from '../../demo/messages.js';
import type { Usage } from '../service/messages.js';

export const PATH = '/bare/take';
export const MESSAGE_BYTES = 2 * MAX_CHUNK_BYTES;
export const asIs = (bytes: Buffer): Buffer => bytes;

export interface ToBareServer {
  readonly type: 'start' | 'measure';
}

export type FromBareServer =
  | { readonly type: 'listening'; readonly port: number; readonly ca: string }
  | ({ readonly type: 'usage' } & Usage)
  | Failed;
