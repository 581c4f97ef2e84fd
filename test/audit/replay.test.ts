/** Replay from escrow: the sum is what the uploads give, and an escrow that is not what was signed is named. */
import { describe, expect, test } from '@jest/globals';
import { toHex, utf8 } from '../../crypto/bytes.js';
import { deterministicRandom } from '../../crypto/random.js';
import { Randomness } from '../../src/audit/randomness.js';
import { decodeCanonical, encodeCanonical } from '../../crypto/canonical.js';
import { sha256 } from '../../crypto/hash.js';
import { maskedInputCodec, shareKeysCodec, unmaskCodec } from '../../src/protocol/messages.js';
import { resultCodec } from '../../src/protocol/statements.js';
import { altered, at, coordinator, fill, participants, replaced, vectorOf } from '../helpers/protocol.js';
import { ckksTask, floats } from '../protocol/ckks/task.js';
import {
  type Archive,
  archived,
  archiveOf,
  audit,
  engine,
  escrowOf,
  forged,
  idOf,
} from './helpers/archive.js';
import { codes, finding, replace } from './helpers/edits.js';
import { type Played, type PlayOptions, playSession } from './helpers/played.js';

const parties = participants(4);
type Items = readonly Uint8Array[];

const bytesDrawn = deterministicRandom(utf8('bytes'))(16_384);

/** Every value as often as any other, but for chance. */
const climbing = new Uint8Array(bytesDrawn.length);
bytesDrawn.forEach((byte, index) => {
  climbing[index] = ((climbing[index - 1] ?? 0) + (byte % 32)) % 256;
});

const play = (options: PlayOptions = {}) => playSession(parties, options) as Required<Played>;
const withEscrow = (played: Required<Played>, items: Items, session = archived(played)): Archive =>
  archiveOf([session], { escrow: new Map([[idOf(played.leaves), items]]) });
/** An item with one of its fields changed. */
const changed = (
  items: Items,
  index: number,
  field: number,
  value: Parameters<typeof encodeCanonical>[0],
) => {
  const item = decodeCanonical(at(items, index)) as Parameters<typeof encodeCanonical>[0][];
  return replaced(items, index, encodeCanonical(replaced(item, field, value)));
};

describe.each<[string, PlayOptions]>([
  ['masking/complete', { drops: [5, 5, 5, 2] }],
  ['ckks/sumkey', { task: ckksTask(4), input: floats, drops: [5, 5, 5, 2] }],
])('%s', (_suite, options) => {
  const played = play(options);
  const items = escrowOf(played);

  test('the sum is computed again', async () => {
    const verdict = await audit(withEscrow(played, items), { engine });
    expect(verdict.findings).toEqual([]);
    expect(verdict.totals.replayed).toBe(1);
    expect(verdict.sessions[0]?.checks).toMatchObject({ V10: { state: 'holds' }, V11: { state: 'holds' } });
  });

  test('a published sum that is another one', async () => {
    const other = forged(
      played,
      replace('result', undefined, (signed) =>
        altered(resultCodec, signed, coordinator, { digests: [fill(1)] }),
      ),
    );
    // Without escrow nobody can tell.
    expect((await audit(archiveOf([other]), { engine })).findings).toEqual([]);
    const verdict = await audit(withEscrow(played, items, other), { engine });
    expect(codes(verdict)).toEqual(['WRONG_SUM']);
    expect(finding(verdict, 'WRONG_SUM')).toMatchObject({ by: 'coordinator', check: 'V11' });
    expect(verdict.sessions[0]?.checks.V11.state).toBe('fails');
  });

  test('without an engine, or with one that cannot, nothing is replayed', async () => {
    const archive = withEscrow(played, items);
    expect((await audit(archive)).sessions[0]?.checks.V11).toMatchObject({ state: 'not checked' });
    const lacking = {
      ...engine,
      lacks: () => Promise.resolve({ code: 'MISSING_PACKAGE', message: 'no such package' } as const),
    };
    const verdict = await audit(archive, { engine: lacking });
    expect(verdict.sessions[0]?.checks.V11).toEqual({ state: 'not checked', why: 'no such package' });
    expect(verdict.findings).toEqual([]);
  });

  const uploads = items.findIndex((item) => (decodeCanonical(item) as unknown[])[0] === 'upload');
  const shares = items.findIndex((item) => (decodeCanonical(item) as unknown[])[0] === 'shares');
  test.each<[string, Items, string]>([
    ['nothing', [], 'ESCROW_MISMATCH'],
    ['the escrow of another session', changed(items, 0, 1, fill(1)), 'ESCROW_MISMATCH'],
    ['no list of dealt shares', [...items.slice(0, 1), ...items.slice(2)], 'ESCROW_MISMATCH'],
    [
      'other dealt shares',
      changed(items, 1, 2, (decodeCanonical(at(items, 2)) as Uint8Array[])[2] as Uint8Array),
      'ESCROW_MISMATCH',
    ],
    ['too few dealt shares', changed(items, 1, 2, fill(1, 5)), 'ESCROW_UNREADABLE'],
    [
      'another upload',
      changed(
        items,
        uploads,
        3,
        fill(0, ((decodeCanonical(at(items, uploads)) as Uint8Array[])[3] as Uint8Array).length),
      ),
      'ESCROW_MISMATCH',
    ],
    ['a piece at another place', changed(items, uploads, 2, 1), 'ESCROW_UNREADABLE'],
    ['a piece that is too long', changed(items, uploads, 3, fill(0, 200_000)), 'ESCROW_MISMATCH'],
    ['other revealed shares', changed(items, shares, 2, [fill(1)]), 'ESCROW_MISMATCH'],
    ['revealed shares that are none', changed(items, shares, 2, 7), 'ESCROW_UNREADABLE'],
    ['something missing at the end', items.slice(0, -1), 'ESCROW_MISMATCH'],
    ['something more at the end', [...items, at(items, 1)], 'ESCROW_MISMATCH'],
    ['what is no CBOR', replaced(items, 2, fill(255, 3)), 'ESCROW_UNREADABLE'],
    ['what is no list', replaced(items, 2, encodeCanonical(7)), 'ESCROW_UNREADABLE'],
  ])('%s', async (_what, other, code) => {
    const verdict = await audit(withEscrow(played, other), { engine });
    expect(codes(verdict)).toContain(code);
    expect(codes(verdict).every((found) => found.startsWith('ESCROW_'))).toBe(true);
    expect(finding(verdict, code as 'ESCROW_MISMATCH').place).toContain(idOf(played.leaves));
    expect(verdict.sessions[0]).toMatchObject({ replayed: false, checks: { V11: { state: 'fails' } } });
  });
});

test('a dealer that committed to another secret than it shared, hidden by the coordinator', async () => {
  const honest = play();
  const position = 1;
  const dealer = at(parties, position);
  const other = forged(
    honest,
    replace('r1', dealer, (signed) => altered(shareKeysCodec, signed, dealer, { commitment: fill(1) })),
  );
  const verdict = await audit(withEscrow(honest, escrowOf(honest), other), { engine });
  expect(codes(verdict)).toEqual(['BAD_COMMITMENT']);
  expect(finding(verdict, 'BAD_COMMITMENT')).toMatchObject({
    by: 'participant',
    check: 'V10',
    identities: [toHex(dealer.identity)],
  });
  expect(verdict.sessions[0]?.checks.V10.state).toBe('fails');
});

test('a share that its helper was not dealt is named; too few others and there is no sum', async () => {
  const honest = play({ task: { maxColluders: 0 }, drops: [5, 5, 5, 5] });
  const items = escrowOf(honest);
  const last = items.length - 1;
  const wrong = [fill(1), fill(2), fill(3), fill(4)];
  const helper = at(parties, 3);
  const signedOver = (records: Parameters<Parameters<typeof forged>[1]>[0]) =>
    replace('r4', helper, (signed) => altered(unmaskCodec, signed, helper, { shares: sha256(...wrong) }))(
      records,
    );
  const verdict = await audit(
    withEscrow(honest, changed(items, last, 2, wrong), forged(honest, signedOver)),
    {
      engine,
    },
  );
  expect(verdict.findings).toMatchObject([
    { code: 'BAD_SHARE', severity: 'warning', by: 'participant', identities: [toHex(helper.identity)] },
  ]);
  expect(verdict.totals.replayed).toBe(1);

  const strict = play();
  const others = escrowOf(strict);
  const both = changed(changed(others, others.length - 1, 2, wrong), others.length - 2, 2, wrong);
  const edits = forged(strict, (records) =>
    [at(parties, 2), helper].reduce<readonly (typeof records)[number][]>(
      (before, by) =>
        replace('r4', by, (signed) => altered(unmaskCodec, signed, by, { shares: sha256(...wrong) }))([
          ...before,
        ]),
      records,
    ),
  );
  const failed = await audit(withEscrow(strict, both, edits), { engine });
  expect(codes(failed)).toEqual(['NOT_REPRODUCED']);
});

test('a sum that does not open under the shared keys, published all the same', async () => {
  const played = play({ task: ckksTask(4), input: floats });
  const mismatch = { ...engine, run: () => Promise.resolve({ kind: 'key-mismatch' } as const) };
  const verdict = await audit(withEscrow(played, escrowOf(played)), { engine: mismatch });
  expect(codes(verdict)).toEqual(['NOT_REPRODUCED']);
  expect(finding(verdict, 'NOT_REPRODUCED')).toMatchObject({ by: 'coordinator', check: 'V11' });
});

test('an upload with bits beyond its last coordinate, accepted and signed all the same', async () => {
  const task = { vectors: [vectorOf({ bits: 15 })] };
  const honest = play({ task });
  const items = escrowOf(honest);
  const by = at(parties, 3);
  const bytes = at(honest.r2.members, 3).send.upload.bytes.slice();
  bytes[bytes.length - 1] = 255;
  const isLast = (item: Uint8Array) => {
    const [kind, position] = decodeCanonical(item) as unknown[];
    return kind === 'upload' && position === 3;
  };
  const from = items.findIndex(isLast);
  const whole = encodeCanonical(['upload', 3, 0, bytes]);
  const others = [...items.slice(0, from), whole, ...items.slice(from + 2)];
  const other = forged(
    honest,
    replace('r2', by, (signed) => altered(maskedInputCodec, signed, by, { digests: [sha256(bytes)] })),
  );
  const verdict = await audit(withEscrow(honest, others, other), { engine });
  expect(codes(verdict)).toEqual(['ESCROW_MISMATCH', 'WRONG_UPLOADS']);
});

test.each<[string, (index: number) => number, boolean]>([
  ['random', (index) => bytesDrawn[index] as number, true],
  ['each byte as often as any other, in order', (index) => index % 256, false],
  ['each a little more than the one before', (index) => climbing[index] as number, false],
  [
    'none of the middle, in no order',
    (index) =>
      ((bytesDrawn[index] as number) + 64) % 128 < 64
        ? (bytesDrawn[index] as number) % 64
        : 192 + ((bytesDrawn[index] as number) % 64),
    false,
  ],
])('bytes: %s', (_what, byteAt, random) => {
  const randomness = new Randomness();
  randomness.add(
    'somebody',
    Uint8Array.from({ length: 16_384 }, (_, index) => byteAt(index)),
  );
  randomness.add('with little', new Uint8Array(4000));
  expect(randomness.judged).toBe(1);
  expect(randomness.suspects()).toEqual(random ? [] : ['somebody']);
});

test('uploads that are not masked look it', async () => {
  const task = { vectors: [{ name: 'v', length: 3000, bits: 16, scale: 1, clip: 100, weighted: false }] };
  const honest = play({ task });
  const verdict = await audit(withEscrow(honest, escrowOf(honest)), { engine });
  expect(verdict.findings).toEqual([]);
  expect(verdict.sessions[0]?.checks.V15).toEqual({ state: 'holds', why: '' });

  const bare = at(parties, 2);
  const plain = Uint8Array.from({ length: 6000 }, (_, index) => (index % 2 === 0 ? index % 7 : 0));
  const unmasked = play({
    task,
    r2: (message, position) =>
      position === 2
        ? {
            ...message,
            header: altered(maskedInputCodec, message.header, bare, { digests: [sha256(plain)] }),
            upload: { ...message.upload, bytes: plain, digests: [sha256(plain)] },
          }
        : message,
  });
  const found = await audit(withEscrow(unmasked, escrowOf(unmasked)), { engine });
  expect(found.findings).toMatchObject([
    { code: 'NOT_RANDOM', severity: 'warning', identities: [toHex(bare.identity)] },
  ]);
  // A heuristic settles nothing; but it is not said that the uploads look random.
  expect(found.sessions[0]?.checks.V15.state).toBe('not checked');
});
