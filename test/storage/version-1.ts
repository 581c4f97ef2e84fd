/** What is in version-1.sql, read through the port. */
import { expect } from '@jest/globals';
import { logEntryCodec } from '../../src/protocol/transcript/log-entry.js';
import { RETENTION_LEASE, type Store } from '../../src/storage/port.js';
import { change, takenBy } from './fixtures.js';

const id = (number: number): string => number.toString(16).padStart(64, '0');
const bytes = (text: string, length: number): Uint8Array =>
  Uint8Array.from({ length }, (_, at) => (text.charCodeAt(at % text.length) * 7 + at * 13) & 255);
const signed = (text: string) => ({ payload: bytes(text, 24), signature: bytes(`sig ${text}`, 64) });

/** Adds bytes modulo 256, as the sums in the file were made. */
const add = (sum: Uint8Array, other: Uint8Array): void => {
  for (let at = 0; at < sum.length; at += 1) sum[at] = (sum[at] as number) + (other[at] as number);
};
const sums = { byteLength: 8, fold: add, merge: add };

const idBytes = (number: number): Uint8Array => Buffer.from(id(number), 'hex');
const entryOf = (session: number, number: number) => ({
  task: new Uint8Array(idBytes(1)),
  session: new Uint8Array(idBytes(session)),
  number,
});
const logged = async (store: Store) =>
  (await store.readLog(0, await store.logSize())).map((entry) => logEntryCodec.decode(entry));

/** More sessions that ended, in one order by their ids, in another by the times of their ends. */
export const MORE_ENDED = [
  { session: 301, number: 3, phase: 'aborted', sinceMs: 1_700_000_000_500 },
  { session: 202, number: 4, phase: 'closed', sinceMs: 1_700_000_000_499 },
  { session: 50, number: 5, phase: 'aborted', sinceMs: 1_700_000_000_501 },
  { session: 99, number: 6, phase: 'closed', sinceMs: 1_700_000_000_500 },
].map(
  ({ session, number, phase, sinceMs }) =>
    `INSERT INTO session SELECT '${id(session)}', task, ${number}, payload, signature, electorate, input, '${phase}',
      version, ${sinceMs}, phase_deadline_ms, tree_size, tree_root, blamed, u1, u2, u3, result, abort
      FROM session WHERE number = 2`,
);

/** Of version-1.sql with MORE_ENDED: by the time of the end, then by id. */
export async function expectLogOfEnded(store: Store): Promise<void> {
  const tree = { size: 2, root: bytes('root2', 32) };
  expect(await logged(store)).toEqual([
    { ...entryOf(202, 4), ...tree, closed: true },
    { ...entryOf(99, 6), ...tree, closed: true },
    { ...entryOf(102, 2), ...tree, closed: true },
    { ...entryOf(301, 3), ...tree, closed: false },
    { ...entryOf(50, 5), ...tree, closed: false },
  ]);
  for (const [index, session] of [202, 99, 102, 301, 50].entries())
    expect((await store.findLogged(id(session)))?.index).toBe(index);
  expect(await store.findLogged(id(101))).toBeNull();
  // What ends later is appended.
  const { version } = (await store.getSession(id(101))) ?? { version: -1 };
  await store.transition(id(101), { phase: 'r2', version }, change({ to: 'aborted' }));
  expect(await store.findLogged(id(101))).toMatchObject({ index: 5 });
}

/**
 * @param isFirst the file was just migrated; the second time it holds what the first time added
 * @param orphaned whether the node before was killed, or gave its leases up
 */
export async function expectVersion1(store: Store, isFirst: boolean, orphaned: boolean): Promise<void> {
  const task = { id: id(1), signed: signed('task'), pinned: [bytes('a', 32), bytes('b', 32)] };
  expect(await store.listTasks()).toEqual([{ ...task, createdMs: 1_700_000_000_000, closed: false }]);
  expect(await store.listEnrolments()).toEqual([{ identity: id(11), certificate: signed('certificate') }]);
  expect(await store.listRevocations()).toEqual([{ identity: id(12), revocation: signed('revocation') }]);
  const digest = 'ab'.repeat(32);
  expect(await store.getBlob(digest)).toEqual(bytes('blob', 40));

  const open = {
    id: id(101),
    taskId: id(1),
    number: 1,
    opening: signed('opening 101'),
    electorate: [bytes('a', 32), bytes('b', 32)],
    input: digest,
    phase: 'r2',
    version: 2,
    phaseSinceMs: 1_700_000_000_001,
    phaseDeadlineMs: 1_700_000_060_002,
    statements: { u1: signed('u1') },
    tree: { size: 1, root: bytes('root', 32) },
    blamed: [id(9)],
    purgedMs: null,
  };
  const closed = {
    ...open,
    id: id(102),
    number: 2,
    opening: signed('opening 102'),
    input: null,
    phase: 'closed',
    version: 3,
    phaseSinceMs: 1_700_000_000_500,
    phaseDeadlineMs: 1_700_000_000_600,
    statements: { u1: signed('u1'), result: signed('result') },
    tree: { size: 2, root: bytes('root2', 32) },
  };
  expect(await store.listSessions()).toEqual([open, closed]);
  expect(await store.readLeaves(id(102))).toEqual([bytes('leaf', 20), bytes('l2', 10)]);
  expect(await store.readAggregate(id(102))).toEqual(bytes('aggregate', 30));
  expect(await logged(store)).toEqual([
    { ...entryOf(102, 2), size: 2, root: bytes('root2', 32), closed: true },
  ]);
  const headers = [1, 2].map((sender) => ({
    kind: 'r2',
    sender: id(sender),
    subject: '',
    signed: signed(`header ${sender}`),
    attachment: null,
  }));
  expect(await store.readRecords(id(101), 'r2')).toEqual(headers);
  expect(await store.readRecords(id(101), 'answer')).toEqual([
    { ...headers[1], kind: 'answer', subject: id(1), attachment: bytes('shares', 16) },
  ]);

  // The session in r2 goes on where it was.
  const commit = (sender: number) =>
    store.commitInput(
      id(101),
      { sender: id(sender), signed: signed(`header ${sender}`), upload: bytes('u', 8) },
      sums,
    );
  await store.renewLeases(60_000);
  expect(await takenBy(store)).toEqual({ [id(101)]: orphaned, [RETENTION_LEASE]: orphaned });
  expect(await commit(1)).toBe('same');
  expect(await commit(2)).toBe(isFirst ? 'stored' : 'same');
  const twice = bytes('u', 8);
  add(twice, bytes('u', 8));
  expect(await store.readSum(id(101), sums)).toEqual(twice);
  expect(await store.readInputs(id(101))).toEqual([id(1), id(2)]);
  expect(await store.transition(id(101), { phase: 'r2', version: 1 }, change())).toBe(false);
}
