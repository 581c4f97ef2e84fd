/** Durations (500ms, 60s, 5m, 2h, 365d) and whole numbers on the command line. */
import { InvalidArgumentError } from 'commander';

const UNIT_MS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** @returns milliseconds */
export function parseDuration(text: string): number {
  const match = /^(\d+(?:\.\d+)?)(ms|s|m|h|d)$/.exec(text.trim());
  const unit = UNIT_MS[match?.[2] ?? ''];
  if (match === null || unit === undefined)
    throw new InvalidArgumentError('a duration is a number with a unit: 500ms, 60s, 5m, 2h, 365d');
  return Math.round(Number(match[1]) * unit);
}

/** The same within limits, both included. */
export function durationBetween(least: string, most: string): (text: string) => number {
  return (text) => {
    const ms = parseDuration(text);
    if (ms < parseDuration(least) || ms > parseDuration(most))
      throw new InvalidArgumentError(`a duration from ${least} to ${most} is needed`);
    return ms;
  };
}

export function parseInteger(min: number, max = Number.MAX_SAFE_INTEGER): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (text.trim() === '' || !Number.isInteger(value) || value < min || value > max) {
      throw new InvalidArgumentError(
        `an integer from ${min}${max === Number.MAX_SAFE_INTEGER ? '' : ` to ${max}`} is needed`,
      );
    }
    return value;
  };
}
