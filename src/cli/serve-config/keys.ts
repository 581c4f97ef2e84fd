/** The keys of a configuration, read off its schema, and the environment variable of each. */
import type { z } from 'zod';
import { configSchema, type KeyNotes } from './schema.js';

export interface Section {
  readonly path: readonly string[];
  readonly notes: KeyNotes;
  /** It has to be there as a whole or not at all. */
  readonly isOptional: boolean;
  readonly entries: readonly (Section | Key)[];
}

/** A key with a value of its own. */
export interface Key {
  readonly path: readonly string[];
  readonly notes: KeyNotes;
  /** BLINDSUM_SERVE_LIMITS_OPEN_SESSIONS for limits.openSessions. */
  readonly variable: string;
  /** Its value is taken from a variable as it stands; any other is read as YAML. */
  readonly isText: boolean;
  readonly isRequired: boolean;
  readonly standard: unknown;
}

export const PREFIX = 'BLINDSUM_SERVE_';

/** Each capital begins a word; MiB is one word. */
export const variableOf = (path: readonly string[]): string =>
  PREFIX +
  path
    .map((part) => part.replaceAll('MiB', 'Mib').replace(/([a-z0-9])([A-Z])/g, '$1_$2'))
    .join('_')
    .toUpperCase();

/** As much of a zod schema as is needed here. */
type Schema = z.core.$ZodType & { meta(): Record<string, unknown> | undefined };
interface Definition {
  readonly type: string;
  readonly innerType?: Schema;
  readonly defaultValue?: unknown;
  readonly shape?: Readonly<Record<string, Schema>>;
}

const definitionOf = (schema: Schema): Definition => schema._zod.def;

export const isSection = (entry: Section | Key): entry is Section => 'entries' in entry;

export const sections: Section = sectionOf(configSchema, [], configSchema, false);

/** All keys, in the order of the schema. */
export const keys: readonly Key[] = leavesOf(sections);

function leavesOf(section: Section): Key[] {
  return section.entries.flatMap((entry) => (isSection(entry) ? leavesOf(entry) : [entry]));
}

function entryOf(schema: Schema, path: readonly string[]): Section | Key {
  let inner = schema;
  let definition = definitionOf(inner);
  const wrappers: string[] = [];
  let standard: unknown;
  while (definition.innerType !== undefined) {
    wrappers.push(definition.type);
    if (definition.type === 'default') standard = definition.defaultValue;
    inner = definition.innerType;
    definition = definitionOf(inner);
  }
  if (definition.type === 'object') return sectionOf(inner, path, schema, wrappers.includes('optional'));
  return {
    path,
    notes: schema.meta() ?? {},
    variable: variableOf(path),
    isText: definition.type === 'string' || definition.type === 'enum',
    isRequired: wrappers.length === 0,
    standard,
  };
}

function sectionOf(
  schema: z.core.$ZodType,
  path: readonly string[],
  outer: Schema,
  isOptional: boolean,
): Section {
  const { shape = {} } = definitionOf(schema as Schema);
  const entries = Object.entries(shape).map(([name, inner]) => entryOf(inner, [...path, name]));
  return { path, notes: outer.meta() ?? {}, isOptional, entries };
}
