/**
 * What must hold of every decoder and any bytes: it gives a value that is what the bytes say, or refuses with a code.
 * Never another error, never a long wait, never much memory, whatever lengths the bytes promise.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { getHeapStatistics } from 'node:v8';
import fc from 'fast-check';
import { BlindsumError, type ErrorCode } from '../../src/protocol/errors.js';
import { mutated, singleChanges } from './mutations.js';

export interface Decoder {
  /** Also its folder in test/corpus: files named valid-* are read, all others refused. */
  readonly folder: string;
  /** Seeds besides the corpus. */
  readonly seeds?: () => readonly Uint8Array[];
  /** Decodes, and throws a plain Error when what comes out is not what the bytes say. May return why it refused. */
  readonly check: (bytes: Uint8Array, name: string) => unknown;
  /** The codes of BlindsumError that it may refuse with. */
  readonly codes: readonly ErrorCode[];
  /** Decoders below the protocol have an error class of their own, with one code. */
  readonly ownError?: { readonly type: abstract new (...args: never[]) => Error; readonly code: string };
}

/** On inputs of at most 64 KiB. What is left over from before may be collected meanwhile: only growth counts. */
const MAX_GROWTH_BYTES = 24 * 2 ** 20;
const MAX_CPU_MICROSECONDS = 1_000_000;
const CORPUS = new URL('../corpus/', import.meta.url);

export interface Counts {
  read: number;
  refused: number;
}

/** @returns whether the bytes were read @throws when the decoder does not behave */
export async function decodeOnce(decoder: Decoder, bytes: Uint8Array, name = ''): Promise<boolean> {
  const before = memory();
  const started = process.cpuUsage();
  let outcome: unknown;
  try {
    await decoder.check(bytes, name);
  } catch (error) {
    outcome = error;
  }
  const { user, system } = process.cpuUsage(started);
  const grown = memory() - before;
  const where = `${decoder.folder}: ${Buffer.from(bytes.subarray(0, 2000)).toString('base64')}`;
  if (user + system > MAX_CPU_MICROSECONDS)
    throw new Error(`${(user + system) / 1000} ms of work for ${where}`);
  if (grown > MAX_GROWTH_BYTES) throw new Error(`${grown} bytes of memory for ${where}`);
  if (outcome === undefined) return true;
  if (isRefusal(decoder, outcome)) return false;
  const what = outcome instanceof Error ? `${outcome.name}: ${outcome.message}` : typeof outcome;
  throw new Error(`not a refusal, but ${what}, for ${where}`, { cause: outcome });
}

function isRefusal({ codes, ownError }: Decoder, error: unknown): boolean {
  if (error instanceof BlindsumError) return codes.includes(error.code);
  if (ownError === undefined || !(error instanceof ownError.type)) return false;
  return (error as { code?: unknown }).code === ownError.code;
}

function memory(): number {
  const { used_heap_size: heap, external_memory: external } = getHeapStatistics();
  return heap + external;
}

export const corpusOf = ({ folder }: Decoder): { name: string; bytes: Uint8Array }[] =>
  readdirSync(new URL(`${folder}/`, CORPUS)).map((name) => ({
    name,
    bytes: new Uint8Array(readFileSync(new URL(`${folder}/${name}`, CORPUS))),
  }));

/** @param single changes per seed @param mixed random mixtures per seed */
export async function bombard(
  decoder: Decoder,
  { single, mixed, seed }: { single: number; mixed: number; seed: number },
): Promise<Counts> {
  const counts: Counts = { read: 0, refused: 0 };
  const note = (isRead: boolean): void => void (counts[isRead ? 'read' : 'refused'] += 1);
  const named = corpusOf(decoder);
  const more = (decoder.seeds?.() ?? []).map((bytes) => ({ name: '', bytes }));
  const valid = [...named.filter(({ name }) => name.startsWith('valid-')), ...more];
  for (const { name, bytes } of valid) {
    for (const changed of singleChanges(bytes, single)) note(await decodeOnce(decoder, changed, name));
  }
  const pool = [...named, ...more].map(({ bytes }) => bytes);
  for (const { name } of valid.filter(
    (one, at) => valid.findIndex((other) => other.name === one.name) === at,
  )) {
    await fc.assert(
      fc.asyncProperty(mutated(pool), async (bytes) => note(await decodeOnce(decoder, bytes, name))),
      { numRuns: mixed, seed },
    );
  }
  return counts;
}

/** For decoders with one encoding per value. */
export function requireSame(bytes: Uint8Array, again: Uint8Array): void {
  if (!Buffer.from(bytes).equals(again)) throw new Error('what was read encodes to other bytes');
}
