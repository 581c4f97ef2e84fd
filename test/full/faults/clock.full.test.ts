/**
 * The wall clock of the coordinator's machine is set while a session waits: forward, which must not end the time for
 * joining, and back, which must not make everybody wait for an hour for somebody who does not come.
 */
import { expect, test } from '@jest/globals';
import { lineOf } from '../../helpers/cli.js';
import { healthOf, UP } from '../../helpers/health.js';
import { inScene, isSumOf, TIMEOUT_MS } from './scene.js';

const HOUR_MS = 3_600_000;
/** The last one does not come. */
const NAMES = ['a', 'b', 'c', 'd', 'absent'];
const COMING = NAMES.slice(0, -1);
const JUMPING = new URL('jumping-clock.mjs', import.meta.url).href;

const jump = (way: 'forward' | 'back', byMs: number): Promise<void> =>
  inScene(async ({ folder, serve, participants }) => {
    const env = { NODE_OPTIONS: `--import=${JUMPING}`, BLINDSUM_TEST_JUMP_MS: String(byMs) };
    const at = await serve([], { env });
    const { service } = at;
    const { clients, open, sums } = await participants({ at, length: 3, names: NAMES });
    clients.get('absent')?.process.kill('SIGKILL');
    const coming = COMING.map((name) => clients.get(name)?.process);
    for (const child of coming) child?.kill('SIGSTOP');
    const opened = lineOf(service, 'stderr', /session opened/);
    const told = lineOf(service, 'stderr', new RegExp(`the clock of this machine was set ${way}`));
    const opening = open('8s', '60s');
    await opened;
    service.process.kill('SIGUSR2');
    expect(Math.abs((JSON.parse(await told) as { byMs: number }).byMs - byMs)).toBeLessThan(60_000);
    // A deadline an hour early would have passed by now, with nobody there.
    for (const child of coming) child?.kill('SIGCONT');
    expect(await healthOf(at, folder)).toEqual(UP);
    await opening;
    expect((await sums(COMING)).map(isSumOf([0, 1, 2, 3], 3))).toEqual([true, true, true, true]);
  });

test.concurrent.each([
  ['forward', HOUR_MS],
  ['back', -HOUR_MS],
] as const)(
  'the clock is set %s by an hour: deadlines pass as if nothing had happened, and the log says so',
  jump,
  TIMEOUT_MS,
);
