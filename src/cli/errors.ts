/** Errors as the command line shows them: one line, a code, an exit code. A stack only with BLINDSUM_DEBUG. */
import { BlindsumError, printable, refuse } from '../protocol/errors.js';
import { VectorFileError } from './vector-files/vector.js';

export interface ErrorLine {
  readonly code: string;
  readonly fault: string;
  readonly message: string;
}

/** For mistakes in how a command was called. */
export const usage = (message: string): never => refuse('USAGE', 'caller', message);

export function describeError(error: unknown): ErrorLine {
  if (process.env['BLINDSUM_DEBUG'] !== undefined && error instanceof Error)
    process.stderr.write(`${error.stack ?? ''}\n`);
  if (error instanceof BlindsumError)
    return { code: error.code, fault: error.fault, message: oneLine(error.message) };
  if (error instanceof VectorFileError)
    return { code: error.code, fault: 'caller', message: oneLine(error.message) };
  const system = (error as NodeJS.ErrnoException | null)?.code;
  const message = error instanceof Error ? error.message : String(error);
  return { code: system ?? 'INTERNAL', fault: 'environment', message: oneLine(message) };
}

export function exitCodeOf(error: unknown): number {
  if (!(error instanceof BlindsumError)) return 3;
  if (error.code === 'CANCELLED') return 130;
  if (error.code === 'UNREADABLE_FILE' || error.fault === 'environment') return 3;
  return error.fault === 'caller' ? 2 : 1;
}

/** Much of what is shown here came over the network. */
const oneLine = (text: string): string => printable(text.replace(/\s*\n\s*/g, ' '));
