// What scripts/mutate-checks takes out for a mark: the check and nothing else, or it says why it cannot.
import { expect, test } from '@jest/globals';
import { execFileSync, spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { findMarks } from '../../scripts/lib/mutation/marks.mjs';
import { apply, removal } from '../../scripts/lib/mutation/remove.mjs';
import { firstRed } from '../../scripts/lib/mutation/verdict.mjs';

const command = fileURLToPath(new URL('../../scripts/mutate-checks', import.meta.url));

/** Just enough of the standard library for the types that decide. */
const LIBRARY = `
interface Array<T> { length: number; [index: number]: T }
interface ReadonlyArray<T> { length: number; readonly [index: number]: T }
interface Uint8Array { length: number; fill(value: number): this }
interface Boolean {} interface CallableFunction {} interface Function {} interface IArguments {}
interface NewableFunction {} interface Number {} interface Object {} interface RegExp {} interface String {}
declare function refuse(why: string): never;
declare function concat(...parts: Uint8Array[]): Uint8Array;
declare function pair(left: Uint8Array, right: Uint8Array): Uint8Array;
declare function encode(fields: readonly [string, number]): Uint8Array;
declare function use(value: unknown): void;
declare const a: boolean, b: boolean, c: boolean;
declare const x: Uint8Array, y: Uint8Array;
`;

function typesOf(text: string): { checker: ts.TypeChecker; source: ts.SourceFile } {
  const files = new Map([
    ['check.ts', text],
    ['lib.d.ts', LIBRARY],
  ]);
  const program = ts.createProgram(
    ['check.ts', 'lib.d.ts'],
    { noLib: true, strict: true, target: ts.ScriptTarget.ES2022 },
    {
      getSourceFile: (name, target) => {
        const found = files.get(name);
        return found === undefined ? undefined : ts.createSourceFile(name, found, target, true);
      },
      getDefaultLibFileName: () => 'lib.d.ts',
      writeFile: () => undefined,
      getCurrentDirectory: () => '',
      getCanonicalFileName: (name) => name,
      useCaseSensitiveFileNames: () => true,
      getNewLine: () => '\n',
      fileExists: (name) => files.has(name),
      readFile: (name) => files.get(name),
    },
  );
  const source = program.getSourceFile('check.ts');
  if (source === undefined) throw new Error('the text was not read');
  return { checker: program.getTypeChecker(), source };
}

/** The text without what its only mark stands for, without comments and layout; or the problem. */
function without(text: string): string {
  const marks = findMarks('check.ts', text);
  expect(marks).toHaveLength(1);
  const { target, problem } = marks[0] ?? {};
  if (target === undefined) return `problem: ${problem ?? ''}`;
  const edit = removal(target, () => typesOf(text));
  return 'problem' in edit ? `problem: ${edit.problem}` : plain(apply(text, edit));
}

const plain = (text: string): string =>
  text
    .replace(/\/\/.*$/gm, '')
    .replace(/\s+/g, ' ')
    .trim();

const removals: readonly (readonly [what: string, text: string, left: string])[] = [
  ['an if whose block opens', "if (a) { // check: A3\n  refuse('no');\n}", '{}'],
  ['an if whose block closes', "if (a) {\n  refuse('no');\n} // check: A3", '{}'],
  ['an if over several lines', "if (\n  a ||\n  b\n) { // check: A3\n  refuse('no');\n}", '{}'],
  ['an if on one line', "if (a) refuse('no'); // check: A3", '{}'],
  ['an if without braces', "if (a)\n  refuse('no'); // check: A3", '{}'],
  ['an if with else', "if (a) { // check: A3\n  refuse('no');\n} else {\n  use(b);\n}", '{ use(b); }'],
  ['an else', "if (a) {\n  use(b);\n} else { // check: A3\n  refuse('no');\n}", 'if (a) { use(b); } else {}'],
  ['an else on one line', "if (a) use(b);\nelse refuse('no'); // check: A3", 'if (a) use(b); else {}'],
  [
    'an else if',
    "if (a) {\n  use(b);\n} else if (b) { // check: A3\n  refuse('no');\n}",
    'if (a) { use(b); } else {}',
  ],
  ['a loop', "for (const each of [a, b]) { // check: A3\n  if (each) refuse('no');\n}", '{}'],
  ['a call', 'use(a); // check: A3', '{}'],
  ['a call over several lines', 'use(\n  a,\n); // check: A3', '{}'],
  ['only the statement in the block', 'if (a) {\n  use(b); // check: A3\n}', 'if (a) { {} }'],
  ['an operand of &&', 'use(\n  a && // check: A3\n    b &&\n    c,\n);', 'use( true && b && c, );'],
  [
    'an operand of && in the middle',
    'use(\n  a &&\n    b && // check: A3\n    c,\n);',
    'use( a && true && c, );',
  ],
  ['the last operand of &&', 'use(\n  a &&\n    b &&\n    c, // check: A3\n);', 'use( a && b && true, );'],
  ['the last operand of a declaration', 'const all =\n  a &&\n  b; // check: A3', 'const all = a && true;'],
  [
    'the last operand in brackets',
    'if (\n  a &&\n  (b ||\n    c) // check: A3\n) {\n}',
    'if ( a && (b || false) ) { }',
  ],
  ['an operand of ||', 'if (\n  a || // check: A3\n  b\n) {\n}', 'if ( false || b ) { }'],
  ['the last operand of ||', 'if (\n  a ||\n  b // check: A3\n) {\n}', 'if ( a || false ) { }'],
  [
    'an operand that is a call over lines',
    'use(\n  pair(\n    x,\n    y,\n  ) && // check: A3\n    b,\n);',
    'use( true && b, );',
  ],
  ['an argument of many', 'concat(\n  x, // check: A3\n  y,\n);', 'concat( y, );'],
  ['the last argument of many', 'concat(\n  x,\n  y, // check: A3\n);', 'concat( x, );'],
  [
    'one of so many arguments, bytes keep their number',
    'pair(\n  x, // check: A3\n  y,\n);',
    'pair( new Uint8Array((x).length), y, );',
  ],
  ['an element of an array', 'use([\n  x, // check: A3\n  y,\n]);', 'use([ y, ]);'],
  ['the only element', 'use([\n  x, // check: A3\n]);', 'use([ ]);'],
  ['a spread element', 'use([\n  x,\n  ...[y], // check: A3\n]);', 'use([ x, ]);'],
  ['the only argument', 'concat(\n  x, // check: A3\n);', 'concat( );'],
  ['an element of a tuple', "encode([\n  'label',\n  7, // check: A3\n]);", "encode([ 'label', 0, ]);"],
  ['a property', "use({\n  name: 'n', // check: A3\n  a,\n});", "use({ name: '', a, });"],
  ['a property that is a list', 'use({\n  wipe: [x, y], // check: A3\n});', 'use({ wipe: [], });'],
  ['a property by its name', 'use({\n  x, // check: A3\n});', 'use({ x: new Uint8Array((x).length), });'],
  ['a link of a chain', 'x\n  .fill(0)\n  .fill(1) // check: A3\n  .fill(2);', 'x .fill(0) .fill(2);'],
];
test.each(removals)('takes out %s', (_, text, left) => {
  expect(without(text)).toBe(left);
});

const unremovable: readonly (readonly [what: string, text: string])[] = [
  ['a declaration, without which later lines cannot run', 'const all = pair(x, y); // check: A3'],
  ['a return', 'function f() {\n  return pair(x, y); // check: A3\n}'],
  ['a function', 'function f() { // check: A3\n  use(a);\n}'],
  ['one of two operands on a line', 'const all = a && b; // check: A3'],
  ['one of two elements on a line', 'use([\n  x, y // check: A3\n]);'],
  ['a mark that stands alone', '// check: A3\nuse(a);'],
  ['a mark that names no attack', 'use(a); // check: everything'],
  ['a value of a type that has no empty one', 'use({\n  inner: { a }, // check: A3\n});'],
];
test.each(unremovable)('does not take out %s', (_, text) => {
  expect(without(text)).toMatch(/^problem: ./);
});

test('a mark names one attack or several; one in a string is none', () => {
  const text = "use(a); // check: A3, B1\nconst help = '// check: A4';\nuse(b); // check: A3b\n";
  const marks = findMarks('check.ts', text).map(({ ids, line }) => ({ ids, line }));
  expect(marks).toEqual([
    { ids: ['A3', 'B1'], line: 1 },
    { ids: ['A3b'], line: 3 },
  ]);
});

test('a test that is red because a name or a file is missing is no verdict', () => {
  const run = (message: string) => ({
    results: [{ file: 'f', broken: null, tests: [{ name: 'A3 x', status: 'failed', message }] }],
  });
  expect(firstRed(run('Error: expected a refusal'), ['f'])).toEqual({ killedBy: 'f: A3 x' });
  expect(firstRed(run('Error: expected a refusal'), ['g'])).toEqual({ killedBy: null });
  expect(firstRed(run('ReferenceError: body is not defined'), ['f'])).toMatchObject({ killedBy: null });
  const unloaded = { results: [{ file: 'f', broken: 'Test suite failed to run', tests: [] }] };
  expect(firstRed(unloaded, ['f'])).toMatchObject({ killedBy: null, problem: expect.any(String) });
});

test('every mark in the tree can be applied', () => {
  // Exit status 1 if one cannot.
  const listed = execFileSync(command, ['--list'], { encoding: 'utf8' });
  expect(listed.split('\n').length).toBeGreaterThan(100);
});

test('an option it does not know is refused', () => {
  expect(spawnSync(command, ['--unknown']).status).toBe(2);
  expect(spawnSync(command, ['--jobs', '0']).status).toBe(2);
});
