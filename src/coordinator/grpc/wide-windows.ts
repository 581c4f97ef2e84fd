/**
 * How much of an upload may be on its way. HTTP/2 lets 64 KiB of a connection be unread at a time: whoever sends a megabyte
 * has to wait for leave again and again, and each leave is work for both. Connections on which chunks come get more.
 *
 * Security: what has come and was not read yet is in memory and counted nowhere: a call is read once its caller is known, and
 * receiving.ts counts what is read. So only so many connections have a wide window at a time, each with a login, and their
 * number bounds that memory. What a sender was allowed once cannot be taken back: a connection counts until it is closed.
 * Those that find no place go on as all others do.
 */
import type { Http2Session } from 'node:http2';

/** Of a connection, in bytes. One stream may take all of what its connection has. */
export const WIDE_WINDOW_BYTES = 512 * 1024;

export class WideWindows {
  readonly #most: number;
  readonly #wide = new Set<Http2Session>();

  /** @param most connections at a time */
  constructor(most: number) {
    this.#most = most;
  }

  /** Somebody who has logged in sends a chunk on it. */
  widen(session: Http2Session | undefined): void {
    if (session === undefined || session.destroyed) return;
    if (this.#wide.has(session) || this.#wide.size >= this.#most) return;
    this.#wide.add(session);
    session.once('close', () => this.#wide.delete(session));
    session.setLocalWindowSize(WIDE_WINDOW_BYTES);
  }
}
