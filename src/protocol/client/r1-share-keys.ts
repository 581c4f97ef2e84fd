/**
 * r1, participant (PROTOCOL §4.2): checks the complete roster, then shares its secrets among its neighbours. All key
 * agreements happen here, so nothing can fail in r2 (paper: Bonawitz et al. 2017, Fig. 4, round 1).
 */
import { equalBytes, toHex } from '../../../crypto/bytes.js';
import { agreement, maskPrivateKey, sharePrivateKey } from '../../../crypto/key-agreement.js';
import { type BeaconValue, namedRound, requireChain, requireSettled } from '../beacon.js';
import { positionOf, sessionContext, type SessionContext, type RosterMember } from '../context.js';
import { revocationCodec } from '../documents.js';
import { refuse } from '../errors.js';
import { shareKeysCodec } from '../messages.js';
import { neededSurvivors } from '../parameters.js';
import { checkSigners } from '../policy.js';
import { type RosterEntry, rosterRoot, verifyRoster } from '../roster.js';
import { memberSet } from '../sets.js';
import type { SharePacket } from '../shares.js';
import { openSigned, signBody, type Signed, signedHash } from '../signed.js';
import {
  type Deps,
  type KeysAdvertised,
  type KeysShared,
  onceOf,
  type Opened,
  round,
  type Step,
} from './state.js';
import { keysNeededBy } from '../dealing.js';
import { makePackets } from './share-packets.js';
import { openFirstSet } from './statements.js';

export interface RosterMessage {
  readonly statement: Signed;
  readonly entries: readonly RosterEntry[];
  readonly revocations: readonly Signed[];
  /** When the entries were received, by the own clock. */
  readonly nowMs: number;
  /** Of the round that the opening names, from the participant's own source. */
  readonly beacon?: BeaconValue | null;
}

export interface ShareKeysMessage {
  readonly r1: Signed;
  /** One per holder; the own packet has no ciphertext. */
  readonly packets: readonly SharePacket[];
}

export const shareKeys = round(
  (state: KeysAdvertised, message: RosterMessage, deps: Deps): Step<KeysShared, ShareKeysMessage> => {
    const { opened } = state;
    if (message.nowMs - state.sentAtMs > opened.anchors.policy.rosterMaxAgeMs) {
      refuse('STALE_ROSTER', 'peer', 'the roster came too long after the own keys were sent');
    } // check: A8, A9
    const { session, self } = acceptRoster(state, message, deps);
    const suite = deps.suite(session.task.suite);
    const sharePrivate = sharePrivateKey(state.shareSeed);
    const maskPrivate = maskPrivateKey(state.maskSeed);
    const suiteSeed = deps.random(32);
    const secrets = { maskSeed: state.maskSeed, suiteSeed };
    const deal = suite.deal(session, self, secrets, deps.random);
    const { agreement: agreeing = agreement } = deps;
    const { packets, shareRoot, ...dealt } = makePackets(session, suite, self, deal, {
      masks: agreeing(maskPrivate),
      channels: agreeing(sharePrivate),
    });
    const r1 = signBody(
      shareKeysCodec,
      {
        sender: deps.signer.publicKey,
        ctx: session.ctx,
        rosterRoot: session.rosterRoot,
        commitment: suite.commitment(session, self, secrets, deal, shareRoot),
        shareRoot,
      },
      deps.signer,
    );
    const { ctx, roster } = session;
    const u1 = onceOf(deps)('u1', [roster, toHex(ctx)], () =>
      memberSet(
        ctx,
        1,
        roster.map((_, position) => position),
        roster.length,
      ),
    );
    return {
      kind: 'step',
      state: {
        kind: 'keysShared',
        opened,
        session,
        self,
        u1,
        suiteSeed,
        ownShares: deal.own,
        ...dealt,
      },
      send: { r1, packets },
      wipe: [
        state.shareSeed, // check: A10
        state.maskSeed, // check: A10
        sharePrivate, // check: A10
        maskPrivate, // check: A10
        deal.witness, // check: A10
      ],
    };
  },
);

function acceptRoster(
  state: KeysAdvertised,
  message: RosterMessage,
  deps: Deps,
): { session: SessionContext; self: number } {
  const { opened } = state;
  const { roster, root } = readRoster(message, opened, deps);
  const needed = neededSurvivors(opened.task, opened.electorate.length);
  if (roster.length < needed)
    refuse('TOO_FEW_PARTICIPANTS', 'peer', `${roster.length} joined, ${needed} are needed`); // check: A7
  const self = positionOf({ roster }, deps.signer.publicKey);
  const own = message.entries[self];
  if (own === undefined) refuse('NOT_IN_SET', 'peer', 'the roster leaves this participant out');
  if (!equalBytes(own.r0Hash, signedHash(state.r0))) {
    refuse(
      'CONFLICT',
      'peer',
      'the roster has other keys for this identity: somebody else may be using it, or an older run of it',
    );
  } // check: A5, A10
  const statement = openFirstSet(message.statement, opened.anchors.coordinator, roster.length, deps);
  const { parameters } = statement;
  const suite = deps.suite(opened.task.suite);
  suite.checkParameters(opened.task, opened.electorate.length, roster.length, parameters); // check: A7, C12
  const ctx = sessionContext(opened.id, root, parameters);
  if (!equalBytes(ctx, statement.ctx))
    refuse('CONTEXT_MISMATCH', 'peer', 'the statement of U1 is for another roster or session'); // check: A1, A4, A9
  const session: SessionContext = {
    id: opened.id,
    task: opened.task,
    taskHash: opened.taskHash,
    opening: opened.opening,
    roster,
    rosterRoot: root,
    parameters,
    ctx,
    beacon: settledBeacon(opened, message),
  };
  checkSigners(opened.anchors.policy, opened.task, {
    participants: roster.length,
    signers: suite.signers(session).length,
    q: parameters.q,
    electorate: opened.electorate.length,
  }); // check: A11
  for (const needed of keysNeededBy(session, suite, self)) {
    if (roster[needed]?.keys === null)
      refuse('BAD_SET', 'peer', 'the roster lacks the keys of a neighbour, of a signer, or the own ones'); // check: A3b
  }
  return { session, self };
}

/** Everybody in it, and its root. */
function readRoster(
  { entries, revocations, nowMs }: RosterMessage,
  opened: Opened,
  deps: Deps,
): { roster: RosterMember[]; root: Uint8Array } {
  const { id: openingId, electorate, pinned, anchors } = opened;
  const { organiser } = anchors;
  const revoked = revokedIdentities(revocations, opened, deps);
  const rules = { openingId, electorate, pinned, organiser, revoked, nowMs, verify: deps.verify };
  // The opening names the electorate by its hash.
  const same = [toHex(openingId), toHex(organiser), [...revoked].sort().join(), String(pinned || nowMs)];
  return onceOf(deps)('roster', [entries, ...same], () => ({
    roster: verifyRoster(entries, rules),
    root: rosterRoot(entries),
  }));
}

/** The ring must not have been known to whoever put the roster and the integers of U1 together. */
function settledBeacon(
  { anchors, task, opening }: Opened,
  { nowMs, beacon }: RosterMessage,
): Uint8Array | null {
  const round = namedRound(task, opening);
  if (round === null) return null;
  requireSettled(requireChain(task, anchors.beacon), round, nowMs); // check: A3b
  if (beacon?.round !== round || beacon.randomness.length !== 32)
    refuse('UNSUPPORTED', 'caller', `the source of the beacon gave no value of round ${round}`);
  return beacon.randomness;
}

function revokedIdentities(revocations: readonly Signed[], opened: Opened, deps: Deps): ReadonlySet<string> {
  return new Set(
    revocations.map((signed) =>
      toHex(
        openSigned(revocationCodec, signed, opened.anchors.organiser, deps.verify, 'WRONG_ORGANISER')
          .identity,
      ),
    ),
  );
}
