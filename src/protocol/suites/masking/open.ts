/**
 * Removing the masks (PROTOCOL §4.6): the self masks of those who survived, and what survivors added for those who dropped
 * between r1 and r2.
 */
import { wipe } from '../../../../crypto/bytes.js';
import { agreement, type ImportedKeys } from '../../../../crypto/key-agreement.js';
import type { MaskStream } from '../../../../crypto/mask-engine/types.js';
import type { SessionContext } from '../../context.js';
import { layoutOf } from '../../parameters.js';
import { type Members, withSelf } from '../../sets.js';
import { keysAt } from '../../shares.js';
import type { Steps } from '../../steps.js';
import type { DealerRecord, OpenPlan, RevealRecord, Sets } from '../../suite.js';
import { opposite, pairwiseStream, selfStream, splitSums } from './masks.js';
import { parseReveal } from './reveal.js';
import { type Helper, openSecrets } from './secrets.js';

type Neighbourhood = (position: number) => Members;

/** @throws BlindsumError TOO_FEW_SHARES, BAD_DEALER */
export function* planOpen(
  session: SessionContext,
  sets: Sets,
  neighboursInU2: Neighbourhood,
  sum: Uint8Array,
  dealers: readonly DealerRecord[],
  reveals: readonly RevealRecord[],
): Steps<OpenPlan> {
  const helpers: Helper[] = [];
  for (const { position, reveal } of reveals) {
    yield;
    const given = parseReveal(withSelf(neighboursInU2(position), position), sets, reveal);
    helpers.push({ position, given });
  }
  const survivors = new Set(sets.u3.members);
  const dropped = sets.u2.members.filter((position) => !survivors.has(position));
  const byPosition = new Map(dealers.map((dealer) => [dealer.position, dealer]));
  const wanted = { survivors: sets.u3.members, dropped };
  const { selfSeeds, maskKeys, badHelpers } = yield* openSecrets(session, wanted, byPosition, helpers);
  const vectors = layoutOf(session.task);
  const streams: MaskStream[][] = vectors.map(() => []);
  let isPlanned = false;
  try {
    for (const [survivor, seed] of selfSeeds) {
      yield;
      vectors.forEach(({ name }, index) =>
        streams[index]?.push(opposite(selfStream(session, name, survivor, seed))),
      );
    }
    const imported: ImportedKeys = new Map();
    for (const [position, privateKey] of maskKeys) {
      const agreeWith = agreement(privateKey, imported);
      for (const peer of neighboursInU2(position).filter((neighbour) => survivors.has(neighbour))) {
        yield;
        const agreed = agreeWith(keysAt(session, peer).maskKey);
        try {
          // Survivor `peer` added this stream to its own upload; take it out again.
          vectors.forEach(({ name }, index) =>
            streams[index]?.push(opposite(pairwiseStream(session, name, peer, position, agreed))),
          );
        } finally {
          wipe(agreed); // check: C13
        }
      }
    }
    const bases = splitSums(vectors, sum);
    isPlanned = true;
    return {
      badHelpers,
      job: {
        kind: 'mask',
        output: 'integers',
        vectors: vectors.map(({ name, bits, length }, index) => ({
          name,
          bits,
          length,
          base: bases[index] as Uint32Array,
          streams: streams[index] as MaskStream[],
        })),
      },
    };
  } finally {
    wipe(...selfSeeds.values(), ...maskKeys.values()); // check: C13
    if (!isPlanned) for (const { key } of streams.flat()) wipe(key);
  }
}
