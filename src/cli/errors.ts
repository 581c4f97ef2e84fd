/** Errors as the command line shows them: one line, a code, an exit code. A stack only with BLINDSUM_DEBUG. */
import { systemProblem } from '../client/node/files.js';
import { BlindsumError, ERROR_CODES, printable, refuse } from '../protocol/errors.js';
import { interrupted } from './interrupt.js';
import { VectorFileError } from './vector-files/vector.js';

export interface ErrorLine {
  readonly code: string;
  readonly fault: string;
  readonly message: string;
}

/** For mistakes in how a command was called. */
export const usage = (message: string): never => refuse('USAGE', 'caller', message);

/** What went wrong in the words of whoever threw it. */
export const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

export function errorLine(error: unknown): ErrorLine {
  if (process.env['BLINDSUM_DEBUG'] !== undefined && error instanceof Error)
    process.stderr.write(`${error.stack ?? ''}\n`);
  if (error instanceof BlindsumError)
    return { code: error.code, fault: error.fault, message: oneLine(error.message) };
  if (error instanceof VectorFileError)
    return { code: error.code, fault: 'caller', message: oneLine(error.message) };
  const { path } = (error ?? {}) as NodeJS.ErrnoException;
  if (systemCode(error) !== undefined && path !== undefined) {
    const message = oneLine(`${path}: ${systemProblem(error)}`);
    return { code: 'UNREADABLE_FILE', fault: 'environment', message };
  }
  const message = reasonOf(error);
  const code = systemCode(error);
  // Of a file that is open already the system does not say which.
  if (code === 'ENOSPC')
    return {
      code: 'UNREADABLE_FILE',
      fault: 'environment',
      message: `a file cannot be written: ${systemProblem(error)}`,
    };
  // Errors of optional parts (learning) carry a code of the same list without being BlindsumErrors.
  if (code !== undefined && Object.hasOwn(ERROR_CODES, code))
    return { code, fault: 'environment', message: oneLine(message) };
  return { code: 'INTERNAL', fault: 'environment', message: oneLine(message) };
}

/** Whatever our own signal cancelled is told as the interruption it was; a session that an operator cancelled is not. */
export function asInterruption(error: unknown): unknown {
  const own = error instanceof BlindsumError && error.code === 'CANCELLED' && error.fault === 'caller';
  return own ? (interrupted() ?? error) : error;
}

export function exitCodeOf(error: unknown): number {
  if (error instanceof VectorFileError) return systemCode(error.cause) === undefined ? 2 : 3;
  if (!(error instanceof BlindsumError)) return 3;
  if (error === interrupted()) return 130;
  if (error.code === 'CANCELLED') return 1;
  if (error.code === 'UNREADABLE_FILE' || error.fault === 'environment') return 3;
  return error.fault === 'caller' ? 2 : 1;
}

/** ENOENT and the like. */
function systemCode(error: unknown): string | undefined {
  const code = (error as NodeJS.ErrnoException | null | undefined)?.code;
  return typeof code === 'string' ? code : undefined;
}

/** Much of what is shown here came over the network. */
const oneLine = (text: string): string => printable(text.replace(/\s*\n\s*/g, ' '));
