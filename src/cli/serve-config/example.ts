/** The commented example of a configuration: all keys, with their defaults. `deploy/blindsum.yaml` is its output. */
import { stringify } from 'yaml';
import { isSection, type Key, type Section, sections } from './keys.js';

const HEAD = `# Configuration of the coordinator: blindsum serve --config blindsum.yaml
#
# Paths are relative to this file. What is commented out has no default; everything else below the keys that name files
# shows its default and may be left out. Each key can also be set in the environment, which goes before this file:
# BLINDSUM_SERVE_ and the name in capitals, with _ between words and for the dot (limits.openSessions is
# BLINDSUM_SERVE_LIMITS_OPEN_SESSIONS; MiB is one word); paths are then relative to the working directory. Flags go
# before both. blindsum serve --config blindsum.yaml --print-config shows what is in effect, and why.
`;

export const exampleConfig = (): string => `${HEAD}\n${entriesOf(sections, '').join('\n')}\n`;

const entriesOf = (section: Section, indent: string): string[] =>
  section.entries.flatMap((entry) => {
    const comment = entry.notes.description === undefined ? [] : [`${indent}# ${entry.notes.description}`];
    const name = entry.path.at(-1) as string;
    if (!isSection(entry)) return [...comment, ...keyLines(entry, name, indent)];
    return [...comment, `${indent}${name}:`, ...entriesOf(entry, `${indent}  `)];
  });

function keyLines(key: Key, name: string, indent: string): string[] {
  const { example, isUsual = false } = key.notes;
  if (key.standard === undefined && !key.isRequired && !isUsual) {
    return (example ?? '').split('\n').map((line, index) => {
      return index === 0 ? `${indent}# ${name}: ${line}` : `${indent}# ${line}`;
    });
  }
  const value = stringify(key.standard ?? example).trimEnd();
  return [`${indent}${name}: ${value}`];
}
