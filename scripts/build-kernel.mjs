// Compiles the kernels (AssemblyScript) and writes their bytes into sources that are kept in the repository: nobody but
// who changes a kernel needs the compiler. --check compares instead.
import { main } from 'assemblyscript/asc';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './lib/stamp.mjs';

const folders = ['crypto/ckks', 'crypto/hmac-kernel', 'crypto/mask-engine', 'crypto/sharing-kernel'];
const options = ['-O3', '--runtime', 'stub', '--noAssert', '--enable', 'simd', '--use', 'abort='];

for (const folder of folders) {
  const source = `${folder}/assembly/kernel.ts`;
  const target = join(root, folder, 'kernel-binary.ts');
  const binary = await compile(source);
  const hex = Buffer.from(binary).toString('hex');
  const lines = hex.match(/.{1,104}/g).map((line) => `  '${line}',`);
  const text = `// Written by scripts/build-kernel.mjs from ${source}; do not edit.
export const KERNEL_HEX = [
${lines.join('\n')}
].join('');
`;
  if (!process.argv.includes('--check')) {
    writeFileSync(target, text);
  } else if (readFileSync(target, 'utf8') !== text) {
    process.stderr.write(`${target} is not what ${source} compiles to: run node scripts/build-kernel.mjs\n`);
    process.exit(1);
  }
  process.stdout.write(`${folder}: ${binary.length} bytes\n`);
}

async function compile(source) {
  let binary;
  const { error, stderr } = await main([source, ...options, '--baseDir', root, '--outFile', 'kernel.wasm'], {
    writeFile: (name, contents) => {
      if (name === 'kernel.wasm') binary = contents;
    },
  });
  if (error) {
    process.stderr.write(stderr.toString());
    process.exit(1);
  }
  return binary;
}
