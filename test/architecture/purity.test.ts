// crypto/ and src/protocol/ are pure and synchronous. eslint.config.js holds that; here it is seen to.
import { beforeAll, expect, test } from '@jest/globals';
import { execFileSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));

const impurities: readonly (readonly [rule: string, text: string])[] = [
  ['no-restricted-syntax', 'export async function f(): Promise<void> {}\n'],
  ['no-restricted-syntax', 'export const f = async (): Promise<number> => 1;\n'],
  ['no-restricted-syntax', 'export class C { async f(): Promise<void> {} }\n'],
  ['no-restricted-syntax', 'export const x = await 1;\n'],
  ['no-restricted-syntax', "export const x = import('zod');\n"],
  ['no-restricted-globals', 'export const x = Date.now();\n'],
  ['no-restricted-globals', 'export const x = new Date();\n'],
  ['no-restricted-globals', 'export const x = globalThis.Date.now();\n'],
  ['no-restricted-properties', 'export const x = Math.random();\n'],
  ['no-restricted-globals', 'console.log(1);\n'],
  ['no-restricted-globals', 'export const x = process.env;\n'],
  ['no-restricted-globals', 'setTimeout(() => undefined, 1);\n'],
  ['no-restricted-globals', 'setInterval(() => undefined, 1);\n'],
  ['no-restricted-globals', 'queueMicrotask(() => undefined);\n'],
  ['no-restricted-globals', "export const x = fetch('/');\n"],
  ['no-restricted-globals', 'export const x = Promise.resolve(1);\n'],
];

const purityRules = new Set(impurities.map(([rule]) => rule));

/** Which purity rules object to each text, were it that file. */
function lint(texts: readonly { path: string; text: string }[]): string[][] {
  const output = execFileSync(process.execPath, [`${root}/test/architecture/lint-texts.js`], {
    cwd: root,
    input: JSON.stringify(texts),
    encoding: 'utf8',
  });
  const answers = JSON.parse(output) as { ruleId: string | null; message: string }[][];
  return answers.map((messages) => {
    const fatal = messages.find(({ ruleId }) => ruleId === null);
    if (fatal) throw new Error(fatal.message);
    return [...new Set(messages.map(({ ruleId }) => ruleId ?? ''))].filter((rule) => purityRules.has(rule));
  });
}

/** Typed linting wants a path that exists: any file of the folder does, its text is replaced. */
function anyFileOf(folder: string): string {
  const name = readdirSync(`${root}/${folder}`).find((entry) => entry.endsWith('.ts'));
  if (name === undefined) throw new Error(`no source in ${folder}`);
  return `${folder}/${name}`;
}

/** What the shells may do, all of it. */
const allowed =
  'export async function f(): Promise<number> {\n  await Promise.resolve();\n  return Date.now();\n}\n';
const pure = ['crypto', 'src/protocol/coordinator'];
const shells = ['crypto/backend', 'crypto/engine', 'crypto/mask-engine', 'src/client', 'src/coordinator'];
const texts = [
  ...pure.flatMap((folder) => impurities.map(([, text]) => ({ folder, text }))),
  ...shells.map((folder) => ({ folder, text: allowed })),
];

// One process for all of them: most of its time it reads the project.
let caught: string[][];
beforeAll(() => {
  caught = lint(texts.map(({ folder, text }) => ({ path: anyFileOf(folder), text })));
});
const caughtIn = (folder: string) => caught.filter((_, i) => texts[i]?.folder === folder);

test.each(pure)('nothing impure passes in %s', (folder) => {
  const found = caughtIn(folder);
  impurities.forEach(([rule, text], i) => expect({ text, rules: found[i] }).toEqual({ text, rules: [rule] }));
});

test.each(shells)('%s may', (folder) => {
  expect(caughtIn(folder)).toEqual([[]]);
});
