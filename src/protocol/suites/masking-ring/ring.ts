/**
 * Who stands where on the ring, and who is in its committee (PROTOCOL §5.2). Both follow from the frozen roster, which
 * nobody can know before everybody's keys are in it; every participant computes them itself (attack A3b).
 */
import { toHex } from '../../../../crypto/bytes.js';
import { hashTuple } from '../../../../crypto/hash.js';
import { LABEL } from '../../../../crypto/labels.js';
import { shuffled } from '../../../../crypto/shuffle.js';
import { beaconOf } from '../../beacon.js';
import type { SessionContext } from '../../context.js';
import type { Members } from '../../sets.js';

export interface Ring {
  /** Roster position at each place. */
  readonly order: Uint32Array;
  /** Place of each roster position. */
  readonly places: Uint32Array;
  /** By roster position, as far as they were asked for: everybody is asked about by everybody near. */
  readonly near: Members[];
  /** In increasing order; null until somebody asks. */
  signers: Members | null;
}

/** Not from the integers of U1: a coordinator may choose among several that hold, and would try them for a ring it likes. */
function ringSeed({ id, task, rosterRoot, beacon }: SessionContext): Uint8Array {
  if ((beaconOf(task) === null) !== (beacon === null)) throw new TypeError('session: without its beacon');
  return hashTuple(
    LABEL.ringSeed,
    id,
    rosterRoot, // check: A3b
    beacon, // check: A3b
  );
}

/** A session asks for its ring with every message; a process runs few sessions at a time. */
const KEPT = 16;
/** Not longer than somebody has the session: neighbours of everybody among thousands are some ten megabytes. */
const rings = new Map<string, WeakRef<Ring>>();
/** The same by a session's own object, which needs no hash to be known again. */
const known = new WeakMap<SessionContext, Ring>();

export function ringOf(session: SessionContext): Ring {
  const before = known.get(session);
  if (before !== undefined) return before;
  const seed = ringSeed(session);
  const size = session.roster.length;
  const { w, m } = session.parameters;
  const key = `${size}/${w}/${m}/${toHex(seed)}`;
  const ring = rings.get(key)?.deref() ?? makeRing(seed, size);
  rings.delete(key);
  rings.set(key, new WeakRef(ring));
  const [oldest] = rings.keys();
  if (oldest !== undefined && rings.size > KEPT) rings.delete(oldest);
  known.set(session, ring);
  return ring;
}

function makeRing(seed: Uint8Array, size: number): Ring {
  const order = shuffled(LABEL.ringOrder, seed, size);
  const places = new Uint32Array(order.length);
  order.forEach((position, place) => {
    places[position] = place;
  });
  return { order, places, near: [], signers: null };
}

/** The w nearest on either side. */
export function ringNeighbours(session: SessionContext, position: number): Members {
  const { order, places, near } = ringOf(session);
  const before = near[position];
  if (before !== undefined) return before;
  const size = order.length;
  const place = places[position] as number;
  const w = session.parameters.w as number;
  const members: number[] = [];
  for (let step = 1; step <= w; step += 1) {
    members.push(order[(place + step) % size] as number, order[(place - step + size) % size] as number);
  }
  return (near[position] = members.sort((a, b) => a - b));
}

/** The m positions whose signatures of r3 count; all of them when m is 0. */
export function ringSigners(session: SessionContext): Members {
  const ring = ringOf(session);
  return (ring.signers ??= signersOf(session));
}

function signersOf(session: SessionContext): Members {
  const size = session.roster.length;
  const m = session.parameters.m as number;
  if (m === 0) return session.roster.map((_, position) => position);
  return [...shuffled(LABEL.ringCommittee, ringSeed(session), size).subarray(0, m)].sort((a, b) => a - b);
}
