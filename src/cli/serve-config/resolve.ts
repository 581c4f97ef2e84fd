/** One configuration out of several layers, and for every value where it came from. */
import { resolve } from 'node:path';
import type { z } from 'zod';
import { refuse } from '../../protocol/errors.js';
import { type Key, keys } from './keys.js';
import type { Given, Origin } from './layers.js';
import { nearest } from './nearest.js';
import { configSchema, type Settings } from './schema.js';

export interface Resolved {
  readonly settings: Settings;
  /** Null: the default. */
  readonly givenAt: (path: readonly string[]) => Origin | null;
  /** Of what is missing too: where it would be. */
  readonly originOf: (path: readonly string[]) => Origin;
  /** The file or folder that a key names; undefined where it is not given. */
  readonly file: (...path: string[]) => string | undefined;
}

type Tree = { [name: string]: unknown };

/**
 * @param layers later ones go over earlier ones, key by key
 * @param standard where defaults are relative to
 * @throws BlindsumError BAD_CONFIG naming the key and where it was given
 */
export function resolveSettings(layers: readonly (readonly Given[])[], standard: Origin): Resolved {
  const given = new Map(layers.flat().map((one) => [one.path.join('.'), one]));
  const document: Tree = {};
  for (const { path, value } of given.values()) put(document, path, value);
  const givenAt = (path: readonly string[]): Origin | null =>
    given.get(path.join('.'))?.origin ?? (path.length > 1 ? givenAt(path.slice(0, -1)) : null);
  const originOf = (path: readonly string[]): Origin => givenAt(path) ?? standard;
  const parsed = configSchema.safeParse(document);
  if (!parsed.success) refuse('BAD_CONFIG', 'caller', describe(parsed.error, document, originOf, standard));
  return {
    settings: parsed.data,
    givenAt,
    originOf,
    file(...path) {
      const value = at(parsed.data, path);
      return typeof value === 'string' ? resolve(originOf(path).folder, value) : undefined;
    },
  };
}

function put(tree: Tree, path: readonly string[], value: unknown): void {
  const [name = '', ...rest] = path;
  // Own properties only: a key may be called __proto__.
  const set = (to: unknown): void =>
    void Object.defineProperty(tree, name, {
      value: to,
      enumerable: true,
      writable: true,
      configurable: true,
    });
  if (rest.length === 0) return set(value);
  const below = Object.hasOwn(tree, name) ? tree[name] : undefined;
  const inner: Tree = typeof below === 'object' && below !== null ? (below as Tree) : {};
  if (inner !== below) set(inner);
  put(inner, rest, value);
}

export const at = (document: unknown, path: readonly PropertyKey[]): unknown =>
  path.reduce<unknown>(
    (value, key) => (value as Readonly<Record<PropertyKey, unknown>> | null | undefined)?.[key],
    document,
  );

/** The first thing wrong, where it was given first. */
function describe(
  error: z.ZodError,
  document: Tree,
  originOf: (path: readonly string[]) => Origin,
  standard: Origin,
): string {
  const issue = error.issues[0] as z.core.$ZodIssue;
  const path = issue.path.map(String);
  const name = path.join('.');
  if (issue.code === 'unrecognized_keys') {
    const unknown = [...path, issue.keys[0] ?? ''];
    return `${originOf(unknown).where}: unknown key ${unknown.join('.')}${suggestion(unknown)}`;
  }
  if (at(document, path) === undefined) {
    const key = keys.find((other) => other.path.join('.') === name);
    return `${standard.where}: ${name} is missing${key === undefined ? '' : ` (or set ${key.variable})`}`;
  }
  return `${originOf(path).where}: ${name}: ${issue.message}`;
}

/** Among its neighbours first, then everywhere: the right key in the wrong section is a common mistake. */
function suggestion(unknown: readonly string[]): string {
  const above = unknown.slice(0, -1);
  const last = unknown.at(-1) ?? '';
  const table = keys.find(({ path }) => path.every((part, index) => above[index] === part));
  if (table !== undefined) {
    const near = nearest(last, table.notes.below ?? []);
    return near === null ? '' : `; do you mean ${[...above, near].join('.')}?`;
  }
  const neighbours = keys
    .filter(({ path }) => above.every((part, index) => path[index] === part))
    .map(({ path }) => path[above.length] ?? '');
  const near = nearest(last, [...new Set(neighbours)]);
  const meant = near === null ? elsewhere(last) : [...above, near].join('.');
  return meant === undefined ? '' : `; do you mean ${meant}?`;
}

const elsewhere = (name: string): string | undefined =>
  keys.find(({ path }: Key) => path.at(-1)?.toLowerCase() === name.toLowerCase())?.path.join('.');
