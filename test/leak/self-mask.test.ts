/**
 * What one participant's upload looks like over many sessions in which nobody's input changes.
 *
 * y = x + PRG(b) ± Σ PRG(s_uv). To somebody who knows none of the masks y is uniform, and it would be without PRG(b)
 * too: fresh pairwise masks hide x by themselves. So χ² on y alone can never show what the self mask is for. It is for
 * the victim whose upload arrives and whom the coordinator then declares dropped (a slow line does, too): the survivors
 * hand over the shares of its mask key, the coordinator rebuilds s, recomputes every PRG(s_uv) and takes them off. What
 * it then holds is x + PRG(b), or, without a self mask, x. Therefore the samples here are
 *
 *   z = y − (all pairwise masks, rebuilt from the shares that r4 reveals)
 *
 * over 2,000 sessions: with the self mask uniform, without it the same numbers every time. The control, a suite whose
 * upload leaves the self mask out, is blamed by exactly this test and not by χ² on y.
 *
 * Built on the suite's functions alone (deal, mask, reveal), which is all that an upload depends on.
 */
import { beforeAll, describe, expect, test } from '@jest/globals';
import { utf8 } from '../../crypto/bytes.js';
import { sha256 } from '../../crypto/hash.js';
import { agree, maskKeyPair } from '../../crypto/key-agreement.js';
import { unpackBits } from '../../crypto/masked-vector.js';
import { deterministicRandom, type Random } from '../../crypto/random.js';
import { reconstructSecret } from '../../crypto/secret-sharing.js';
import type { SessionContext } from '../../src/protocol/context.js';
import { openingCodec } from '../../src/protocol/statements.js';
import { memberSet } from '../../src/protocol/sets.js';
import type { Deal, Held, Suite } from '../../src/protocol/suite.js';
import { maskingComplete } from '../../src/protocol/suites/masking-complete/index.js';
import { opposite, pairwiseStream } from '../../src/protocol/suites/masking/masks.js';
import { parseReveal } from '../../src/protocol/suites/masking/reveal.js';
import { sharePoint } from '../../src/protocol/suites/masking/sharing.js';
import {
  openingOf,
  participants,
  runJob,
  signOpening,
  signTask,
  taskOf,
  vectorOf,
} from '../helpers/protocol.js';
import { judgeUniform, type Verdict } from './chi-squared.js';
import { maskJob } from '../helpers/protocol/job.js';

const SESSIONS = 2000;
const COORDINATES = 48;
const BITS = 16;
const VICTIM = 1;

const parties = participants(4);
const everybody = [0, 1, 2, 3];
const survivors = everybody.filter((position) => position !== VICTIM);
const task = taskOf(parties, { vectors: [vectorOf({ length: COORDINATES, bits: BITS, clip: 4000 })] });
const signedTask = signTask(task);
const opening = openingCodec.decode(
  signOpening(
    openingOf(
      signedTask,
      parties.map(({ identity }) => identity),
    ),
  ).payload,
);
/** Small counts: without masks their high bytes are all alike. */
const input = [Uint32Array.from({ length: COORDINATES }, (_, index) => 3 + 17 * index)];

/** Masks as always, but without the first stream, which is the self mask. */
const withoutSelfMask: Suite = {
  ...maskingComplete,
  planUpload(session, u2, held, quantised) {
    const job = maskJob(maskingComplete.planUpload(session, u2, held, quantised));
    return { ...job, vectors: job.vectors.map((v) => ({ ...v, streams: v.streams.slice(1) })) };
  },
};

interface Sample {
  /** As uploaded. */
  readonly y: Uint32Array;
  /** After the coordinator took the pairwise masks off. */
  readonly z: Uint32Array;
}

/** One session in which the victim's upload arrives and the others declare it dropped; the upload as either suite makes it. */
function runSession(number: number): { readonly masked: Sample; readonly control: Sample } {
  const random = deterministicRandom(utf8(`self mask / ${number}`));
  const seeds = everybody.map(() => random(32));
  const session: SessionContext = {
    id: random(32),
    task,
    taskHash: sha256(signedTask.payload),
    opening,
    roster: parties.map(({ identity }, index) => ({
      identity,
      keys: { shareKey: random(32), maskKey: maskKeyPair(seeds[index] as Uint8Array).publicKey },
    })),
    rosterRoot: random(32),
    parameters: maskingComplete.derive(task, 4, 4),
    ctx: random(32),
    beacon: null,
  };
  const deals = everybody.map((self) => dealOf(session, self, seeds[self] as Uint8Array, random));
  const u2 = memberSet(session.ctx, 2, everybody, 4);
  const held = { ...heldBy(VICTIM, deals), agreed: agreements(session, seeds[VICTIM] as Uint8Array) };
  const rebuilt = agreements(session, rebuiltSeed(session, deals));
  const sampleOf = (suite: Suite): Sample => {
    const upload = suite.finishUpload(session, runJob(suite.planUpload(session, u2, held, input)));
    const y = unpackBits(upload.bytes, BITS, COORDINATES);
    return { y, z: takeOff(session, y, rebuilt) };
  };
  return { masked: sampleOf(maskingComplete), control: sampleOf(withoutSelfMask) };
}

interface Dealt {
  readonly deal: Deal;
  readonly suiteSeed: Uint8Array;
}

function dealOf(session: SessionContext, self: number, maskSeed: Uint8Array, random: Random): Dealt {
  const suiteSeed = random(32);
  return { suiteSeed, deal: maskingComplete.deal(session, self, { maskSeed, suiteSeed }, random) };
}

/** What `self` holds after r1, but for the agreed secrets. */
function heldBy(self: number, deals: readonly Dealt[]): Held {
  const sharesFrom = (dealer: number): readonly Uint8Array[] => {
    const recipients = everybody.filter((position) => position !== dealer);
    return deals[dealer]?.deal.perNeighbour[recipients.indexOf(self)] as readonly Uint8Array[];
  };
  const others = everybody.filter((position) => position !== self);
  return {
    self,
    suiteSeed: (deals[self] as Dealt).suiteSeed,
    agreed: new Map(),
    ownShares: (deals[self] as Dealt).deal.own,
    shares: new Map(others.map((dealer) => [dealer, sharesFrom(dealer)])),
  };
}

/** X25519(s_victim, s_peer) for every peer, from the victim's seed. */
function agreements(session: SessionContext, seed: Uint8Array): Map<number, Uint8Array> {
  const { privateKey } = maskKeyPair(seed);
  const keyOf = (peer: number) => (session.roster[peer]?.keys as { maskKey: Uint8Array }).maskKey;
  return new Map(survivors.map((peer) => [peer, agree(privateKey, keyOf(peer))]));
}

/** The victim's s, from nothing but what the survivors reveal in r4. */
function rebuiltSeed(session: SessionContext, deals: readonly Dealt[]): Uint8Array {
  const sets = {
    u1: memberSet(session.ctx, 1, everybody, 4),
    u2: memberSet(session.ctx, 2, everybody, 4),
    u3: memberSet(session.ctx, 3, survivors, 4),
  };
  const shares = survivors.map((helper) => {
    const wire = maskingComplete.reveal(session, sets, heldBy(helper, deals));
    const answer = parseReveal(everybody, sets, wire).get(VICTIM);
    if (answer?.kind !== 'maskKeyShare') throw new Error('a dropped participant is answered with s');
    return { point: sharePoint(helper), share: answer.share };
  });
  return reconstructSecret({ shares, threshold: session.parameters.t });
}

/** y without the pairwise masks. */
function takeOff(
  session: SessionContext,
  y: Uint32Array,
  agreed: ReadonlyMap<number, Uint8Array>,
): Uint32Array {
  const streams = [...agreed].map(([peer, secret]) =>
    opposite(pairwiseStream(session, 'counts', VICTIM, peer, secret)),
  );
  const result = runJob({
    kind: 'mask',
    output: 'integers',
    vectors: [{ name: 'counts', bits: BITS, length: COORDINATES, base: y, streams }],
  });
  if (result.kind !== 'integers') throw new Error('integers were asked for');
  return result.vectors[0]?.values as Uint32Array;
}

const isUniform = ({ bytes, topBits }: Verdict): boolean =>
  bytes.chiSquared < bytes.critical && topBits.chiSquared < topBits.critical;

describe(`one participant's masked coordinates over ${SESSIONS} sessions, all inputs fixed`, () => {
  let masked: readonly Sample[];
  let control: readonly Sample[];
  beforeAll(() => {
    const sessions = Array.from({ length: SESSIONS }, (_, number) => runSession(number));
    masked = sessions.map((session) => session.masked);
    control = sessions.map((session) => session.control);
  });

  test('what the coordinator receives is uniform', () => {
    expect(
      isUniform(
        judgeUniform(
          masked.map(({ y }) => y),
          BITS,
        ),
      ),
    ).toBe(true);
  });

  test('so is what is left of it once the coordinator knows every pairwise mask', () => {
    expect(
      isUniform(
        judgeUniform(
          masked.map(({ z }) => z),
          BITS,
        ),
      ),
    ).toBe(true);
  });

  test('control: without the self mask the input itself is left, and both statistics say so', () => {
    for (const { z } of control) expect(z).toEqual(input[0]);
    const { bytes, topBits } = judgeUniform(
      control.map(({ z }) => z),
      BITS,
    );
    expect(bytes.chiSquared).toBeGreaterThan(100 * bytes.critical);
    expect(topBits.chiSquared).toBeGreaterThan(100 * topBits.critical);
  });

  test('and χ² on the uploads alone would not have noticed', () => {
    expect(
      isUniform(
        judgeUniform(
          control.map(({ y }) => y),
          BITS,
        ),
      ),
    ).toBe(true);
  });

  test('a bias of one part in ten in one coordinate is noticed', () => {
    const biased = masked.map(({ z }, session) => {
      const copy = z.slice();
      if (session % 10 === 0) copy[7] = 0x1234;
      return copy;
    });
    expect(isUniform(judgeUniform(biased, BITS))).toBe(false);
  });
});
