/** A participant written by hand on the pure client rounds: every message can be held back, changed or sent twice. */
import { concatBytes } from '../../crypto/bytes.js';
import { sha256 } from '../../crypto/hash.js';
import { merkleRoot } from '../../crypto/merkle.js';
import { answerComplaint } from '../../src/protocol/client/answer-complaint.js';
import { openSession } from '../../src/protocol/client/open.js';
import { acceptResult } from '../../src/protocol/client/outcome.js';
import { advertiseKeys } from '../../src/protocol/client/r0-advertise-keys.js';
import { shareKeys, type ShareKeysMessage } from '../../src/protocol/client/r1-share-keys.js';
import {
  finishMaskedInput,
  type MaskedInputMessage,
  planMaskedInput,
} from '../../src/protocol/client/r2-masked-input.js';
import { signConsistency } from '../../src/protocol/client/r3-consistency.js';
import { unmask, type UnmaskMessage } from '../../src/protocol/client/r4-unmask.js';
import type {
  ConsistencySigned,
  Deps,
  InputMasked,
  KeysAdvertised,
  KeysShared,
  Unmasked,
} from '../../src/protocol/client/state.js';
import { taskCodec } from '../../src/protocol/documents.js';
import { type Complaint, shareKeysCodec, unmaskCodec } from '../../src/protocol/messages.js';
import type { VectorInput } from '../../src/protocol/quantise.js';
import { shareEntry } from '../../src/protocol/shares.js';
import { type Signed, signBody } from '../../src/protocol/signed.js';
import type { ParticipantApi } from '../../src/rpc/participant-api.js';
import { anchorsOf, depsOf, emptyScope, must, type Party, runJob, someInput } from '../helpers/protocol.js';

/** How this participant deviates. */
export interface Misconduct {
  /** Roster position whose packet is garbage. */
  readonly garbageFor?: number;
  readonly wrongCommitment?: boolean;
  /** Roster position of a dealer whose packet is fine. */
  readonly complainsAbout?: number;
  /** Roster position of a dealer whose share is changed in r4. */
  readonly wrongShare?: boolean;
}

export class TestParticipant {
  readonly deps: Deps;
  keysAdvertised!: KeysAdvertised;
  keysShared!: KeysShared;
  inputMasked!: InputMasked;
  consistencySigned!: ConsistencySigned;
  unmasked!: Unmasked;
  r0!: Signed;
  r1!: ShareKeysMessage;
  r2!: MaskedInputMessage;
  r3!: Signed;
  r4!: UnmaskMessage;
  input!: VectorInput;

  constructor(
    readonly party: Party,
    readonly index: number,
    readonly api: ParticipantApi,
    readonly sessionId: string,
    readonly certificate: Signed | null,
    readonly nowMs: () => number,
    readonly misconduct: Misconduct = {},
  ) {
    this.deps = depsOf(party, `${sessionId}`);
  }

  /** Makes r0 without sending it. */
  async prepare(opening: Signed, electorate: readonly Uint8Array[], taskId: string): Promise<void> {
    const { task } = await this.api.getTask(taskId);
    const opened = must(
      openSession(
        anchorsOf(),
        { task, opening, electorate, dataset: null, answersInput: true, grants: [] },
        { lastSession: null, scopeOf: () => null },
        this.deps,
      ),
    );
    this.input = someInput(this.index, taskCodec.decode(task.payload));
    const step = must(advertiseKeys(opened, this.nowMs(), this.deps));
    this.keysAdvertised = step.state;
    this.r0 = step.send;
  }

  join(): Promise<void> {
    return this.api.advertiseKeys(this.sessionId, this.r0, this.certificate);
  }

  async prepareShares(): Promise<void> {
    const roster = await this.api.getRoster(this.sessionId);
    const step = must(shareKeys(this.keysAdvertised, { ...roster, nowMs: this.nowMs() }, this.deps));
    this.keysShared = step.state;
    this.r1 = step.send;
    const { garbageFor, wrongCommitment } = this.misconduct;
    if (garbageFor !== undefined) this.#sealGarbage(garbageFor);
    if (wrongCommitment === true) this.#resign({ commitment: new Uint8Array(32).fill(7) });
  }

  sendShares(): Promise<void> {
    return this.api.shareKeys(this.sessionId, this.r1.r1, this.r1.packets);
  }

  async share(): Promise<void> {
    await this.prepareShares();
    await this.sendShares();
  }

  async prepareInput(): Promise<void> {
    const shares = await this.api.getShares(this.sessionId);
    const key = new Uint8Array(32);
    const planned = must(planMaskedInput(this.keysShared, shares, this.input, key, this.deps));
    const state = {
      ...planned.state,
      complaints: [...planned.state.complaints, ...this.#falseComplaints(shares)],
    };
    const step = must(finishMaskedInput(state, runJob(planned.job), this.deps));
    this.inputMasked = step.state;
    this.r2 = step.send;
  }

  async sendInput(chunkBytes = 4): Promise<void> {
    const { header, upload } = this.r2;
    const begun = await this.api.beginUpload(this.sessionId, header);
    if (!('nextOffset' in begun)) throw new Error('no room');
    let { nextOffset } = begun;
    while (nextOffset < upload.bytes.length) {
      const chunk = upload.bytes.subarray(nextOffset, nextOffset + chunkBytes);
      ({ nextOffset } = await this.api.putChunk(this.sessionId, nextOffset, chunk));
    }
    await this.api.commitUpload(this.sessionId);
  }

  async mask(): Promise<void> {
    await this.prepareInput();
    await this.sendInput();
  }

  /** Answers every complaint; `change` makes the answer a bad one. */
  async answer(
    change: (shares: readonly Uint8Array[]) => readonly Uint8Array[] = (same) => same,
  ): Promise<void> {
    for (const { header } of await this.api.getComplaints(this.sessionId)) {
      const { state, send } = must(answerComplaint(this.inputMasked, header, this.deps));
      this.inputMasked = state;
      const shares = change(send.shares);
      const { answerCodec } = await import('../../src/protocol/messages.js');
      const body = { ...answerCodec.decode(send.answer.payload), shares: sha256(concatBytes(...shares)) };
      await this.api.answerComplaint(this.sessionId, signBody(answerCodec, body, this.deps.signer), shares);
    }
  }

  async prepareConsistency(): Promise<void> {
    const headers = await this.api.getHeaders(this.sessionId);
    const scope = emptyScope(this.keysAdvertised.opened.electorate);
    const step = must(signConsistency(this.inputMasked, headers, scope, [], this.deps));
    this.consistencySigned = step.state;
    this.r3 = step.send;
  }

  sendConsistency(): Promise<void> {
    return this.api.consistency(this.sessionId, this.r3);
  }

  async sign(): Promise<void> {
    await this.prepareConsistency();
    await this.sendConsistency();
  }

  async prepareUnmask(): Promise<void> {
    const signatures = await this.api.getSignatures(this.sessionId);
    const step = must(unmask(this.consistencySigned, signatures, this.deps));
    this.unmasked = step.state;
    this.r4 = step.send;
    if (this.misconduct.wrongShare === true) {
      const shares = step.send.shares.map((share, at) => (at === 0 ? share.map((byte) => byte ^ 1) : share));
      const body = { ...unmaskCodec.decode(step.send.r4.payload), shares: sha256(concatBytes(...shares)) };
      this.r4 = { r4: signBody(unmaskCodec, body, this.deps.signer), shares };
    }
  }

  sendUnmask(): Promise<void> {
    return this.api.unmask(this.sessionId, this.r4.r4, this.r4.shares);
  }

  async reveal(): Promise<void> {
    await this.prepareUnmask();
    await this.sendUnmask();
  }

  /** The verified aggregate, as numbers. */
  async aggregate() {
    const { result } = await this.api.getOutcome(this.sessionId);
    const packed = await this.api.getAggregate(this.sessionId);
    return must(acceptResult(this.unmasked, result as Signed, packed, this.deps)).aggregate;
  }

  #resign(change: { commitment?: Uint8Array; shareRoot?: Uint8Array }): void {
    const body = { ...shareKeysCodec.decode(this.r1.r1.payload), ...change };
    this.r1 = { ...this.r1, r1: signBody(shareKeysCodec, body, this.deps.signer) };
  }

  #falseComplaints({ deliveries }: Awaited<ReturnType<ParticipantApi['getShares']>>): Complaint[] {
    return deliveries
      .filter(({ position }) => position === this.misconduct.complainsAbout)
      .map(({ position, ciphertext }) => ({
        dealer: this.keysShared.session.roster[position]?.identity as Uint8Array,
        ciphertext: sha256(ciphertext),
      }));
  }

  #sealGarbage(holder: number): void {
    const ciphertext = new Uint8Array(200).fill(9);
    const packets = this.r1.packets.map((packet) =>
      packet.position === holder ? { ...packet, ciphertext } : packet,
    );
    this.r1 = { ...this.r1, packets };
    this.#resign({ shareRoot: merkleRoot(packets.map(shareEntry)) });
    const dealt = new Map(this.keysShared.dealt);
    const shares = dealt.get(holder)?.shares ?? [];
    dealt.set(holder, { ciphertextHash: sha256(ciphertext), shares });
    this.keysShared = { ...this.keysShared, dealt };
  }
}
