/**
 * The trust file: whom a participant trusts and the floor it enforces (PROTOCOL §1, §2). It is the participant's own;
 * nothing that comes over the network is ever added to it.
 */
import { z } from 'zod';
import { fromHex } from '../../crypto/bytes.js';
import { isAcceptableIdentity } from '../../crypto/signature.js';
import type { Anchors } from '../protocol/client/state.js';
import { refuse } from '../protocol/errors.js';
import { policySchema } from '../protocol/policy.js';
import { describeIssue } from '../protocol/schema-issue.js';

export interface Trust {
  readonly anchors: Anchors;
  /** PEM; undefined: the CAs that the platform knows. */
  readonly ca: string | undefined;
  /** Identities (hex) with whom this participant takes part in no session, whatever the organiser says. */
  readonly revoked: ReadonlySet<string>;
}

/** Hex, or the whole line of a .pub file. */
const identity = z
  .string()
  .transform((text) => text.trim().replace(/^blindsum-public-v1:/, ''))
  .pipe(z.string().regex(/^[0-9a-fA-F]{64}$/, 'expected 64 hexadecimal digits, or the line of a .pub file'))
  .transform(fromHex)
  .refine(isAcceptableIdentity, 'is not an acceptable Ed25519 public key');

const trustSchema = z.strictObject({
  /** Ed25519 public key that signs tasks, certificates and grants. */
  organiser: identity,
  /** Ed25519 public key that signs a coordinator's statements. */
  coordinator: identity,
  ca: z.string().includes('-----BEGIN CERTIFICATE-----', 'expected a PEM certificate').optional(),
  policy: policySchema.prefault({}),
  revoked: z.array(z.string().regex(/^[0-9a-fA-F]{64}$/, 'expected 64 hexadecimal digits')).default([]),
});

/**
 * @param value the parsed trust file: an object
 * @throws BlindsumError NO_TRUST when there is none, BAD_CONFIG naming the key
 */
export function parseTrust(value: unknown, source = 'trust file'): Trust {
  if (value === undefined || value === null) {
    refuse(
      'NO_TRUST',
      'caller',
      `${source}: nothing in it; it must name the organiser's and the coordinator's key`,
    );
  }
  const parsed = trustSchema.safeParse(value);
  if (!parsed.success) refuse('BAD_CONFIG', 'caller', `${source}: ${describeIssue(parsed.error, value)}`);
  const { organiser, coordinator, policy, ca, revoked } = parsed.data;
  return {
    anchors: { organiser, coordinator, policy },
    ca,
    revoked: new Set(revoked.map((hex) => hex.toLowerCase())),
  };
}
