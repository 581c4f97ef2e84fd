/** scripts/failover on a small scale: real coordinators are killed in every round, and what is lost would be found. */
import { afterAll, expect, test } from '@jest/globals';
import { type ChildProcess, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const SCRIPT = fileURLToPath(new URL('../../scripts/failover', import.meta.url));
/** Dozens of processes, one after the other: on a busy machine that takes its time. */
const TIMEOUT_MS = 300_000;

interface Result {
  readonly sessions: number;
  readonly killsPerRound: Readonly<Record<string, number>>;
  readonly dbRestarts: number;
  readonly sumsExact: number;
  readonly sumsWrong: number;
  readonly ackedLost: number;
  readonly duplicateSends: number;
  readonly secondSets: number;
  readonly takeoverMs: { readonly p50: number; readonly max: number };
}

const running = new Set<ChildProcess>();
afterAll(() => {
  // Only one whose test has failed; it takes its own processes with it.
  for (const child of running) child.kill('SIGINT');
});

/** @throws Error with what it printed when it could not be tried */
async function failover(...args: string[]): Promise<{ code: number | null; result: Result; log: string }> {
  const child = spawn(SCRIPT, ['--pace', '800', ...args, '--json'], { stdio: ['ignore', 'pipe', 'pipe'] });
  running.add(child);
  let [out, log] = ['', ''];
  child.stdout.on('data', (data: Buffer) => (out += data.toString()));
  child.stderr.on('data', (data: Buffer) => (log += data.toString()));
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
  running.delete(child);
  if (code !== 0 && code !== 1) throw new Error(`scripts/failover exited with ${code}: ${log}`);
  return { code, result: JSON.parse(out) as Result, log };
}

// Most of the time these wait for a lease to run out, so they wait together.
test.concurrent.each([
  ['one coordinator on SQLite', ['--store', 'sqlite']],
  ['two coordinators on PostgreSQL', ['--store', 'postgres', '--nodes', '2']],
])(
  '%s: killed in every round, nothing is lost and nothing is counted twice',
  async (_, store) => {
    const { code, result, log } = await failover(
      ...store,
      '--sessions',
      '1',
      '--participants',
      '5',
      '--kills',
      '5',
    );
    expect({ ...result, code, log }).toMatchObject({
      sumsExact: 1,
      sumsWrong: 0,
      ackedLost: 0,
      secondSets: 0,
      code: 0,
    });
    expect(result.killsPerRound).toEqual({ r0: 1, r1: 1, r2: 1, r3: 1, r4: 1 });
    expect(result.dbRestarts).toBe(store.includes('postgres') ? 1 : 0);
    expect(result.takeoverMs.max).toBeGreaterThan(0);
  },
  TIMEOUT_MS,
);

test.concurrent.each([
  ['acknowledges before it commits', 'ack-before-commit'],
  ['folds an upload again that comes again', 'no-dedup'],
])(
  'a coordinator that %s is found out',
  async (_, fault) => {
    const { code, result, log } = await failover(
      '--break',
      fault,
      '--sessions',
      '1',
      '--participants',
      '8',
      '--kills',
      '1',
    );
    expect(code).toBe(1);
    // An abort alone shows neither: uploads that the store lost, and a sum that was handed out and is none.
    if (fault === 'ack-before-commit')
      expect({ lost: result.ackedLost > 0, log }).toMatchObject({ lost: true });
    else expect({ ...result, log }).toMatchObject({ sumsExact: 0, sumsWrong: 1 });
  },
  TIMEOUT_MS,
);

test('what it cannot do, it says', async () => {
  await expect(failover('--nodes', '2')).rejects.toThrow(/exited with 2.*only one coordinator at a time/);
  await expect(failover('--kills', 'many')).rejects.toThrow(/exited with 2.*--kills many: a whole number/);
});
