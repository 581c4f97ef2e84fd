/** V14, receipts (PROTOCOL §12.4, §12.7). */
import { need } from './cbor.js';
import { cosignedAt, type Keys, openCheckpoint, parseProof } from './notes.js';
import { attempt, isBy, type LogEntry, parse } from './payloads.js';
import { hex, isIncluded, treeRoot } from './primitives.js';
import { bytesOf, type Entry, type Found, readEntry, type Session } from './records.js';
import { signsSets, votersOf } from './checks.js';

export interface Archive {
  readonly keys: Keys;
  readonly payloads: readonly Buffer[];
  readonly log: ReadonlyMap<string, LogEntry>;
  readonly sessions: ReadonlyMap<string, Session>;
}

const NAME = /([0-9a-f]{64})\/(session|r[0-4]|answer-[0-9a-f]{16}|result|abort)\.(tlog-proof|signed)$/;

/** @param files by path: folders of sessions, perhaps in folders of participants */
export function checkReceipts(files: ReadonlyMap<string, Buffer>, archive: Archive, found: Found): void {
  const newer = new Set<string>();
  const roots = new Map<string, Buffer>();
  const unlogged: { session: string; entry: Entry }[] = [];
  for (const [path, bytes] of files) {
    const [, session, name = '', form] = NAME.exec(path) ?? [];
    const entry = form === 'signed' ? readEntry(bytes, 0) : null;
    if (
      entry !== null &&
      session !== undefined &&
      isNamed(name, entry) &&
      isBy(entry, Buffer.from(entry.sender, 'hex'))
    )
      unlogged.push({ session, entry });
    else if (form !== 'tlog-proof' || session === undefined) found('BAD_RECEIPT');
    else if (attempt(() => checkProof(bytes, session, name)) === null) found('BAD_RECEIPT');
  }
  for (const { session, entry } of unlogged) checkMessage(session, entry);

  function checkProof(bytes: Buffer, session: string, name: string): true {
    const { keys, log, payloads } = archive;
    const { extra, index, hashes, checkpoint } = parseProof(bytes);
    const origin = `blindsum/log/${hex(keys.coordinator)}${name === 'session' ? '' : `/session/${session}`}`;
    const head = openCheckpoint(checkpoint, origin, keys.coordinator);
    need(keys.witnesses.every((witness) => cosignedAt(head, witness) !== false));
    need(isIncluded(extra, index, head.size, hashes, head.root));
    if (name === 'session') {
      need(hex(bytesOf(parse(extra, 'log-entry'), 'session')) === session);
      const forked =
        payloads[index]?.equals(extra) === false ||
        (head.size <= payloads.length && !treeRoot(payloads.slice(0, head.size)).equals(head.root));
      if (forked) found('LOG_FORKED');
      else if (head.size > payloads.length) unknown(`${origin} ${head.size}`, head.root, session);
      return true;
    }
    const entry = readEntry(extra, index);
    need(entry !== null && isNamed(name, entry));
    const logged = log.get(session);
    if (logged === undefined) unknown(origin, head.root, session);
    else if (logged.size !== head.size || !logged.root.equals(head.root)) found('LOG_FORKED');
    return true;
  }

  function unknown(tree: string, root: Buffer, session: string): void {
    const before = roots.get(tree) ?? root;
    roots.set(tree, before);
    if (!before.equals(root)) found('LOG_FORKED');
    else {
      newer.add(session);
      found('NEWER_RECEIPT');
    }
  }

  function checkMessage(id: string, entry: Entry): void {
    const session = archive.sessions.get(id);
    if (session === undefined) {
      if (!archive.log.has(id))
        found(entry.kind === 'r4' && !newer.has(id) ? 'HIDDEN_ANSWER' : 'NEWER_RECEIPT');
    } else if (!session.leaves.some((leaf) => leaf.equals(entry.leaf))) {
      if (isShown(session, entry)) found('LATE_MESSAGE');
      else found(entry.kind === 'r4' ? 'HIDDEN_ANSWER' : 'EQUIVOCATION');
    }
  }
}

const isNamed = (name: string, { kind, body }: Entry): boolean =>
  name === (kind === 'answer' ? `answer-${hex(body['holder'] as Buffer).slice(0, 16)}` : kind);

/** Whether a message is for what the transcript shows. */
function isShown(session: Session, entry: Entry): boolean {
  const { kind } = entry;
  if (kind === 'r0') return bytesOf(entry, 'opening').equals(session.id);
  const after = { r1: 'u1', r2: 'u2', answer: 'u2', r3: 'u3', r4: 'u3' } as const;
  if (!(kind in after) || session.one(after[kind as keyof typeof after]) === undefined) return false;
  if (!bytesOf(entry, 'ctx').equals(session.ctx)) return false;
  const sets = (['u1', 'u2', 'u3'] as const).filter((set) => set in entry.body);
  if (!sets.every((set) => session[set]?.hash.equals(bytesOf(entry, set)) === true)) return false;
  if (kind !== 'r4') return true;
  const another = session.all('r4').some(({ sender }) => sender === entry.sender);
  return (
    signsSets(entry, session) && !another && votersOf(session).size >= (session.parameters['q'] as number)
  );
}
