/**
 * Between r2 and r3, the dealer's side of a complaint (PROTOCOL §4.4). A holder says, in its signed r2 header, that the
 * packet dealt to it cannot be used; the dealer answers with that holder's shares, the very bytes of r1. Only so
 * many holders are ever answered that no more shares become public than colluders could have handed over: n_C, or of a
 * ring's neighbours one less than open a secret.
 */
import { concatBytes, equalBytes } from '../../../crypto/bytes.js';
import { sha256 } from '../../../crypto/hash.js';
import { positionOf } from '../context.js';
import { refuse } from '../errors.js';
import { answerCodec, maskedInputCodec } from '../messages.js';
import { isMember } from '../sets.js';
import { identityAt } from '../shares.js';
import { signBody, type Signed } from '../signed.js';
import { type Deps, type InputMasked, round, type Step } from './state.js';

export interface AnswerMessage {
  readonly holder: number;
  readonly answer: Signed;
  readonly shares: readonly Uint8Array[];
}

export const answerComplaint = round(
  (state: InputMasked, header: Signed, deps: Deps): Step<InputMasked, AnswerMessage> => {
    const { session, self } = state;
    const body = maskedInputCodec.decode(header.payload);
    if (!deps.verify(body.sender, header.payload, header.signature)) {
      refuse('UNKNOWN_PARTICIPANT', 'peer', 'nobody has signed the complaint');
    } // check: B3
    const holder = positionOf(session, body.sender);
    const packet = state.dealt.get(holder);
    if (packet === undefined)
      refuse('UNKNOWN_PARTICIPANT', 'peer', 'the complaint is not from somebody this participant dealt to'); // check: B3
    if (!isMember(state.u2.members, holder)) {
      refuse('UNKNOWN_PARTICIPANT', 'peer', 'the complaint is from somebody who left before r2');
    } // check: B3
    if (
      !equalBytes(body.ctx, session.ctx) || // check: A3, A9
      !equalBytes(body.u2, state.u2.hash) // check: A3, A9
    ) {
      refuse('CONTEXT_MISMATCH', 'peer', 'the complaint belongs to another session');
    }
    const complaint = body.complaints.find(({ dealer }) => equalBytes(dealer, identityAt(session, self)));
    if (complaint === undefined || !equalBytes(complaint.ciphertext, packet.ciphertextHash)) {
      refuse('BAD_SET', 'peer', 'the complaint is not about the packet that this participant signed');
    } // check: A3, B3
    const answered = state.answered.includes(holder) ? state.answered : [...state.answered, holder];
    if (answered.length > deps.suite(session.task.suite).mostComplaints(session)) {
      refuse(
        'BELOW_POLICY',
        'peer',
        'more complaints than colluders are assumed: answering would reveal too many shares',
      );
    } // check: A3, B3
    const answer = signBody(
      answerCodec,
      {
        sender: deps.signer.publicKey,
        ctx: session.ctx,
        holder: identityAt(session, holder),
        shares: sha256(concatBytes(...packet.shares)),
      },
      deps.signer,
    );
    return {
      kind: 'step',
      state: { ...state, answered },
      // Copies: r3 wipes what was dealt.
      send: { holder, answer, shares: packet.shares.map((share) => share.slice()) },
      wipe: [],
    };
  },
);
