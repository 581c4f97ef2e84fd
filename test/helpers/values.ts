/** Results, lists and values of rounds, as tests take them apart. */
import { serialize } from 'node:v8';
import type { Refusal } from '../../src/protocol/client/state.js';
import { BlindsumError, type ErrorCode } from '../../src/protocol/errors.js';

export const zeros = new Uint8Array(32);

export const fill = (byte: number, length = 32): Uint8Array => new Uint8Array(length).fill(byte);

/** An item that is there. */
export const at = <T>(items: readonly T[], index: number): T => items[index] as T;

export const replaced = <T>(items: readonly T[], index: number, item: T): T[] =>
  items.map((old, at) => (at === index ? item : old));

/** The result of a round that must not refuse. */
export function must<R extends { readonly kind: string }>(result: R): Exclude<R, Refusal> {
  if (result.kind === 'refusal') throw (result as unknown as Refusal).error;
  return result as Exclude<R, Refusal>;
}

/** The code with which something refuses, returned or thrown; null when it does not. */
export function codeOf(attempt: () => unknown): ErrorCode | null {
  try {
    const result = attempt() as { kind?: unknown; error?: unknown } | undefined;
    return result?.kind === 'refusal' ? (result.error as BlindsumError).code : null;
  } catch (error) {
    if (error instanceof BlindsumError) return error.code;
    throw error;
  }
}

/** Runs `attempt` and throws when one of the values it was given is not what it was before. */
export function unchanged<R>(given: readonly unknown[], attempt: () => R): R {
  const before = serialize(given);
  const result = attempt();
  if (!serialize(given).equals(before)) throw new Error('a round changed what it was given');
  return result;
}

/**
 * What a worker would receive. Copied by hand, since `structuredClone` under jest returns objects of another realm, and
 * stricter: throws for anything but plain objects, arrays, maps, byte and integer arrays and primitives.
 */
export function clone<T>(value: T): T {
  structuredClone(value);
  return copy(value) as T;
}

function copy(value: unknown): unknown {
  if (typeof value === 'function') throw new TypeError('a function cannot be cloned');
  if (typeof value !== 'object' || value === null) return value;
  if (value instanceof Uint8Array || value instanceof Uint32Array) return value.slice();
  if (Array.isArray(value)) return value.map(copy);
  if (value instanceof Map) return new Map([...value].map(([key, item]) => [copy(key), copy(item)]));
  if (Object.getPrototypeOf(value) !== Object.prototype) throw new TypeError('a class instance');
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, copy(item)]));
}
