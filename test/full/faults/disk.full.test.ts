/**
 * A disk that cannot be written, before a coordinator starts and while a session runs: the log says what to do, whoever
 * watches over the node hears that it is not ready, nobody loses anything, and the session ends with the sum.
 */
import { expect, test } from '@jest/globals';
import { execFileSync } from 'node:child_process';
import { chmod, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { type Background, lineOf, run } from '../../helpers/cli.js';
import { DOWN, healthOf, UP } from '../../helpers/health.js';
import { inScene, isSumOf, TIMEOUT_MS } from './scene.js';

/** The superuser may write everywhere; without these two rights it meets what everybody else meets. */
const asAnybody =
  process.getuid?.() === 0 ? ['setpriv', '--bounding-set', '-dac_override,-dac_read_search'] : [];

/**
 * The operating system refuses to let the coordinator write to its open files, as if the disk were full or read-only; or no
 * longer does.
 */
const refuseWrites = ({ process: { pid } }: Background, isRefused: boolean): void =>
  void execFileSync('prlimit', [
    ...['--pid', String(pid)],
    `--fsize=${isRefused ? '0' : 'unlimited'}:unlimited`,
  ]);

/** @returns the lines that tell of the failure */
function session(fault: (folder: string, service: Background) => Promise<void>, repair: typeof fault) {
  let lines: string[] = [];
  const played = inScene(async ({ folder, serve, participants }) => {
    const at = await serve([], { through: asAnybody });
    const { service } = at;
    const { open, sums } = await participants({ at, length: 1000 });
    const fails = lineOf(service, 'stderr', /the store failed/);
    const unready = lineOf(service, 'stderr', /the store fails; this node is not ready/);
    const again = lineOf(service, 'stderr', /the store works again/);
    const closing = lineOf(service, 'stderr', /"to":"r1"/);
    const opening = open();
    await closing;
    await fault(folder, service);
    lines = [await fails, await unready];
    expect(await healthOf(at, folder)).toEqual(DOWN);
    await repair(folder, service);
    await again;
    expect(await healthOf(at, folder)).toEqual(UP);
    await opening;
    expect((await sums()).map(isSumOf([0, 1, 2], 1000))).toEqual([true, true, true]);
  });
  return played.then(() => lines);
}

test(
  'the disk is full for a while: the node is not ready, says so, and goes on when there is room',
  async () => {
    const lines = await session(
      async (_, service) => refuseWrites(service, true),
      async (_, service) => refuseWrites(service, false),
    );
    for (const line of lines)
      expect(line).toMatch(/SqliteError: .*the disk of .*\/dev does not take what is written/);
  },
  TIMEOUT_MS,
);

test(
  'the data folder is read-only for a while: the log names it and says what to do, and it goes on when it may write again',
  async () => {
    const lines = await session(
      async (folder, service) => {
        await chmod(join(folder, 'dev'), 0o500);
        refuseWrites(service, true);
      },
      async (folder, service) => {
        await chmod(join(folder, 'dev'), 0o700);
        refuseWrites(service, false);
      },
    );
    const what =
      /EACCES: permission denied, access '.*\/dev': let the user that runs the coordinator write to .*\/dev"/;
    for (const line of lines) expect(line).toMatch(what);
  },
  TIMEOUT_MS,
);

test(
  'a data folder that may not be written: the coordinator does not start, and names it and what to do',
  () =>
    inScene(async ({ folder: cwd, serve, onEnd }) => {
      await (await serve()).stop();
      const data = join(cwd, 'data');
      await mkdir(data);
      onEnd(() => chmod(data, 0o700).catch(() => undefined));
      const start = (flags: readonly string[]) =>
        run(['serve', '--dev', 'dev', '--listen', '127.0.0.1:0', '--json', ...flags], {
          cwd,
          through: asAnybody,
        });
      const expectRefusal = async (flags: readonly string[], pattern: RegExp): Promise<void> => {
        const { code, stdout, stderr } = await start(flags);
        const { error } = JSON.parse(stdout) as { error: { code: string; message: string } };
        expect([code, error.code]).toEqual([3, 'UNREADABLE_FILE']);
        expect(error.message).toMatch(pattern);
        expect(stderr).not.toMatch(/\n\s+at /);
      };
      const letWrite = /let the user that runs the coordinator write to .*\/(dev|data)$/;
      await chmod(data, 0o500);
      await expectRefusal(['--data', 'data'], letWrite);
      await expectRefusal(['--data', 'data/new'], /data\/new cannot be made: EACCES.*: make it/);
      // The file is there and could be written; what SQLite writes beside it cannot.
      await chmod(join(cwd, 'dev'), 0o500);
      await expectRefusal([], letWrite);
      await chmod(join(cwd, 'dev'), 0o700);
    }),
  TIMEOUT_MS,
);
