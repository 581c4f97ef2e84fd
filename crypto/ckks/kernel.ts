/**
 * The door to the WebAssembly kernel of assembly/kernel.ts: one instance per ring, and areas of its memory for the
 * time of one call. Everything goes in and comes out as words of 8 bytes, little-endian; WebAssembly is so everywhere.
 *
 * Security: what was written into the kernel's memory is overwritten when the call ends, however it ends. Instances
 * are kept (one per ring), so that memory does not grow with the number of sessions.
 */
import { fromHex } from '../bytes.js';
import { KERNEL_HEX } from './kernel-binary.js';
import type { Ring } from './ring.js';

/** Addresses are bytes into the kernel's memory, counts are words. What each does: assembly/kernel.ts. */
interface KernelFunctions {
  prepare(modulus: bigint, root: bigint, n: number, table: number, inverseTable: number): void;
  transform(words: number, n: number, table: number): void;
  invert(words: number, n: number, table: number): void;
  enter(words: number, count: number): void;
  multiply(out: number, a: number, b: number, count: number): void;
  combine(out: number, row: number, rows: number, depth: number, width: number): void;
  add(sum: number, words: number, count: number): number;
  subtract(from: number, words: number, count: number): void;
  accept(out: number, words: number, count: number, mask: bigint, wanted: number): number;
  addNoise(words: number, random: number, count: number): void;
  addScaled(words: number, values: number, count: number, scale: number, limit: number): number;
  magnitude(words: number, count: number): bigint;
  toNumbers(values: number, words: number, count: number, factor: number): void;
  weigh(out: number, points: number, count: number, scratch: number): void;
  basis(out: number, points: number, weights: number, count: number, target: bigint, scratch: number): void;
  pack(packed: number, words: number, count: number, bits: number): void;
  addPacked(sum: number, packed: number, count: number, bits: number): number;
}

export interface Workspace extends KernelFunctions {
  /** In place, natural order in, bit-reversed order out. */
  toTransformed(words: number): void;
  fromTransformed(words: number): void;
  write(address: number, bytes: Uint8Array): void;
  /** A copy. */
  read(address: number, byteLength: number): Uint8Array;
  readInto(address: number, target: Uint8Array): void;
}

interface Instance {
  readonly functions: KernelFunctions & { readonly memory: Memory };
  readonly workspace: Workspace;
  readonly firstFree: number;
  busy: boolean;
}

/** The part of the language's own WebAssembly that is used here; it is the same in Node and in browsers. */
interface Memory {
  readonly buffer: ArrayBuffer;
  grow(pages: number): number;
}
declare const WebAssembly: {
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (module: object) => { readonly exports: unknown };
};

const PAGE_BYTES = 65536;
/** Areas are whole cache lines; the kernel may read and write up to 8 bytes beyond an area. */
const ALIGNMENT = 64;
const areaBytes = (length: number): number => Math.ceil((length + 8) / ALIGNMENT) * ALIGNMENT;

let module: object | null = null;
const instances = new Map<string, Instance>();

function instanceOf(ring: Ring): Instance {
  const name = `${ring.degree}/${ring.modulus}`;
  const known = instances.get(name);
  if (known !== undefined) return known;
  module ??= new WebAssembly.Module(fromHex(KERNEL_HEX));
  const functions = new WebAssembly.Instance(module).exports as Instance['functions'];
  const tableBytes = 16 * ring.degree;
  const [table, inverseTable] = [ALIGNMENT, ALIGNMENT + tableBytes];
  const firstFree = inverseTable + tableBytes;
  reserve(functions.memory, firstFree);
  functions.prepare(ring.modulus, ring.root, ring.degree, table, inverseTable);
  const bytes = (address: number, length: number) => new Uint8Array(functions.memory.buffer, address, length);
  const workspace: Workspace = {
    ...functions,
    toTransformed: (words) => functions.transform(words, ring.degree, table),
    fromTransformed: (words) => functions.invert(words, ring.degree, inverseTable),
    write: (address, source) => bytes(address, source.length).set(source),
    read: (address, byteLength) => bytes(address, byteLength).slice(),
    readInto: (address, target) => target.set(bytes(address, target.length)),
  };
  const instance: Instance = { functions, workspace, firstFree, busy: false };
  instances.set(name, instance);
  return instance;
}

function reserve(memory: Memory, byteLength: number): void {
  const missing = byteLength - memory.buffer.byteLength;
  if (missing > 0) memory.grow(Math.ceil(missing / PAGE_BYTES));
}

/**
 * Runs `work` with areas of the given lengths (bytes) at the addresses it is handed, zero at the start, and wipes them.
 * Calls do not nest: the areas are the same memory every time.
 */
export function useKernel<T>(
  ring: Ring,
  lengths: readonly number[],
  work: (workspace: Workspace, ...addresses: number[]) => T,
): T {
  const instance = instanceOf(ring);
  if (instance.busy) throw new Error('the kernel is in use: useKernel does not nest');
  let end = instance.firstFree;
  const addresses = lengths.map((length) => {
    const address = end;
    end += areaBytes(length);
    return address;
  });
  reserve(instance.functions.memory, end);
  instance.busy = true;
  try {
    return work(instance.workspace, ...addresses);
  } finally {
    instance.busy = false;
    new Uint8Array(instance.functions.memory.buffer, instance.firstFree, end - instance.firstFree).fill(0);
  }
}
