// Jest testSequencer: the longest test files run first, so that both workers finish together. A fresh checkout has no
// durations of earlier runs, and the size of a file says little about them.
import Sequencer from '@jest/test-sequencer';
import { existsSync } from 'node:fs';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..');

/** Longest first, as measured together. What is not here takes less, and follows. */
const LONGEST = [
  'full/demo.full.test.ts',
  'simulation/hostile-coordinator.full.test.ts',
  'simulation/hostile-coordinator.test.ts',
  'simulation/every-dropout.test.ts',
  'client/kill-anywhere.full.test.ts',
  'simulation/hostile-participant.full.test.ts',
  'simulation/hostile-coordinator-sumkey.test.ts',
  'fuzz/decoders.full.test.ts',
  'architecture/purity.test.ts',
  'property/sums.full.test.ts',
  'property/sums.test.ts',
  'storage/postgres.full.test.ts',
  'full/failover.full.test.ts',
  'full/faults/database.full.test.ts',
  'full/bad-input.full.test.ts',
  'client/processes.full.test.ts',
  'full/restart.full.test.ts',
  'full/faults/stalled.full.test.ts',
  'cli/demo/seeds.full.test.ts',
  'leak/chunked.full.test.ts',
  'cli/demo/reference.test.ts',
  'cli/simulate/floats.test.ts',
  'full/many-sessions.full.test.ts',
  'storage/sqlite.test.ts',
  'full/faults/disk.full.test.ts',
  'full/store.full.test.ts',
  'full/store-postgres.full.test.ts',
  'full/faults/clock.full.test.ts',
  'fuzz/decoders.test.ts',
  'full/doctor.full.test.ts',
  'crypto/engine/node.full.test.ts',
  'storage/migration.test.ts',
  'simulation/hostile-participant.test.ts',
  'leak/logs.test.ts',
  'cli/simulate/command.test.ts',
  'storage/memory.test.ts',
  'simulation/hostile-participant-grpc.test.ts',
  'architecture/mutate-checks.test.ts',
].map((name) => join(root, name));

export default class LongestFirst extends Sequencer {
  constructor(options) {
    super(options);
    const gone = LONGEST.find((path) => !existsSync(path));
    if (gone !== undefined) throw new Error(`test/setup/longest-first.js names ${gone}, which is not there`);
  }

  sort(tests) {
    const place = ({ path }) => (LONGEST.includes(path) ? LONGEST.indexOf(path) : LONGEST.length);
    return super.sort(tests).sort((a, b) => place(a) - place(b));
  }
}
