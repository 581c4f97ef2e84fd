/** The protocol refuses by throwing. In an audit a refusal is something found, and whatever else is thrown is a mistake here. */
import { type BlindsumError, isBlindsumError } from '../protocol/errors.js';

/** Null: it was refused. @param found is told why */
export function unlessRefused<T>(attempt: () => T, found?: (refusal: BlindsumError) => void): T | null {
  try {
    return attempt();
  } catch (error) {
    if (!isBlindsumError(error)) throw error;
    found?.(error);
    return null;
  }
}

/** Null: it was not refused. */
export function refusalOf(attempt: () => unknown): BlindsumError | null {
  try {
    attempt();
    return null;
  } catch (error) {
    if (isBlindsumError(error)) return error;
    throw error;
  }
}
