/** The log and its receipts through the services, verified with the pure functions only. */
import { describe, expect, test } from '@jest/globals';
import { equalBytes, toHex } from '../../crypto/bytes.js';
import { verifyConsistency, verifyInclusion } from '../../crypto/merkle.js';
import type { Witness } from '../../src/coordinator/index.js';
import { createPrometheusMetrics } from '../../src/coordinator/metrics/prometheus.js';
import { signedLeaf } from '../../src/protocol/signed.js';
import { setCodec } from '../../src/protocol/statements.js';
import {
  type Checkpoint,
  logOrigin,
  openCheckpoint,
  sessionOrigin,
} from '../../src/protocol/transcript/checkpoint.js';
import { cosign, openCosignatures } from '../../src/protocol/transcript/cosignature.js';
import { logEntryCodec } from '../../src/protocol/transcript/log-entry.js';
import { formatNote, signatureLine } from '../../src/protocol/transcript/signed-note.js';
import type { CheckpointReply, ReceiptReply } from '../../src/rpc/log-api.js';
import { coordinator, participants, type Party, verify } from '../helpers/protocol.js';
import { storeWith } from '../helpers/store-with.js';
import { readPage } from '../helpers/metrics-page.js';
import { settle } from './manual-clock.js';
import {
  all,
  expectCode,
  makeWorld,
  openSession,
  ROUND_MS,
  type Session,
  upTo,
  type World,
} from './world.js';

const NOTHING = { oldSize: 0, witnesses: 0 };
const origin = logOrigin(coordinator.identity);
const open = ({ checkpoint }: CheckpointReply): Checkpoint =>
  openCheckpoint(checkpoint as string, origin, coordinator.identity, verify);
const api = (world: World, party: Party) =>
  world.coordinator.participant({ identity: party.identity, certificate: null });
const parties = participants(5);
const first = parties[0] as Party;

const WITNESSES: readonly (Party & { witness: Witness })[] = participants(8)
  .slice(5)
  .map((party, at) => ({ ...party, witness: { name: `witness-${at}`, publicKey: party.identity } }));
const witnesses = WITNESSES.map(({ witness }) => witness);
const lineOf = (head: Checkpoint, { witness, signer }: (typeof WITNESSES)[number], seconds = 1_700_000_000) =>
  signatureLine(cosign(head.note.text, { name: witness.name, signer }, seconds)).trimEnd();
const put = (world: World, at: number, size: number, line: string) =>
  world.coordinator.witness((WITNESSES[at] as Party).identity).putCosignature(size, line);

/** A session that nobody joined, which ends at its deadline. */
async function aborted(world: World, taskId?: string): Promise<Session> {
  const session = await openSession(world, taskId === undefined ? {} : { taskId });
  await world.clock.advance(ROUND_MS * 4);
  await settle();
  expect(await session.phase()).toBe('aborted');
  return session;
}

/** All that a receipt says, verified. @returns the leaves */
function verified(session: Session, receipt: ReceiptReply, number = 1): string[] {
  const head = open(receipt.log);
  const { entry, index, inclusion } = receipt;
  expect(verifyInclusion({ entry, index, size: head.size, proof: inclusion, root: head.root })).toBe(true);
  const body = logEntryCodec.decode(entry);
  expect([toHex(body.task), toHex(body.session), body.number]).toEqual([session.taskId, session.id, number]);
  const of = sessionOrigin(coordinator.identity, session.id);
  const tree = openCheckpoint(receipt.sessionCheckpoint, of, coordinator.identity, verify);
  expect([tree.size, toHex(tree.root)]).toEqual([body.size, toHex(body.root)]);
  const { size, root } = tree;
  for (const { leaf, index: at, inclusion: proof } of receipt.leaves)
    expect(verifyInclusion({ entry: leaf, index: at, size, proof, root })).toBe(true);
  expect(receipt.leaves.at(-1)?.index).toBe(size - 1);
  return receipt.leaves.map(({ leaf }) => toHex(leaf));
}

describe('a receipt', () => {
  test('proves every message of its participant, the result, and all statements', async () => {
    const world = makeWorld();
    const session = await openSession(world);
    await upTo(session, 'end');
    const row = await world.store.getSession(session.id);
    const { u1, u2, u3, result } = row!.statements;
    for (const member of session.members) {
      const receipt = await member.api.getReceipt(session.id, NOTHING);
      const { r0, r1, r2, r3, r4 } = member;
      const sent = [r0, r1.r1, r2.header, r3, r4.r4, result!];
      expect(verified(session, receipt)).toEqual(sent.map((signed) => toHex(signedLeaf(signed))));
      expect(logEntryCodec.decode(receipt.entry).closed).toBe(true);
      expect(receipt.statements).toHaveLength(4);
      for (const [at, statement] of [u1, u2, u3].entries()) {
        const { size: oldSize, root: oldRoot } = setCodec.decode(statement!.payload);
        const { size, consistency: proof } = receipt.statements[at]!;
        expect(size).toBe(oldSize);
        const { size: newSize, root: newRoot } = row!.tree;
        expect(verifyConsistency({ oldSize, oldRoot, newSize, newRoot, proof })).toBe(true);
      }
      // The same for everybody, whoever asks and however often.
      expect(receipt).toEqual(await member.api.getReceipt(session.id, NOTHING));
    }
  });

  test('of a session that was aborted has what was sent until then', async () => {
    const world = makeWorld();
    const session = await openSession(world);
    await all(session, 'join');
    await all(session, 'share', [0, 1]);
    await world.coordinator.operator.cancelSession(session.id, '');
    const [shared, joined] = [session.members[0]!, session.members[4]!];
    const abort = (await world.store.getSession(session.id))!.statements.abort!;
    expect(verified(session, await shared.api.getReceipt(session.id, NOTHING))).toEqual(
      [shared.r0, shared.r1.r1, abort].map((signed) => toHex(signedLeaf(signed))),
    );
    const receipt = await joined.api.getReceipt(session.id, NOTHING);
    expect(verified(session, receipt)).toHaveLength(2);
    expect(receipt.statements).toHaveLength(2);
    expect(logEntryCodec.decode(receipt.entry).closed).toBe(false);
  });

  test('leaves out a header whose upload was never whole', async () => {
    const world = makeWorld();
    const session = await openSession(world);
    await upTo(session, 'mask');
    await all(session, 'mask', [0, 1, 2, 3]);
    const late = session.members[4]!;
    await late.prepareInput();
    await late.api.beginUpload(session.id, late.r2.header);
    await world.clock.advance(ROUND_MS + 1);
    for (const step of ['sign', 'reveal'] as const) await all(session, step, [0, 1, 2, 3]);
    expect(await session.phase()).toBe('closed');
    const leaves = verified(session, await late.api.getReceipt(session.id, NOTHING));
    const { r0, r1 } = late;
    expect(leaves.slice(0, 2)).toEqual([r0, r1.r1].map((signed) => toHex(signedLeaf(signed))));
    const inTree = (await world.store.readLeaves(session.id)).some((leaf) =>
      equalBytes(leaf, signedLeaf(late.r2.header)),
    );
    expect(leaves).toHaveLength(inTree ? 4 : 3);
  });

  test('has the answers to complaints of who gave them, and of nobody else', async () => {
    const world = makeWorld();
    const session = await openSession(world, { misconduct: { 1: { garbageFor: 3 } } });
    await upTo(session, 'mask');
    await all(session, 'mask');
    await session.members[1]!.answer();
    await settle();
    for (const step of ['sign', 'reveal'] as const) await all(session, step);
    expect(await session.phase()).toBe('closed');
    const [answer] = await world.store.readRecords(session.id, 'answer');
    const leaf = toHex(signedLeaf(answer!.signed));
    for (const [at, member] of session.members.entries()) {
      const leaves = verified(session, await member.api.getReceipt(session.id, NOTHING));
      expect(leaves).toHaveLength(at === 1 ? 7 : 6);
      expect(leaves.includes(leaf)).toBe(at === 1);
    }
  });

  test('is there after the end only, and for who sent something only', async () => {
    const world = makeWorld();
    const session = await openSession(world);
    await all(session, 'join', [0, 1, 2, 3]);
    await expectCode(session.members[0]!.api.getReceipt(session.id, NOTHING), 'WRONG_ROUND');
    await world.coordinator.operator.cancelSession(session.id, '');
    await expectCode(session.members[4]!.api.getReceipt(session.id, NOTHING), 'UNKNOWN_PARTICIPANT');
    const stranger = WITNESSES[0] as Party;
    await expectCode(api(world, stranger).getReceipt(session.id, NOTHING), 'UNKNOWN_PARTICIPANT');
    verified(session, await session.members[0]!.api.getReceipt(session.id, NOTHING));
  });

  test('survives a restart and a purge', async () => {
    const world = makeWorld();
    const session = await openSession(world);
    await upTo(session, 'end');
    const before = await session.members[2]!.api.getReceipt(session.id, NOTHING);
    await world.coordinator.operator.purgeSession(session.id, { aggregate: true });
    await world.restart();
    expect(await api(world, session.members[2]!.party).getReceipt(session.id, NOTHING)).toEqual(before);
  });
});

describe('checkpoints', () => {
  test('there is none before a session ended; then each continues the one before', async () => {
    const world = makeWorld();
    const { getCheckpoint } = { getCheckpoint: api(world, first).getCheckpoint.bind(api(world, first)) };
    expect(await getCheckpoint(NOTHING)).toEqual({ checkpoint: null, consistency: [] });
    let session = await aborted(world);
    let last = open(await getCheckpoint(NOTHING));
    expect(last.size).toBe(1);
    for (let size = 2; size <= 6; size += 1) {
      session = await aborted(world, session.taskId);
      const reply = await getCheckpoint({ oldSize: last.size, witnesses: 0 });
      const next = open(reply);
      const claim = { oldSize: last.size, oldRoot: last.root, newSize: next.size, newRoot: next.root };
      expect(next.size).toBe(size);
      expect(verifyConsistency({ ...claim, proof: reply.consistency })).toBe(true);
      last = next;
    }
    // Who saw a larger log is told what there is, signed.
    const shrunk = await getCheckpoint({ oldSize: 7, witnesses: 0 });
    expect([open(shrunk).size, shrunk.consistency]).toEqual([6, []]);
    const same = await getCheckpoint({ oldSize: 6, witnesses: 0 });
    expect([open(same).size, same.consistency]).toEqual([6, []]);
  });

  test('are the same bytes on two nodes that are asked at once, whoever asks', async () => {
    const world = makeWorld({ witnesses });
    const { taskId } = await aborted(world);
    await aborted(world, taskId);
    const other = makeWorld({ witnesses, wrap: () => world.store });
    const replies = await Promise.all(
      [world, other, world, other].map((node, at) =>
        api(node, parties[at] as Party).getCheckpoint({ oldSize: 1, witnesses: 0 }),
      ),
    );
    for (const reply of replies) expect(reply).toEqual(replies[0]);
    await put(other, 1, 2, lineOf(open(replies[0]!), WITNESSES[1]!));
    const [a, b] = await Promise.all([world, other].map((node) => api(node, first).getCheckpoint(NOTHING)));
    expect(a).toEqual(b);
    expect(openCosignatures(open(a!).note, witnesses, verify)).toHaveLength(1);
  });
});

describe('cosignatures', () => {
  test('are handed out with the newest head that enough witnesses cosigned, else with the newest', async () => {
    const world = makeWorld({ witnesses });
    let { taskId } = await aborted(world);
    const heads = [open(await api(world, first).getCheckpoint(NOTHING))];
    for (let size = 2; size <= 4; size += 1) {
      ({ taskId } = await aborted(world, taskId));
      heads.push(open(await api(world, first).getCheckpoint(NOTHING)));
    }
    const cosigned = async (at: number, size: number) =>
      put(world, at, size, lineOf(heads[size - 1]!, WITNESSES[at]!, 1_700_000_000 + at));
    await Promise.all([cosigned(0, 1), cosigned(1, 1), cosigned(2, 1), cosigned(0, 3), cosigned(2, 3)]);
    const ask = async (oldSize: number, count: number) => {
      const reply = await api(world, first).getCheckpoint({ oldSize, witnesses: count });
      const head = open(reply);
      return [head.size, openCosignatures(head.note, witnesses, verify).map(({ witness }) => witness.name)];
    };
    expect(await ask(0, 0)).toEqual([4, []]);
    expect(await ask(0, 1)).toEqual([3, ['witness-0', 'witness-2']]);
    expect(await ask(3, 2)).toEqual([3, ['witness-0', 'witness-2']]);
    expect(await ask(0, 3)).toEqual([1, ['witness-0', 'witness-1', 'witness-2']]);
    expect(await ask(2, 3)).toEqual([4, []]);
    expect(await ask(0, 4)).toEqual([4, []]);
    await cosigned(1, 3);
    expect(await ask(0, 3)).toEqual([3, ['witness-0', 'witness-1', 'witness-2']]);
  });

  test('a receipt is under a cosigned head only when the session is in it', async () => {
    const world = makeWorld({ witnesses });
    await aborted(world);
    const head = open(await api(world, first).getCheckpoint(NOTHING));
    await put(world, 0, 1, lineOf(head, WITNESSES[0]!));
    const session = await openSession(world);
    await upTo(session, 'end');
    const ask = () => session.members[0]!.api.getReceipt(session.id, { oldSize: 1, witnesses: 1 });
    const before = await ask();
    verified(session, before, 2);
    expect(open(before.log).size).toBe(2);
    expect(openCosignatures(open(before.log).note, witnesses, verify)).toEqual([]);
    await put(world, 0, 2, lineOf(open(before.log), WITNESSES[0]!));
    await aborted(world, session.taskId);
    const after = await ask();
    verified(session, after, 2);
    expect(openCosignatures(open(after.log).note, witnesses, verify)).toHaveLength(1);
    expect(after.log.consistency).toHaveLength(1);
  });

  test('of a size that the log does not have, or that are no lines, are refused', async () => {
    const world = makeWorld({ witnesses });
    await aborted(world);
    const head = open(await api(world, first).getCheckpoint(NOTHING));
    const line = lineOf(head, WITNESSES[0]!);
    for (const size of [0, 2, -1]) await expectCode(put(world, 0, size, line), 'CONTEXT_MISMATCH');
    await expectCode(put(world, 0, 1, `${line}\n`), 'MALFORMED');
    await expectCode(put(world, 0, 1, 'line'), 'MALFORMED');
    expect(() => world.coordinator.witness(first.identity)).toThrow('names no witness with this key');
    expect(await world.store.readCosignatures(1)).toEqual([]);
    await put(world, 0, 1, line);
  });

  test('those of a witness that is configured no more, or with another key, are not handed out', async () => {
    const world = makeWorld({ witnesses });
    await aborted(world);
    const head = open(await api(world, first).getCheckpoint(NOTHING));
    for (const at of [0, 1]) await put(world, at, 1, lineOf(head, WITNESSES[at]!));
    const [one, two] = witnesses as [Witness, Witness];
    const later = makeWorld({
      witnesses: [one, { ...two, publicKey: first.identity }],
      wrap: () => world.store,
    });
    const { checkpoint } = await api(later, first).getCheckpoint({ oldSize: 0, witnesses: 1 });
    const expected = { text: head.note.text, signatures: [...head.note.signatures] };
    expect(checkpoint).toBe(formatNote(expected) + `${lineOf(head, WITNESSES[0]!)}\n`);
  });
});

test('metrics tell how long the log is, and what each witness cosigned last', async () => {
  const metrics = createPrometheusMetrics();
  const page = async () => readPage(await metrics.page());
  const world = makeWorld({ witnesses, metrics });
  const { taskId } = await aborted(world);
  const head = open(await api(world, first).getCheckpoint(NOTHING));
  expect((await page()).of('blindsum_log_entries')).toBe(1);
  const at = (witness: string) => ({ witness });
  // Neither has cosigned: they are behind, not absent.
  const before = await metrics.page();
  for (const { name } of witnesses)
    expect(before).toContain(`blindsum_cosigned_entries{witness="${name}"} 0\n`);
  await put(world, 0, 1, lineOf(head, WITNESSES[0]!, 1_700_000_077));
  await aborted(world, taskId);
  const next = open(await api(world, first).getCheckpoint(NOTHING));
  await put(world, 0, 2, lineOf(next, WITNESSES[0]!, 1_700_000_099));
  await put(world, 1, 1, lineOf(head, WITNESSES[1]!, 1_700_000_088));
  const told = await page();
  expect(told.of('blindsum_log_entries')).toBe(2);
  expect(told.of('blindsum_cosigned_entries', at('witness-0'))).toBe(2);
  expect(told.of('blindsum_cosigned_timestamp_seconds', at('witness-0'))).toBe(1_700_000_099);
  expect(told.of('blindsum_cosigned_timestamp_seconds', at('witness-1'))).toBe(1_700_000_088);

  // A node that heard of it from the store only.
  const others = createPrometheusMetrics();
  const node = makeWorld({ witnesses, metrics: others, wrap: () => world.store });
  await api(node, first).getCheckpoint({ oldSize: 0, witnesses: 1 });
  expect(readPage(await others.page()).of('blindsum_cosigned_entries', at('witness-0'))).toBe(2);
});

test('a log of 100,000 entries is read once; each further checkpoint reads and hashes only what is new', async () => {
  const size = 100_000;
  let grown = size;
  const reads: number[] = [];
  const entry = (at: number) => Uint8Array.of(at & 255, (at >> 8) & 255, at >> 16);
  const world = makeWorld({
    wrap: (store) =>
      storeWith(store, {
        logSize: async () => grown,
        readLog: async (from, to) => {
          reads.push(to - from);
          return Array.from({ length: to - from }, (_, at) => entry(from + at));
        },
      }),
  });
  const before = open(await api(world, first).getCheckpoint(NOTHING));
  expect([before.size, reads.reduce((sum, count) => sum + count, 0)]).toEqual([size, size]);
  reads.length = 0;
  grown += 3;
  const asked = await Promise.all(
    Array.from({ length: 50 }, () => api(world, first).getCheckpoint({ oldSize: size, witnesses: 0 })),
  );
  expect(reads).toEqual([3]);
  const after = open(asked[0]!);
  const claim = { oldSize: size, oldRoot: before.root, newSize: grown, newRoot: after.root };
  expect(verifyConsistency({ ...claim, proof: asked[0]!.consistency })).toBe(true);
});
