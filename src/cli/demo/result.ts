/** What the demo finds out; the shape of its --json. */
import { equalBytes } from '../../../crypto/bytes.js';
import type { SessionSummary } from '../../operator/index.js';
import type { Round } from '../../protocol/phase.js';
import type { Cluster, Member } from './cluster.js';
import { missedRound } from './participant.js';

export interface Dropped {
  readonly participant: string;
  /** The first round without its accepted message. */
  readonly round: Round;
  /** Whether its input is in the sum all the same. */
  readonly inSum: boolean;
}

export interface DemoSession {
  readonly number: number;
  /** Participants in the roster. */
  readonly roster: number;
  /** Participants whose input is in the sum. */
  readonly survivors: number;
  readonly dropped: readonly Dropped[];
  /** Over every coordinate; in preparation relative to the declared range. */
  readonly maxAbsErrorVsPlain: number;
  /** On the held-out patients, after this session; training only. */
  readonly accuracy?: number;
  readonly seconds: number;
  /** The hidden input, packed. */
  readonly uploadBytesPerParticipant: number;
}

export interface DemoResult {
  readonly preparation: readonly DemoSession[];
  readonly sessions: readonly DemoSession[];
  readonly accuracy: {
    readonly blindsum: number;
    readonly plainFederated: number;
    readonly pooled: number;
    readonly largestHospitalAlone: number;
  };
}

export const isIn = (set: readonly Uint8Array[] | null, { identity }: Member): boolean =>
  set?.some((one) => equalBytes(one, identity)) ?? false;

export const survivorsOf = (cluster: Cluster, session: SessionSummary): Member[] =>
  cluster.participants.filter((member) => isIn(session.u3, member));

/** Those who did not see the session to its end. All others have told how it ended. */
export function droppedOf(cluster: Cluster, session: SessionSummary): Dropped[] {
  return cluster.participants
    .filter(({ process }) => !process.hasClosed(session.sessionId))
    .map((member) => ({
      participant: member.process.name,
      round: missedRound(member.process.lastRound(session.sessionId)),
      inSum: isIn(session.u3, member),
    }));
}
