/**
 * The door to the WebAssembly kernel of assembly/kernel.ts: sums of one range of coordinates, which stay in its memory
 * while keystream after keystream is added.
 *
 * Security: sums and keystream are overwritten by `wipe`. For machines whose words are little-endian, as WebAssembly's.
 */
import { fromHex } from '../bytes.js';
import { packedLength } from '../masked-vector.js';
import { KERNEL_HEX } from './kernel-binary.js';

/** Coordinates in one piece of keystream, 64 KiB: allocators give up blocks of this size and get them back cheaply. */
export const TILE_COORDINATES = 16384;
/** Coordinates in a range at most, 512 KiB of sums: with the keystream they stay in a core's cache. */
export const RANGE_COORDINATES = 131072;

interface KernelFunctions {
  readonly memory: { readonly buffer: ArrayBuffer; grow(pages: number): number };
  add(sums: number, words: number, bytes: number): void;
  subtract(sums: number, words: number, bytes: number): void;
  reduce(sums: number, bytes: number, bits: number): void;
  pack(sums: number, count: number, bits: number): void;
}

const PAGE_BYTES = 65536;
/** What the kernel takes at a time. */
const BLOCK_BYTES = 64;
const wholeBlocks = (bytes: number): number => Math.ceil(bytes / BLOCK_BYTES) * BLOCK_BYTES;

const KEYSTREAM = PAGE_BYTES;
const SUMS = KEYSTREAM + 4 * TILE_COORDINATES;
const END = SUMS + 4 * RANGE_COORDINATES;

export interface MaskKernel {
  /** @param base where the sums start, null for zeros. @param count coordinates, at most RANGE_COORDINATES */
  begin(base: Uint32Array | null, count: number): void;
  /** sums ±= keystream, from coordinate `at` on, a multiple of 16. @param keystream at most one tile, whole words */
  add(at: number, keystream: Uint8Array, sign: 1 | -1): void;
  /** A copy of the first `count` sums modulo 2^bits. */
  integers(count: number, bits: number): Uint32Array;
  /** The same, packed as PROTOCOL §2.4 says; afterwards the sums are gone. */
  packed(count: number, bits: number): Uint8Array;
  wipe(): void;
}

declare const WebAssembly: {
  Module: new (bytes: Uint8Array) => object;
  Instance: new (module: object) => { readonly exports: unknown };
};

export function createMaskKernel(): MaskKernel {
  const module = new WebAssembly.Module(fromHex(KERNEL_HEX));
  const kernel = new WebAssembly.Instance(module).exports as KernelFunctions;
  kernel.memory.grow(Math.ceil((END - kernel.memory.buffer.byteLength) / PAGE_BYTES));
  const { buffer } = kernel.memory;
  const sums = new Uint32Array(buffer, SUMS, RANGE_COORDINATES);
  const tile = new Uint8Array(buffer, KEYSTREAM, 4 * TILE_COORDINATES);
  return {
    begin(base, count) {
      if (base === null) sums.fill(0, 0, count);
      else sums.set(base);
    },
    add(at, keystream, sign) {
      tile.set(keystream);
      // What lies beyond the keystream in its last block goes into sums that nobody asked for.
      const bytes = wholeBlocks(keystream.length);
      if (sign === 1) kernel.add(SUMS + 4 * at, KEYSTREAM, bytes);
      else kernel.subtract(SUMS + 4 * at, KEYSTREAM, bytes);
    },
    integers(count, bits) {
      kernel.reduce(SUMS, wholeBlocks(4 * count), bits); // check: C7
      return sums.slice(0, count);
    },
    packed(count, bits) {
      kernel.pack(SUMS, count, bits); // check: C7
      return new Uint8Array(buffer, SUMS, packedLength(count, bits)).slice();
    },
    wipe() {
      tile.fill(0);
      sums.fill(0);
    },
  };
}
