/** A coordinator that is told to stop while participants upload. */
import { expect, test } from '@jest/globals';
import { lineOf } from '../../helpers/cli.js';
import { inScene, isSumOf, TIMEOUT_MS } from './scene.js';

test(
  'told to stop during uploads: it ends by itself, and the uploads go on at the next start',
  () =>
    inScene(async ({ serve, participants }) => {
      const length = 500_000;
      const first = await serve();
      const { service } = first;
      const { open, sums } = await participants({ at: first, length });
      const closing = lineOf(service, 'stderr', /"to":"r2"/);
      const opening = open();
      await closing;
      const beganMs = performance.now();
      service.process.kill('SIGTERM');
      const { code, stderr } = await service.done;
      expect(code).toBe(0);
      // Its grace time is 5 s; a process that hangs would have to be killed.
      expect(performance.now() - beganMs).toBeLessThan(30_000);
      expect(stderr).toMatch(/"stopping"[^]*"stopped"/);
      await serve([], {}, first);
      await opening;
      expect((await sums()).map(isSumOf([0, 1, 2], length))).toEqual([true, true, true]);
    }),
  TIMEOUT_MS,
);
