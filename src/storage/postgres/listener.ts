/**
 * Hears what the other nodes committed. Only a hint: when the connection is away nothing is lost but time, as watchers
 * also look by themselves.
 */
import type { Client, ClientConfig } from 'pg';
import type { Hints } from '../hints.js';
import type { Change } from '../port.js';

export const CHANNEL = 'blindsum_change';
const RETRY_MS = 1000;

export class Listener {
  readonly #connect: () => Client;
  readonly #hints: Hints;
  readonly #node: string;
  #client: Client | null = null;
  #timer: NodeJS.Timeout | null = null;
  #closed = false;

  constructor(
    makeClient: new (config: ClientConfig) => Client,
    config: ClientConfig,
    hints: Hints,
    node: string,
  ) {
    this.#connect = () => new makeClient(config);
    this.#hints = hints;
    this.#node = node;
  }

  /** Resolves when listening, or when the first attempt failed; goes on trying until closed. */
  async start(): Promise<void> {
    if (this.#closed) return;
    const client = this.#connect();
    this.#client = client;
    const again = (): void => {
      if (this.#client !== client) return;
      this.#client = null;
      client.end().catch(() => undefined);
      if (!this.#closed) this.#timer = setTimeout(() => void this.start(), RETRY_MS).unref();
    };
    client.on('error', again);
    client.on('end', again);
    client.on('notification', ({ payload }) => {
      const change = decodeChange(payload ?? '', this.#node);
      if (change !== null) this.#hints.tell(change);
    });
    try {
      await client.connect();
      await client.query(`LISTEN ${CHANNEL}`);
    } catch {
      again();
    }
  }

  async close(): Promise<void> {
    this.#closed = true;
    if (this.#timer !== null) clearTimeout(this.#timer);
    await this.#client?.end().catch(() => undefined);
  }
}

const RELEASED = 'released';

export const encodeChange = (node: string, { taskId, sessionId, released }: Change): string =>
  [node, taskId, sessionId, ...(released ? [RELEASED] : [])].join(' ');

/** Null for changes of the node itself, which its watchers have heard of. */
function decodeChange(payload: string, self: string): Change | null {
  const [node, taskId, sessionId, released] = payload.split(' ');
  if (node === self || taskId === undefined || sessionId === undefined) return null;
  return released === RELEASED ? { taskId, sessionId, released: true } : { taskId, sessionId };
}
