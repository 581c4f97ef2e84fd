// Fifty sessions of twenty at once, a thousand connections: by hand, on two cores.
import { expect, test } from '@jest/globals';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { checkMany } from '../full/many-sessions/check.js';
import { runMany } from '../full/many-sessions/run.js';

test('fifty sessions of twenty participants in parallel', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'blindsum-many-'));
  try {
    const size = { sessions: 50, participants: 20, processes: 4, joinMs: 180_000, roundMs: 180_000 };
    const result = await runMany({ folder, opensFirst: true, ...size });
    checkMany(result);
    const { page, wallMs } = result;
    const mean = (name: string, labels = {}): number =>
      page.of(`${name}_sum`, labels) / page.of(`${name}_count`, labels);
    process.stdout.write(
      `${JSON.stringify({
        ...size,
        wallMs: Math.round(wallMs),
        meanRoundSeconds: Object.fromEntries(
          ['r0', 'r1', 'r2', 'r3', 'r4'].map((round) => [round, mean('blindsum_round_seconds', { round })]),
        ),
        coordinatorCpuSeconds: page.of('process_cpu_seconds_total'),
        coordinatorResidentBytes: page.of('process_resident_memory_bytes'),
        receivedBytes: page.of('blindsum_received_bytes_total'),
        sentBytes: page.of('blindsum_sent_bytes_total'),
        meanStoreOperationSeconds: mean('blindsum_store_operation_seconds'),
        meanUnmaskSeconds: mean('blindsum_unmask_seconds'),
      })}\n`,
    );
    expect(page.of('blindsum_participants_dropped_total')).toBeGreaterThan(20);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}, 1_800_000);
