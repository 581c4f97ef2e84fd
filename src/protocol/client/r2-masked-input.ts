/**
 * r2, participant (PROTOCOL §4.3; Bonawitz et al. 2017, Fig. 4, round 2). Opens the shares dealt to it, masks its input
 * for exactly the neighbours in U2 and signs a header over the upload. Between `planMaskedInput` and `finishMaskedInput`
 * an engine runs the job.
 */
import { equalBytes, wipe } from '../../../crypto/bytes.js';
import { createSha256, hashTuple, sha256 } from '../../../crypto/hash.js';
import { LABEL } from '../../../crypto/labels.js';
import { verifyInclusion } from '../../../crypto/merkle.js';
import { openShares } from '../../../crypto/share-encryption.js';
import { holdersOf, isUsable } from '../dealing.js';
import { refuse } from '../errors.js';
import { type Complaint, maskedInputCodec, shareKeysCodec } from '../messages.js';
import type { VectorInput } from '../quantise.js';
import { isMember, rankOf } from '../sets.js';
import { decodeShares, identityAt, shareAad, type ShareDelivery, shareEntry } from '../shares.js';
import { signBody, type Signed } from '../signed.js';
import type { Dealing, Held, Job, JobResult, Suite, Upload } from '../suite.js';
import {
  type Deps,
  type IncomingKey,
  type InputMasked,
  type KeysShared,
  type MaskPlanned,
  openShown,
  round,
  type Step,
} from './state.js';
import { checkSets, openNextSet } from './statements.js';

export interface SharesMessage {
  readonly statement: Signed;
  readonly deliveries: readonly ShareDelivery[];
}

export interface PlannedMask {
  readonly kind: 'planned';
  readonly state: MaskPlanned;
  readonly job: Job;
  readonly wipe: readonly Uint8Array[];
}

/** @param vectorKey secret of the journal's scope record: keys the digest of the vector */
export const planMaskedInput = round(
  (
    state: KeysShared,
    message: SharesMessage,
    input: VectorInput,
    vectorKey: Uint8Array,
    deps: Deps,
  ): PlannedMask => {
    const { session, self, opened } = state;
    const suite = deps.suite(session.task.suite);
    const u2 = openNextSet(2, message.statement, opened.anchors.coordinator, session, self, state.u1, deps);
    checkSets(session, { u1: state.u1, u2 }, deps); // check: A3b
    const byDealer = new Map(message.deliveries.map((delivery) => [delivery.position, delivery]));
    const shares = new Map<number, readonly Uint8Array[] | null>();
    const dealings = new Map<number, Dealing>();
    const complaints: Complaint[] = [];
    for (const incoming of state.incoming.filter(({ position }) => isMember(u2.members, position))) {
      const dealer = incoming.position;
      const delivery = byDealer.get(dealer);
      // A coordinator that withholds one edge's packets would unmask along it later: refuse, do not skip (attack A3b).
      if (delivery === undefined)
        refuse('MISSING_SHARES', 'peer', `the shares of the participant at position ${dealer} are missing`); // check: A3b
      const dealing = verifyDealing(state, suite, delivery, deps);
      const opened = openDelivery(state, suite, incoming, delivery, dealing);
      shares.set(dealer, opened);
      if (opened !== null) continue;
      dealings.set(dealer, dealing);
      complaints.push({ dealer: identityAt(session, dealer), ciphertext: sha256(delivery.ciphertext) });
    }
    const held: Held = {
      self,
      suiteSeed: state.suiteSeed,
      agreed: state.agreed,
      ownShares: state.ownShares,
      shares,
    };
    return {
      kind: 'planned',
      state: {
        kind: 'maskPlanned',
        opened: state.opened,
        session,
        self,
        u1: state.u1,
        u2,
        held,
        dealings,
        complaints,
        dealt: state.dealt,
        vector: vectorDigest(vectorKey, input),
      },
      job: suite.planUpload(session, u2, held, input),
      wipe: state.incoming.map(({ key }) => key), // check: A10
    };
  },
);

export interface MaskedInputMessage {
  readonly header: Signed;
  readonly upload: Upload;
}

export const finishMaskedInput = round(
  (state: MaskPlanned, result: JobResult, deps: Deps): Step<InputMasked, MaskedInputMessage> => {
    const { session, kind, ...rest } = state;
    // A state that has sent r2 looks the same otherwise, and a second header must never be signed.
    if (kind !== 'maskPlanned') throw new TypeError('state: expected maskPlanned'); // check: A10
    const upload = deps.suite(session.task.suite).finishUpload(session, result);
    const header = signBody(
      maskedInputCodec,
      {
        sender: deps.signer.publicKey,
        ctx: session.ctx,
        u1: state.u1.hash,
        u2: state.u2.hash,
        digests: [...upload.digests],
        complaints: [...state.complaints],
      },
      deps.signer,
    );
    // b and the agreed secrets have done their work, and with the upload they would give the input away: no later state
    // has them, in memory or saved. The own share of b stays for r4.
    const held: Held = { ...state.held, suiteSeed: new Uint8Array(), agreed: new Map() };
    return {
      kind: 'step',
      state: { ...rest, session, held, kind: 'inputMasked', header, answered: [] },
      send: { header, upload },
      wipe: [
        state.held.suiteSeed, // check: A10
        ...state.held.agreed.values(), // check: A10
      ],
    };
  },
);

/** The dealer's r1 under the own context, with a valid path to this participant's packet; else the coordinator lies. */
function verifyDealing(state: KeysShared, suite: Suite, delivery: ShareDelivery, deps: Deps): Dealing {
  const { session, self } = state;
  const dealer = identityAt(session, delivery.position);
  const r1 = openShown(deps, shareKeysCodec, delivery.r1, dealer);
  if (!equalBytes(r1.sender, dealer)) refuse('BAD_SIGNATURE', 'peer', 'r1 names another sender'); // check: A5
  if (
    !equalBytes(r1.ctx, session.ctx) || // check: A9
    !equalBytes(r1.rosterRoot, session.rosterRoot) // check: A9
  ) {
    refuse('CONTEXT_MISMATCH', 'peer', 'a neighbour shared its keys under another session context');
  } // check: A1, A4
  const holders = holdersOf(session, suite, delivery.position);
  const claim = {
    entry: shareEntry(delivery),
    index: rankOf(holders, self),
    size: holders.length,
    proof: [...delivery.proof],
    root: r1.shareRoot,
  };
  // An entry is hash and leaves end to end. Cut elsewhere they would prove just as well but not fit the shares, and a
  // coordinator could make honest holders complain about honest dealers, who would then answer with shares.
  const isFormed =
    delivery.ciphertext.length > 0 && // check: B3
    delivery.leaves.length === suite.shareKinds.length && // check: B3, C11
    delivery.leaves.every((leaf) => leaf.length === 32); // check: A3b, B3, C11
  if (
    !isFormed || // check: A3b, B3
    !verifyInclusion(claim) // check: A3b, B3
  ) {
    refuse('MISSING_SHARES', 'peer', 'a packet of shares is not the one that its dealer signed');
  }
  // The coordinator had to refuse it in r1. Complaining instead would blame the dealer for the coordinator's omission.
  if (!suite.acceptsCommitment(session, r1.commitment)) {
    refuse('MALFORMED', 'peer', 'the commitment in r1 has the wrong form');
  } // check: B1
  return { commitment: r1.commitment, shareRoot: r1.shareRoot, leaves: delivery.leaves };
}

/** Null: signed by the dealer, but undecryptable or not what its leaves say. */
function openDelivery(
  { session, self }: KeysShared,
  suite: Suite,
  incoming: IncomingKey,
  delivery: ShareDelivery,
  dealing: Dealing,
): readonly Uint8Array[] | null {
  const dealer = incoming.position;
  const aad = shareAad(session, dealer, self);
  const plaintext = openShares({
    key: incoming.key,
    nonce: incoming.nonce,
    aad,
    ciphertext: delivery.ciphertext,
  });
  if (plaintext === null) return null;
  const shares = decodeShares(session, dealer, self, plaintext, suite.shareKinds.length);
  wipe(plaintext);
  if (shares === null) return null;
  if (!isUsable(session, suite, dealer, self, shares, dealing)) return null; // check: B1
  return shares;
}

/** Keyed, because a plain hash of an input with few possible values would give the input away. */
export function vectorDigest(key: Uint8Array, input: VectorInput): Uint8Array {
  const parts = input.map((vector) =>
    createSha256()
      .update(new Uint8Array(vector.buffer, vector.byteOffset, vector.byteLength))
      .digest(),
  );
  try {
    return hashTuple(LABEL.vector, key, parts);
  } finally {
    wipe(...parts); // check: C13
  }
}
