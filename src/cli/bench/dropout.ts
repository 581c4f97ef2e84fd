/** `--dropout` of the benchmarks: a rate that a session survives. */
import { proposedColluders, quorum } from '../../protocol/parameters.js';
import { usage } from '../errors.js';

/** How many of the participants that is. @throws BlindsumError USAGE */
export function checkDropout(text: string, participants: number): number {
  const rate = Number(text);
  const dropped = Math.round(rate * participants);
  const needed = quorum(participants, proposedColluders(participants));
  if (rate >= 0 && rate < 1 && participants - dropped >= needed) return dropped;
  const most = ((participants - needed) / participants).toFixed(2);
  return usage(
    `--dropout: expected a rate from 0 to ${most}, so that ${needed} of ${participants} are left, not ${text}`,
  );
}
