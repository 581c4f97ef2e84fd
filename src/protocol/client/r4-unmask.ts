/**
 * r4, participant (PROTOCOL §4.6): reveals one share per neighbour, and only after a quorum signed the same sets. The
 * request carries signatures, never lists: who survived follows from what this participant itself signed (attack A3).
 */
import { concatBytes, equalBytes } from '../../../crypto/bytes.js';
import { sha256 } from '../../../crypto/hash.js';
import { positionOf } from '../context.js';
import { isUsable } from '../dealing.js';
import { refuse } from '../errors.js';
import { answerCodec, consistencyCodec, unmaskCodec } from '../messages.js';
import { isMember } from '../sets.js';
import { openSigned, signBody, type Signed } from '../signed.js';
import type { Dealing, Held } from '../suite.js';
import {
  type ConsistencySigned,
  type Deps,
  onceOf,
  openShown,
  round,
  type Step,
  type Unmasked,
  unmaskedOf,
} from './state.js';

export interface SignaturesMessage {
  readonly signatures: readonly Signed[];
  readonly answers: readonly { readonly answer: Signed; readonly shares: readonly Uint8Array[] }[];
}

export interface UnmaskMessage {
  readonly r4: Signed;
  readonly shares: readonly Uint8Array[];
}

export const unmask = round(
  (state: ConsistencySigned, message: SignaturesMessage, deps: Deps): Step<Unmasked, UnmaskMessage> => {
    const { session, sets } = state;
    checkQuorum(state, message.signatures, deps); // check: A3, A4
    const held = withAnswers(state, message.answers, deps);
    const { kinds, shares } = deps.suite(session.task.suite).reveal(session, sets, held);
    const r4 = signBody(
      unmaskCodec,
      {
        sender: deps.signer.publicKey,
        ctx: session.ctx,
        u1: sets.u1.hash,
        u2: sets.u2.hash,
        u3: sets.u3.hash,
        kinds,
        shares: sha256(concatBytes(...shares)),
      },
      deps.signer,
    );
    return {
      kind: 'step',
      state: unmaskedOf(state),
      send: { r4, shares: shares.map((share) => share.slice()) },
      wipe: [...held.shares.values(), held.ownShares].flatMap((given) =>
        (given ?? []).filter((share) => share !== null),
      ),
    };
  },
);

/** At least q distinct survivors whose signatures count signed exactly the sets this participant signed. */
function checkQuorum(state: ConsistencySigned, signatures: readonly Signed[], deps: Deps): void {
  const { session, self, sets } = state;
  const counted = deps.suite(session.task.suite).signers(session);
  const signers = new Set([self]);
  if (!isMember(counted, self)) signers.delete(self); // check: A3b
  for (const signed of signatures) {
    const { sender } = onceOf(deps)('r3', [signed], () => consistencyCodec.decode(signed.payload));
    const position = positionOf(session, sender);
    if (!isMember(sets.u3.members, position)) continue; // check: A4
    if (!isMember(counted, position)) continue; // check: A3b
    const body = openShown(deps, consistencyCodec, signed, sender);
    if (!equalBytes(body.ctx, session.ctx)) continue; // check: A9
    const same =
      equalBytes(body.u1, sets.u1.hash) && // check: A4
      equalBytes(body.u2, sets.u2.hash) && // check: A4
      equalBytes(body.u3, sets.u3.hash) && // check: A4
      equalBytes(body.uploads, state.uploads); // check: A4
    if (!same) {
      refuse(
        'EQUIVOCATION',
        'peer',
        'another survivor of this session signed other sets: the coordinator told the two different things',
      );
    } // check: A4
    signers.add(position);
  }
  if (signers.size < session.parameters.q) {
    refuse(
      'NO_QUORUM',
      'peer',
      `${signers.size} valid consistency signatures, ${session.parameters.q} are needed`,
    );
  } // check: A3, A4
}

/** A dealer's answer that fits what it signed must be used; any other changes nothing (the coordinator proves that dealer bad). */
function withAnswers(state: ConsistencySigned, answers: SignaturesMessage['answers'], deps: Deps): Held {
  const { session, self, held } = state;
  const shares = new Map(held.shares);
  const suite = deps.suite(session.task.suite);
  for (const { answer, shares: given } of answers) {
    const { sender } = answerCodec.decode(answer.payload);
    const dealer = positionOf(session, sender);
    if (shares.get(dealer) !== null) continue; // check: B3
    const body = openSigned(answerCodec, answer, sender, deps.verify);
    // Who was complained about had dealt.
    const dealing = state.dealings.get(dealer) as Dealing;
    if (
      equalBytes(body.ctx, session.ctx) && // check: A9
      equalBytes(body.holder, deps.signer.publicKey) && // check: B3
      isUsable(session, suite, dealer, self, given, dealing) // check: B1, B3
    ) {
      shares.set(dealer, given);
    }
  }
  return { ...held, shares };
}
