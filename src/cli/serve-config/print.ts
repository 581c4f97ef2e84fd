/** The configuration as it is in effect, each value with where it came from; passwords are left out. */
import { Document, isScalar } from 'yaml';
import { withoutPassword } from '../store/url.js';
import { isSection, type Key, type Section, sections } from './keys.js';
import { at, type Resolved } from './resolve.js';

type Values = { [name: string]: unknown };

/** For `--json`: values and origins side by side. */
export interface Effective {
  readonly config: Values;
  /** By the dotted name of the key. */
  readonly origins: Readonly<Record<string, string>>;
}

export function effective(resolved: Resolved): Effective {
  const origins: Record<string, string> = {};
  const valuesOf = (section: Section): Values => {
    const values: Values = {};
    for (const entry of section.entries) {
      const name = entry.path.at(-1) as string;
      const value = at(resolved.settings, entry.path);
      if (value === undefined) continue;
      values[name] = isSection(entry) ? valuesOf(entry) : shown(entry, value);
      if (!isSection(entry)) origins[entry.path.join('.')] = resolved.givenAt(entry.path)?.where ?? 'default';
    }
    return values;
  };
  return { config: valuesOf(sections), origins };
}

/** YAML that `serve --config` takes again, as long as no password was in it. */
export function printConfig(resolved: Resolved): string {
  const { config, origins } = effective(resolved);
  const document = new Document(config);
  for (const [name, where] of Object.entries(origins)) {
    const node = document.getIn(name.split('.'), true);
    // A list or table of values has its note above it.
    if (isScalar(node)) node.comment = ` ${where}`;
    else if (node !== undefined) (node as { commentBefore?: string }).commentBefore = ` ${where}`;
  }
  return document.toString({ lineWidth: 0 }).trimEnd();
}

const shown = (key: Key, value: unknown): unknown =>
  key.notes.isUrl === true && typeof value === 'string' ? withoutPassword(value) : value;
