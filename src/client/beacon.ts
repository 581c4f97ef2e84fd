/** Waits for the round of a beacon that a session's opening names (PROTOCOL §5.2). The roster must have come before. */
import { type BeaconValue, namedRound, publishedMs, refuseStale, requireChain } from '../protocol/beacon.js';
import type { Opened } from '../protocol/client/state.js';
import { refuse } from '../protocol/errors.js';
import { ask, type Run } from './run.js';

/**
 * Null when the opening names none.
 * @throws BlindsumError UNSUPPORTED without a source (fault caller); UNREACHABLE when the value never comes
 */
export async function beaconValue(run: Run, { anchors, task, opening }: Opened): Promise<BeaconValue | null> {
  const round = namedRound(task, opening);
  if (round === null) return null;
  const chain = requireChain(task, anchors.beacon);
  const { beacon, now, sleep } = run.env;
  if (beacon === null)
    refuse(
      'UNSUPPORTED',
      'caller',
      'there is no source for values of the beacon: name its file in the trust file',
    );
  if (beacon.chain.chain !== chain.chain)
    refuse('UNSUPPORTED', 'caller', 'the source is of another beacon than the trust file names'); // check: A3b
  // Whatever the own clock says: who made the roster may have known the ring.
  if ((await beacon.value(round, run.phases.over)) !== null) refuseStale(round); // check: A3b
  const atMs = publishedMs(chain, round);
  run.emit({ type: 'beacon', round, publishedMs: atMs, session: run.id, number: run.number });
  const waitMs = atMs - now();
  // Its session is over before a round that is further away than all of its own.
  if (waitMs > 0) await sleep(Math.min(waitMs, run.giveUpMs), run.phases.over);
  return await ask(run, async (signal) => {
    const value = await beacon.value(round, signal);
    if (value === null)
      refuse('UNREACHABLE', 'environment', `round ${round} of the beacon is not in its source yet`);
    return value;
  });
}
