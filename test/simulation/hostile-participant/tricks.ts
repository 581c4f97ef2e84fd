/** What a hostile participant tries besides its part: nearly all of it is refused, and none of it may do harm. */
import { concatBytes } from '../../../crypto/bytes.js';
import { sha256 } from '../../../crypto/hash.js';
import { advertiseKeysCodec, maskedInputCodec, unmaskCodec } from '../../../src/protocol/messages.js';
import type { SharePacket } from '../../../src/protocol/shares.js';
import type { Signed } from '../../../src/protocol/signed.js';
import { altered, signAnswer } from '../../helpers/protocol.js';
import type { TestParticipant } from '../../coordinator/test-participant.js';
import { alteredBytes, alteredField, alteredList, junk, resign } from './forge.js';
import type { Call, Request, Send } from './hostile.js';
import type { Round, Trick, TrickName } from './play.js';

export interface Trickster {
  readonly me: TestParticipant;
  readonly round: Round;
  /** The message of the round as it should be; none when the participant cannot make it. */
  readonly right: readonly Request[];
  readonly pool: readonly Signed[];
  readonly otherSession: string;
  readonly send: Send;
  readonly received: ReadonlyMap<number, Uint8Array>;
}

const SENDING: readonly Call[] = [
  'advertiseKeys',
  'shareKeys',
  'beginUpload',
  'commitUpload',
  'answerComplaint',
  'consistency',
  'unmask',
];
const READING: readonly Call[] = [
  'getTask',
  'getInput',
  'getRoster',
  'getShares',
  'getComplaints',
  'getHeaders',
  'getSignatures',
  'getOutcome',
  'getAggregate',
];

const pick = <T>(items: readonly T[], at: number): T | undefined => items[at % Math.max(1, items.length)];

/** A signed message under any method, with attachments of the form that the method takes. */
function carrying(call: Call, signed: Signed, { me, right }: Trickster): Request {
  const own = right.find((request) => request.call === call);
  if (own !== undefined) return { call, args: [signed, ...own.args.slice(1)] };
  const attachment: Partial<Record<Call, unknown>> = {
    advertiseKeys: me.certificate,
    shareKeys: me.r1?.packets ?? [],
    answerComplaint: [junk(32, 1), junk(32, 2)],
    unmask: me.r4?.shares ?? [junk(32, 3)],
  };
  return { call, args: call in attachment ? [signed, attachment[call]] : [signed] };
}

/** The first signed message that is right in this round, or else anything signed. */
const something = ({ right, pool, me }: Trickster): Signed =>
  (right[0]?.args[0] as Signed | undefined) ?? pool[0] ?? me.r0;

const SIGNING: Readonly<Record<Round, Call>> = {
  r0: 'advertiseKeys',
  r1: 'shareKeys',
  r2: 'beginUpload',
  r3: 'consistency',
  r4: 'unmask',
};

type Play = (trick: Trick, by: Trickster) => Promise<unknown>;

const say = ({ me, send }: Trickster, request: Request, session = me.sessionId): Promise<string> =>
  send(me.api, session, request);

const PLAYS: Readonly<Record<TrickName, Play>> = {
  garbage: ({ at, how }, by) => {
    const signed = { payload: junk(how % 300, at), signature: junk(at % 3 === 0 ? 64 : at % 70, how) };
    return say(by, carrying(pick(SENDING, how) as Call, signed, by));
  },
  'altered-field': ({ at, how }, by) =>
    say(by, carrying(SIGNING[by.round], alteredField(something(by), at, how, by.me.deps.signer), by)),
  'altered-bytes': ({ at, how }, by) =>
    say(by, carrying(SIGNING[by.round], alteredBytes(something(by), at, how, by.me.deps.signer), by)),
  'foreign-message': ({ at, how }, by) => {
    const found = pick(by.pool, at);
    if (found === undefined) return Promise.resolve();
    // As it is, or under the own name.
    const signed = how % 2 === 0 ? found : resign(found.payload, by.me.deps.signer);
    return say(by, carrying(pick(SENDING, how) as Call, signed, by));
  },
  'other-session': async ({ how }, by) => {
    const other = pick([by.otherSession, '00'.repeat(32), '', 'x'.repeat(2000)], how) as string;
    for (const request of by.right) await say(by, request, other);
  },
  'twice-at-once': (_, by) =>
    Promise.all(by.right.flatMap((request) => [say(by, request), say(by, request)])),
  attachment: ({ at, how }, by) => {
    const own = by.right[0];
    if (own?.call === 'shareKeys') {
      const packets = own.args[1] as readonly SharePacket[];
      const other = {
        position: how % 9,
        ciphertext: junk(how * 9, at),
        leaves: [junk(32, 1), junk(at % 40, 2)],
      };
      return say(by, { call: 'shareKeys', args: [own.args[0], alteredList(packets, at, how, other)] });
    }
    if (own?.call !== 'unmask') return Promise.resolve();
    const shares = alteredList(own.args[1] as readonly Uint8Array[], at, how, junk(how % 40, at));
    const changes = { shares: sha256(concatBytes(...shares)) };
    const signed =
      how % 2 === 0
        ? (own.args[0] as Signed)
        : altered(unmaskCodec, own.args[0] as Signed, by.me.party, changes);
    return say(by, { call: 'unmask', args: [signed, shares] });
  },
  'wrong-kind': ({ at, how }, by) => {
    const own = by.right[0];
    if (own?.call !== 'unmask') return Promise.resolve();
    const { kinds } = unmaskCodec.decode((own.args[0] as Signed).payload);
    const changed = kinds.map((kind, index) => (index === at % kinds.length ? (kind + how) % 5 : kind));
    const signed = altered(unmaskCodec, own.args[0] as Signed, by.me.party, { kinds: changed });
    return say(by, { call: 'unmask', args: [signed, own.args[1]] });
  },
  reads: async (_, by) => {
    for (const call of READING) await say(by, { call, args: [] });
  },
  chunks: async ({ at, how }, by) => {
    const offset = pick([0, 4, 1, -1, 2 ** 53, Number.NaN, 0.5, 1e9], at) as number;
    await say(by, { call: 'putChunk', args: [offset, junk(how % 40, at)] });
    if (how % 50 === 0) await say(by, { call: 'putChunk', args: [0, new Uint8Array(2 ** 20 + 1)] });
  },
  'commit-early': (_, by) => {
    const commit = by.right.find(({ call }) => call === 'commitUpload');
    return commit === undefined ? Promise.resolve() : say(by, commit);
  },
  watch: async (_, { me }) => {
    const stop = new AbortController();
    for await (const _event of me.api.watchSession(me.sessionId, stop.signal)) stop.abort();
  },
  certificate: ({ at, how }, by) => {
    const certificate = { payload: junk(how % 200, at), signature: junk(64, how) };
    return say(by, { call: 'advertiseKeys', args: [by.me.r0, certificate] });
  },
  'bad-complaint': ({ at, how }, by) => {
    const begin = by.right[0];
    if (begin?.call !== 'beginUpload') return Promise.resolve();
    const { me, received } = by;
    const { roster } = me.inputMasked.session;
    const dealers = [...roster.keys()].filter((dealer) => dealer === at % roster.length || how % 4 === 0);
    const own = { dealer: me.party.identity, ciphertext: sha256(new Uint8Array()) };
    const complaints = dealers.map((dealer) => ({
      dealer: roster[dealer]?.identity as Uint8Array,
      ciphertext: how % 3 === 0 ? junk(32, how) : sha256(received.get(dealer) ?? new Uint8Array()),
    }));
    const all = how % 5 === 0 ? [own] : [...complaints, ...complaints];
    const header = altered(maskedInputCodec, begin.args[0] as Signed, me.party, { complaints: all });
    return say(by, { call: 'beginUpload', args: [header] });
  },
  'answer-unasked': ({ at }, by) => {
    const state = by.me.inputMasked;
    if (state === undefined) return Promise.resolve();
    const holder = at % state.session.roster.length;
    const shares = state.dealt.get(holder)?.shares ?? [junk(32, 1), junk(32, 2)];
    const { ctx, roster } = state.session;
    const answer = signAnswer(ctx, roster[holder]?.identity as Uint8Array, shares, by.me.deps.signer);
    return say(by, { call: 'answerComplaint', args: [answer, shares] });
  },
  'stolen-keys': ({ at }, by) => {
    const r0s = by.pool.filter(({ payload }) => isR0(payload));
    const found = pick(r0s, at);
    if (found === undefined) return Promise.resolve();
    const { shareKey, maskKey } = advertiseKeysCodec.decode(found.payload);
    const changes = at % 2 === 0 ? { shareKey } : { maskKey };
    const signed = altered(advertiseKeysCodec, by.me.r0, by.me.party, changes);
    return say(by, { call: 'advertiseKeys', args: [signed, by.me.certificate] });
  },
};

function isR0(payload: Uint8Array): boolean {
  try {
    advertiseKeysCodec.decode(payload);
    return true;
  } catch {
    return false;
  }
}

export const playTrick = async (trick: Trick, by: Trickster): Promise<void> => {
  await PLAYS[trick.trick](trick, by);
};
