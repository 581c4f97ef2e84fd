/**
 * Writes test/vectors/*.json from the code. Only after a change of the protocol that is meant to change them:
 *
 *   npm run build && node scripts/make-vectors.mjs
 */
import { readFile, writeFile } from 'node:fs/promises';
import { format, resolveConfig } from 'prettier';
import ts from 'typescript';
import * as crypto from '../dist/crypto/index.js';

// It imports nothing at run time, so that it can be loaded from its text.
const source = await readFile(new URL('../test/crypto/generate-vectors.ts', import.meta.url), 'utf8');
const { outputText } = ts.transpileModule(source, {
  compilerOptions: { module: ts.ModuleKind.ESNext, target: ts.ScriptTarget.ES2022 },
});
const { makeVectors } = await import(`data:text/javascript,${encodeURIComponent(outputText)}`);

const folder = new URL('../test/vectors/', import.meta.url);
for (const [name, content] of Object.entries(makeVectors(crypto))) {
  const file = new URL(name, folder);
  const options = await resolveConfig(file);
  await writeFile(file, await format(JSON.stringify(content), { ...options, parser: 'json' }));
  console.log(`wrote test/vectors/${name}`);
}
