/**
 * r3, participant (PROTOCOL §4.5): signs the sets it saw, once. Before signing it checks that the signed r2 header of
 * every survivor shows the same context and sets: without that a coordinator could show one victim a U2 without its
 * neighbours, so that its upload carries no mask that others do not cancel, and read its input with no colluder at all.
 */
import { equalBytes, toHex } from '../../../crypto/bytes.js';
import { verifyInclusion } from '../../../crypto/merkle.js';
import { holdersOf } from '../dealing.js';
import { refuse } from '../errors.js';
import { consistencyCodec, type MaskedInput, maskedInputCodec } from '../messages.js';
import { castVote, type ScopeRecord } from '../scope.js';
import { isMember, type MemberSet, rankOf } from '../sets.js';
import { identityAt } from '../shares.js';
import { signBody, type Signed } from '../signed.js';
import { type ShownHeaders, uploadEntry, uploadRoot } from '../upload-root.js';
import {
  type ConsistencySigned,
  type Deps,
  type InputMasked,
  onceOf,
  openShown,
  round,
  type Step,
} from './state.js';
import { checkSets, openNextSet } from './statements.js';

export interface HeadersMessage extends ShownHeaders {
  readonly statement: Signed;
}

export interface ConsistencyStep extends Step<ConsistencySigned, Signed> {
  /** Stored in the same write as the r3 latch: the vote is spent when it is on disk. */
  readonly scope: ScopeRecord;
}

/** @param grants organiser-signed exceptions of the one-vote rule that the caller wants to use */
export const signConsistency = round(
  (
    state: InputMasked,
    message: HeadersMessage,
    scope: ScopeRecord,
    grants: readonly Signed[],
    deps: Deps,
  ): ConsistencyStep => {
    const { session, self, opened } = state;
    const { anchors } = opened;
    const u3 = openNextSet(3, message.statement, anchors.coordinator, session, self, state.u2, deps);
    checkSets(session, { u1: state.u1, u2: state.u2, u3 }, deps); // check: A3b
    const members = onceOf(deps)('identities', [session.roster, u3.members], () =>
      u3.members.map((position) => identityAt(session, position)),
    );
    const uploads = checkHeaders(state, u3, message, deps);
    const voted = castVote(
      opened.scope,
      scope,
      { members, input: opened.answers, vector: state.vector },
      {
        accept: anchors.policy.acceptGrants,
        grants,
        named: session.opening.grants,
        organiser: anchors.organiser,
        verify: deps.verify,
      },
    );
    const r3 = signBody(
      consistencyCodec,
      {
        sender: deps.signer.publicKey,
        ctx: session.ctx,
        u1: state.u1.hash,
        u2: state.u2.hash,
        u3: u3.hash,
        uploads,
      },
      deps.signer,
    );
    const { u1, u2, held, dealings } = state;
    return {
      kind: 'step',
      scope: voted,
      state: {
        kind: 'consistencySigned',
        opened,
        session,
        self,
        u1,
        sets: { u1, u2, u3 },
        held,
        dealings,
        uploads,
        r3,
        statement: message.statement,
      },
      send: r3,
      wipe: [...state.dealt.values()].flatMap(({ shares }) => shares), // check: A10
    };
  },
);

/** @returns the root over the upload digests of U3 */
function checkHeaders(
  state: InputMasked,
  u3: MemberSet,
  { headers, uploads }: ShownHeaders,
  deps: Deps,
): Uint8Array {
  const { session, self } = state;
  const suite = deps.suite(session.task.suite);
  const shown = suite.sparse
    ? holdersOf(session, suite, self).filter((position) => isMember(u3.members, position))
    : u3.members;
  if (headers.length !== shown.length)
    refuse('MISSING_HEADER', 'peer', 'there is not one r2 header for each survivor that has to be shown'); // check: A3b
  const identities = shown.map((position) => identityAt(session, position));
  const digests = shown.map((position, index) => {
    const signed = headers[index] as Signed;
    const header = checkHeader(state, identities[index] as Uint8Array, signed, deps);
    if (position === self && !equalBytes(signed.payload, state.header.payload)) {
      refuse('CONFLICT', 'peer', 'the own r2 header was replaced by another one of the same identity');
    } // check: A3b
    return header.digests;
  });
  if (!suite.sparse) return uploadRoot(identities, digests);
  const root = uploads?.root ?? new Uint8Array();
  const same = [toHex(u3.hash), toHex(root)];
  // All neighbours are shown one header, with one path.
  const isProven = (position: number, index: number): boolean =>
    onceOf(deps)('proven', [headers[index] as Signed, ...same], () =>
      verifyInclusion({
        entry: uploadEntry(identities[index] as Uint8Array, digests[index] as readonly Uint8Array[]),
        index: rankOf(u3.members, position),
        size: u3.members.length,
        proof: uploads?.paths[index] ?? [],
        root,
      }),
    );
  if (uploads === null || !shown.every(isProven)) {
    refuse('MISSING_HEADER', 'peer', 'an r2 header is not proven to be among those of the survivors');
  } // check: A3b
  return uploads.root;
}

function checkHeader(state: InputMasked, identity: Uint8Array, signed: Signed, deps: Deps): MaskedInput {
  const header = openShown(deps, maskedInputCodec, signed, identity);
  if (!equalBytes(header.sender, identity))
    refuse('MISSING_HEADER', 'peer', 'an r2 header names another sender'); // check: A3b
  if (!equalBytes(header.ctx, state.session.ctx)) {
    refuse('CONTEXT_MISMATCH', 'peer', 'a survivor masked its input for another session context');
  } // check: A1, A4, A9
  if (
    !equalBytes(header.u1, state.u1.hash) || // check: A3b
    !equalBytes(header.u2, state.u2.hash) // check: A3b
  ) {
    refuse(
      'MISSING_HEADER',
      'peer',
      'a survivor masked its input for other sets than this participant was shown',
    );
  }
  return header;
}
