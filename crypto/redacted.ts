/**
 * Objects that hold secrets do not show them when somebody prints them: in a log line, an assertion, an error's cause,
 * the report of a crash. Printed means `JSON.stringify`, `util.inspect` and what is built on them (attack C13).
 *
 * Security: it keeps secrets out of what is printed by accident, not from code that reads the fields. Copies made
 * with `{ ...value }` or `structuredClone` are not covered.
 */
const hidden = (): string => '[redacted]';
const property = { value: hidden, enumerable: false };
/** What util.inspect asks for, by a name that needs no import of node:util. */
const INSPECT = Symbol.for('nodejs.util.inspect.custom');

/** The same object, printed as '[redacted]' from now on. */
export function redacted<T extends object>(value: T): T {
  // One by one: both at once take Node twice as long.
  Object.defineProperty(value, 'toJSON', property);
  return Object.defineProperty(value, INSPECT, property);
}
