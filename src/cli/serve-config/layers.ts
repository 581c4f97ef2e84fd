/** Where values come from: a YAML file with line numbers, the environment, the command line. */
import { dirname } from 'node:path';
import { isMap, isScalar, LineCounter, parse, parseDocument } from 'yaml';
import { readText } from '../../client/node/files.js';
import { refuse } from '../../protocol/errors.js';
import { keys, PREFIX } from './keys.js';
import { nearest } from './nearest.js';

export interface Origin {
  /** For people: 'blindsum.yaml:3', 'BLINDSUM_SERVE_LISTEN', '--listen', 'default'. */
  readonly where: string;
  /** What relative paths are relative to. */
  readonly folder: string;
  /** The YAML file that it is from. */
  readonly file?: string;
}

/** One value, or (from a file) one key that nobody knows. */
export interface Given {
  readonly path: readonly string[];
  readonly value: unknown;
  readonly origin: Origin;
}

/**
 * Every key of the file down to those that have no keys below; a key without a value counts as not given.
 * @throws BlindsumError UNREADABLE_FILE, BAD_CONFIG naming file and line
 */
export function fromFile(path: string): Given[] {
  const lines = new LineCounter();
  const document = parseDocument(readText(path), { lineCounter: lines });
  const [problem] = document.errors;
  if (problem !== undefined) {
    const text = problem.message.split('\n')[0]?.replace(/ at line \d+, column \d+:?$/, '');
    refuse(
      'BAD_CONFIG',
      'caller',
      `${path}:${lines.linePos(problem.pos[0]).line}: is not YAML: ${text ?? ''}`,
    );
  }
  const folder = dirname(path);
  const given: Given[] = [];
  const visit = (node: unknown, above: readonly string[]): void => {
    if (!isMap(node)) return;
    for (const { key, value } of node.items) {
      const name = isScalar(key) ? String(key.value) : String(key);
      const below = [...above, name];
      const start = isScalar(key) ? (key.range?.[0] ?? 0) : 0;
      const origin = { where: `${path}:${lines.linePos(start).line}`, folder, file: path };
      if (isMap(value) && isSectionPath(below)) visit(value, below);
      else {
        const plain: unknown = (value as { toJS?(of: unknown): unknown } | null)?.toJS?.(document);
        if (plain !== null && plain !== undefined) given.push({ path: below, value: plain, origin });
      }
    }
  };
  if (document.contents !== null && !isMap(document.contents) && document.toJS() !== null)
    refuse('BAD_CONFIG', 'caller', `${path}: expected keys and values, like listen: 0.0.0.0:7443`);
  visit(document.contents, []);
  return given;
}

const isSectionPath = (path: readonly string[]): boolean =>
  keys.some((key) => key.path.length > path.length && path.every((part, index) => key.path[index] === part));

/** @throws BlindsumError BAD_CONFIG naming the variable */
export function fromEnvironment(environment: Readonly<Record<string, string | undefined>>): Given[] {
  const known = new Map(keys.map((key) => [key.variable, key]));
  return Object.entries(environment).flatMap(([variable, text]) => {
    if (text === undefined || text === '') return [];
    if (!variable.startsWith(PREFIX)) {
      // Passed over, BLINDSUM_STORE would mean that sessions are kept somewhere else than somebody thinks.
      const meant = PREFIX + variable.replace(/^BLINDSUM_/, '');
      if (meant !== PREFIX + variable && known.has(meant))
        refuse('BAD_CONFIG', 'caller', `${variable}: no key is set by this variable; it is ${meant}`);
      return [];
    }
    const key = known.get(variable);
    if (key === undefined) {
      const meant = nearest(variable, [...known.keys()]);
      const hint = meant === null ? '' : `; do you mean ${meant}?`;
      refuse('BAD_CONFIG', 'caller', `${variable}: no key is set by this variable${hint}`);
    }
    const origin = { where: variable, folder: '.' };
    return [{ path: key.path, value: key.isText ? text : asYaml(variable, text), origin }];
  });
}

function asYaml(variable: string, text: string): unknown {
  try {
    return parse(text) as unknown;
  } catch {
    refuse('BAD_CONFIG', 'caller', `${variable}: is not YAML`);
  }
}

/** The flags that have the name of a key. */
export const fromFlags = (flags: Readonly<Record<string, string | undefined>>): Given[] =>
  Object.entries(flags).flatMap(([name, value]) =>
    value === undefined ? [] : [{ path: [name], value, origin: { where: `--${name}`, folder: '.' } }],
  );
