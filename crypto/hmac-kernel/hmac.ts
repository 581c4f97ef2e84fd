/**
 * HMAC-SHA256 of short messages by a kernel of its own (assembly/kernel.ts): keys are derived by the hundreds, and what
 * node:crypto hashes comes out as a buffer that costs several times the hash, or as text that nobody can overwrite.
 *
 * Security: what a call put into the memory, and what was computed from it, is overwritten when the call ends.
 */
import { KERNEL_HEX } from './kernel-binary.js';

interface Kernel {
  readonly memory: { readonly buffer: ArrayBuffer };
  hmac(
    out: number,
    key: number,
    keyLength: number,
    message: number,
    length: number,
    outer: number,
    schedule: number,
  ): void;
}

declare const WebAssembly: {
  Module: new (bytes: Uint8Array) => object;
  Instance: new (module: object) => { readonly exports: unknown };
};

const MAC_BYTES = 32;
export const MAX_KEY_BYTES = 64;
export const MAX_MESSAGE_BYTES = 4096;

/** What lies below is the kernel's. */
const START = 4096;
const OUTER = START;
const SCHEDULE = OUTER + 128;
const OUT = SCHEDULE + 256;
const KEY = OUT + MAC_BYTES;
/** One block before it. */
const MESSAGE = KEY + MAX_KEY_BYTES + 64;
/** Behind the message. */
const PADDING_BYTES = 72;

const binary = Uint8Array.from(KERNEL_HEX.match(/../g) ?? [], (digits) => Number.parseInt(digits, 16));
const kernel = new WebAssembly.Instance(new WebAssembly.Module(binary)).exports as Kernel;
const memory = new Uint8Array(kernel.memory.buffer);

/**
 * Of the parts as one message, of at most MAX_MESSAGE_BYTES.
 * @param key at most MAX_KEY_BYTES
 * @throws RangeError for more
 */
export function shortHmac(key: Uint8Array, parts: readonly Uint8Array[]): Uint8Array {
  if (key.length > MAX_KEY_BYTES) throw new RangeError(`key: at most ${MAX_KEY_BYTES} bytes`);
  let end = MESSAGE;
  try {
    memory.set(key, KEY);
    for (const part of parts) {
      if (end + part.length > MESSAGE + MAX_MESSAGE_BYTES)
        throw new RangeError(`parts: at most ${MAX_MESSAGE_BYTES} bytes`);
      memory.set(part, end);
      end += part.length;
    }
    kernel.hmac(OUT, KEY, key.length, MESSAGE, end - MESSAGE, OUTER, SCHEDULE);
    return memory.slice(OUT, OUT + MAC_BYTES);
  } finally {
    memory.subarray(START, end + PADDING_BYTES).fill(0); // check: C13
  }
}
