// More adversaries than hostile-coordinator.test.ts plays, on the sparse graph, too. No control there needs more than some
// dozens of plays to find its leak; each run draws others.
import { expect, test } from '@jest/globals';
import { plays, sparsePlays } from './hostile-coordinator/arbitrary.js';
import { nothingIsFound } from './hostile-coordinator/checks.js';

const LONG_MS = 600_000;

test(
  'many generated adversaries learn nothing but sums that a quorum signed',
  async () => {
    const tally = await nothingIsFound(plays, 400);
    process.stdout.write(`hostile coordinator: ${JSON.stringify(tally)}\n`);
    expect(tally.opened).toBeGreaterThan(150);
    expect(tally.openedTwice).toBeGreaterThan(8);
    expect(tally.uploadedTwice).toBeGreaterThan(100);
    expect(tally.split).toBeGreaterThan(80);
    expect(tally.answered).toBeGreaterThan(60);
    expect(tally.restarted).toBeGreaterThan(80);
    expect(tally.evolving).toBeGreaterThan(20);
    expect(tally.pinned).toBeGreaterThan(120);
  },
  LONG_MS,
);

test(
  'nor do they on a sparse graph',
  async () => {
    const tally = await nothingIsFound(sparsePlays, 150);
    process.stdout.write(`hostile coordinator, sparse graph: ${JSON.stringify(tally)}\n`);
    expect(tally.opened).toBeGreaterThan(30);
    expect(tally.split).toBeGreaterThan(40);
  },
  LONG_MS,
);
