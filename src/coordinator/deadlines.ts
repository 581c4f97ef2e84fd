/** When the round that a session enters ends at the latest (PROTOCOL §6.2). */
import { namedRound, publishedMs } from '../protocol/beacon.js';
import type { SessionHeader } from '../protocol/coordinator/state.js';
import { isEnded, type Phase } from '../protocol/phase.js';
import type { Shell } from './shell.js';

/** r1 cannot begin before the beacon's round is published. */
export function deadlineOf(
  { clock, beacon }: Pick<Shell, 'clock' | 'beacon'>,
  { task, opening }: SessionHeader,
  entered: Phase,
): number {
  const nowMs = clock.now();
  if (isEnded(entered)) return nowMs;
  const round = entered === 'r1' ? namedRound(task, opening) : null;
  const beginsMs = round === null || beacon === null ? nowMs : publishedMs(beacon.chain, round);
  return Math.max(nowMs, beginsMs) + opening.roundMs;
}
