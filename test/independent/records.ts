/** A transcript as its records, and what follows from them (PROTOCOL §3.4, §3.6, §12.5, §12.7). */
import { type Value } from './cbor.js';
import {
  attempt,
  type Opening,
  parse,
  readLeaf,
  type Signed,
  signedHash,
  type Task,
  type TranscriptHead,
  withBytes,
} from './payloads.js';
import { H, hex, treeRoot } from './primitives.js';
import { type Ring, ringOf } from './ring.js';

/** In the order in which they follow one another. */
export const ORDER = ['task', 'opening', 'r0', 'u1', 'r1', 'u2', 'r2', 'answer', 'u3', 'r3', 'r4', 'result', 'abort'] as const; // prettier-ignore
export type Kind = (typeof ORDER)[number];
const KINDS: Readonly<Record<string, Kind>> = {
  task: 'task',
  opening: 'opening',
  'advertise-keys': 'r0',
  'share-keys': 'r1',
  'masked-input': 'r2',
  answer: 'answer',
  consistency: 'r3',
  unmask: 'r4',
  result: 'result',
  abort: 'abort',
};

export interface Entry extends Omit<Signed, 'kind'> {
  readonly kind: Kind;
  readonly index: number;
  /** Hexadecimal; '' for what a participant did not send. */
  readonly sender: string;
  /** Set by V1. */
  isSigned: boolean;
}

export const bytesOf = ({ body }: Pick<Entry, 'body'>, field: string): Buffer => body[field] as Buffer;
export const kindOf = ({ kind, body }: Signed): Kind | undefined =>
  kind === 'set-statement' ? (`u${body['set'] as number}` as Kind) : KINDS[kind];

export interface Sets {
  readonly members: ReadonlySet<string>;
  readonly hash: Buffer;
}

export type Found = (code: string) => void;

export interface Records {
  readonly leaves: readonly Buffer[];
  readonly entries: readonly Entry[];
  readonly all: (kind: Kind) => readonly Entry[];
  readonly one: (kind: Kind) => Entry | undefined;
}

/** As far as its task and opening and the head can be read. */
export interface Session extends Records {
  readonly head: TranscriptHead;
  readonly task: Task;
  readonly taskId: Buffer;
  readonly opening: Opening;
  readonly id: Buffer;
  /** Identities in order, hexadecimal. */
  readonly roster: readonly string[];
  readonly certificates: readonly (Signed | null)[];
  /** Whether the head has exactly those. */
  readonly certificatesMatch: boolean;
  readonly rosterRoot: Buffer;
  readonly parameters: Readonly<Record<string, number>>;
  readonly needed: number;
  readonly ctx: Buffer;
  readonly u1: Sets;
  /** Null: not stated, or not readable. */
  readonly u2: Sets | null;
  readonly u3: Sets | null;
  /** Number of vectors of the layout. */
  readonly layout: number;
  /** Null in complete suites, before the roster is settled, and of a beacon, whose value is in no archive. */
  readonly ring: Ring | null;
}

export function readRecords(leaves: readonly Buffer[], found: Found): Records {
  const entries = leaves.flatMap((leaf, index) => readEntry(leaf, index) ?? []);
  if (entries.length < leaves.length) found('UNREADABLE_RECORD');
  const all = (kind: Kind) => entries.filter((entry) => entry.kind === kind);
  return { leaves, entries, all, one: (kind) => all(kind)[0] };
}

/** Null: it cannot be judged. */
export function readSession(first: Buffer, records: Records, found: Found): Session | null {
  const head = attempt(() => parse(first, 'transcript').body as unknown as TranscriptHead);
  if (head === null) found('UNREADABLE_HEAD');
  const { all, one } = records;
  const [signedTask, signedOpening] = [one('task'), one('opening')];
  if (signedTask === undefined || signedOpening === undefined) found('UNREADABLE_SESSION');
  if (head === null || signedTask === undefined || signedOpening === undefined) return null;
  const task = signedTask.body as unknown as Task;
  const opening = signedOpening.body as unknown as Opening;
  const id = H('opening', signedOpening.payload);
  const numbers = numbersOf(task, opening.electorate.size);
  const parameters = (one('u1')?.body['parameters'] ?? numbers.parameters) as Record<string, number>;
  const roster = [...new Set(all('r0').map(({ sender }) => sender))].sort();
  const certificates = certificatesOf(roster, head, task, one('u1') !== undefined);
  const rosterRoot = treeRoot(
    roster.map((identity, position) => {
      const certificate = certificates.ofRoster[position] ?? null;
      const r0 = all('r0').find(({ sender }) => sender === identity) as Entry;
      const shown = certificate === null ? null : signedHash(certificate);
      return H('roster-leaf', Buffer.from(identity, 'hex'), shown, signedHash(r0));
    }),
  );
  const ctx = H('context', id, rosterRoot, parameters);
  const stated = (set: number, kind: Kind): Sets | null => {
    const statement = one(kind);
    if (statement === undefined) return null;
    const members = fromBitmap(bytesOf(statement, 'members'), roster);
    return members && { members, hash: H('set', ctx, set, bytesOf(statement, 'members')) };
  };
  return {
    ...records,
    ...{ head, task, opening, id, roster, rosterRoot, parameters, ctx },
    certificates: certificates.ofRoster,
    certificatesMatch: certificates.match,
    needed: Math.max(numbers.q, task.minSurvivors),
    taskId: H('task', signedTask.payload),
    u1: { members: new Set(roster), hash: H('set', ctx, 1, toBitmap(roster.length)) },
    u2: stated(2, 'u2'),
    u3: stated(3, 'u3'),
    layout: task.vectors.length + (task.maxWeight === null ? 0 : 1),
    ring:
      isRing(task) && one('u1') !== undefined && opening.critical.length === 0
        ? ringOf(id, rosterRoot, null, roster.length, parameters['m'] ?? 0)
        : null,
  };
}

export function readEntry(leaf: Buffer, index: number): Entry | null {
  const signed = attempt(() => readLeaf(leaf));
  const kind = signed === null ? undefined : kindOf(signed);
  if (signed === null || kind === undefined) return null;
  const { sender } = signed.body;
  return { ...signed, kind, index, sender: sender === undefined ? '' : hex(sender), isSigned: true };
}

export const isRing = ({ suite }: Task): boolean => suite === 'masking/ring';

/** §2.2, §5 */
export function numbersOf(task: Task, size: number): { q: number; parameters: Record<string, Value> } {
  const q = Math.floor((size + task.maxColluders) / 2) + 1;
  const degree = task.vectors[0]?.bits === 60 ? 4096 : 2048;
  const ckks = { packed: q - task.maxColluders, degree };
  return { q, parameters: { q, t: q, ...(task.suite === 'ckks/sumkey' ? ckks : {}) } };
}

function certificatesOf(
  roster: readonly string[],
  { certificates }: TranscriptHead,
  { pinned }: Task,
  frozen: boolean,
): { ofRoster: (Signed | null)[]; match: boolean } {
  const given = certificates.map((signed) => attempt(() => withBytes(signed)));
  const holders = given.map((one) =>
    one?.kind === 'certificate' ? hex(one.body['identity'] as Buffer) : '',
  );
  const ofRoster = roster.map(
    (identity) => (pinned === null && given[holders.lastIndexOf(identity)]) || null,
  );
  const wanted = frozen ? roster.filter((_, position) => ofRoster[position] !== null) : [];
  return { ofRoster, match: JSON.stringify(wanted) === JSON.stringify(holders) };
}

function toBitmap(size: number): Buffer {
  const bitmap = Buffer.alloc(Math.ceil(size / 8), 0xff);
  if (size % 8 > 0) bitmap[bitmap.length - 1] = 2 ** (size % 8) - 1;
  return bitmap;
}

/** Null: another length, or a bit beyond the roster. */
export function fromBitmap(bitmap: Buffer, roster: readonly string[]): Set<string> | null {
  const bits = [...Array(bitmap.length * 8).keys()].filter(
    (at) => ((bitmap[at >> 3] as number) >> (at & 7)) & 1,
  );
  if (bitmap.length !== Math.ceil(roster.length / 8) || bits.some((at) => at >= roster.length)) return null;
  return new Set(bits.map((at) => roster[at] as string));
}
