/**
 * r0, coordinator (PROTOCOL §4.1): takes keys from those the opening invites and freezes the roster. It refuses here
 * everything for which an honest participant would later refuse the whole roster.
 */
import { compareBytes, fromHex, toHex } from '../../../crypto/bytes.js';
import { merkleRoot } from '../../../crypto/merkle.js';
import { isListed } from '../bisect.js';
import { sessionContext, type SessionContext } from '../context.js';
import { namedRound } from '../beacon.js';
import { keysNeededBy } from '../dealing.js';
import { refuse } from '../errors.js';
import { neededSurvivors } from '../parameters.js';
import { checkCertificate, type RosterEntry, rosterLeaf, verifyAdvertisedKeys } from '../roster.js';
import { memberSet } from '../sets.js';
import { type Signed, signedHash } from '../signed.js';
import { mapSteps, type Steps } from '../steps.js';
import { advertiseKeysCodec } from '../messages.js';
import { decodeSigned, encodeSigned } from '../attachments.js';
import { abortReasonOf } from './senders.js';
import {
  type AbortReason,
  type AcceptedRecord,
  type Closing,
  closeAborted,
  closing,
  type CoordinatorDeps,
  type Frozen,
  type SessionHeader,
  signSet,
} from './state.js';

export interface AdvertiseKeysRequest {
  /** Authenticated identity of the caller. */
  readonly sender: Uint8Array;
  readonly signed: Signed;
  readonly certificate: Signed | null;
  readonly revoked: ReadonlySet<string>;
  readonly nowMs: number;
}

/** @throws BlindsumError UNKNOWN_PARTICIPANT, CERTIFICATE_*, BAD_SIGNATURE, CONTEXT_MISMATCH, WEAK_KEY, DUPLICATE_KEY */
export function acceptAdvertiseKeys(
  header: SessionHeader,
  request: AdvertiseKeysRequest,
  deps: CoordinatorDeps,
): AcceptedRecord {
  const { sender, signed } = request;
  if (!isListed(header.electorate, sender)) {
    refuse('UNKNOWN_PARTICIPANT', 'peer', 'this session does not invite this identity');
  }
  const pinned = header.task.pinned !== null;
  if (!pinned)
    checkCertificate(request.certificate, sender, {
      ...request,
      organiser: header.organiser,
      verify: deps.verify,
    });
  else if (request.revoked.has(toHex(sender)))
    refuse('CERTIFICATE_REVOKED', 'peer', 'the organiser revoked this identity');
  const { shareKey, maskKey } = verifyAdvertisedKeys(signed, sender, header.id, deps.verify);
  return {
    kind: 'r0',
    sender: toHex(sender),
    subject: '',
    signed,
    attachment: pinned ? null : encodeSigned(request.certificate as Signed),
    unique: [
      toHex(shareKey), // check: A10
      toHex(maskKey), // check: A10
    ],
  };
}

/** The roster as delivered to participants; deterministic from the records. */
export function* rosterEntries(records: readonly AcceptedRecord[]): Steps<RosterEntry[]> {
  const entries = yield* mapSteps(records, ({ sender, signed, attachment }) => ({
    identity: fromHex(sender),
    certificate: attachment === null ? null : decodeSigned(attachment),
    r0Hash: signedHash(signed),
    r0: signed,
  }));
  return entries.sort((a, b) => compareBytes(a.identity, b.identity));
}

/** A roster, and the same without the session keys. */
export interface Entries {
  readonly entries: readonly RosterEntry[];
  readonly withoutKeys: readonly RosterEntry[];
}

/** The roster as one member is to have it. While a beacon has to say who its neighbours are, that is all of it. */
export function rosterFor(
  { session }: Frozen,
  { entries, withoutKeys }: Entries,
  recipient: number,
  deps: CoordinatorDeps,
): readonly RosterEntry[] {
  if (namedRound(session.task, session.opening) !== null) return entries;
  const shown = [...withoutKeys];
  for (const position of keysNeededBy(session, deps.suite(session.task.suite), recipient))
    shown[position] = entries[position] as RosterEntry;
  return shown;
}

export const withoutKeys = (entries: readonly RosterEntry[]): RosterEntry[] =>
  entries.map((entry) => ({ ...entry, r0: null }));

/** @param beacon value of the round that the opening names; without it the ring is not known */
export function* freeze(
  header: SessionHeader,
  entries: readonly RosterEntry[],
  deps: CoordinatorDeps,
  beacon: Uint8Array | null = null,
): Steps<Frozen> {
  const parameters = deps
    .suite(header.task.suite)
    .derive(header.task, header.electorate.length, entries.length);
  const root = merkleRoot(yield* mapSteps(entries, rosterLeaf));
  const roster = yield* mapSteps(entries, ({ identity, r0 }) => {
    const { shareKey, maskKey } = advertiseKeysCodec.decode((r0 as Signed).payload);
    return { identity, keys: { shareKey, maskKey } };
  });
  const session: SessionContext = {
    id: header.id,
    task: header.task,
    taskHash: header.taskHash,
    opening: header.opening,
    roster,
    rosterRoot: root,
    parameters,
    ctx: sessionContext(header.id, root, parameters),
    beacon,
  };
  const everyone = entries.map((_, position) => position);
  return { header, session, u1: memberSet(session.ctx, 1, everyone, entries.length), u2: null, u3: null };
}

export function* closeAdvertiseKeys(
  header: SessionHeader,
  before: readonly Uint8Array[],
  records: readonly AcceptedRecord[],
  deps: CoordinatorDeps,
): Steps<Closing> {
  const entries = yield* rosterEntries(records);
  const signed = entries.map(({ r0 }) => r0 as Signed);
  const needed = neededSurvivors(header.task, header.electorate.length);
  if (entries.length < needed) {
    const reason: AbortReason = {
      code: 'TOO_FEW_PARTICIPANTS',
      message: `${entries.length} joined, ${needed} are needed`,
      blamed: [],
    };
    return closeAborted(header, 'r0', before, signed, reason, deps);
  } // check: B5
  // Of a large electorate a few may come: too few for a ring.
  const none = abortReasonOf(() =>
    deps.suite(header.task.suite).derive(header.task, header.electorate.length, entries.length),
  );
  if (none !== null) return closeAborted(header, 'r0', before, signed, none, deps);
  const { session, u1 } = yield* freeze(header, entries, deps);
  yield;
  return closing(before, signed, 'r1', {
    kind: 'u1',
    sign: (tree) => signSet(session, 1, u1.members, tree, deps),
  });
}
