/**
 * Masks (PROTOCOL §4.3): y_u = Q(x_u) + PRG(b_u) + Σ ±PRG(s_uv) mod 2^b; + towards the neighbour with the higher
 * position, − towards the lower, so that the pair cancels in the sum.
 */
import { sha256 } from '../../../../crypto/hash.js';
import { derivePairwiseMaskKey, deriveSelfMaskKey } from '../../../../crypto/mask-keys.js';
import { addInto, addPackedInto } from '../../../../crypto/masked-vector.js';
import type { MaskStream } from '../../../../crypto/mask-engine/types.js';
import { concatBytes } from '../../../../crypto/bytes.js';
import type { SessionContext } from '../../context.js';
import { layoutOf, type VectorLayout } from '../../parameters.js';
import type { VectorInput } from '../../quantise.js';
import type { Members } from '../../sets.js';
import { identityAt, keysAt } from '../../shares.js';
import type { Accumulator, Held, Job, JobResult, Upload } from '../../suite.js';

/** The mask between `self` and `peer` on one vector, with the sign it has in self's upload. */
export function pairwiseStream(
  session: SessionContext,
  vector: string,
  self: number,
  peer: number,
  agreed: Uint8Array,
): MaskStream {
  const end = (position: number) => ({
    identity: identityAt(session, position),
    publicKey: keysAt(session, position).maskKey,
  });
  const [low, high] = self < peer ? [self, peer] : [peer, self];
  const keys = derivePairwiseMaskKey({ agreed, ctx: session.ctx, vector, low: end(low), high: end(high) });
  return { ...keys, sign: self < peer ? 1 : -1 };
}

export function selfStream(
  session: SessionContext,
  vector: string,
  self: number,
  seed: Uint8Array,
): MaskStream {
  return {
    ...deriveSelfMaskKey({ seed, ctx: session.ctx, vector, identity: identityAt(session, self) }),
    sign: 1,
  };
}

export const opposite = (stream: MaskStream): MaskStream => ({ ...stream, sign: stream.sign === 1 ? -1 : 1 });

/** @param peers neighbours in U2: the input is masked with exactly these */
export function planUpload(session: SessionContext, peers: Members, held: Held, input: VectorInput): Job {
  return {
    kind: 'mask',
    output: 'packed',
    vectors: layoutOf(session.task).map(({ name, bits, length }, index) => ({
      name,
      bits,
      length,
      base: input[index] as Uint32Array,
      streams: [
        selfStream(session, name, held.self, held.suiteSeed), // check: A8
        ...peers.map((peer) =>
          pairwiseStream(session, name, held.self, peer, held.agreed.get(peer) as Uint8Array),
        ),
      ],
    })),
  };
}

export function finishUpload(result: JobResult): Upload {
  if (result.kind !== 'packed') throw new TypeError('result: packed vectors expected');
  return {
    digests: result.vectors.map((vector) => sha256(vector.bytes)),
    bytes: concatBytes(...result.vectors.map((vector) => vector.bytes)),
  };
}

/** Sums as 32-bit integers mod 2^32; reduction mod 2^bits happens when the masks come off. */
export function accumulator(layout: readonly VectorLayout[]): Accumulator {
  const coordinates = layout.reduce((total, vector) => total + vector.length, 0);
  return {
    byteLength: coordinates * 4,
    fold(acc, upload) {
      const sums = inPlace(acc);
      let from = 0;
      let fromByte = 0;
      for (const { length, bits, byteLength } of layout) {
        addPackedInto(
          sums.subarray(from, from + length),
          upload.subarray(fromByte, fromByte + byteLength),
          bits,
        );
        from += length;
        fromByte += byteLength;
      }
    },
    merge(acc, other) {
      addInto(inPlace(acc), asIntegers(other));
    },
  };
}

/** The same memory as 32-bit integers. @throws RangeError: what is added to a copy would be lost */
function inPlace(sums: Uint8Array): Uint32Array {
  if (sums.byteOffset % 4 !== 0) throw new RangeError('acc: not aligned to 4 bytes');
  return asIntegers(sums);
}

/** The same memory as 32-bit integers; copies only when `bytes` is not aligned. */
function asIntegers(bytes: Uint8Array): Uint32Array {
  const aligned = bytes.byteOffset % 4 === 0 ? bytes : bytes.slice();
  return new Uint32Array(aligned.buffer, aligned.byteOffset, aligned.byteLength / 4);
}

export function splitSums(layout: readonly VectorLayout[], sum: Uint8Array): Uint32Array[] {
  const sums = asIntegers(sum);
  let from = 0;
  return layout.map(({ length }) => sums.subarray(from, (from += length)));
}
