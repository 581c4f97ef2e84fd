// Three sessions at once, with drop-outs: sums, metrics and log agree. Fifty of them: test/long/many-sessions.long.test.ts.
import { expect, test } from '@jest/globals';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { checkMany } from './many-sessions/check.js';
import { runMany } from './many-sessions/run.js';

test('three sessions in parallel: all sums are exact, metrics and log say what happened', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'blindsum-many-'));
  try {
    const size = { sessions: 3, participants: 10, processes: 2, joinMs: 12_000, roundMs: 12_000 };
    const result = await runMany({ folder, ...size });
    checkMany(result);
    expect(result.log).not.toContain('"level":50');
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}, 180_000);
