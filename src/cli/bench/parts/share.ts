/**
 * One participant's r1, from the roster to its signed shares: dealing, a key agreement with each other participant, sealing,
 * and the roster's signatures, which are measured apart: in a second session participants remember which are valid.
 */
import { verifySignature } from '../../../../crypto/signature.js';
import type { Verify } from '../../../protocol/signed.js';
import { median } from '../../median.js';
import { NO_DROPOUT } from '../../simulate/dropout.js';
import { rememberingVerifier } from '../../simulate/remembering-verifier.js';
import { measureSession } from '../../simulate/run.js';
import { bareSeconds } from '../bare/operations.js';
import { type BenchOptions, SUITE } from '../options.js';
import { PEER_SHARE_SECONDS } from '../peers.js';
import { rounded, type Spread, spreadOf } from '../spread.js';

export interface ShareCost {
  readonly participants: number;
  /** Without the roster's signatures; median over participants. */
  readonly seconds: number;
  readonly spread: Spread;
  /** node:crypto, one for each other participant. */
  readonly x25519Seconds: number;
  readonly ratio: number;
  readonly signatures: {
    readonly seconds: number;
    /** node:crypto, one for each other participant. */
    readonly verifySeconds: number;
    readonly ratio: number;
  };
  readonly peers: Readonly<Record<string, number>>;
}

export async function benchShare(options: BenchOptions): Promise<ShareCost> {
  const { participants, onPart } = options;
  const others = participants - 1;
  onPart(`share: ${participants} participants`);
  const whole = await measured(options, verifySignature);
  const withoutSignatures = await measured(options, rememberingVerifier(verifySignature));
  const bare = bareSeconds(others, options.repeats);
  const spread = spreadOf(withoutSignatures);
  const signatures = Math.max(0, median(whole) - median(withoutSignatures));
  return {
    participants,
    seconds: spread.median,
    spread,
    x25519Seconds: rounded(bare.agree),
    ratio: rounded(spread.median / bare.agree),
    signatures: {
      seconds: rounded(signatures),
      verifySeconds: rounded(bare.verify),
      ratio: rounded(signatures / bare.verify),
    },
    peers: PEER_SHARE_SECONDS,
  };
}

async function measured({ participants, signal }: BenchOptions, checks: Verify): Promise<number[]> {
  const { members } = await measureSession({
    ...{ suite: SUITE, participants, length: 1, dropout: NO_DROPOUT, transport: 'memory', seed: 'bench' },
    ...{ signal, verify: checks },
  });
  return members.flatMap(({ shareMs }) => (shareMs === null ? [] : [shareMs / 1000]));
}
