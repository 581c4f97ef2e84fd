/**
 * Who may take part: certificates and revocations of the organiser, and electorates that a task pins. The coordinator
 * cannot make any of them up, it only keeps what the organiser signed.
 */
import { equalBytes, toHex } from '../../crypto/bytes.js';
import { certificateCodec, revocationCodec } from '../protocol/documents.js';
import { refuse } from '../protocol/errors.js';
import { checkCertificate } from '../protocol/roster.js';
import { openSigned, type Signed, signedHash } from '../protocol/signed.js';
import { POLL_MS, revokedIdentities, type Shell } from './shell.js';

/** Verified certificates that are remembered, so that not every call checks a signature. */
const MAX_REMEMBERED = 10_000;

export class Enrolment {
  readonly #shell: Pick<Shell, 'store' | 'deps' | 'organiser' | 'clock'>;
  /** Hash of a certificate that verified and is stored → its period. */
  readonly #verified = new Map<string, { readonly notBeforeMs: number; readonly expiresMs: number }>();
  /** Identities that some task pins; tasks are never removed. */
  readonly #pinned = new Set<string>();
  /** Until then it is not looked for more; tasks of other nodes are seen a little later. */
  #pinnedUntilMs = -Infinity;
  #reading: Promise<void> = Promise.resolve();

  constructor(shell: Pick<Shell, 'store' | 'deps' | 'organiser' | 'clock'>) {
    this.#shell = shell;
  }

  /** @throws BlindsumError CERTIFICATE_UNKNOWN, CERTIFICATE_EXPIRED, CERTIFICATE_REVOKED */
  async authorize(identity: Uint8Array, certificate: Signed | null): Promise<void> {
    const hex = toHex(identity);
    const revoked = await this.revoked();
    if (certificate !== null) return this.#enrol(identity, certificate, revoked);
    if (revoked.has(hex)) refuse('CERTIFICATE_REVOKED', 'peer', 'the organiser revoked this identity');
    if (!(await this.#isPinned(hex))) {
      refuse('CERTIFICATE_UNKNOWN', 'peer', 'no certificate was presented, and no task pins this identity');
    }
  }

  /** To be called when a task was stored here. */
  taskCreated(): void {
    this.#pinnedUntilMs = -Infinity;
  }

  /** From the operator. @throws BlindsumError WRONG_ORGANISER, CERTIFICATE_EXPIRED, CERTIFICATE_REVOKED */
  async putCertificate(certificate: Signed): Promise<void> {
    const { organiser, deps } = this.#shell;
    const { identity } = openSigned(certificateCodec, certificate, organiser, deps.verify, 'WRONG_ORGANISER');
    await this.#enrol(identity, certificate, await this.revoked());
  }

  /** @throws BlindsumError WRONG_ORGANISER */
  async putRevocation(revocation: Signed): Promise<void> {
    const { organiser, deps, store } = this.#shell;
    const { identity } = openSigned(revocationCodec, revocation, organiser, deps.verify, 'WRONG_ORGANISER');
    await store.putRevocation(toHex(identity), revocation);
  }

  /** Hex identities. */
  revoked(): Promise<ReadonlySet<string>> {
    return revokedIdentities(this.#shell);
  }

  async revocations(): Promise<Signed[]> {
    return (await this.#shell.store.listRevocations()).map(({ revocation }) => revocation);
  }

  /** Identities, increasing, whose certificates hold until `untilMs` and were not revoked. */
  async eligible(untilMs: number): Promise<Uint8Array[]> {
    const revoked = await this.revoked();
    const now = this.#shell.clock.now();
    return (await this.#shell.store.listEnrolments())
      .filter(({ identity }) => !revoked.has(identity))
      .map(({ certificate }) => certificateCodec.decode(certificate.payload))
      .filter(({ notBeforeMs, expiresMs }) => notBeforeMs <= now && untilMs < expiresMs)
      .map(({ identity }) => identity);
  }

  async #enrol(identity: Uint8Array, certificate: Signed, revoked: ReadonlySet<string>): Promise<void> {
    const { store, deps, organiser, clock } = this.#shell;
    const key = toHex(signedHash(certificate));
    const nowMs = clock.now();
    const known = this.#verified.get(key);
    const isUnchanged =
      known !== undefined &&
      !revoked.has(toHex(identity)) &&
      known.notBeforeMs <= nowMs &&
      nowMs < known.expiresMs &&
      equalBytes(certificateCodec.decode(certificate.payload).identity, identity);
    if (isUnchanged) return;
    checkCertificate(certificate, identity, { organiser, revoked, nowMs, verify: deps.verify });
    await store.putEnrolment({ identity: toHex(identity), certificate });
    if (this.#verified.size >= MAX_REMEMBERED) this.#verified.clear();
    this.#verified.set(key, certificateCodec.decode(certificate.payload));
  }

  async #isPinned(hex: string): Promise<boolean> {
    if (this.#pinned.has(hex)) return true;
    await this.#allPinned();
    return this.#pinned.has(hex);
  }

  /** Anybody can make up an identity, and looking through all tasks is long: done now and then, for all who wait. */
  #allPinned(): Promise<void> {
    const nowMs = this.#shell.clock.now();
    if (nowMs >= this.#pinnedUntilMs) {
      this.#pinnedUntilMs = nowMs + POLL_MS;
      this.#reading = this.#readPinned();
      this.#reading.catch(() => this.taskCreated());
    }
    return this.#reading;
  }

  async #readPinned(): Promise<void> {
    for (const { pinned } of await this.#shell.store.listTasks()) {
      for (const identity of pinned ?? []) this.#pinned.add(toHex(identity));
    }
  }
}
