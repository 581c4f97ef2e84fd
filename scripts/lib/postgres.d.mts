export interface Postgres {
  /** Of the server's own database. */
  readonly url: string;
  /** A new, empty database. @returns its URL */
  createDatabase(): Promise<string>;
  /** 'immediate' is a crash: nothing is flushed, connections are cut. */
  stop(how?: 'fast' | 'immediate'): Promise<void>;
  /** After a stop, on the same port and data. */
  start(): Promise<void>;
  dispose(): Promise<void>;
}

/** @param parent the folder for its data */
export function startPostgres(
  settings?: Readonly<Record<string, string>>,
  parent?: string,
): Promise<Postgres>;
export function query(url: string, text: string): Promise<Record<string, unknown>[]>;
/** A port that nobody listens on just now. */
export function freePort(): Promise<number>;
