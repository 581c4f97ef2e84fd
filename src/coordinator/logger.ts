/**
 * What the coordinator needs of a logger; pino satisfies it. Only ids, phases, counts and reason codes are logged, never
 * payloads, shares or inputs.
 */
type Log = (fields: object, message: string) => void;

export interface Logger {
  readonly debug: Log;
  readonly info: Log;
  readonly warn: Log;
  readonly error: Log;
}

const ignore: Log = () => undefined;
export const silentLogger: Logger = { debug: ignore, info: ignore, warn: ignore, error: ignore };

/** What may be written about an error that nobody foresaw. */
export const describeError = (error: unknown): { error: string } => ({
  error: error instanceof Error ? `${error.name}: ${error.message}` : 'unknown',
});
