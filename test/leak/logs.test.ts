/** The log of a coordinator at its finest level, and what clients report of their progress, hold no secret in any spelling. */
import { describe, expect, test } from '@jest/globals';
import { DRAW, recordSession } from './recorded-session.js';
import { secretIndex } from './secret-index.js';

describe.each([
  ['that ends with a sum', { r1: 1, r2: 1, r4: 1 }, true],
  ['that aborts', { r2: 3, r3: 1 }, false],
])('the logs of a session %s', (_, dropout, exact) => {
  test('hold no secret', async () => {
    const session = await recordSession({
      suite: 'masking/complete',
      participants: 10,
      length: 24,
      bits: 24,
      dropout,
      seed: `logs ${exact}`,
    });
    expect(session.report.exact).toBe(exact);
    expect(session.logs).toContain('round closed');
    expect(session.logs).toContain('"type":"upload"');
    const index = secretIndex(session);
    expect(index.find(new Uint8Array(Buffer.from(session.logs)))).toEqual([]);
    // The search would have seen them.
    const [draw] = session.draws[3]?.slice(DRAW.maskSeed) as [Uint8Array];
    const leaky = `${session.logs}\n${JSON.stringify({ seed: Buffer.from(draw).toString('hex') })}`;
    expect(index.find(new Uint8Array(Buffer.from(leaky)))).toHaveLength(1);
  });
});
