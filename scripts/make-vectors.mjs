/**
 * Writes test/vectors/*.json from the code. Only after a change of the protocol that is meant to change them:
 *
 *   npm run build && npx tsx scripts/make-vectors.mjs
 */
import { writeFile } from 'node:fs/promises';
import { format, resolveConfig } from 'prettier';
import * as crypto from '../dist/crypto/index.js';
import { makeVectors } from '../test/crypto/generate-vectors.ts';

const folder = new URL('../test/vectors/', import.meta.url);
for (const [name, content] of Object.entries(makeVectors(crypto))) {
  const file = new URL(name, folder);
  const options = await resolveConfig(file);
  await writeFile(file, await format(JSON.stringify(content), { ...options, parser: 'json' }));
  console.log(`wrote test/vectors/${name}`);
}
