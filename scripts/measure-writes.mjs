/**
 * How many small messages a second a store makes durable, each in a transaction of its own. See --help.
 */
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { parseArgs } from 'node:util';
import { createPostgresStore } from '../dist/src/storage/postgres/index.js';
import { createSqliteStore } from '../dist/src/storage/sqlite/index.js';
import { startPostgres } from './lib/postgres.mjs';

const help = `usage: node scripts/measure-writes.mjs [--postgres] [--count N] [--at-once N]      (build first)

Writes documents of 300 bytes, so many at once, into SQLite in a temporary folder, or into a PostgreSQL
server that is started for it.
Prints one JSON object.
`;
const { values: options } = parseArgs({
  options: {
    postgres: { type: 'boolean', default: false },
    count: { type: 'string', default: '5000' },
    'at-once': { type: 'string', default: '64' },
    help: { type: 'boolean', default: false },
  },
});
if (options.help) {
  process.stdout.write(help);
  process.exit(0);
}

const count = Number(options.count);
const folder = mkdtempSync(join(tmpdir(), 'blindsum-writes-'));
const postgres = options.postgres ? await startPostgres() : null;
const store =
  postgres === null
    ? await createSqliteStore({ path: join(folder, 'store.sqlite') })
    : await createPostgresStore({ url: await postgres.createDatabase(), node: 'measured' });
const document = { payload: new Uint8Array(randomBytes(236)), signature: new Uint8Array(randomBytes(64)) };
const startedMs = performance.now();
let next = 0;
const writer = async () => {
  while (next < count) {
    next += 1;
    await store.putRevocation(randomBytes(32).toString('hex'), document);
  }
};
await Promise.all(Array.from({ length: Number(options['at-once']) }, writer));
const seconds = (performance.now() - startedMs) / 1000;
await store.close();
await postgres?.dispose();
rmSync(folder, { recursive: true });
const kind = postgres === null ? 'sqlite' : 'postgres';
process.stdout.write(
  `${JSON.stringify({ store: kind, count, writesPerSecond: Math.round(count / seconds) })}\n`,
);
