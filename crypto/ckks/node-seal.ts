/**
 * The optional package node-seal: version 6 on Node 20, 6 or 7 from Node 22 on and in browsers, behind one interface. The
 * only file that knows the package.
 *
 * Security: SEAL keeps every plaintext until it is deleted; so each is overwritten and deleted here as soon as it was used.
 */
import { CkksError } from './errors.js';
import type { Ring } from './ring.js';

const SEAL_INSTALL = 'npm install node-seal@6.0.3   (on Node 22 or newer also node-seal@7.0.0)';

/** What both versions can do: serialised plaintexts, uncompressed. */
export interface SealEncoder {
  encode(values: Float64Array, scale: number): Uint8Array;
  /** @param saved of which SEAL's loader may see every byte */
  decode(saved: Uint8Array): Float64Array;
  close(): void;
}

/** @throws CkksError MISSING_PACKAGE; Error when SEAL finds the ring too weak */
export async function openSeal(ring: Ring): Promise<SealEncoder> {
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
  const { keep, close } = kept();
  const parameters = keep(seal.EncryptionParameters(seal.SchemeType.ckks));
  const modulus = keep(seal.CoeffModulus.Create(ring.degree, Int32Array.of(ring.modulusBits)));
  parameters.setPolyModulusDegree(ring.degree);
  parameters.setCoeffModulus(modulus);
  const context = keep(seal.Context(parameters, true, seal.SecurityLevel.tc128));
  requireSecure(context.parametersSet(), close);
  const encoder = keep(seal.CKKSEncoder(context));
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
    close,
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
  const { keep, close } = kept();
  const parameters = keep(new seal.EncryptionParameters(seal.SchemeType.ckks));
  const modulus = keep(seal.CoeffModulus.Create(ring.degree, Int32Array.of(ring.modulusBits)));
  parameters.setPolyModulusDegree(ring.degree);
  parameters.setCoeffModulus(modulus);
  const context = keep(new seal.SEALContext(parameters, true, seal.SecLevelType.tc128));
  requireSecure(context.parametersSet(), close);
  const encoder = keep(new seal.CKKSEncoder(context));
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
    close,
  };
}

function requireSecure(isSet: boolean, close: () => void): void {
  if (isSet) return;
  close();
  throw new Error('SEAL does not accept the ring at 128 bits of security');
}

/** What SEAL made and holds until it is deleted: the last one first. */
function kept(): { readonly keep: <T extends Deletable>(object: T) => T; readonly close: () => void } {
  const objects: Deletable[] = [];
  return {
    keep(object) {
      objects.unshift(object);
      return object;
    },
    close: () => objects.splice(0).forEach((object) => object.delete()),
  };
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
