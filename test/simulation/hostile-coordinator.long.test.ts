// Thousands of adversaries, by hand: a new seed each time, which fast-check prints with what it finds.
import { expect, test } from '@jest/globals';
import { plays, ringPlays, sparsePlays, sumKeyPlays } from './hostile-coordinator/arbitrary.js';
import { nothingIsFound, playsUntilLeak } from './hostile-coordinator/checks.js';
import { variants } from './hostile-coordinator/variants.js';

const HOURS_MS = 6 * 3_600_000;

test.each([
  ['on a complete graph', plays, 20_000],
  ['on a sparse graph', sparsePlays, 5_000],
  ['on a ring', ringPlays, 5_000],
  ['of ckks/sumkey', sumKeyPlays, 2_000],
] as const)(
  'adversaries %s learn nothing but sums that a quorum signed',
  async (_, adversaries, count) => {
    const tally = await nothingIsFound(adversaries, count);
    process.stdout.write(`hostile coordinator: ${JSON.stringify(tally)}\n`);
    expect(tally.opened).toBeGreaterThan(count / 5);
  },
  HOURS_MS,
);

// With one colluder at most nobody stands closer than the numbers assume, so that it is the change that leaks.
test.each(['noWindowCheck', 'windowsOneLower'] as const)(
  'controls: generated adversaries on a ring find a leak with %s',
  async (name) => {
    const adversaries = ringPlays.filter(({ colluders }) => colluders.length < 2);
    const count = await playsUntilLeak(variants[name], adversaries, 5_000);
    process.stdout.write(`${variants[name].name}: a leak after ${count} plays\n`);
    expect(count).not.toBeNull();
  },
  HOURS_MS,
);
