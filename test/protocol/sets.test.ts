import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { fromBitmap, isSubset, memberSet, toBitmap } from '../../src/protocol/sets.js';
import { alteredSet, type AtR1, closeR0, codeOf, must, participants, setUp } from '../helpers/protocol.js';
import { openNextSet } from '../../src/protocol/client/statements.js';
import { setCodec } from '../../src/protocol/statements.js';
import { signBody } from '../../src/protocol/signed.js';
import { coordinator, coordinatorDeps } from '../helpers/protocol.js';
import { shareKeys } from '../../src/protocol/client/r1-share-keys.js';

const ctx = new Uint8Array(32).fill(1);

test('a bitmap is the set, and nothing else is', () => {
  const sized = fc
    .integer({ min: 1, max: 70 })
    .chain((size) => fc.tuple(fc.constant(size), fc.subarray([...Array(size).keys()])));
  fc.assert(
    fc.property(sized, ([size, members]) => {
      const bitmap = toBitmap(members, size);
      expect(fromBitmap(bitmap, size)).toEqual(members);
      expect(bitmap).toHaveLength(Math.ceil(size / 8));
    }),
  );
  expect(codeOf(() => fromBitmap(new Uint8Array(2), 8))).toBe('BAD_SET');
  expect(codeOf(() => fromBitmap(new Uint8Array(0), 8))).toBe('BAD_SET');
  expect(codeOf(() => fromBitmap(Uint8Array.of(0x20), 5))).toBe('BAD_SET');
  expect(() => toBitmap([5], 5)).toThrow(RangeError);
  expect(() => toBitmap([-1], 5)).toThrow(RangeError);
  expect(isSubset([1, 2], [0, 1, 2])).toBe(true);
  expect(isSubset([1, 3], [0, 1, 2])).toBe(false);
});

test('the hash names context, set and members', () => {
  const { hash } = memberSet(ctx, 2, [0, 2], 5);
  expect(memberSet(ctx, 2, [0, 2], 5).hash).toEqual(hash);
  for (const other of [
    memberSet(new Uint8Array(32), 2, [0, 2], 5),
    memberSet(ctx, 3, [0, 2], 5),
    memberSet(ctx, 2, [0, 3], 5),
    memberSet(ctx, 2, [0, 2], 9),
  ]) {
    expect(other.hash).not.toEqual(hash);
  }
});

test('two statements of one set, over different trees, are the same set', () => {
  const setup = setUp(participants(5));
  const r1 = closeR0(setup, [0, 1, 2, 3, 4]) as AtR1;
  const { frozen } = r1;
  const statements = [1, 2].map((size) =>
    signBody(
      setCodec,
      {
        ctx: frozen.session.ctx,
        set: 2,
        members: toBitmap([0, 1, 2, 3], 5),
        size,
        root: new Uint8Array(32).fill(size),
        parameters: {},
      },
      coordinator.signer,
    ),
  );
  const deps = { ...coordinatorDeps, random: () => new Uint8Array() };
  const hashes = statements.map(
    (signed) => openNextSet(2, signed, coordinator.identity, frozen.session, 0, frozen.u1, deps).hash,
  );
  expect(statements[0]?.payload).not.toEqual(statements[1]?.payload);
  expect(hashes[0]).toEqual(hashes[1]);
});

test('the context is of the session, not of the statement of U1', () => {
  const setup = setUp(participants(5));
  const r1 = closeR0(setup, [0, 1, 2, 3, 4]) as AtR1;
  const [first] = setup.members;
  if (first === undefined) throw new Error('no members');
  const other = { ...r1.message, statement: alteredSet(r1.statement, { size: 77 }) };
  const a = must(shareKeys(first.state, r1.message, first.deps)).state.session.ctx;
  const b = must(shareKeys(first.state, other, first.deps)).state.session.ctx;
  expect(a).toEqual(b);
});
