/** The coordinators: processes that are killed and started again on the same address and data. */
import { spawn } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { clearTimeout, setTimeout } from 'node:timers';
import { fileURLToPath } from 'node:url';
import { freePort } from '../postgres.mjs';

const MAIN = fileURLToPath(new URL('../../../dist/src/cli/main.js', import.meta.url));
const BROKEN = fileURLToPath(new URL('broken-serve.mjs', import.meta.url));
const START_MS = 60_000;

export class Nodes {
  #options;
  #ports = [];
  /** By index; null while it is down. */
  #processes = [];
  /** Starts that are under way, by index. */
  #starting = [];
  /** Session → index of the node that last said that it opened it or closed a round of it. */
  #holders = new Map();
  #hasFoldedOnly = false;
  #isOver = false;

  /** @param options folder; count; store: URL, or null for SQLite; broken: what `--break` says */
  constructor(options) {
    this.#options = options;
  }

  get addresses() {
    return this.#ports.map((port) => `127.0.0.1:${port}`);
  }

  /** Whether a coordinator with a fault has folded an upload that it has not answered. */
  get hasFoldedOnly() {
    return this.#hasFoldedOnly;
  }

  async start() {
    for (let index = 0; index < this.#options.count; index += 1) this.#ports.push(await freePort());
    // The first one makes the keys of all.
    for (const index of this.#ports.keys()) await this.restart(index);
  }

  /** Resolves when all of them are up. */
  async up() {
    await Promise.all(this.#starting);
  }

  /** The node that has the session, as far as its log tells; else any that is up. Null: none is up. */
  holderOf(sessionId, draw) {
    const up = [...this.#processes.keys()].filter((index) => this.#processes[index] !== null);
    const holder = this.#holders.get(sessionId);
    if (up.includes(holder)) return holder;
    return up.length === 0 ? null : up[draw(up.length)];
  }

  kill(index) {
    this.#processes[index]?.kill('SIGKILL');
    this.#processes[index] = null;
  }

  /** @returns a promise that the node listens */
  restart(index) {
    this.#starting[index] = this.#run(index);
    return this.#starting[index];
  }

  destroy() {
    this.#isOver = true;
    for (const index of this.#processes.keys()) this.kill(index);
  }

  async #run(index) {
    for (let attempt = 1; !this.#isOver; attempt += 1) {
      const reason = await this.#attempt(index);
      if (reason === null) return;
      // The database may be down, or the port not free yet.
      if (attempt === 20) throw new Error(`coordinator ${index} does not start: ${reason}`);
      await new Promise((resolve) => setTimeout(resolve, 500));
    }
  }

  /** @returns null when it listens, else why not */
  #attempt(index) {
    const { folder, store, broken } = this.#options;
    const args = ['--dev', join(folder, 'dev'), '--listen', this.addresses[index], '--json'];
    if (store !== null) args.push('--store', store);
    const program = broken === 'none' ? [MAIN, 'serve', ...args] : [BROKEN, ...args, '--break', broken];
    const child = spawn(process.execPath, program, { stdio: ['ignore', 'pipe', 'pipe'] });
    this.#processes[index] = child;
    const log = createWriteStream(join(folder, `coordinator-${index}.log`), { flags: 'a' });
    let last = '';
    let hasStarted = false;
    createInterface({ input: child.stderr }).on('line', (line) => {
      last = line;
      log.write(`${line}\n`);
      this.#listen(index, line);
    });
    return new Promise((resolve) => {
      const timer = setTimeout(() => {
        child.kill('SIGKILL');
        resolve('it does not say that it listens');
      }, START_MS);
      const done = (reason) => {
        clearTimeout(timer);
        resolve(reason);
      };
      child.once('exit', () => {
        log.end();
        if (this.#processes[index] === child && hasStarted) {
          const text = `coordinator ${index} ended by itself: ${last}`;
          process.nextTick(() => {
            throw new Error(text);
          });
        }
        if (this.#processes[index] === child) this.#processes[index] = null;
        done(last);
      });
      createInterface({ input: child.stdout }).once('line', (line) => {
        hasStarted = line.includes('"listening"');
        if (!hasStarted) return;
        done(null);
      });
    });
  }

  #listen(index, line) {
    if (!line.startsWith('{')) return;
    const { session, msg } = JSON.parse(line);
    if (msg === 'folded, not answered') this.#hasFoldedOnly = true;
    if (msg === 'session opened' || msg === 'round closed') this.#holders.set(session, index);
  }
}
