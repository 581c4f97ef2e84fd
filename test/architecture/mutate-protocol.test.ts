// What scripts/mutate-protocol changes, and that a mutant differs only where it is switched on.
import { expect, test } from '@jest/globals';
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { instrument } from '../../scripts/lib/mutation/instrument.mjs';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** The function body with the mutant switched on (-1: with none), run on the arguments. */
function run(body: string, active: number, values: Record<string, unknown>): unknown {
  const names = Object.keys(values);
  const { text } = instrument('check.ts', `function f(${names.join(', ')}) {\n${body}\n}`, 0);
  // eslint-disable-next-line @typescript-eslint/no-implied-eval -- the text is made by this file
  const made = new Function('__mutant', `${text}\nreturn f;`) as (mutant: (id: number) => boolean) => unknown;
  return (made((id) => id === active) as (...given: unknown[]) => unknown)(...Object.values(values));
}

const changes = (body: string): string[] => instrument('check.ts', body, 0).mutants.map(({ to }) => to);

const made: readonly (readonly [what: string, text: string, to: readonly string[]])[] = [
  [
    'a condition is forced and its operator swapped',
    'if (a < b) f();',
    ['a <= b', 'a >= b', 'true', 'false'],
  ],
  ['the condition of a loop only fails', 'while (go) f();', ['false', '']],
  ['an operand is left out', 'x = a && b;', ['', 'a', 'b', '(a) || (b)']],
  ['a negation is left out', 'return !a;', ['a']],
  ['a number is off by one', 'return 7;', ['(7 + 1)', '(7 - 1)']],
  ['a call and an assignment are left out', 'f();\nx = y;', ['', '']],
  [
    'quantifiers are swapped, a filter is left out',
    'return a.some(f) ? a.filter(f) : b;',
    ['a.every(f)', 'true', 'false', 'a'],
  ],
  ['a text is left alone', "return 'a' + `${b + 1}`;", []],
  ['what an error says is left alone', "throw new TypeError(a > 1 ? 'x' : 'y');", []],
  ['a type is left alone', 'let a: 7 | 8;', []],
];
test.each(made)('%s', (_, text, to) => {
  expect(changes(text).sort()).toEqual([...to].sort());
});

test('each change is there when it is switched on, and only then', () => {
  const body =
    'let sum = 0;\nfor (const each of list) { if (each > 1 && each !== 4) sum += each; }\nreturn sum;';
  const { mutants } = instrument('check.ts', `function f(list) {\n${body}\n}`, 0);
  const of = (what: string, to: string) =>
    run(body, mutants.find((mutant) => mutant.what === what && mutant.to === to)?.id ?? NaN, {
      list: [1, 2, 3, 4],
    });
  expect(run(body, -1, { list: [1, 2, 3, 4] })).toBe(5);
  expect(of('operator', 'each >= 1')).toBe(6);
  expect(of('operand', 'each > 1')).toBe(9);
  expect(of('condition', 'false')).toBe(0);
  expect(of('number', '(0 + 1)')).toBe(6);
});

test('an else stays with its if when a statement before it can be left out', () => {
  const body = "let out = '';\nif (a) out = 'then';\nelse out = 'else';\nreturn out;";
  expect([run(body, -1, { a: true }), run(body, -1, { a: false })]).toEqual(['then', 'else']);
});

test('every file of the protocol still parses, with its changes in place', () => {
  let count = 0;
  for (const name of readdirSync(`${root}/src/protocol`, { recursive: true }).map(String)) {
    if (!name.endsWith('.ts')) continue;
    const { text, mutants } = instrument(name, readFileSync(`${root}/src/protocol/${name}`, 'utf8'), count);
    count += mutants.length;
    const { diagnostics } = ts.transpileModule(text, { reportDiagnostics: true });
    expect({ name, errors: diagnostics?.map(({ messageText }) => messageText) }).toEqual({
      name,
      errors: [],
    });
  }
  expect(count).toBeGreaterThan(1000);
});
