/** §4.3: the statement of U2 and the packets; §4.4: complaints. */
import * as c from '../../../../crypto/index.js';
import {
  maskedInputCodec,
  type MaskedInput,
  shareKeysCodec,
  type ShareKeys,
} from '../../../../src/protocol/messages.js';
import {
  encodeShares,
  shareAad,
  shareEntry,
  shareLeaves,
  type SharePacket,
} from '../../../../src/protocol/shares.js';
import type { Signed } from '../../../../src/protocol/signed.js';
import { toBitmap } from '../../../../src/protocol/sets.js';
import type { SetStatement } from '../../../../src/protocol/statements.js';
import {
  altered,
  alteredSet,
  coordinator,
  organiser,
  type Party,
  replaced,
  resigned,
} from '../../../helpers/protocol.js';
import { COMPLAINT, DROPOUTS, falseHeader } from './bases.js';
import { add, at, type Case, casesOf, type Change, memberAt, remove, replace, sessionOf } from './case.js';
import { flipped, overfull, resignedBy, spoiled, zeros } from './signing.js';

const SELF = 3;
/** Its delivery is the last but one of those that SELF gets. */
const DEALER = 6;
const DELIVERY = '/message/deliveries/4';

const person = (session: string, position: number): Party => {
  const { setup, r1 } = sessionOf(session);
  return at(setup.members, memberAt(r1.members, position).index).party;
};

/** Of U2 and U3 alike. */
export function setCases(
  base: string,
  set: 2 | 3,
  statement: Signed,
  members: Readonly<Record<string, readonly number[]>>,
): Case[] {
  const it = casesOf(base);
  const says = (changes: Partial<SetStatement>): Change =>
    replace('/message/statement', alteredSet(statement, changes));
  const names = (positions: readonly number[] | undefined): Change =>
    says({ members: toBitmap(positions ?? [], 8) });
  const signed = (by: Signed): Change => replace('/message/statement', by);
  return [
    it(
      '§4.3, sets 1',
      'the statement is signed by the organiser',
      'WRONG_COORDINATOR',
      signed(resignedBy(organiser, statement)),
    ),
    it(
      '§4.3, sets 1',
      'the statement has a field too many',
      'MALFORMED',
      signed(overfull(statement, coordinator)),
    ),
    it('§4.3, sets 2', 'its ctx is another one', 'CONTEXT_MISMATCH', says({ ctx: zeros })),
    it('§4.3, sets 3', `it is a statement of U${5 - set}`, 'BAD_SET', says({ set: set === 2 ? 3 : 2 })),
    it('§4.3, sets 3', 'it states numbers', 'BAD_SET', says({ parameters: { q: 5, t: 5 } })),
    it(
      '§4.3, sets 3',
      'the bitmap is longer than the roster',
      'BAD_SET',
      says({ members: Uint8Array.of(0xff, 0) }),
    ),
    ...(members.beyond === undefined
      ? []
      : [
          it('§4.3, sets 4', `it names somebody who is not in U${set - 1}`, 'BAD_SET', names(members.beyond)),
        ]),
    it('§4.3, sets 5', 'it leaves this participant out', 'NOT_IN_SET', names(members.withoutSelf)),
    it('§4.3, sets 6', 'it names four, five are needed', 'TOO_FEW_SURVIVORS', names(members.four)),
  ];
}

export function sharesCases(): Case[] {
  const { r1, r2 } = sessionOf(DROPOUTS);
  const { send } = memberAt(r1.members, DEALER);
  const packet = at(send.packets, SELF);
  const { leaves, ciphertext } = packet;
  const proof = c.inclusionProof(send.packets.map(shareEntry), SELF);
  const header = memberAt(r2.members, SELF).send.header;
  const complaining = (about: Uint8Array): Signed =>
    altered(maskedInputCodec, header, person(DROPOUTS, SELF), {
      complaints: [{ dealer: person(DROPOUTS, DEALER).identity, ciphertext: c.sha256(about) }],
    });
  const it = casesOf('shares');
  const says = (changes: Partial<ShareKeys>): Change =>
    replace(`${DELIVERY}/r1`, altered(shareKeysCodec, send.r1, person(DROPOUTS, DEALER), changes));
  const r1Is = (signed: Signed): Change => replace(`${DELIVERY}/r1`, signed);
  const part = (name: string, value: unknown): Change => replace(`${DELIVERY}/${name}`, value);
  /** The dealer signed this packet; the coordinator had to refuse it. */
  const dealt = (changes: Partial<SharePacket>): Change[] => {
    const packets = replaced(send.packets, SELF, { ...packet, ...changes });
    const { r1: signed } = resigned(send, person(DROPOUTS, DEALER), packets);
    return [
      r1Is(signed),
      part('proof', c.inclusionProof(packets.map(shareEntry), SELF)),
      ...Object.entries(changes).map(([name, value]) => part(name, value)),
    ];
  };
  const joined = c.concatBytes(...leaves);
  const cut = (...cuts: number[]) => cuts.map((from, index) => joined.slice(from, cuts[index + 1]));
  const garbled = { position: DEALER, ciphertext: flipped(ciphertext), leaves, r1: send.r1, proof };
  const delivered = { ...garbled, ciphertext };
  const missing = 'MISSING_SHARES';
  return [
    ...setCases('shares', 2, r2.statement, { withoutSelf: [0, 1, 4, 5, 6, 7], four: [0, 1, 3, 4] }),
    it('§4.3, 2', 'the packet of a neighbour is missing', missing, remove(DELIVERY)),
    it('§4.3, 2', 'the packet of a neighbour has another position', missing, part('position', 2)),
    it('§4.3, 3', 'the signature of an r1 does not verify', 'BAD_SIGNATURE', r1Is(spoiled(send.r1))),
    it(
      '§4.3, 3',
      'an r1 is signed by another member',
      'BAD_SIGNATURE',
      r1Is(resignedBy(person(DROPOUTS, 7), send.r1)),
    ),
    it(
      '§4.3, 3',
      'an r1 names another sender',
      'BAD_SIGNATURE',
      says({ sender: person(DROPOUTS, 7).identity }),
    ),
    it(
      '§4.3, 3',
      'an r1 has a field too many',
      'MALFORMED',
      r1Is(overfull(send.r1, person(DROPOUTS, DEALER))),
    ),
    it('§4.3, 4', 'an r1 has another ctx', 'CONTEXT_MISMATCH', says({ ctx: zeros })),
    it('§4.3, 4', 'an r1 has another roster root', 'CONTEXT_MISMATCH', says({ rosterRoot: zeros })),
    it(
      '§4.3, 5',
      'the dealer signed an empty ciphertext',
      missing,
      ...dealt({ ciphertext: new Uint8Array() }),
    ),
    it('§4.3, 5', 'the coordinator changed a ciphertext', missing, part('ciphertext', flipped(ciphertext))),
    it('§4.3, 5', 'the coordinator changed a leaf', missing, part('leaves/1', zeros)),
    it(
      '§4.3, 5',
      'the two leaves are cut after 31 bytes: the same entry',
      missing,
      part('leaves', cut(0, 31)),
    ),
    it('§4.3, 5', 'the two leaves come as one: the same entry', missing, part('leaves', [joined])),
    it('§4.3, 5', 'the two leaves come as three: the same entry', missing, part('leaves', cut(0, 32, 48))),
    it('§4.3, 5', 'the dealer signed one leaf', missing, ...dealt({ leaves: leaves.slice(0, 1) })),
    it('§4.3, 5', 'the dealer signed three leaves', missing, ...dealt({ leaves: [...leaves, zeros] })),
    it(
      '§4.3, 5',
      'the proof is that of another position',
      missing,
      part('proof', c.inclusionProof(send.packets.map(shareEntry), 2)),
    ),
    it('§4.3, 5', 'the proof lacks its last hash', missing, remove(`${DELIVERY}/proof/2`)),
    it('§4.3, 5', 'the proof has a hash too many', missing, add(`${DELIVERY}/proof/3`, zeros)),
    it('§4.3, 5', 'an r1 has another share root', missing, says({ shareRoot: zeros })),
    it('§4.3, 6', 'a commitment has 31 bytes', 'MALFORMED', says({ commitment: zeros.slice(1) })),
    it(
      '§4.3, 7',
      'another vector was sent in the scope since r0',
      'INPUT_CHANGED',
      replace('/own/sent', { input: null, integers: [[1, 2, 3, 4, 5, 6]] }),
    ),
    {
      ...it(
        '§4.3',
        'two packets of one position: the last counts',
        null,
        replace(DELIVERY, garbled),
        add('/message/deliveries/5', delivered),
      ),
      sends: header,
    },
    {
      ...it(
        '§4.3',
        'a packet of somebody who is not in U2 is ignored',
        null,
        add('/message/deliveries/0', { ...garbled, position: 2 }),
      ),
      sends: header,
    },
    ...badPackets(dealt).map(([what, ciphertext, changes]) => ({
      ...it('§4.3', `${what}: a complaint`, null, ...changes),
      sends: complaining(ciphertext),
    })),
    ...smallRoster(),
  ];
}

/** What a dealer may seal and sign that nobody can use. */
function badPackets(
  dealt: (changes: Partial<SharePacket>) => Change[],
): (readonly [string, Uint8Array, readonly Change[]])[] {
  const { r1 } = sessionOf(DROPOUTS);
  const { state } = memberAt(r1.members, SELF);
  const { session } = state;
  const { send, state: dealer } = memberAt(r1.members, DEALER);
  const packet = at(send.packets, SELF);
  const shares = dealer.dealt.get(SELF)?.shares ?? [];
  const { key, nonce } = memberAt(state.incoming, DEALER);
  const aad = shareAad(session, DEALER, SELF);
  const seal = (plaintext: Uint8Array) => c.sealShares({ key, nonce, aad, plaintext });
  const leaves = (of: readonly Uint8Array[]) =>
    shareLeaves(session, DEALER, SELF, ['maskKey', 'selfMask'], of);
  const [first, second] = [at(shares, 0), at(shares, 1)];
  const short = [first, second.slice(1)];
  const plain = encodeShares(session, DEALER, SELF, shares);
  const labelled = c.encodeCanonical([
    c.LABEL.shareKey,
    ...(c.decodeCanonical(aad) as c.CborValue[]).slice(1),
  ]);
  const bad: readonly (readonly [string, Partial<SharePacket>])[] = [
    ['a packet that does not decrypt', { ciphertext: flipped(packet.ciphertext) }],
    ['shares that do not fit a leaf', { leaves: [at(packet.leaves, 0), zeros] }],
    ['shares in the wrong order', { leaves: leaves([second, first]) }],
    [
      'a share of 31 bytes that fits its leaf',
      { ciphertext: seal(encodeShares(session, DEALER, SELF, short)), leaves: leaves(short) },
    ],
    ['one share more', { ciphertext: seal(encodeShares(session, DEALER, SELF, [...shares, zeros])) }],
    ['a packet for another recipient', { ciphertext: seal(encodeShares(session, DEALER, 0, shares)) }],
    ['a packet of another sender', { ciphertext: seal(encodeShares(session, 0, SELF, shares)) }],
    [
      'a packet whose AAD has another label',
      { ciphertext: c.sealShares({ key, nonce, aad: labelled, plaintext: plain }) },
    ],
    ['a byte after the plaintext', { ciphertext: seal(c.concatBytes(plain, zeros.slice(31))) }],
  ];
  return bad.map(([what, changes]) => [what, changes.ciphertext ?? packet.ciphertext, dealt(changes)]);
}

function smallRoster(): Case[] {
  const { statement } = sessionOf(COMPLAINT).r2;
  return [
    casesOf('shares, five')(
      '§4.3, sets 3',
      'the bitmap has a bit beyond the roster',
      'BAD_SET',
      replace('/message/statement', alteredSet(statement, { members: Uint8Array.of(0b111111) })),
    ),
  ];
}

/** The dealer at position 1, and the complaint of position 3. */
export function complaintCases(): Case[] {
  const { r2 } = sessionOf(COMPLAINT);
  const { header } = memberAt(r2.members, 3).send;
  const [own] = maskedInputCodec.decode(header.payload).complaints;
  if (own === undefined) throw new Error('position 3 does not complain');
  const it = casesOf('complaint');
  const says = (changes: Partial<MaskedInput>, by = 3): Change =>
    replace('/message/header', altered(maskedInputCodec, header, person(COMPLAINT, by), changes));
  const none = 'no answer';
  return [
    it(
      '§4.4',
      'the header is signed by another member',
      none,
      replace('/message/header', resignedBy(person(COMPLAINT, 2), header)),
    ),
    it(
      '§4.4',
      'the signature of the header does not verify',
      none,
      replace('/message/header', spoiled(header)),
    ),
    it(
      '§4.4',
      'the header is of the dealer itself',
      none,
      says({ sender: person(COMPLAINT, 1).identity }, 1),
    ),
    it('§4.4', 'the header names another sender', none, says({ sender: person(COMPLAINT, 2).identity })),
    casesOf('complaint, false')(
      '§4.4',
      'the holder is not in U2',
      none,
      replace('/message/header', falseHeader(DROPOUTS, 3, 2)),
    ),
    it('§4.4', 'the header has another ctx', none, says({ ctx: zeros })),
    it('§4.4', 'the header has another U2', none, says({ u2: zeros })),
    it('§4.4', 'the header complains about nobody', none, says({ complaints: [] })),
    it(
      '§4.4',
      'the header complains about another dealer',
      none,
      says({ complaints: [{ ...own, dealer: person(COMPLAINT, 2).identity }] }),
    ),
    it(
      '§4.4',
      'the header complains about other bytes',
      none,
      says({ complaints: [{ ...own, ciphertext: zeros }] }),
    ),
    it('§4.4', 'another holder was answered, and n_C = 1', none, replace('/own/answered', [0])),
    {
      ...it('§4.4', 'this holder was answered before: the same answer', null, replace('/own/answered', [3])),
      sends: at(sessionOf(COMPLAINT).answers, 0).signed,
    },
  ];
}
