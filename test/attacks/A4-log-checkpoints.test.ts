/**
 * A4: the coordinator shows different logs to different participants, so that a session, or what somebody sent in it, is
 * there for one and not for another. A head that it signed is evidence against it, whoever holds it; witnesses cosign only
 * one. And a coordinator whose store was changed behind its back signs nothing, rather than a second log.
 */
import { expect, test } from '@jest/globals';
import { equalBytes, toHex, utf8 } from '../../crypto/bytes.js';
import { merkleRoot } from '../../crypto/merkle.js';
import type { Witness } from '../../src/coordinator/index.js';
import {
  headText,
  logOrigin,
  openCheckpoint,
  sessionOrigin,
  signCheckpoint,
} from '../../src/protocol/transcript/checkpoint.js';
import { cosign, openCosignatures } from '../../src/protocol/transcript/cosignature.js';
import { logEntryCodec } from '../../src/protocol/transcript/log-entry.js';
import { formatNote, parseNote, signatureLine } from '../../src/protocol/transcript/signed-note.js';
import type { Store } from '../../src/storage/port.js';
import { all, expectCode, makeWorld, openSession, type Session, type World } from '../coordinator/world.js';
import { at, codeOf, coordinator, participants, verify } from '../helpers/protocol.js';
import { storeWith } from '../helpers/store-with.js';

const [witness, stranger] = participants(9).slice(7) as [
  ReturnType<typeof participants>[0],
  ReturnType<typeof participants>[0],
];
const WITNESS: Witness = { name: 'hospital', publicKey: witness.identity };
const origin = logOrigin(coordinator.identity);
const entries = [1, 2, 3].map((value) => Uint8Array.of(value));
const head = { origin, size: 3, root: merkleRoot(entries) };
const other = { ...head, root: merkleRoot([...entries].reverse()) };
const open = (note: string) => openCheckpoint(note, origin, coordinator.identity, verify);
const lineOf = (text: string, name = WITNESS.name, { signer } = witness) =>
  signatureLine(cosign(text, { name, signer }, 1_700_000_000)).trimEnd();

// ------------------------------------------------------------------------------------------- what a reader refuses

test('A4 a checkpoint counts only with exactly one signature of the pinned key over exactly its text', () => {
  const signed = parseNote(signCheckpoint(head, coordinator.signer));
  const [own] = signed.signatures as [(typeof signed.signatures)[0]];
  const opened = (text: string, signatures = signed.signatures) =>
    codeOf(() => open(formatNote({ text, signatures })));
  expect(open(formatNote(signed)).size).toBe(3);
  expect(opened(headText(other))).toBe('WRONG_COORDINATOR');
  expect(opened(signed.text, [own, own])).toBe('WRONG_COORDINATOR');
  expect(opened(signed.text, [{ ...own, name: 'somebody' }])).toBe('WRONG_COORDINATOR');
  const others = parseNote(signCheckpoint(head, stranger.signer)).signatures;
  expect(opened(signed.text, others)).toBe('WRONG_COORDINATOR');
});

test('A4 the head of one tree does not pass for that of another, even when the coordinator signs it so', () => {
  const session = { ...head, origin: sessionOrigin(coordinator.identity, toHex(new Uint8Array(32))) };
  const text = headText(session);
  const [own] = parseNote(signCheckpoint(head, coordinator.signer)).signatures;
  const signature = coordinator.signer.sign(utf8(text));
  expect(codeOf(() => open(formatNote({ text, signatures: [{ ...own!, signature }] })))).toBe('MALFORMED');
});

test('A4 a cosignature that a witness did not make over this head is found, not overlooked', () => {
  const counted = (line: string) => {
    const note = parseNote(`${signCheckpoint(head, coordinator.signer)}${line}\n`);
    return openCosignatures(note, [WITNESS], verify).length;
  };
  expect(counted(lineOf(headText(head)))).toBe(1);
  expect(codeOf(() => counted(lineOf(headText(other))))).toBe('BAD_SIGNATURE');
  expect(counted(lineOf(headText(head), WITNESS.name, stranger))).toBe(0);
  expect(counted(lineOf(headText(head), 'somebody'))).toBe(0);
});

// ------------------------------------------------------------------------------------- what the coordinator refuses

const NOTHING = { oldSize: 0, witnesses: 0 };
const api = (world: World, identity = witness.identity) =>
  world.coordinator.participant({ identity, certificate: null });
const checkpointOf = async (world: World) => (await api(world).getCheckpoint(NOTHING)).checkpoint as string;

/** Two sessions that ended after everybody had joined. */
async function ended(world: World): Promise<Session> {
  const { taskId } = await openSession(world);
  const first = (await world.store.listSessions())[0]!;
  await world.coordinator.operator.cancelSession(first.id, '');
  const session = await openSession(world, { taskId });
  await all(session, 'join');
  await world.coordinator.operator.cancelSession(session.id, '');
  return session;
}

/** Another node on the same store, in which some operations answer otherwise. */
const changed = (world: World, instead: (store: Store) => Partial<Store>): World =>
  makeWorld({ witnesses: [WITNESS], wrap: () => storeWith(world.store, instead(world.store)) });

test('A4 only the witness itself adds its cosignature, and only over the head that is in the store', async () => {
  const world = makeWorld({ witnesses: [WITNESS] });
  await ended(world);
  const { text } = parseNote(await checkpointOf(world));
  const put = (line: string, size = 2) =>
    world.coordinator.witness(witness.identity).putCosignature(size, line);
  await expectCode(put(lineOf(text), 1), 'BAD_SIGNATURE');
  await expectCode(put(lineOf(headText({ ...other, size: 2 }))), 'BAD_SIGNATURE');
  await expectCode(put(lineOf(text, WITNESS.name, stranger)), 'BAD_SIGNATURE');
  await expectCode(put(lineOf(text, 'somebody')), 'BAD_SIGNATURE');
  expect(() => world.coordinator.witness(stranger.identity)).toThrow('names no witness with this key');
  expect(await world.store.readCosignatures(2)).toEqual([]);
  await put(lineOf(text));
  expect(await checkpointOf(world)).toBe(
    `${signCheckpoint(open(await checkpointOf(world)), coordinator.signer)}${lineOf(text)}\n`,
  );
});

test('A4 a log that has become shorter, or has a gap, is signed no more', async () => {
  const world = makeWorld();
  await ended(world);
  let size = 2;
  const shorter = changed(world, () => ({ logSize: async () => size }));
  expect(open(await checkpointOf(shorter)).size).toBe(2);
  size = 1;
  await expectCode(checkpointOf(shorter), 'INTERNAL');
  const gap = changed(world, (store) => ({
    readLog: async (from, to) => (await store.readLog(from, to)).slice(0, from === 0 ? -1 : undefined),
  }));
  await expectCode(checkpointOf(gap), 'INTERNAL');
});

test('A4 a log with another entry than the witnesses cosigned is signed no more', async () => {
  const world = makeWorld({ witnesses: [WITNESS] });
  await ended(world);
  const { text } = parseNote(await checkpointOf(world));
  await world.coordinator.witness(witness.identity).putCosignature(2, lineOf(text));
  const rewritten = changed(world, (store) => ({
    readLog: async (from, to) => (await store.readLog(from, to)).reverse(),
  }));
  await expectCode(checkpointOf(rewritten), 'INTERNAL');
});

test('A4 no receipt is given where the log, the session and its leaves do not say the same', async () => {
  const world = makeWorld();
  const { id, members } = await ended(world);
  const { identity } = at(members, 0).party;
  const receiptOf = (node: World) => api(node, identity).getReceipt(id, NOTHING);
  expect((await receiptOf(world)).index).toBe(1);

  const moved = changed(world, (store) => ({
    findLogged: async (session) => ({ ...(await store.findLogged(session))!, index: 0 }),
  }));
  await expectCode(receiptOf(moved), 'INTERNAL');

  const forge = (entry: Uint8Array): Uint8Array => {
    const body = logEntryCodec.decode(entry);
    return toHex(body.session) === id ? logEntryCodec.encode({ ...body, root: merkleRoot(entries) }) : entry;
  };
  const forged = changed(world, (store) => ({
    readLog: async (from, to) => (await store.readLog(from, to)).map(forge),
    findLogged: async (session) => {
      const { index, entry } = (await store.findLogged(session))!;
      return { index, entry: forge(entry) };
    },
  }));
  await expectCode(receiptOf(forged), 'INTERNAL');
  await expectCode(receiptOf(changed(world, () => ({ findLogged: async () => null }))), 'INTERNAL');

  const r0 = (await world.store.getRecord(id, 'r0', toHex(identity)))!.signed;
  const without = changed(world, (store) => ({
    readLeaves: async (session) =>
      (await store.readLeaves(session)).filter((leaf) => !equalBytes(leaf.slice(-64), r0.signature)),
  }));
  await expectCode(receiptOf(without), 'INTERNAL');
});

test('A4 two nodes that end sessions at once have one log between them', async () => {
  const world = makeWorld();
  const peer = makeWorld({ wrap: () => world.store });
  const { taskId } = await openSession(world);
  for (let round = 0; round < 3; round += 1) await openSession(world, { taskId });
  const open4 = await world.store.listSessions();
  const cancels = open4.flatMap(({ id }) =>
    [world, peer].map((node) => node.coordinator.operator.cancelSession(id, '').catch(() => null)),
  );
  await Promise.all(cancels);
  const notes = await Promise.all([world, peer].map(checkpointOf));
  expect(notes[0]).toBe(notes[1]);
  expect(open(notes[0]!).size).toBe(4);
  expect(open(notes[0]!).root).toEqual(merkleRoot(await world.store.readLog(0, 4)));
});
