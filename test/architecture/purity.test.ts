// crypto/ and src/protocol/ are pure and synchronous. eslint.config.js holds that; here it is seen to.
import { expect, test } from '@jest/globals';
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

test.each(['crypto', 'src/protocol/coordinator'])('nothing impure passes in %s', (folder) => {
  const path = anyFileOf(folder);
  const caught = lint(impurities.map(([, text]) => ({ path, text })));
  impurities.forEach(([rule, text], i) =>
    expect({ text, rules: caught[i] }).toEqual({ text, rules: [rule] }),
  );
});

test('the shells below crypto/ and the rest of src/ may', () => {
  const text =
    'export async function f(): Promise<number> {\n  await Promise.resolve();\n  return Date.now();\n}\n';
  const paths = [
    'crypto/backend',
    'crypto/engine',
    'crypto/mask-engine',
    'src/client',
    'src/coordinator',
  ].map(anyFileOf);
  for (const rules of lint(paths.map((path) => ({ path, text })))) expect(rules).toEqual([]);
});
