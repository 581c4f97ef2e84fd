/** PostgreSQL goes away in the middle of a session that two coordinators serve, and comes back half a minute later. */
import { expect, test } from '@jest/globals';
import { setTimeout as sleep } from 'node:timers/promises';
import { createPostgresStore } from '../../../src/storage/postgres/index.js';
import { lineOf } from '../../helpers/cli.js';
import { DOWN, healthOf, UP } from '../../helpers/health.js';
import { query, startPostgres } from '../../helpers/postgres.js';
import { inScene, isSumOf, TIMEOUT_MS } from './scene.js';

const AWAY_MS = 30_000;

test(
  'PostgreSQL is away for 30 s: both nodes are not ready, say so, go on when it is back, and hear of each other again',
  () =>
    inScene(async ({ folder, serve, participants, onEnd }) => {
      const database = await startPostgres();
      onEnd(() => database.dispose());
      const url = await database.createDatabase();
      const nodes = [await serve(['--store', url]), await serve(['--store', url])] as const;
      const health = () => Promise.all(nodes.map((node) => healthOf(node, folder)));
      const onBoth = (pattern: RegExp) =>
        Promise.all(nodes.map(({ service }) => lineOf(service, 'stderr', pattern)));
      // It has nothing but notifications: what it hears came through one.
      const listener = await createPostgresStore({ url, node: 'listener' });
      onEnd(() => listener.close());
      const { open, sums } = await participants({
        at: nodes[0],
        length: 1000,
        how: { c: { env: { BLINDSUM_COORDINATOR: nodes[1].address } } },
      });
      const unready = onBoth(/the store fails; this node is not ready/);
      const again = onBoth(/the store works again/);
      const closing = lineOf(nodes[0].service, 'stderr', /"to":"r2"/);
      const opening = open();
      await closing;
      await database.stop('immediate');
      const awaySinceMs = performance.now();
      for (const line of await unready) expect(line).toMatch(/"reason":".+"/);
      expect(await health()).toEqual([DOWN, DOWN]);
      await sleep(AWAY_MS - (performance.now() - awaySinceMs));
      expect(await health()).toEqual([DOWN, DOWN]);
      await database.start();
      await again;
      expect(await health()).toEqual([UP, UP]);
      const heard = new Promise<unknown>((resolve) => listener.watch(resolve));
      await opening;
      expect((await sums()).map(isSumOf([0, 1, 2], 1000))).toEqual([true, true, true]);
      expect(await heard).toEqual({
        taskId: expect.any(String) as unknown,
        sessionId: expect.any(String) as unknown,
      });
      const listening = await query(
        url,
        `SELECT 1 FROM pg_stat_activity WHERE query = 'LISTEN blindsum_change'`,
      );
      expect(listening).toHaveLength(nodes.length + 1);
    }),
  TIMEOUT_MS,
);
