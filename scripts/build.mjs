// Compiles src/ and crypto/ into dist/ and leaves a stamp of the sources it saw.
// Protos are read from protos/ in the package at run time, so nothing else is copied.
import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { readStamp, root, sourceHash, stampFile } from './lib/stamp.mjs';

const force = process.argv.includes('--force');
const before = sourceHash();
if (!force && readStamp() === before) process.exit(0);

// Fresh output: a file that was deleted in src/ must not live on in dist/.
rmSync(join(root, 'dist'), { recursive: true, force: true });

const require = createRequire(import.meta.url);
const tsc = join(dirname(require.resolve('typescript/package.json')), 'bin', 'tsc');
const { status } = spawnSync(process.execPath, [tsc, '-p', 'tsconfig.json'], { cwd: root, stdio: 'inherit' });
if (status !== 0) process.exit(status ?? 1);

const bin = join(root, 'dist', 'src', 'cli', 'main.js');
if (existsSync(bin)) chmodSync(bin, 0o755);

// The hash from before the compiler ran: a source edited meanwhile makes the stamp stale, never falsely fresh.
writeFileSync(stampFile, JSON.stringify({ sourceHash: before }) + '\n');
