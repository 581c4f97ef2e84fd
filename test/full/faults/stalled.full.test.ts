/**
 * Participants that freeze with their connection open, one after it joined and one in the middle of its upload: each holds up
 * the others until the deadline of one round and no longer, and what it had sent takes no memory after that.
 */
import { expect, test } from '@jest/globals';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Background, lineOf } from '../../helpers/cli.js';
import { healthOf, pageOf, UP } from '../../helpers/health.js';
import { inScene, isSumOf, TIMEOUT_MS } from './scene.js';

const STALLING = new URL('stalling.mjs', import.meta.url).href;
/** Uploads take two chunks. */
const LENGTH = 1_000_000;
const MIB = 2 ** 20;
const NAMES = ['a', 'b', 'c', 'd', 'joined', 'uploading'];
const GOING_ON = NAMES.slice(0, 4);

const at = (call: string) => ({ env: { NODE_OPTIONS: `--import=${STALLING}`, BLINDSUM_TEST_STALL: call } });

test(
  'who freezes after joining or during the upload is dropped at the deadline: the others get their sum, and its memory is free',
  () =>
    inScene(async ({ folder, serve, participants }) => {
      const coordinator = await serve([], { env: { BLINDSUM_SERVE_LIMITS_REQUEST_SECONDS: '15' } });
      const { clients, open, sums } = await participants({
        at: coordinator,
        length: LENGTH,
        names: NAMES,
        how: { joined: at('ShareKeys 1'), uploading: at('PutChunk 2') },
      });
      const page = () => pageOf(coordinator);
      const until = async (name: 'receiving' | 'staged_upload', isSo: (bytes: number) => boolean) => {
        while (!isSo((await page()).of(`blindsum_${name}_bytes`))) await sleep(100);
      };
      const dropOf = (reason: string) =>
        lineOf(coordinator.service, 'stderr', new RegExp(`"${reason}".*participant dropped`));
      const drops = [dropOf('absent'), dropOf('unfinished')];
      const opening = open('60s', '15s');
      await drops[0];
      // The second half of its last chunk does not come.
      await until('staged_upload', (bytes) => bytes > MIB);
      await until('receiving', (bytes) => bytes > 100_000);
      expect(await healthOf(coordinator, folder)).toEqual(UP);
      await opening;
      expect((await sums(GOING_ON)).map(isSumOf([0, 1, 2, 3], LENGTH))).toEqual([true, true, true, true]);
      expect((await Promise.all(drops)).map((line) => (JSON.parse(line) as { round: string }).round)).toEqual(
        ['r1', 'r2'],
      );
      await until('receiving', (bytes) => bytes === 0);
      const after = await page();
      expect(after.of('blindsum_participants_dropped_total', { round: 'r1', reason: 'absent' })).toBe(1);
      expect(after.of('blindsum_participants_dropped_total', { round: 'r2', reason: 'unfinished' })).toBe(1);
      expect(after.of('blindsum_participants_dropped_total')).toBe(2);
      expect(after.of('blindsum_staged_uploads')).toBe(0);
      expect(after.of('blindsum_staged_upload_bytes')).toBe(0);
      // Awake again, they are told that they are out of it.
      const late = ['joined', 'uploading'].map((name) => clients.get(name) as Background);
      for (const { process: child } of late) child.kill('SIGCONT');
      for (const { code, stderr } of await Promise.all(late.map(({ done }) => done)))
        expect([code, stderr]).toEqual([
          1,
          expect.stringContaining('LATE: the session ended without this participant'),
        ]);
    }),
  TIMEOUT_MS,
);
