/** The log of a coordinator at its finest level, and what clients report of their progress, hold no secret in any spelling. */
import { describe, expect, test } from '@jest/globals';
import { utf8 } from '../../crypto/bytes.js';
import { DRAW, type Recorded, recordSession } from './recorded-session.js';
import { numberForms, textForms, vectorForms } from './representations.js';
import { WindowIndex } from './window-index.js';

function secretIndex(session: Recorded): WindowIndex {
  const index = new WindowIndex();
  const add = (label: string, secret: Uint8Array): void => {
    for (const { bytes } of textForms(secret)) index.add(label, bytes);
  };
  for (const { label, bytes } of [...session.privateKeys, ...session.maskSecrets]) add(label, bytes);
  for (const { dealer, kind, share } of session.shares) add(`${kind} share of ${dealer}`, share);
  session.draws.forEach((drawn, participant) => {
    drawn
      .filter((_, number) => number !== DRAW.nonce)
      .forEach((bytes, number) => add(`draw ${number} of ${participant}`, bytes));
  });
  session.vectors.forEach((vector, participant) => {
    const forms = [...vectorForms(vector, 24), ...numberForms(session.values[participant] ?? [])];
    for (const { bytes } of forms) add(`vector of ${participant}`, bytes);
    index.add(`vector of ${participant}`, utf8([...vector].join(',')));
    index.add(`values of ${participant}`, utf8(Array.from(session.values[participant] ?? []).join(',')));
  });
  return index;
}

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
