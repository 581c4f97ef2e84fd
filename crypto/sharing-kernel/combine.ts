/**
 * The door to the WebAssembly kernel of assembly/kernel.ts, for one set of shares at a time.
 *
 * Security: shares, and what was computed from them, are overwritten when the call ends, however it ends. The instance is
 * kept.
 */
import { fromHex } from '../bytes.js';
import { KERNEL_HEX } from './kernel-binary.js';

interface Kernel {
  readonly memory: { readonly buffer: ArrayBuffer; grow(pages: number): number };
  combine(out: number, shares: number, weights: number, count: number, sums: number): void;
}

declare const WebAssembly: {
  Module: new (bytes: Uint8Array) => object;
  Instance: new (module: object) => { readonly exports: unknown };
};

const PAGE_BYTES = 65536;
const SHARE_BYTES = 32;
const SUMS_BYTES = 512;
/** The result, the sums, the shares, the weights. */
const OUT = 1024;
const SUMS = OUT + SHARE_BYTES;
const SHARES = SUMS + SUMS_BYTES;

let kernel: Kernel | null = null;

const start = (): Kernel =>
  new WebAssembly.Instance(new WebAssembly.Module(fromHex(KERNEL_HEX))).exports as Kernel;

/** Σ weight_i · share_i over GF(2^16), 32 bytes. @param weights public, one for each share */
export type Combine = (weights: Uint16Array) => Uint8Array;

/** @param shares of 32 bytes each. Calls do not nest. */
export function withShares<T>(shares: readonly Uint8Array[], work: (combine: Combine) => T): T {
  const { memory } = (kernel ??= start());
  const count = shares.length;
  const weightsAt = SHARES + SHARE_BYTES * count;
  const end = weightsAt + 2 * count;
  const missing = end - memory.buffer.byteLength;
  if (missing > 0) memory.grow(Math.ceil(missing / PAGE_BYTES));
  const bytes = new Uint8Array(memory.buffer);
  const view = new DataView(memory.buffer);
  try {
    shares.forEach((share, i) => bytes.set(share, SHARES + SHARE_BYTES * i));
    return work((weights) => {
      weights.forEach((weight, i) => view.setUint16(weightsAt + 2 * i, weight, true));
      kernel?.combine(OUT, SHARES, weightsAt, count, SUMS);
      return bytes.slice(OUT, SUMS);
    });
  } finally {
    bytes.fill(0, OUT, end);
  }
}
