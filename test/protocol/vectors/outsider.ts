/**
 * A participant written from PROTOCOL.md alone, on the primitives of crypto/ and nothing of src/: from the secrets that a
 * session file lists it computes every byte it would send, and the values on the way. The files show these values; the
 * tests hold them against what the real rounds sent.
 */
import * as c from '../../../crypto/index.js';

type Bytes = Uint8Array;

export interface Secrets {
  readonly identitySeed: Bytes;
  readonly shareKeySeed: Bytes;
  readonly maskKeySeed: Bytes;
  readonly r0Nonce: Bytes;
  /** b */
  readonly selfMaskSeed: Bytes;
  /** Of X, X², …: 32 bytes each. */
  readonly maskKeyCoefficients: readonly Bytes[];
  readonly selfMaskCoefficients: readonly Bytes[];
  /** Integers per vector, in task order, the weight last. */
  readonly input: readonly (readonly number[])[];
}

export interface SignedBytes {
  readonly payload: Bytes;
  readonly signature: Bytes;
}

export interface Layout {
  readonly name: string;
  readonly length: number;
  readonly bits: number;
}

/** What everybody in the session knows once U1 is stated. */
export interface Shared {
  readonly ctx: Bytes;
  readonly rosterRoot: Bytes;
  readonly roster: readonly { readonly identity: Bytes; readonly shareKey: Bytes; readonly maskKey: Bytes }[];
  readonly threshold: number;
  readonly layout: readonly Layout[];
}

const label = (kind: string): string => `blindsum/v1/${kind}`;
export const H = (kind: string, ...items: readonly c.CborValue[]): Bytes =>
  c.sha256(c.encodeCanonical([label(kind), ...items]));
const zeros = (): Bytes => new Uint8Array(32);
const at = <T>(items: readonly T[], index: number): T => items[index] as T;

export function sign(seed: Bytes, kind: string, ...fields: readonly c.CborValue[]): SignedBytes {
  const payload = c.encodeCanonical([label(kind), ...fields]);
  return { payload, signature: c.signMessage(seed, payload) };
}

const identityOf = (secrets: Secrets): Bytes => c.identityFromSeed(secrets.identitySeed).publicKey;

export const signedHash = ({ payload, signature }: SignedBytes): Bytes => H('signed', payload, signature);
export const leafBytes = ({ payload, signature }: SignedBytes): Bytes =>
  c.encodeCanonical([payload, signature]);

export function bitmap(members: readonly number[], rosterSize: number): Bytes {
  const bits = new Uint8Array(Math.ceil(rosterSize / 8));
  for (const position of members) bits[position >> 3] = at([...bits], position >> 3) | (1 << (position & 7));
  return bits;
}

export const setHash = (ctx: Bytes, set: number, members: readonly number[], rosterSize: number): Bytes =>
  H('set', ctx, set, bitmap(members, rosterSize));

// ------------------------------------------------------------------------------------------------------- r0 and roster

export function advertiseKeys(secrets: Secrets, openingId: Bytes): SignedBytes {
  return sign(
    secrets.identitySeed,
    'advertise-keys',
    identityOf(secrets),
    openingId,
    c.shareKeyPair(secrets.shareKeySeed).publicKey,
    c.maskKeyPair(secrets.maskKeySeed).publicKey,
    secrets.r0Nonce,
  );
}

export const rosterEntry = (identity: Bytes, certificate: SignedBytes | null, r0: SignedBytes): Bytes =>
  H('roster-leaf', identity, certificate === null ? null : signedHash(certificate), signedHash(r0));

// ------------------------------------------------------------------------------------------------------------------ r1

export interface Packet {
  readonly shares: readonly (Bytes | null)[];
  readonly key: Bytes | null;
  readonly nonce: Bytes | null;
  readonly plaintext: Bytes | null;
  readonly ciphertext: Bytes;
  readonly leaves: readonly Bytes[];
  readonly entry: Bytes;
}

export interface Dealt {
  readonly aad: readonly (Bytes | null)[];
  readonly commitment: Bytes;
  readonly packets: readonly Packet[];
  readonly shareRoot: Bytes;
  readonly message: SignedBytes;
}

const split = (secret: Bytes, coefficients: readonly Bytes[], threshold: number, rosterSize: number) =>
  c.splitSecret({
    secret,
    threshold,
    points: Array.from({ length: rosterSize }, (_, position) => position + 1),
    random: () => c.concatBytes(...coefficients),
  });

/** §4.2.2: a roster position within a packet. */
export function place(position: number, rosterSize: number): Bytes {
  let width = 0;
  while (256 ** width < rosterSize) width += 1;
  return Uint8Array.from({ length: width }, (_, index) => (position >> (8 * index)) & 255);
}

/** @param garbled positions whose ciphertext a deviating dealer spoils: the last bit of the last byte is flipped */
export function shareKeys(
  secrets: Secrets,
  shared: Shared,
  self: number,
  garbled: readonly number[] = [],
): Dealt {
  const { ctx, rosterRoot, roster, threshold } = shared;
  const own = at(roster, self);
  const maskKey = split(secrets.maskKeySeed, secrets.maskKeyCoefficients, threshold, roster.length);
  const selfMask = split(secrets.selfMaskSeed, secrets.selfMaskCoefficients, threshold, roster.length);
  const { privateKey } = c.shareKeyPair(secrets.shareKeySeed);
  const aads = roster.map((peer, position) =>
    position === self
      ? null
      : c.encodeCanonical([label('share-aad'), ctx, rosterRoot, own.identity, peer.identity]),
  );
  const packets = roster.map((peer, position): Packet => {
    const leaf = (kind: string, share: Bytes): Bytes =>
      H('share-leaf', ctx, own.identity, peer.identity, kind, share);
    const [forMaskKey, forSelfMask] = [at(maskKey, position), at(selfMask, position)];
    if (position === self) {
      const leaves = [zeros(), leaf('selfMask', forSelfMask)];
      return {
        shares: [null, forSelfMask],
        key: null,
        nonce: null,
        plaintext: null,
        ciphertext: new Uint8Array(),
        leaves,
        entry: c.concatBytes(zeros(), ...leaves),
      };
    }
    const info = [label('share-key'), own.identity, peer.identity, own.shareKey, peer.shareKey];
    const derived = c.hkdfSha256({
      ikm: c.agree(privateKey, peer.shareKey),
      salt: ctx,
      info: c.encodeCanonical(info),
      length: 44,
    });
    const [key, nonce] = [derived.slice(0, 32), derived.slice(32)];
    const plaintext = c.concatBytes(
      ...[self, position].map((of) => place(of, roster.length)),
      forMaskKey,
      forSelfMask,
    );
    const ciphertext = c.sealShares({ key, nonce, aad: at(aads, position) as Bytes, plaintext });
    if (garbled.includes(position))
      ciphertext[ciphertext.length - 1] = at([...ciphertext], ciphertext.length - 1) ^ 1;
    const leaves = [leaf('maskKey', forMaskKey), leaf('selfMask', forSelfMask)];
    const entry = c.concatBytes(c.sha256(ciphertext), ...leaves);
    return { shares: [forMaskKey, forSelfMask], key, nonce, plaintext, ciphertext, leaves, entry };
  });
  const commitment = H('self-mask-commitment', ctx, own.identity, secrets.selfMaskSeed);
  const shareRoot = c.merkleRoot(packets.map(({ entry }) => entry));
  const message = sign(
    secrets.identitySeed,
    'share-keys',
    own.identity,
    ctx,
    rosterRoot,
    commitment,
    shareRoot,
  );
  return { aad: aads, commitment, packets, shareRoot, message };
}

// ------------------------------------------------------------------------------------------------------------------ r2

export interface Stream {
  readonly with: number | 'self';
  readonly sign: 1 | -1;
  readonly key: Bytes;
  readonly nonce: Bytes;
  readonly words: Uint32Array;
}

export interface MaskedVector {
  readonly name: string;
  readonly streams: readonly Stream[];
  readonly masked: Uint32Array;
  readonly packed: Bytes;
}

function stream(ikm: Bytes, shared: Shared, info: readonly c.CborValue[], length: number) {
  const derived = c.hkdfSha256({ ikm, salt: shared.ctx, info: c.encodeCanonical(info), length: 28 });
  const [key, nonce] = [derived.slice(0, 16), derived.slice(16)];
  const words = new Uint32Array(length);
  c.fillKeystream({ key, nonce, from: 0, out: words });
  return { key, nonce, words };
}

export function maskInput(
  secrets: Secrets,
  shared: Shared,
  self: number,
  u2: readonly number[],
): MaskedVector[] {
  const { roster } = shared;
  const own = at(roster, self);
  const { privateKey } = c.maskKeyPair(secrets.maskKeySeed);
  return shared.layout.map(({ name, length, bits }, index) => {
    const streams: Stream[] = [
      {
        with: 'self',
        sign: 1,
        ...stream(secrets.selfMaskSeed, shared, [label('self-mask'), name, own.identity], length),
      },
      ...u2
        .filter((peer) => peer !== self)
        .map((peer): Stream => {
          const other = at(roster, peer);
          const [low, high] = self < peer ? [own, other] : [other, own];
          const info = [label('pairwise-mask'), name, low.identity, high.identity, low.maskKey, high.maskKey];
          const agreed = c.agree(privateKey, other.maskKey);
          return { with: peer, sign: self < peer ? 1 : -1, ...stream(agreed, shared, info, length) };
        }),
    ];
    const masked = Uint32Array.from({ length }, (_, i) => {
      const total = streams.reduce(
        (sum, { sign: by, words }) => sum + BigInt(by) * BigInt(at([...words], i)),
        BigInt(at(at(secrets.input, index), i)),
      );
      return Number(BigInt.asUintN(bits, total));
    });
    return { name, streams, masked, packed: c.packBits(masked, bits) };
  });
}

export interface Hashes {
  readonly u1: Bytes;
  readonly u2: Bytes;
  readonly u3: Bytes;
}

export const header = (
  secrets: Secrets,
  shared: Shared,
  { u1, u2 }: Pick<Hashes, 'u1' | 'u2'>,
  vectors: readonly MaskedVector[],
  complaints: readonly { dealer: Bytes; ciphertext: Bytes }[],
): SignedBytes =>
  sign(
    secrets.identitySeed,
    'masked-input',
    identityOf(secrets),
    shared.ctx,
    u1,
    u2,
    vectors.map(({ packed }) => c.sha256(packed)),
    complaints,
  );

export const answer = (
  secrets: Secrets,
  shared: Shared,
  holder: Bytes,
  shares: readonly Bytes[],
): SignedBytes =>
  sign(
    secrets.identitySeed,
    'answer',
    identityOf(secrets),
    shared.ctx,
    holder,
    c.sha256(c.concatBytes(...shares)),
  );

// ----------------------------------------------------------------------------------------------------------- r3 and r4

export const uploadEntry = (identity: Bytes, digests: readonly Bytes[]): Bytes =>
  H('upload-leaf', identity, digests);

export const consistency = (secrets: Secrets, shared: Shared, sets: Hashes, uploads: Bytes): SignedBytes =>
  sign(
    secrets.identitySeed,
    'consistency',
    identityOf(secrets),
    shared.ctx,
    sets.u1,
    sets.u2,
    sets.u3,
    uploads,
  );

export const unmask = (
  secrets: Secrets,
  shared: Shared,
  sets: Hashes,
  kinds: Bytes,
  shares: readonly Bytes[],
): SignedBytes =>
  sign(
    secrets.identitySeed,
    'unmask',
    identityOf(secrets),
    shared.ctx,
    sets.u1,
    sets.u2,
    sets.u3,
    kinds,
    c.sha256(c.concatBytes(...shares)),
  );
