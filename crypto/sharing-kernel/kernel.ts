/**
 * The door to the WebAssembly kernel of assembly/kernel.ts, for one call at a time.
 *
 * Security: what a call put into the memory, and what was computed from it, is overwritten when the call ends, however it
 * ends. The instance is kept.
 */
import { fromHex } from '../bytes.js';
import { KERNEL_HEX } from './kernel-binary.js';

export interface Kernel {
  readonly memory: { readonly buffer: ArrayBuffer; grow(pages: number): number };
  combine(out: number, shares: number, weights: number, count: number, sums: number): void;
  evaluate(shares: number, coefficients: number, count: number, points: number, pointCount: number): void;
}

declare const WebAssembly: {
  Module: new (bytes: Uint8Array) => object;
  Instance: new (module: object) => { readonly exports: unknown };
};

const PAGE_BYTES = 65536;
/** Where a call may begin: what lies below is the kernel's. */
export const START = 1024;

let kernel: Kernel | null = null;

const start = (): Kernel =>
  new WebAssembly.Instance(new WebAssembly.Module(fromHex(KERNEL_HEX))).exports as Kernel;

/** @param end of what the call needs, which begins at START. Calls do not nest. */
export function withKernel<T>(end: number, work: (kernel: Kernel, memory: Uint8Array) => T): T {
  kernel ??= start();
  const missing = end - kernel.memory.buffer.byteLength;
  if (missing > 0) kernel.memory.grow(Math.ceil(missing / PAGE_BYTES));
  const memory = new Uint8Array(kernel.memory.buffer);
  try {
    return work(kernel, memory);
  } finally {
    memory.fill(0, START, end);
  }
}

/** Little-endian. @param numbers below 65536 */
export function writeElements(memory: Uint8Array, at: number, numbers: ArrayLike<number>): void {
  const view = new DataView(memory.buffer);
  for (let i = 0; i < numbers.length; i += 1) view.setUint16(at + 2 * i, numbers[i] as number, true);
}
