/** What an engine cannot do, as a refusal with a code of PROTOCOL §9: the shells ask before a session, and run its jobs. */
import { CkksError } from '../../crypto/ckks/errors.js';
import type { Lack } from '../../crypto/engine/need.js';
import { BlindsumError, refuse } from './errors.js';

/** @throws BlindsumError MISSING_PACKAGE, UNSUPPORTED (fault environment) */
export function refuseLack(lack: Lack | null): void {
  if (lack !== null) refuse(lack.code, 'environment', lack.message);
}

/** For what a job rejects with. @throws BlindsumError with the code of a CkksError (fault environment); else the error itself */
export function refuseFailedJob(error: unknown): never {
  if (error instanceof CkksError)
    throw new BlindsumError(error.code, 'environment', error.message, { cause: error });
  throw error;
}
