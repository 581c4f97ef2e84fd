/**
 * SEAL's CKKSEncoder, from the optional package node-seal: version 6 on Node 20, 6 or 7 from Node 22 on and in browsers.
 * The only file that knows the package. `loadSlotEncoder` is asynchronous; what it gives is not.
 *
 * Security: SEAL's loader is unsafe on bytes that an attacker wrote. It sees only plaintexts whose every byte is set
 * here: a header that SEAL itself made at the start, the scale, and words that the kernel left below q. SEAL is never
 * given a key or a ciphertext, and draws no random number.
 */
import { equalBytes, fromHex, wipe } from '../bytes.js';
import { overClip, requireChunk, type Encoder } from './encoding.js';
import { CkksError } from './errors.js';
import { useKernel } from './kernel.js';
import { capacity, type Encoding } from './parameters.js';
import { elementBytes, type Ring } from './ring.js';

export const SEAL_INSTALL = 'npm install node-seal@6.0.3   (on Node 22 or newer also node-seal@7.0.0)';

export interface SlotEncoder extends Encoder {
  readonly kind: 'slots';
  /** Frees what SEAL holds. The encoder cannot be used after that. */
  close(): void;
}

/** What both versions can do: serialised plaintexts, uncompressed. */
interface SealEncoder {
  encode(values: Float64Array, scale: number): Uint8Array;
  decode(saved: Uint8Array): Float64Array;
  close(): void;
}

/**
 * SEAL's encoder for a ring. Whoever loads it closes it.
 * @throws CkksError MISSING_PACKAGE when node-seal is not installed or does not run on this Node; the message says
 *   what to install
 */
export async function loadSlotEncoder(ring: Ring): Promise<SlotEncoder> {
  const seal = await openSeal(ring);
  try {
    const template = layoutOf(ring, seal.encode(new Float64Array(1), 1));
    const encoder = slotEncoder(ring, seal, template);
    requireSameRing(ring, encoder);
    return encoder;
  } catch (error) {
    seal.close();
    throw error;
  }
}

/** SEAL's binary layout of a plaintext, little-endian: header (16 bytes), parms_id (32), coefficient count, scale,
 * array header (16), count of words, words. */
const PREFIX = fromHex('5ea1100401000000');
const SCALE_AT = 56;
const WORDS_AT = 88;

/** A saved plaintext of which only scale and words are still to be set. */
function layoutOf(ring: Ring, saved: Uint8Array): Uint8Array {
  const view = new DataView(saved.buffer, saved.byteOffset);
  const size = WORDS_AT + elementBytes(ring);
  const isKnown =
    saved.length === size &&
    equalBytes(saved.subarray(0, PREFIX.length), PREFIX) &&
    view.getBigUint64(8, true) === BigInt(size) &&
    view.getBigUint64(48, true) === BigInt(ring.degree) &&
    view.getBigUint64(80, true) === BigInt(ring.degree);
  if (!isKnown) throw new Error('node-seal writes plaintexts in a form that is not that of SEAL 4.1');
  return saved.slice();
}

function slotEncoder(ring: Ring, seal: SealEncoder, template: Uint8Array): SlotEncoder {
  const requireRing = (other: Ring): void => {
    if (other.modulus !== ring.modulus) throw new RangeError('ring: not the one the encoder was made for');
  };
  return {
    kind: 'slots',

    encode(other, { maxAbs, scaleBits }: Encoding, values) {
      requireRing(other);
      requireChunk(ring, 'slots', values.length);
      if (!values.every((value) => Math.abs(value) <= maxAbs)) throw overClip(maxAbs);
      const saved = seal.encode(values, 2 ** scaleBits);
      try {
        return useKernel(ring, [elementBytes(ring)], (kernel, words) => {
          kernel.write(words, saved.subarray(WORDS_AT));
          kernel.fromTransformed(words);
          return kernel.read(words, elementBytes(ring));
        });
      } finally {
        wipe(saved);
      }
    },

    decode(other, { scaleBits }: Encoding, message, length) {
      requireRing(other);
      requireChunk(ring, 'slots', length);
      const plaintext = template.slice();
      new DataView(plaintext.buffer).setFloat64(SCALE_AT, 2 ** scaleBits, true);
      useKernel(ring, [elementBytes(ring)], (kernel, words) => {
        kernel.write(words, message);
        kernel.toTransformed(words);
        kernel.readInto(words, plaintext.subarray(WORDS_AT));
      });
      return seal.decode(plaintext).slice(0, length);
    },

    close: () => seal.close(),
  };
}

/** Under another root, order or modulus the coefficients of small slots would be as good as random: never all small. */
function requireSameRing(ring: Ring, encoder: SlotEncoder): void {
  const values = Float64Array.from({ length: capacity(ring, 'slots') }, (_, i) => (i % 3) - 1);
  const message = encoder.encode(ring, { kind: 'slots', scaleBits: 40, maxAbs: 1 }, values);
  const largest = useKernel(ring, [message.length], (kernel, words) => {
    kernel.write(words, message);
    return kernel.magnitude(words, ring.degree);
  });
  if (largest > 1n << 40n) throw new Error('node-seal computes in another ring');
}

async function openSeal(ring: Ring): Promise<SealEncoder> {
  const library = await (loading ??= startSeal());
  return 'SEALContext' in library
    ? openVersion7(library as Version7, ring)
    : openVersion6(library as Version6, ring);
}

/** One instance for the process: each has a memory of its own, which is never given back. */
let loading: Promise<object> | null = null;

async function startSeal(): Promise<object> {
  try {
    const { default: start } = (await import('node-seal')) as { default: unknown };
    // Version 7 would print why it cannot start before it rejects.
    return await (start as (options: object) => Promise<object>)({ printErr: () => undefined });
  } catch (cause) {
    loading = null;
    throw missing(cause);
  }
}

function missing(cause: unknown): CkksError {
  const isAbsent = (cause as { code?: unknown }).code === 'ERR_MODULE_NOT_FOUND';
  const why = isAbsent ? 'is not installed' : 'does not run on this version of Node (7 needs Node 22)';
  const reason = `node-seal ${why}, and the task encodes into slots; run: ${SEAL_INSTALL}`;
  return new CkksError('MISSING_PACKAGE', reason, { cause });
}

interface Deletable {
  delete(): void;
}

/** The part of node-seal 6 that is used. */
interface Version6 {
  readonly SchemeType: { readonly ckks: unknown };
  readonly SecurityLevel: { readonly tc128: unknown };
  readonly ComprModeType: { readonly none: unknown };
  readonly CoeffModulus: { Create(degree: number, bits: Int32Array): Deletable };
  EncryptionParameters(scheme: unknown): Deletable & {
    setPolyModulusDegree(degree: number): void;
    setCoeffModulus(modulus: unknown): void;
  };
  Context(parameters: unknown, expand: boolean, level: unknown): Deletable & { parametersSet(): boolean };
  CKKSEncoder(context: unknown): Deletable & {
    encode(values: Float64Array, scale: number, plaintext: unknown): void;
    decode(plaintext: unknown): Float64Array;
  };
  PlainText(): Deletable & {
    setZero(): void;
    saveArray(compression: unknown): Uint8Array;
    loadArray(context: unknown, bytes: Uint8Array): void;
  };
}

function openVersion6(seal: Version6, ring: Ring): SealEncoder {
  const parameters = seal.EncryptionParameters(seal.SchemeType.ckks);
  const modulus = seal.CoeffModulus.Create(ring.degree, Int32Array.of(ring.modulusBits));
  parameters.setPolyModulusDegree(ring.degree);
  parameters.setCoeffModulus(modulus);
  const context = seal.Context(parameters, true, seal.SecurityLevel.tc128);
  requireSecure(context.parametersSet());
  const encoder = seal.CKKSEncoder(context);
  const none = seal.ComprModeType.none;
  return {
    encode: (values, scale) =>
      withPlaintext(seal.PlainText(), (plaintext) => {
        encoder.encode(values, scale, plaintext);
        return plaintext.saveArray(none);
      }),
    decode: (saved) =>
      withPlaintext(seal.PlainText(), (plaintext) => {
        plaintext.loadArray(context, saved);
        return encoder.decode(plaintext);
      }),
    close: () => [encoder, context, modulus, parameters].forEach((object) => object.delete()),
  };
}

/** The part of node-seal 7 that is used. */
interface Version7 {
  readonly SchemeType: { readonly ckks: unknown };
  readonly SecLevelType: { readonly tc128: unknown };
  readonly ComprModeType: { readonly none: unknown };
  readonly CoeffModulus: { Create(degree: number, bits: Int32Array): Deletable };
  readonly EncryptionParameters: new (scheme: unknown) => Deletable & {
    setPolyModulusDegree(degree: number): void;
    setCoeffModulus(modulus: unknown): void;
  };
  readonly SEALContext: new (
    parameters: unknown,
    expand: boolean,
    level: unknown,
  ) => Deletable & { parametersSet(): boolean };
  readonly CKKSEncoder: new (context: unknown) => Deletable & {
    encode(values: Float64Array, scale: number, plaintext: unknown): void;
    decodeFloat64(plaintext: unknown): Float64Array;
  };
  readonly Plaintext: new () => Deletable & {
    setZero(): void;
    saveToArray(compression: unknown): Uint8Array;
    loadFromArray(context: unknown, bytes: Uint8Array): void;
  };
}

function openVersion7(seal: Version7, ring: Ring): SealEncoder {
  const parameters = new seal.EncryptionParameters(seal.SchemeType.ckks);
  const modulus = seal.CoeffModulus.Create(ring.degree, Int32Array.of(ring.modulusBits));
  parameters.setPolyModulusDegree(ring.degree);
  parameters.setCoeffModulus(modulus);
  const context = new seal.SEALContext(parameters, true, seal.SecLevelType.tc128);
  requireSecure(context.parametersSet());
  const encoder = new seal.CKKSEncoder(context);
  const none = seal.ComprModeType.none;
  return {
    encode: (values, scale) =>
      withPlaintext(new seal.Plaintext(), (plaintext) => {
        encoder.encode(values, scale, plaintext);
        return plaintext.saveToArray(none);
      }),
    decode: (saved) =>
      withPlaintext(new seal.Plaintext(), (plaintext) => {
        plaintext.loadFromArray(context, saved);
        return encoder.decodeFloat64(plaintext);
      }),
    close: () => [encoder, context, modulus, parameters].forEach((object) => object.delete()),
  };
}

function requireSecure(isSet: boolean): void {
  if (!isSet) throw new Error('SEAL does not accept the ring at 128 bits of security');
}

/** SEAL keeps every plaintext until it is deleted; before that its words are overwritten. */
function withPlaintext<P extends Deletable & { setZero(): void }, T>(
  plaintext: P,
  work: (plaintext: P) => T,
): T {
  try {
    return work(plaintext);
  } finally {
    plaintext.setZero();
    plaintext.delete();
  }
}
