/**
 * The roster (PROTOCOL §3): the complete, ordered list of who takes part. Every participant receives it whole and
 * recomputes its root, so a coordinator cannot show a smaller, larger or different one to somebody (attacks A4, A5, A6).
 */
import { compareBytes, equalBytes, toHex } from '../../crypto/bytes.js';
import { hashTuple } from '../../crypto/hash.js';
import { isAcceptablePublicKey } from '../../crypto/key-agreement.js';
import { LABEL } from '../../crypto/labels.js';
import { merkleRoot } from '../../crypto/merkle.js';
import { isListed } from './bisect.js';
import type { RosterMember } from './context.js';
import { certificateCodec, certificateHash } from './documents.js';
import { refuse } from './errors.js';
import { advertiseKeysCodec, type AdvertiseKeys } from './messages.js';
import { openSigned, type Signed, signedHash, type Verify } from './signed.js';

export interface RosterEntry {
  readonly identity: Uint8Array;
  /** Null when the task pins the electorate. */
  readonly certificate: Signed | null;
  /** H(Signed r0). */
  readonly r0Hash: Uint8Array;
  readonly r0: Signed | null;
}

export const rosterRoot = (entries: readonly RosterEntry[]): Uint8Array =>
  merkleRoot(entries.map(rosterLeaf));

export const rosterLeaf = ({ identity, certificate, r0Hash }: RosterEntry): Uint8Array =>
  hashTuple(LABEL.rosterLeaf, identity, certificate === null ? null : certificateHash(certificate), r0Hash);

export interface RosterRules {
  readonly openingId: Uint8Array;
  /** Increasing. */
  readonly electorate: readonly Uint8Array[];
  readonly pinned: boolean;
  readonly organiser: Uint8Array;
  /** Hex identities. */
  readonly revoked: ReadonlySet<string>;
  readonly nowMs: number;
  readonly verify: Verify;
}

/**
 * Checks every entry; what is wrong with a roster is the coordinator's fault, who should have refused it in r0.
 * @throws BlindsumError BAD_SET, UNKNOWN_PARTICIPANT, CERTIFICATE_*, BAD_SIGNATURE, WEAK_KEY, DUPLICATE_KEY (fault peer)
 */
export function verifyRoster(entries: readonly RosterEntry[], rules: RosterRules): RosterMember[] {
  const keys = new Set<string>();
  return entries.map((entry, position) => {
    const before = entries[position - 1];
    // Strictly increasing: nobody occurs twice.
    if (before !== undefined && compareBytes(before.identity, entry.identity) >= 0) {
      refuse('BAD_SET', 'peer', 'the roster is not in strictly increasing order of identity');
    } // check: A3b, A6
    if (!isListed(rules.electorate, entry.identity)) {
      refuse('UNKNOWN_PARTICIPANT', 'peer', 'the roster names somebody whom the opening did not invite');
    } // check: A6
    if (rules.pinned) checkPinned(entry, rules);
    else checkCertificate(entry.certificate, entry.identity, rules); // check: A6
    if (entry.r0 === null) return { identity: entry.identity, keys: null };
    if (!equalBytes(signedHash(entry.r0), entry.r0Hash))
      refuse('BAD_SET', 'peer', 'a roster entry does not hash to its r0'); // check: A5, A9
    const r0 = verifyAdvertisedKeys(entry.r0, entry.identity, rules.openingId, rules.verify);
    for (const key of [r0.shareKey, r0.maskKey]) {
      const before = keys.size;
      if (keys.add(toHex(key)).size === before)
        refuse('DUPLICATE_KEY', 'peer', 'a session key occurs twice in the roster'); // check: A5, A10
    }
    return { identity: entry.identity, keys: { shareKey: r0.shareKey, maskKey: r0.maskKey } };
  });
}

/** Mostly nobody is. */
const isRevoked = ({ revoked }: Pick<RosterRules, 'revoked'>, identity: Uint8Array): boolean =>
  revoked.size > 0 && revoked.has(toHex(identity));

/** The organiser pinned the list by its hash, so certificates would only be a second way to write the same roster. */
function checkPinned({ identity, certificate }: RosterEntry, rules: RosterRules): void {
  if (certificate !== null) refuse('BAD_SET', 'peer', 'a pinned electorate carries no certificates');
  if (isRevoked(rules, identity)) {
    refuse('CERTIFICATE_REVOKED', 'peer', 'the roster names an identity that the organiser revoked', {
      participant: identity,
    });
  } // check: A6
}

/** An r0 as both the coordinator and every other participant must see it. */
export function verifyAdvertisedKeys(
  signed: Signed,
  identity: Uint8Array,
  openingId: Uint8Array,
  verify: Verify,
): AdvertiseKeys {
  const r0 = openSigned(advertiseKeysCodec, signed, identity, verify);
  if (!equalBytes(r0.sender, identity)) refuse('BAD_SIGNATURE', 'peer', 'r0 names another sender'); // check: A5
  if (!equalBytes(r0.opening, openingId)) refuse('CONTEXT_MISMATCH', 'peer', 'r0 belongs to another opening'); // check: A1, A9
  if (
    !isAcceptablePublicKey(r0.shareKey) || // check: C3
    !isAcceptablePublicKey(r0.maskKey) // check: C3
  ) {
    refuse('WEAK_KEY', 'peer', 'a session key is not canonical or of low order', { participant: identity });
  }
  if (equalBytes(r0.shareKey, r0.maskKey)) {
    refuse('DUPLICATE_KEY', 'peer', 'the two session keys are the same', { participant: identity });
  } // check: A10, C4
  return r0;
}

export interface CertificateRules {
  readonly organiser: Uint8Array;
  readonly revoked: ReadonlySet<string>;
  readonly nowMs: number;
  readonly verify: Verify;
}

/** @throws BlindsumError CERTIFICATE_UNKNOWN, CERTIFICATE_EXPIRED, CERTIFICATE_REVOKED (fault peer, names the participant) */
export function checkCertificate(signed: Signed | null, identity: Uint8Array, rules: CertificateRules): void {
  const blame = { participant: identity };
  if (signed === null) refuse('CERTIFICATE_UNKNOWN', 'peer', 'no certificate was presented', blame); // check: A6
  const certificate = openSigned(
    certificateCodec,
    signed,
    rules.organiser,
    rules.verify,
    'CERTIFICATE_UNKNOWN',
  );
  if (!equalBytes(certificate.identity, identity)) {
    refuse('CERTIFICATE_UNKNOWN', 'peer', 'the certificate is for another identity', blame);
  } // check: A6
  if (isRevoked(rules, identity)) {
    refuse('CERTIFICATE_REVOKED', 'peer', `the certificate of ${certificate.name} was revoked`, blame);
  } // check: A6
  if (
    rules.nowMs < certificate.notBeforeMs || // check: A6
    rules.nowMs >= certificate.expiresMs // check: A6
  ) {
    refuse(
      'CERTIFICATE_EXPIRED',
      'peer',
      `the certificate of ${certificate.name} is outside its period of validity`,
      blame,
    );
  }
}
