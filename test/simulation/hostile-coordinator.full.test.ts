// More adversaries than hostile-coordinator.test.ts plays, on the sparse graph, too.
import { expect, test } from '@jest/globals';
import { plays, sparsePlays } from './hostile-coordinator/arbitrary.js';
import { nothingIsFound } from './hostile-coordinator/checks.js';

const LONG_MS = 600_000;

test(
  'many generated adversaries learn nothing but sums that a quorum signed',
  async () => {
    const tally = await nothingIsFound(plays, 1000);
    process.stdout.write(`hostile coordinator: ${JSON.stringify(tally)}\n`);
    expect(tally.opened).toBeGreaterThan(400);
    expect(tally.openedTwice).toBeGreaterThan(25);
    expect(tally.uploadedTwice).toBeGreaterThan(250);
    expect(tally.split).toBeGreaterThan(200);
    expect(tally.answered).toBeGreaterThan(150);
    expect(tally.restarted).toBeGreaterThan(200);
    expect(tally.evolving).toBeGreaterThan(50);
    expect(tally.pinned).toBeGreaterThan(300);
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
