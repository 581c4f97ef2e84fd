// Each attack of the protocol's list has tests, a marked check in the source or a reason for none, and a row in SECURITY.md.
// scripts/mutate-checks then shows that the tests see the checks.
import { describe, expect, test } from '@jest/globals';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { findMarks } from '../../scripts/lib/mutation/marks.mjs';

const root = fileURLToPath(new URL('../..', import.meta.url));

const range = (letter: string, count: number): string[] =>
  Array.from({ length: count }, (_, index) => `${letter}${index + 1}`);
/** A: the coordinator deviates; B: a participant does; C: mistakes with the primitives. */
const attacks = [...range('A', 3), 'A3b', ...range('A', 15).slice(3), ...range('B', 5), ...range('C', 14)];

/** Where there is no single check to take out, and why. */
const unmarked: Readonly<Record<string, string>> = {
  C6: 'structural: the modulus is a power of two, so its bits are taken as they come and none is rejected',
  C9: 'structural: no branch or index depends on a secret in our own arithmetic',
  C10: 'structural: there is one source of randomness and the linter forbids another',
};

const folder = 'test/attacks';
const testFiles = readdirSync(join(root, folder))
  .filter((name) => name.endsWith('.test.ts'))
  .map((name) => `${folder}/${name}`);
const filesOf = (id: string): string[] => testFiles.filter((file) => file.startsWith(`${folder}/${id}-`));

const marks = ['src', 'crypto']
  .flatMap((part) =>
    readdirSync(join(root, part), { recursive: true }).map((name) => `${part}/${String(name)}`),
  )
  .filter((file) => file.endsWith('.ts'))
  .flatMap((file) =>
    findMarks(file, readFileSync(join(root, file), 'utf8')).map(({ ids, line }) => ({ ids, line, file })),
  );

interface Call {
  /** `test`, `test.each`, … */
  readonly callee: string;
  readonly name: string | undefined;
}

/** Every call of jest's `test`, `it` and `describe` that takes a name. */
function testsIn(file: string): Call[] {
  const source = ts.createSourceFile(
    file,
    readFileSync(join(root, file), 'utf8'),
    ts.ScriptTarget.ES2022,
    true,
  );
  const calls: Call[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isCallExpression(node) && node.arguments.length > 1) {
      const named = ts.isCallExpression(node.expression) ? node.expression.expression : node.expression;
      const [first] = node.arguments;
      if (/^(?:test|it|describe)\b/.test(named.getText(source)) && first !== undefined) {
        calls.push({ callee: named.getText(source), name: startOf(first) });
      }
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return calls;
}

function startOf(name: ts.Expression): string | undefined {
  if (ts.isStringLiteralLike(name)) return name.text;
  return ts.isTemplateExpression(name) ? name.head.text : undefined;
}

test('there are 35 attacks', () => {
  expect(new Set(attacks).size).toBe(15 + 1 + 5 + 14);
});

test('every file is named after an attack', () => {
  const known = new RegExp(`^${folder}/(?:${attacks.join('|')})-[a-z0-9-]+(?:\\.full)?\\.test\\.ts$`);
  expect(testFiles.filter((file) => !known.test(file))).toEqual([]);
});

test.each(attacks)('%s has a test file', (id) => {
  expect(filesOf(id)).not.toEqual([]);
});

test.each(testFiles)('%s: every test at top level and named by the id', (file) => {
  const id = file.slice(folder.length + 1).split('-')[0] ?? '';
  const calls = testsIn(file);
  expect(calls).not.toEqual([]);
  for (const call of calls) {
    expect(call).toEqual({
      callee: expect.stringMatching(/^test(?:\.each)?$/),
      name: expect.stringMatching(new RegExp(`^${id} .`)),
    });
  }
});

test('every mark names known attacks', () => {
  const unknown = marks.filter(({ ids }) => ids.length === 0 || !ids.every((id) => attacks.includes(id)));
  expect(unknown).toEqual([]);
});

test.each(attacks)('%s has a marked check, or a reason for none', (id) => {
  const marked = marks.some(({ ids }) => ids.includes(id));
  expect({ marked, unmarked: id in unmarked }).toEqual({
    marked: !(id in unmarked),
    unmarked: id in unmarked,
  });
});

/** `| A3 | attack | check | tests |` */
const rows = readFileSync(join(root, 'SECURITY.md'), 'utf8')
  .split('\n')
  .filter((line) => /^\| *[ABC]\d/.test(line))
  .map((line) =>
    line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
const pathsIn = (text: string): string[] => [
  ...new Set(
    [...text.matchAll(/`((?:src|crypto|test|scripts)\/[^`]+)`|\]\(([^)#]+)\)/g)].map(
      ([, quoted, linked]) => quoted ?? linked ?? '',
    ),
  ),
];

describe('SECURITY.md', () => {
  test('has one row for each attack, in order', () => {
    expect(rows.map(([id]) => id)).toEqual(attacks);
  });

  test.each(attacks)('%s: names the check and all its tests, all of which exist', (id) => {
    const [, attack = '', check = '', tests = ''] = rows.find(([first]) => first === id) ?? [];
    expect(attack).not.toBe('');
    const named = pathsIn(check + tests);
    expect(named.filter((path) => !existsSync(join(root, path)))).toEqual([]);
    expect(pathsIn(tests)).toEqual(expect.arrayContaining(filesOf(id)));
    const sources = pathsIn(check);
    const files = marks.filter(({ ids }) => ids.includes(id)).map(({ file }) => file);
    expect(id in unmarked || sources.some((path) => files.includes(path))).toBe(true);
  });
});
