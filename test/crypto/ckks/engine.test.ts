/** The worker that opens sums: what becomes of the jobs after one that it did not survive. */
import { afterAll, expect, test } from '@jest/globals';
import type { CkksJob } from '../../../crypto/engine/types.js';
import { RINGS, type Ring } from '../../../crypto/ckks/ring.js';

// Built, as a worker runs no TypeScript.
const built = new URL('../../../dist/crypto/engine/ckks.js', import.meta.url);
const { createCkksEngine } = (await import(built.href)) as typeof import('../../../crypto/engine/ckks.js');
const engine = createCkksEngine({ jobsPerWorker: 10 });
afterAll(() => engine.close());

const job = (ring: Ring): CkksJob => ({
  kind: 'open',
  ring,
  ctx: new Uint8Array(32),
  key: new Uint8Array(8 * ring.degree),
  survivors: 3,
  vectors: [
    {
      name: 'v',
      length: 1,
      encoding: { kind: 'coefficients', scaleBits: 10, maxAbs: 1 },
      sum: new Uint8Array(8 * ring.degree),
    },
  ],
});

test('a worker that died is replaced: the next job has an answer', async () => {
  for (const ring of RINGS) {
    await expect(engine.run(null as unknown as CkksJob)).rejects.toThrow();
    expect(await engine.run(job(ring))).toMatchObject({ kind: 'sums' });
  }
});

test('so is one that did not get its job', async () => {
  const [ring] = RINGS as [Ring];
  const uncloneable = { ...job(ring), ctx: (() => undefined) as unknown as Uint8Array };
  await expect(engine.run(uncloneable)).rejects.toThrow();
  expect(await engine.run(job(ring))).toMatchObject({ kind: 'sums' });
});
