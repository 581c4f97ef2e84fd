/** The form of test/vectors/refusals.json: what a participant is shown at one step, and what is changed of it (RFC 6902). */
import type { ErrorCode } from '../../../../src/protocol/errors.js';
import { play, type Played, SCENARIOS } from '../scenarios.js';

export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

export type StepName =
  'open' | 'roster' | 'shares' | 'complaint' | 'headers' | 'signatures' | 'result' | 'abort';

export interface Base {
  readonly session: string;
  /** Index into the session's `participants`. */
  readonly participant: number;
  readonly step: StepName;
  /** What this participant knows besides the session's earlier messages. */
  readonly own: { readonly [key: string]: Json };
  readonly message: { readonly [key: string]: Json };
}

export interface Change {
  readonly op: 'replace' | 'add' | 'remove';
  /** RFC 6901. */
  readonly path: string;
  readonly value?: unknown;
}

/** A reason code; null: nothing is refused. */
export type Verdict = ErrorCode | 'skipped' | 'no answer' | null;

export interface Case {
  readonly base: string;
  /** The section and the number of the check. */
  readonly check: string;
  readonly what: string;
  readonly patch: readonly Change[];
  readonly code: Verdict;
  /** The signed message that follows when nothing is refused. */
  readonly sends?: unknown;
}

/** Cases of one base. */
export const casesOf =
  (base: string) =>
  (check: string, what: string, code: Verdict, ...patch: readonly Change[]): Case => ({
    base,
    check,
    what,
    patch,
    code,
  });

export const replace = (path: string, value: unknown): Change => ({ op: 'replace', path, value });
export const add = (path: string, value: unknown): Change => ({ op: 'add', path, value });
export const remove = (path: string): Change => ({ op: 'remove', path });

export function patched<T extends Json>(document: T, patch: readonly Change[]): T {
  return patch.reduce<Json>(
    (value, change) => changed(value, change.path.split('/').slice(1), change),
    document,
  ) as T;
}

function changed(value: Json, [key, ...rest]: readonly string[], change: Change): Json {
  if (key === undefined) return change.value as Json;
  if (typeof value !== 'object' || value === null) throw new Error(`nothing at ${change.path}`);
  const isLast = rest.length === 0;
  if (Array.isArray(value)) {
    const items = [...(value as readonly Json[])];
    const index = Number(key);
    const isInside = index < items.length || (isLast && change.op === 'add' && index === items.length);
    if (!isInside) throw new Error(`nothing at ${change.path}`);
    if (isLast && change.op === 'add') items.splice(index, 0, change.value as Json);
    else if (isLast && change.op === 'remove') items.splice(index, 1);
    else items[index] = changed(items[index] as Json, rest, change);
    return items;
  }
  const record = value as { readonly [key: string]: Json };
  if (!Object.hasOwn(record, key)) throw new Error(`nothing at ${change.path}`);
  return { ...record, [key]: changed(record[key] as Json, rest, change) };
}

const games = new Map<string, Played>();
/** Each session once: states are plain data, and nothing here changes them. */
export function sessionOf(name: string): Played {
  let played = games.get(name);
  if (played === undefined) {
    const scenario = SCENARIOS[name];
    if (scenario === undefined) throw new Error(`no session ${name}`);
    played = play(scenario());
    games.set(name, played);
  }
  return played;
}

export const at = <T>(items: readonly T[], index: number): T => {
  const item = items[index];
  if (item === undefined) throw new Error(`nothing at ${index}`);
  return item;
};

/** Of those who answered in a round, the one at a roster position. */
export const memberAt = <M extends { readonly position: number }>(
  members: readonly M[],
  position: number,
): M =>
  at(
    members.filter((member) => member.position === position),
    0,
  );
