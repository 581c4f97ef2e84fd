/** Writes test/vectors/ from the code. See --help. */
import { build } from 'esbuild';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { format, resolveConfig } from 'prettier';

const help = `usage: node scripts/make-vectors.mjs

Writes test/vectors/ from the code. Only after a change of the protocol that is meant to change them: the tests
compare the code with these files.
`;
const { values: options } = parseArgs({ options: { help: { type: 'boolean', default: false } } });
if (options.help) {
  process.stdout.write(help);
  process.exit();
}

const root = fileURLToPath(new URL('..', import.meta.url));
const contents = `
  import * as crypto from './crypto/index.ts';
  import { makeVectors } from './test/crypto/generate-vectors.ts';
  import { makeAuditVectors } from './test/audit/vectors/index.ts';
  import { makeProtocolVectors } from './test/protocol/vectors/index.ts';
  export const files = { ...makeVectors(crypto), ...makeProtocolVectors(), ...makeAuditVectors() };
`;
// Within the tree, where the packages that it imports are found.
const bundle = `${root}node_modules/.cache/make-vectors.mjs`;
await mkdir(`${root}node_modules/.cache`, { recursive: true });
await build({
  stdin: { contents, resolveDir: root, loader: 'ts' },
  bundle: true,
  outfile: bundle,
  format: 'esm',
  platform: 'node',
  packages: 'external',
  alias: { '#crypto-backend': `${root}crypto/backend/node.ts` },
  logLevel: 'warning',
});
const { files } = await import(bundle);
await rm(bundle);

const folder = new URL('../test/vectors/', import.meta.url);
// An archive is all of its files, and a stale one would be one too many.
await rm(new URL('audit/', folder), { recursive: true, force: true });
for (const [name, content] of Object.entries(files)) {
  const file = new URL(name, folder);
  if (content instanceof Uint8Array) {
    await mkdir(new URL('.', file), { recursive: true });
    await writeFile(file, content);
  } else {
    const style = await resolveConfig(file);
    await writeFile(file, await format(JSON.stringify(content), { ...style, parser: 'json' }));
  }
  console.log(`wrote test/vectors/${name}`);
}
