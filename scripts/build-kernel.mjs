// Compiles crypto/ckks/assembly/kernel.ts (AssemblyScript) and writes the bytes into crypto/ckks/kernel-binary.ts, which
// is kept in the repository: nobody but who changes the kernel needs the compiler. --check compares instead.
import { main } from 'assemblyscript/asc';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './lib/stamp.mjs';

const source = 'crypto/ckks/assembly/kernel.ts';
const target = join(root, 'crypto/ckks/kernel-binary.ts');
const options = ['-O3', '--runtime', 'stub', '--noAssert', '--enable', 'simd', '--use', 'abort='];

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

const hex = Buffer.from(binary).toString('hex');
const lines = hex.match(/.{1,104}/g).map((line) => `  '${line}',`);
const text = `// Written by scripts/build-kernel.mjs from ${source}; do not edit.
export const KERNEL_HEX = [
${lines.join('\n')}
].join('');
`;

if (process.argv.includes('--check')) {
  if (readFileSync(target, 'utf8') !== text) {
    process.stderr.write(`${target} is not what ${source} compiles to: run node scripts/build-kernel.mjs\n`);
    process.exit(1);
  }
} else {
  writeFileSync(target, text);
}
process.stdout.write(`${binary.length} bytes\n`);
