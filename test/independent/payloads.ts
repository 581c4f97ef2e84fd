/** The grammar of payloads (PROTOCOL §3.3, §12.1, §12.5), and signed messages. */
import { decode, encode, Malformed, need, type Value } from './cbor.js';
import { H, isSigned } from './primitives.js';

type Form = (value: Value) => boolean;

const bytes =
  (length?: number): Form =>
  (value) =>
    Buffer.isBuffer(value) && (length === undefined || value.length === length);
const text =
  (least: number, most: number): Form =>
  (value) =>
    typeof value === 'string' && value.length >= least && value.length <= most;
const integer =
  (least: number, most: number): Form =>
  (value) =>
    Number.isInteger(value) && (value as number) >= least && (value as number) <= most;
const list =
  (form: Form, least: number, most: number): Form =>
  (value) =>
    Array.isArray(value) && value.length >= least && value.length <= most && value.every(form);
const map =
  (forms: Readonly<Record<string, Form>>): Form =>
  (value) => {
    if (typeof value !== 'object' || value === null || Buffer.isBuffer(value) || Array.isArray(value))
      return false;
    const entries = value as Readonly<Record<string, Value>>;
    const names = Object.keys(forms);
    return (
      Object.keys(entries).length === names.length &&
      names.every((name) => name in entries && (forms[name] as Form)(entries[name] as Value))
    );
  };
const or =
  (...forms: readonly Form[]): Form =>
  (value) =>
    forms.some((form) => form(value));
const exactly =
  (...values: readonly Value[]): Form =>
  (value) =>
    values.includes(value);
const nothing = exactly(null);
const bool = exactly(true, false);
const positive: Form = (value) => typeof value === 'number' && value > 0 && value <= Number.MAX_SAFE_INTEGER;
const parameters: Form = (value) =>
  typeof value === 'object' &&
  value !== null &&
  !Array.isArray(value) &&
  !Buffer.isBuffer(value) &&
  Object.keys(value).length <= 16 &&
  Object.entries(value).every(([name, number]) => name.length <= 16 && uint32(number));

const hash = bytes(32);
const identity = bytes(32);
const uint32 = integer(0, 2 ** 32 - 1);
const ms = integer(0, Number.MAX_SAFE_INTEGER);
const name = text(1, 64);
const many = 1_000_000;
const critical = list(name, 0, 16);
const signed = map({ payload: bytes(), signature: bytes(64) });
const digests = list(hash, 1, 4097);
const sets = { u1: hash, u2: hash, u3: hash };
const end = { size: uint32, root: hash };
const vector = map({
  name: text(1, 128),
  length: integer(1, 2 ** 30),
  bits: integer(1, 60),
  scale: positive,
  clip: or(positive, list(positive, 1, 2 ** 30)),
  weighted: bool,
});

const GRAMMAR = {
  task: {
    ...{ name: text(1, 200), suite: name, pinned: or(nothing, map({ hash, size: uint32 })) },
    ...{ maxParticipants: integer(3, many), maxColluders: integer(0, many), minSurvivors: integer(2, many) },
    ...{ vectors: list(vector, 1, 4096), maxWeight: or(nothing, integer(1, 2 ** 32 - 1)) },
    scope: or(map({ kind: exactly('static'), dataset: text(1, 128) }), map({ kind: exactly('evolving') })),
    ...{ privacy: nothing, critical, nonce: bytes(16) },
  },
  certificate: { identity, name: text(1, 200), notBeforeMs: ms, expiresMs: ms },
  grant: { scope: hash, from: list(identity, 0, many), to: list(identity, 0, many) },
  opening: {
    ...{ suite: name, task: hash, session: ms, nonce: bytes(32), input: or(nothing, hash) },
    ...{ electorate: map({ hash, size: uint32 }), openedMs: ms, joinMs: ms, roundMs: ms },
    ...{ previous: list(map({ session: hash, ...end }), 0, 4096), grants: list(hash, 0, 64) },
    ...{ keyTypes: list(text(1, 32), 1, 8), privacy: nothing, critical },
  },
  'set-statement': { ctx: hash, set: exactly(1, 2, 3), members: bytes(), ...end, parameters },
  result: { ctx: hash, u3: hash, survivors: uint32, digests, ...end },
  abort: {
    ...{ opening: hash, code: name, message: text(0, 500), round: text(1, 16) },
    ...{ blamed: list(identity, 0, many), ...end },
  },
  'advertise-keys': {
    sender: identity,
    opening: hash,
    shareKey: bytes(32),
    maskKey: bytes(32),
    nonce: bytes(32),
  },
  'share-keys': { sender: identity, ctx: hash, rosterRoot: hash, commitment: bytes(), shareRoot: hash },
  'masked-input': {
    ...{ sender: identity, ctx: hash, u1: hash, u2: hash, digests },
    complaints: list(map({ dealer: identity, ciphertext: hash }), 0, many),
  },
  answer: { sender: identity, ctx: hash, holder: identity, shares: hash },
  consistency: { sender: identity, ctx: hash, ...sets, uploads: hash },
  unmask: { sender: identity, ctx: hash, ...sets, kinds: bytes(), shares: hash },
  'log-entry': { task: hash, number: ms, session: hash, ...end, closed: bool },
  transcript: {
    electorate: list(identity, 0, many),
    certificates: list(signed, 0, many),
    grants: list(signed, 0, 64),
  },
} as const satisfies Record<string, Readonly<Record<string, Form>>>;

export type PayloadKind = keyof typeof GRAMMAR;

export interface Point {
  readonly session: Buffer;
  readonly size: number;
  readonly root: Buffer;
}
export interface Vector {
  readonly name: string;
  readonly length: number;
  readonly bits: number;
  readonly scale: number;
  readonly clip: number | readonly number[];
  readonly weighted: boolean;
}
interface SignedBytes {
  readonly payload: Buffer;
  readonly signature: Buffer;
}
/** The fields of all payloads; which of them one has, the grammar has seen to. */
export interface Body {
  readonly [field: string]: Value | undefined;
  readonly sender?: Buffer;
}
interface Electorate {
  readonly hash: Buffer;
  readonly size: number;
}
export interface Task {
  readonly suite: string;
  readonly pinned: Electorate | null;
  readonly maxParticipants: number;
  readonly maxColluders: number;
  readonly minSurvivors: number;
  readonly vectors: readonly Vector[];
  readonly maxWeight: number | null;
  readonly scope: { readonly kind: string; readonly dataset?: string };
  readonly critical: readonly string[];
}
export interface Opening {
  readonly suite: string;
  readonly task: Buffer;
  readonly session: number;
  readonly input: Buffer | null;
  readonly electorate: Electorate;
  readonly openedMs: number;
  readonly joinMs: number;
  readonly previous: readonly Point[];
  readonly grants: readonly Buffer[];
  readonly keyTypes: readonly string[];
  readonly critical: readonly string[];
}
export interface LogEntry extends Point {
  readonly task: Buffer;
  readonly number: number;
  readonly closed: boolean;
}
export interface TranscriptHead {
  readonly electorate: readonly Buffer[];
  readonly certificates: readonly SignedBytes[];
  readonly grants: readonly SignedBytes[];
}

/** @throws Malformed */
export function parse(payload: Buffer, wanted?: PayloadKind): { kind: PayloadKind; body: Body } {
  const value = decode(payload);
  need(Array.isArray(value) && typeof value[0] === 'string' && value[0].startsWith('blindsum/v1/'));
  const kind = value[0].slice('blindsum/v1/'.length);
  need(Object.hasOwn(GRAMMAR, kind) && (wanted === undefined || kind === wanted), 'another kind of payload');
  const forms = Object.entries<Form>(GRAMMAR[kind as PayloadKind]);
  need(value.length === forms.length + 1, `${kind} with other fields`);
  forms.forEach(([field, form], index) => {
    need(form(value[index + 1] as Value), `${kind}.${field}`);
  });
  return {
    kind: kind as PayloadKind,
    body: Object.fromEntries(forms.map(([field], at) => [field, value[at + 1]])),
  };
}

export interface Signed extends SignedBytes {
  readonly kind: PayloadKind;
  readonly body: Body;
  readonly leaf: Buffer;
}

export const withBytes = ({ payload, signature }: SignedBytes): Signed => ({
  ...{ payload, signature, ...parse(payload) },
  leaf: encode([payload, signature]),
});

/** Leaf = CBOR [payload, signature] (§3.6). @throws Malformed */
export function readLeaf(leaf: Buffer): Signed {
  const pair = decode(leaf);
  need(Array.isArray(pair) && pair.length === 2);
  const [payload, signature] = pair as readonly Value[];
  need(Buffer.isBuffer(payload) && Buffer.isBuffer(signature) && signature.length === 64);
  return withBytes({ payload, signature });
}

export const isBy = ({ payload, signature }: SignedBytes, key: Buffer): boolean =>
  isSigned(key, payload, signature);
/** H(Signed) */
export const signedHash = ({ payload, signature }: SignedBytes): Buffer => H('signed', payload, signature);

/** Null: it is not of the specified form. */
export function attempt<T>(read: () => T): T | null {
  try {
    return read();
  } catch (error) {
    if (error instanceof Malformed) return null;
    throw error;
  }
}
