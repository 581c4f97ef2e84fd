/** Waits for the round of a beacon that a session's opening names (PROTOCOL §5.2). The roster must have come before. */
import {
  type BeaconChain,
  type BeaconSource,
  type BeaconValue,
  beaconOf,
  namedRound,
  publishedMs,
  refuseStale,
  requireChain,
} from '../protocol/beacon.js';
import type { Opened } from '../protocol/client/state.js';
import type { Task } from '../protocol/documents.js';
import { refuse } from '../protocol/errors.js';
import { ask, type Env, type Run } from './run.js';

/**
 * Before a session is waited for: in r1 it would be too late, and the others would have waited for nothing.
 * @throws BlindsumError UNSUPPORTED, UNREADABLE_FILE (fault caller)
 */
export async function checkBeacon({ trust, beacon }: Env, task: Task, signal: AbortSignal): Promise<void> {
  if (beaconOf(task) === null) return;
  // Whether there is a value of the first round says nothing; that it can be asked for does.
  await sourceFor(requireChain(task, trust.anchors.beacon), beacon).value(1, signal);
}

/** @param chain which the trust file names */
function sourceFor({ chain }: BeaconChain, source: BeaconSource | null): BeaconSource {
  if (source === null)
    refuse(
      'UNSUPPORTED',
      'caller',
      'there is no source for values of the beacon: name its file in the trust file',
    );
  if (source.chain.chain !== chain)
    refuse('UNSUPPORTED', 'caller', 'the source is of another beacon than the trust file names'); // check: A3b
  return source;
}

/**
 * Null when the opening names none.
 * @throws BlindsumError UNSUPPORTED without a source (fault caller); UNREACHABLE when the value never comes
 */
export async function beaconValue(run: Run, { anchors, task, opening }: Opened): Promise<BeaconValue | null> {
  const round = namedRound(task, opening);
  if (round === null) return null;
  const chain = requireChain(task, anchors.beacon);
  const beacon = sourceFor(chain, run.env.beacon);
  const { now, sleep } = run.env;
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
