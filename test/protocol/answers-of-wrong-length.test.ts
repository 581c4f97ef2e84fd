/**
 * A dealer signs leaves of shares that are a byte short, for as many holders as there may be colluders. They complain, and
 * the dealer answers with shares that fit the leaves. A holder that took them would have its whole r4 refused, after the
 * votes were spent, and nobody would be to blame.
 */
import { expect, test } from '@jest/globals';
import { unmask } from '../../src/protocol/client/r4-unmask.js';
import { acceptAnswer, complaintsOf, provenBad } from '../../src/protocol/coordinator/complaints.js';
import { acceptUnmask } from '../../src/protocol/coordinator/r4-unmask.js';
import { shareLeaves, type SharePacket } from '../../src/protocol/shares.js';
import {
  type AtR1,
  type AtR2,
  type AtR3,
  closeR0,
  closeR1,
  closeR2,
  codeOf,
  coordinatorDeps,
  must,
  participants,
  type Party,
  resigned,
  setUp,
  signAnswer,
} from '../helpers/protocol.js';

const parties = participants(7);
const ALL = [0, 1, 2, 3, 4, 5, 6];
const DEALER = 3;
const dealer = parties[DEALER] as Party;
const HOLDERS = [4, 5];
const short = [new Uint8Array(31), new Uint8Array(31)];

const r1 = closeR0(
  setUp(parties, {
    task: { maxColluders: 2 },
    r1(message, position, round) {
      if (position !== DEALER) return message;
      const spoil = (packet: SharePacket): SharePacket => ({
        ...packet,
        ciphertext: new Uint8Array(200).fill(1),
        leaves: shareLeaves(round.frozen.session, DEALER, packet.position, ['maskKey', 'selfMask'], short),
      });
      const packets = message.packets.map((packet) =>
        HOLDERS.includes(packet.position) ? spoil(packet) : packet,
      );
      return resigned(message, dealer, packets);
    },
  }),
  ALL,
) as AtR1;
const r2 = closeR1(r1, ALL) as AtR2;
const { ctx } = r2.frozen.session;
const answers = HOLDERS.map((position) => {
  const holder = (parties[position] as Party).identity;
  const request = {
    sender: dealer.identity,
    signed: signAnswer(ctx, holder, short, dealer.signer),
    shares: short,
  };
  return acceptAnswer(r2.frozen, request, coordinatorDeps);
});

test('the answers prove the dealer bad', () => {
  const headers = r2.members.map(({ record }) => record);
  const complaints = complaintsOf(r2.frozen, headers, answers, r2.dealers, coordinatorDeps);
  expect(complaints.map(({ state }) => state)).toEqual(['refuted', 'refuted']);
  expect(provenBad(r2.frozen, complaints, coordinatorDeps)).toEqual([DEALER]);
});

test('the holders do not use them, and everybody can answer in r4', () => {
  const r3 = closeR2(r2, ALL, answers) as AtR3;
  const signatures = r3.members.map(({ record }) => record.signed);
  const delivered = answers.map(({ signed }) => ({ answer: signed, shares: short }));
  const codes = r3.members.map(({ deps, state }) => {
    const { send } = must(unmask(state, { signatures, answers: delivered }, deps));
    const request = { sender: deps.signer.publicKey, signed: send.r4, shares: send.shares };
    return codeOf(() => acceptUnmask(r3.frozen, request, coordinatorDeps));
  });
  expect(codes).toEqual(ALL.map(() => null));
});
