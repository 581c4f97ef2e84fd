// The receipt of a session: what verifies, what is refused, and that no byte of it can be another one.
import { expect, test } from '@jest/globals';
import { toHex, utf8 } from '../../../crypto/bytes.js';
import { verifyInclusion } from '../../../crypto/merkle.js';
import { type OwnSession, verifyReceipt } from '../../../src/protocol/client/receipt.js';
import { BlindsumError } from '../../../src/protocol/errors.js';
import { logOrigin, openCheckpoint, sessionOrigin } from '../../../src/protocol/transcript/checkpoint.js';
import { logEntryCodec } from '../../../src/protocol/transcript/log-entry.js';
import { parseTlogProof } from '../../../src/protocol/transcript/tlog-proof.js';
import type { ReceiptReply } from '../../../src/protocol/transcript/replies.js';
import {
  checkpointReply,
  leavesOf,
  loggedSession,
  logWith,
  otherEntries,
  ownOf,
  receiptReply,
  viewOf,
  witnesses,
} from '../../helpers/logged.js';
import { codeOf, coordinator, verify } from '../../helpers/protocol.js';

// The r4 of position 4 comes too late.
const { rounds, closed, record } = loggedSession([0, 1, 2, 3]);
const own = ownOf(rounds, 1, closed.result);
const seen = openCheckpoint(
  checkpointReply(otherEntries(2)).checkpoint as string,
  logOrigin(coordinator.identity),
  coordinator.identity,
  verify,
);
const view = viewOf({ seen, minWitnesses: 1 });
const reply = receiptReply(record, leavesOf(own), { oldSize: 2, cosignedBy: witnesses.slice(0, 1) });
const taken = (given: ReceiptReply = reply, of: OwnSession = own, by = view) =>
  verifyReceipt(by, of, given, verify);

test('a receipt names where the session is in the log and who cosigned it', () => {
  const { index, entry, missing, cosigned, checkpoint } = taken();
  expect({ index, missing, closed: entry.closed, size: checkpoint.size }).toEqual({
    index: 3,
    missing: [],
    closed: true,
    size: 6,
  });
  expect(cosigned.map(({ witness }) => witness.name)).toEqual(['hospital-a']);
});

test('its files prove without it what was sent and how the session ended', () => {
  const files = new Map(
    taken().files.map(({ name, bytes }) => [name, parseTlogProof(Buffer.from(bytes).toString())]),
  );
  const names = ['r0', 'r1', 'r2', 'r3', 'r4', 'result', 'session'];
  expect([...files.keys()]).toEqual(names.map((name) => `${name}.tlog-proof`));
  for (const [name, { extra, index, hashes, checkpoint }] of files) {
    const { session } = logEntryCodec.decode(reply.entry);
    const origin =
      name === 'session.tlog-proof'
        ? logOrigin(coordinator.identity)
        : sessionOrigin(coordinator.identity, toHex(session));
    const { size, root } = openCheckpoint(checkpoint, origin, coordinator.identity, verify);
    expect(verifyInclusion({ entry: extra as Uint8Array, index, size, proof: hashes, root })).toBe(true);
  }
});

test('an r4 that came too late is told, and kept as it was signed', () => {
  const late = ownOf(rounds, 4, closed.result);
  const { missing, files } = taken(
    receiptReply(record, leavesOf(late), { oldSize: 2, cosignedBy: witnesses }),
    late,
  );
  expect(missing).toEqual(['r4']);
  expect(files.map(({ name }) => name)).not.toContain('r4.tlog-proof');
  expect(files.find(({ name }) => name === 'r4.signed')?.bytes).toEqual(leavesOf(late)[4]);
});

test('one that was in the session for a while gets what it was in, whatever was shown to others', () => {
  const left = { ...ownOf(rounds, 1, null), messages: own.messages.slice(0, 2) };
  const given = receiptReply(record, leavesOf(left), { oldSize: 2, cosignedBy: witnesses });
  expect(taken(given, left).missing).toEqual([]);
  // Its r1 may have come too late, its r0 not: it was shown itself in U1.
  const [r0, r1] = leavesOf(left) as [Uint8Array, Uint8Array];
  const without = (leaf: Uint8Array) => ({
    ...given,
    leaves: given.leaves.filter((one) => toHex(one.leaf) !== toHex(leaf)),
  });
  expect(taken(without(r1), left).missing).toEqual(['r1']);
  expect(codeOf(() => taken(without(r0), left))).toBe('NO_RECEIPT');
});

test('too few cosignatures: everything else holds, and it may be asked for again', () => {
  const uncosigned = receiptReply(record, leavesOf(own), { oldSize: 2 });
  expect(codeOf(() => taken(uncosigned))).toBe('NOT_WITNESSED');
  expect(codeOf(() => taken(uncosigned, own, viewOf({ seen })))).toBeNull();
  const two = receiptReply(record, leavesOf(own), { oldSize: 2, cosignedBy: witnesses });
  expect(codeOf(() => taken(two, own, viewOf({ seen, minWitnesses: 2 })))).toBeNull();
});

test('a first receipt needs no head seen before; a log that forgot one is forked', () => {
  const first = receiptReply(record, leavesOf(own), { cosignedBy: witnesses });
  expect(codeOf(() => taken(first, own, viewOf()))).toBeNull();
  const another = receiptReply(record, leavesOf(own), { oldSize: 2, before: otherEntries(3, 7) });
  expect(codeOf(() => taken(another))).toBe('LOG_FORKED');
});

const STRIDE = 9;

/** Every reply that differs in one place; of bytes and letters every ninth. */
function* changed(value: unknown): Generator<unknown> {
  if (value instanceof Uint8Array) {
    for (let at = value.length % STRIDE; at < value.length; at += STRIDE) {
      const copy = value.slice();
      copy[at] = (value[at] as number) ^ (1 << (at % 8));
      yield copy;
    }
    yield value.slice(1);
    yield Uint8Array.of(...value, 0);
  } else if (typeof value === 'string') {
    for (let at = value.length % STRIDE; at < value.length; at += STRIDE)
      yield `${value.slice(0, at)}${value[at] === 'A' ? 'B' : 'A'}${value.slice(at + 1)}`;
    yield `${value}\n`;
    yield value.slice(0, -1);
  } else if (typeof value === 'number') {
    yield value + 1;
    yield value - 1;
  } else if (Array.isArray(value)) {
    for (const [at, item] of value.entries()) {
      for (const other of changed(item))
        yield value.map((one: unknown, index) => (index === at ? other : one));
      yield value.filter((_, index) => index !== at);
      yield [...value.slice(0, at), item, ...value.slice(at)];
    }
    if (value.length > 1) yield [...value].reverse();
  } else {
    for (const [key, item] of Object.entries(value as object))
      for (const other of changed(item)) yield { ...(value as object), [key]: other };
  }
}

/** An r4 that is left out may have come too late: told, not refused. */
function isAccepted(other: ReceiptReply): boolean {
  try {
    return taken(other).missing[0] !== 'r4';
  } catch (error) {
    if (error instanceof BlindsumError) return false;
    throw error;
  }
}

test('no byte, hash, index, note or leaf of it can be another one', () => {
  expect(codeOf(() => taken())).toBeNull();
  let count = 0;
  for (const other of changed(reply)) {
    count += 1;
    if (isAccepted(other as ReceiptReply)) throw new Error(`change ${count} was accepted`);
  }
  expect(count).toBeGreaterThan(500);
});

test('what is of another kind is refused with a code', () => {
  const { entries } = logWith(record);
  expect(entries).toHaveLength(6);
  for (const log of [
    { checkpoint: null, consistency: [] },
    { checkpoint: '', consistency: [] },
  ])
    expect(codeOf(() => taken({ ...reply, log }, own, viewOf()))).toBe('NO_RECEIPT');
  expect(codeOf(() => taken({ ...reply, entry: utf8('no entry') }))).toBe('NO_RECEIPT');
  expect(codeOf(() => taken({ ...reply, leaves: [] }))).toBe('NO_RECEIPT');
});
