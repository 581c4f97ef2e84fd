/** Signatures checked ahead: the same answers as when the protocol asks, for exactly what was checked, and nothing more. */
import { expect, test } from '@jest/globals';
import { verifyElsewhere } from '../../crypto/backend/verify-elsewhere.js';
import { identityFromSeed, signMessage, verifySignature } from '../../crypto/signature.js';
import { verifyAhead } from '../../src/client/verify-ahead.js';
import { NO_DROPOUT } from '../../src/cli/simulate/dropout.js';
import { measureSession } from '../../src/cli/simulate/run.js';
import type { Verify } from '../../src/protocol/signed.js';

const COUNT = 100;
const seeds = Array.from({ length: COUNT }, (_, i) => new Uint8Array(32).fill(i + 1));
const claims = seeds.map((seed, i) => {
  const payload = new Uint8Array(100).fill(i);
  const signature = signMessage(seed, payload);
  // Every third is wrong.
  if (i % 3 === 0) payload[0] = 255;
  return { publicKey: identityFromSeed(seed).publicKey, signed: { payload, signature } };
});
const signal = new AbortController().signal;

function counting(): { verify: Verify; asked: () => number } {
  let asked = 0;
  const verify: Verify = (...given) => {
    asked += 1;
    return verifySignature(...given);
  };
  return { verify, asked: () => asked };
}

const ahead = async (verify: Verify, some = claims) =>
  verifyAhead({ deps: { verify } as never, verifyElsewhere }, () => some, signal);

test('what was checked ahead is not checked again, and valid where it is', async () => {
  const { verify, asked } = counting();
  const remembered = await ahead(verify);
  const answers = claims.map(({ publicKey, signed }) =>
    remembered(publicKey, signed.payload, signed.signature),
  );
  expect(answers).toEqual(claims.map((_, i) => i % 3 !== 0));
  expect(asked()).toBe(0);
});

test('another key, signature or message is checked when the protocol asks', async () => {
  const { verify, asked } = counting();
  const remembered = await ahead(verify);
  const [, first, second] = claims as [unknown, (typeof claims)[number], (typeof claims)[number]];
  const { payload, signature } = first.signed;
  expect(remembered(second.publicKey, payload, signature)).toBe(false);
  expect(remembered(first.publicKey, payload, second.signed.signature)).toBe(false);
  expect(remembered(first.publicKey, payload.slice(), signature)).toBe(true);
  expect(asked()).toBe(3);
});

test('a few are left to the protocol, and so are all without threads', async () => {
  const { verify } = counting();
  expect(await ahead(verify, claims.slice(0, 31))).toBe(verify);
  const without = { deps: { verify } as never, verifyElsewhere: null };
  expect(await verifyAhead(without, () => claims, signal)).toBe(verify);
});

test('who aborts waits for no more of them', async () => {
  const aborted = AbortSignal.abort(new Error('enough'));
  const env = { deps: { verify: verifySignature } as never, verifyElsewhere };
  await expect(verifyAhead(env, () => claims, aborted)).rejects.toThrow('enough');
});

test('elsewhere decides as here, strictly', async () => {
  const { publicKey, signed } = claims[1] as (typeof claims)[number];
  const { payload, signature } = signed;
  const zeros = new Uint8Array(32);
  const identity = Uint8Array.of(1, ...zeros.subarray(1));
  const cases: [Uint8Array, Uint8Array, Uint8Array][] = [
    [publicKey, payload, signature],
    [publicKey, payload, signature.slice(1)],
    [publicKey.slice(1), payload, signature],
    // Of small order: it would verify for any message.
    [identity, payload, Uint8Array.of(1, ...zeros.subarray(1), ...zeros)],
    // S + L: the equation holds, the encoding is not the one.
    [publicKey, payload, plusOrder(signature)],
    // Not on the curve.
    [Uint8Array.of(2, ...zeros.subarray(1)), payload, signature],
  ];
  for (const given of cases) expect(await verifyElsewhere(...given)).toBe(verifySignature(...given));
  expect(await Promise.all(cases.map((given) => verifyElsewhere(...given)))).toEqual([
    true,
    ...cases.slice(1).map(() => false),
  ]);
});

function plusOrder(signature: Uint8Array): Uint8Array {
  const order = Uint8Array.from(
    Buffer.from('1000000000000000000000000000000014def9dea2f79cd65812631a5cf5d3ed', 'hex'),
  ).reverse();
  const out = signature.slice();
  let carry = 0;
  for (let i = 0; i < 32; i += 1) {
    const sum = (out[32 + i] as number) + (order[i] as number) + carry;
    out[32 + i] = sum;
    carry = sum >> 8;
  }
  return out;
}

test('rosters, headers and votes of a session of many are checked ahead', async () => {
  const participants = 33;
  const { verify, asked } = counting();
  let elsewhere = 0;
  const { exact } = await measureSession({
    ...{ suite: 'masking/complete', participants, length: 1, dropout: NO_DROPOUT, transport: 'memory' },
    ...{ seed: '1', verify },
    verifyElsewhere: async (...given) => {
      elsewhere += 1;
      return verifySignature(...given);
    },
  });
  expect(exact).toBe(true);
  // Each checks the keys and the headers of everybody, and more than a quorum of votes.
  expect(elsewhere).toBeGreaterThan(participants * (2 * participants + participants / 2));
  const others = asked() / participants;
  // Statements, and the r1 of each dealer as it comes.
  expect(others).toBeLessThan(2 * participants);
});
