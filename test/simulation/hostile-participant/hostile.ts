/** One hostile participant: plays its part of a round against the coordinator's own interface. */
import { concatBytes } from '../../../crypto/bytes.js';
import { sha256 } from '../../../crypto/hash.js';
import { maskKeyPair, shareKeyPair } from '../../../crypto/key-agreement.js';
import {
  advertiseKeysCodec,
  type Complaint,
  maskedInputCodec,
  unmaskCodec,
} from '../../../src/protocol/messages.js';
import { layoutOf } from '../../../src/protocol/parameters.js';
import { identityAt } from '../../../src/protocol/shares.js';
import type { Signed } from '../../../src/protocol/signed.js';
import type { ParticipantApi } from '../../../src/rpc/participant-api.js';
import { altered, signAnswer } from '../../helpers/protocol.js';
import type { TestParticipant } from '../../coordinator/test-participant.js';
import { junk, lieInR1, randomUpload } from './forge.js';
import type { HostilePlan, Part, Round } from './play.js';
import { playTrick } from './tricks.js';

export type Call = Exclude<keyof ParticipantApi, 'watchSessions' | 'watchSession'>;

/** A call of the interface, but for the session that it is about. */
export interface Request {
  readonly call: Call;
  readonly args: readonly unknown[];
}

/** Makes a call, and notes how it ended: 'accepted' or the code of the refusal. */
export type Send = (api: ParticipantApi, sessionId: string, request: Request) => Promise<string>;

/** Header, chunks of four bytes, commit. */
function uploadRequests(header: Signed, bytes: Uint8Array): Request[] {
  const chunks: Request[] = [];
  for (let from = 0; from < bytes.length; from += 4) {
    chunks.push({ call: 'putChunk', args: [from, bytes.subarray(from, from + 4)] });
  }
  return [{ call: 'beginUpload', args: [header] }, ...chunks, { call: 'commitUpload', args: [] }];
}

export interface Surroundings {
  /** Every signed message that was accepted from anybody: the hostile ones collude, and see what is public. */
  readonly pool: readonly Signed[];
  /** A session of the task that has ended. */
  readonly otherSession: string;
  readonly send: Send;
  /** What the coordinator accepted from this participant: a deviating one knows what it sent. */
  readonly accepted: (kind: 'r0' | 'r2') => Promise<Signed | null>;
  /** Told of r1 before it is made to lie. */
  readonly onR1: (r1: Signed) => void;
}

export class Hostile {
  /** The rounds whose right message could be made: what comes later builds on it. */
  readonly #ready = new Set<Round>();
  /** Ciphertext of the packet from each dealer. */
  #received: ReadonlyMap<number, Uint8Array> = new Map();

  constructor(
    readonly me: TestParticipant,
    readonly plan: HostilePlan,
    readonly surroundings: Surroundings,
  ) {}

  async play(round: Round, at: number): Promise<void> {
    const part = this.plan.rounds[at] as Part;
    await this.#prepare(round);
    const requests = this.#ready.has(round) ? this.#lie(round, part) : [];
    const { me } = this;
    const { pool, otherSession, send } = this.surroundings;
    const right = this.#ready.has(round) ? this.#right(round) : [];
    const trickster = { me, round, right, pool, otherSession, send, received: this.#received };
    for (const trick of part.tricks) await playTrick(trick, trickster);
    for (const request of requests) await this.#say(request);
    // Once more after the message: no other one may replace it.
    for (const trick of part.tricks) await playTrick(trick, trickster);
  }

  /** Answers those who complained, as the plan says. */
  async answer(): Promise<void> {
    const { me, plan } = this;
    if (plan.answer === 'none' || !this.#ready.has('r2')) return;
    const notices = await me.api.getComplaints(me.sessionId).catch(() => []);
    for (const { header } of notices) {
      const { session, dealt } = me.inputMasked;
      const { sender } = maskedInputCodec.decode(header.payload);
      const holder = session.roster.findIndex(({ identity }) => Buffer.from(identity).equals(sender));
      const right = dealt.get(holder)?.shares ?? [];
      const shares = {
        fits: right,
        'does-not-fit': right.map((share) => share.map((byte) => byte ^ 1)),
        short: right.map((share) => share.subarray(1)),
        empty: right.map(() => new Uint8Array()),
        'for-another': dealt.get((holder + 1) % session.roster.length)?.shares ?? right,
      }[plan.answer];
      const answer = signAnswer(session.ctx, sender, shares, me.deps.signer);
      await this.#say({ call: 'answerComplaint', args: [answer, shares] });
    }
  }

  #say(request: Request): Promise<string> {
    return this.surroundings.send(this.me.api, this.me.sessionId, request);
  }

  /** Makes the right message of the round from what the coordinator says, when the rounds before went so far. */
  async #prepare(round: Round): Promise<void> {
    const { me } = this;
    const { accepted, onR1 } = this.surroundings;
    const before = { r0: null, r1: 'r0', r2: 'r1', r3: 'r2', r4: 'r3' } as const;
    const needed = before[round];
    if (needed !== null && !this.#ready.has(needed)) return;
    try {
      if (round === 'r1') {
        me.keysAdvertised = { ...me.keysAdvertised, r0: (await accepted('r0')) ?? me.r0 };
        await me.prepareShares();
        onR1(me.r1.r1);
      }
      if (round === 'r2') {
        await me.prepareInput();
        const { deliveries } = await me.api.getShares(me.sessionId);
        this.#received = new Map(deliveries.map(({ position, ciphertext }) => [position, ciphertext]));
      }
      if (round === 'r3') {
        me.inputMasked = { ...me.inputMasked, header: (await accepted('r2')) ?? me.inputMasked.header };
        await me.prepareConsistency();
      }
      if (round === 'r4') await me.prepareUnmask();
      this.#ready.add(round);
    } catch {
      // Not a member any more, or its own lies keep it from going on.
    }
  }

  #right(round: Round): Request[] {
    const { me } = this;
    switch (round) {
      case 'r0':
        return [{ call: 'advertiseKeys', args: [me.r0, me.certificate] }];
      case 'r1':
        return [{ call: 'shareKeys', args: [me.r1.r1, me.r1.packets] }];
      case 'r2':
        return uploadRequests(me.r2.header, me.r2.upload.bytes);
      case 'r3':
        return [{ call: 'consistency', args: [me.r3] }];
      case 'r4':
        return [{ call: 'unmask', args: [me.r4.r4, me.r4.shares] }];
    }
  }

  #lie(round: Round, part: Part): Request[] {
    const { me } = this;
    if (part.main === 'silent') return [];
    if (part.main === 'right') return this.#right(round);
    if (round === 'r0') this.#otherKey(part);
    if (round === 'r1') {
      const told = lieInR1({ message: me.r1, state: me.keysShared }, me.keysAdvertised, part, me.deps.signer);
      me.r1 = told.message;
      me.keysShared = told.state;
    }
    if (round === 'r2') return this.#lieInR2(part);
    if (round === 'r4') this.#lieInR4(part);
    return this.#right(round);
  }

  /** A key whose secret is not the one that will be used. */
  #otherKey({ main }: Part): void {
    const seed = sha256(this.me.party.identity);
    const changes =
      main === 'other-share-key'
        ? { shareKey: shareKeyPair(seed).publicKey }
        : { maskKey: maskKeyPair(seed).publicKey };
    this.me.r0 = altered(advertiseKeysCodec, this.me.r0, this.me.party, changes);
  }

  #lieInR2(part: Part): Request[] {
    const { me } = this;
    const { header, upload: honest } = me.r2;
    if (part.main === 'header-only') return this.#right('r2').slice(0, 1);
    if (part.main === 'half-an-upload') {
      return [...this.#right('r2').slice(0, 2), { call: 'commitUpload', args: [] }];
    }
    const { session } = me.inputMasked;
    const isRandom = part.main === 'random-upload';
    const told = isRandom ? randomUpload(layoutOf(session.task), part.victims) : honest;
    const complaints = isRandom
      ? maskedInputCodec.decode(header.payload).complaints
      : session.roster.flatMap((_, dealer) =>
          part.main === 'all-complaints' || ((part.victims >> dealer) & 1) === 1
            ? this.#complaint(dealer)
            : [],
        );
    const changes = { digests: [...told.digests], complaints };
    me.r2 = { header: altered(maskedInputCodec, header, me.party, changes), upload: told };
    return this.#right('r2');
  }

  /** False, unless the dealer lied, too. */
  #complaint(dealer: number): Complaint[] {
    const { session, self, u2 } = this.me.inputMasked;
    const ciphertext = this.#received.get(dealer);
    if (dealer === self || ciphertext === undefined || !u2.members.includes(dealer)) return [];
    return [{ dealer: identityAt(session, dealer), ciphertext: sha256(ciphertext) }];
  }

  #lieInR4({ main, victims }: Part): void {
    const { me } = this;
    let { shares } = me.r4;
    let { kinds } = unmaskCodec.decode(me.r4.r4.payload);
    if (main === 'wrong-share') {
      shares = shares.map((share, at) => (((victims >> at) & 1) === 1 ? junk(32, at) : share));
    }
    if (main === 'nothing-revealed') [shares, kinds] = [[], kinds.map(() => 3)];
    if (main === 'one-withheld') {
      const at = victims % kinds.length;
      const given = [...kinds].slice(0, at).filter((kind) => kind !== 3).length;
      if (kinds[at] !== 3) shares = shares.filter((_, index) => index !== given);
      kinds = kinds.map((kind, index) => (index === at ? 3 : kind));
    }
    const r4 = altered(unmaskCodec, me.r4.r4, me.party, { kinds, shares: sha256(concatBytes(...shares)) });
    me.r4 = { r4, shares };
  }
}
