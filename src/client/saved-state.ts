/**
 * A client state as bytes, for `resume` and for checking a result after a restart. CBOR with two additions, for maps
 * and for arrays of numbers. What the client trusts is left out: a resumed session runs under the trust file of today.
 *
 * Security: these bytes hold the secrets of a session (unless the state is `unmasked`). Only the journal sees them.
 */
import { equalBytes } from '../../crypto/bytes.js';
import { type CborValue, decodeCanonical, encodeCanonical } from '../../crypto/canonical.js';
import { redacted } from '../../crypto/redacted.js';
import type { Anchors, ClientState } from '../protocol/client/state.js';
import { BlindsumError } from '../protocol/errors.js';
import type { VectorInput } from '../protocol/quantise.js';

export interface Saved {
  readonly state: ClientState;
  /** Null once it was masked. */
  readonly input: VectorInput | null;
}

const VERSION = 3;
const MAP = '#map';
const INTEGERS = '#u32';
const FLOATS = '#f64';

export function encodeSaved({ state, input }: Saved): Uint8Array {
  return encodeCanonical([VERSION, pack(withAnchors(state, null)), pack(input)]);
}

/** @throws BlindsumError UNREADABLE_FILE */
export function decodeSaved(bytes: Uint8Array, anchors: Anchors): Saved {
  try {
    const value = decodeCanonical(bytes) as [number, CborValue, CborValue];
    if (value[0] !== VERSION) throw new Error(`version ${value[0]}`);
    const state = withAnchors(unpack(value[1]) as ClientState, anchors);
    const saved = { state: redacted(state), input: unpack(value[2]) as VectorInput | null };
    // What is not of the form above would be lost without a word.
    if (!equalBytes(encodeSaved(saved), bytes)) throw new Error('not what is written here');
    return redacted(saved);
  } catch (cause) {
    throw new BlindsumError(
      'UNREADABLE_FILE',
      'environment',
      'the state saved in the journal is of another version',
      { cause },
    );
  }
}

function withAnchors(state: ClientState, anchors: Anchors | null): ClientState {
  if (state.kind === 'opened' || state.kind === 'unmasked') return { ...state, anchors } as ClientState;
  return { ...state, opened: { ...state.opened, anchors } } as ClientState;
}

function pack(value: unknown): CborValue {
  if (value instanceof Map) return { [MAP]: [...value].map(([key, item]) => [pack(key), pack(item)]) };
  if (value instanceof Uint32Array)
    return { [INTEGERS]: new Uint8Array(value.buffer, value.byteOffset, value.byteLength) };
  if (value instanceof Float64Array)
    return { [FLOATS]: new Uint8Array(value.buffer, value.byteOffset, value.byteLength) };
  if (value === null || typeof value !== 'object' || value instanceof Uint8Array) return value as CborValue;
  if (Array.isArray(value)) return value.map(pack);
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, pack(item)]));
}

function unpack(value: CborValue): unknown {
  // Arrays of their own, so that wiping one wipes nothing else.
  if (value instanceof Uint8Array) return value.slice();
  if (value === null || typeof value !== 'object') return value;
  if (Array.isArray(value)) return value.map(unpack);
  const record = value as Readonly<Record<string, CborValue>>;
  const integers = record[INTEGERS];
  if (integers instanceof Uint8Array) return new Uint32Array(integers.slice().buffer);
  const floats = record[FLOATS];
  if (floats instanceof Uint8Array) return new Float64Array(floats.slice().buffer);
  const entries = record[MAP];
  if (Array.isArray(entries))
    return new Map((entries as [CborValue, CborValue][]).map(([key, item]) => [unpack(key), unpack(item)]));
  return Object.fromEntries(Object.entries(record).map(([key, item]) => [key, unpack(item)]));
}
