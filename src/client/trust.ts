/**
 * The trust file: whom a participant trusts and the floor it enforces (PROTOCOL §1, §2). It is the participant's own;
 * nothing that comes over the network is ever added to it.
 */
import { z } from 'zod';
import { fromHex, toHex } from '../../crypto/bytes.js';
import { isAcceptableIdentity } from '../../crypto/signature.js';
import type { Anchors } from '../protocol/client/state.js';
import type { BeaconChain } from '../protocol/beacon.js';
import { refuse } from '../protocol/errors.js';
import { policySchema } from '../protocol/policy.js';
import { describeIssue } from '../protocol/schema-issue.js';
import type { Witness } from '../protocol/transcript/cosignature.js';

export interface Trust {
  readonly anchors: Anchors;
  /** PEM; undefined: the CAs that the platform knows. */
  readonly ca: string | undefined;
  /** Identities (hex) with whom this participant takes part in no session, whatever the organiser says. */
  readonly revoked: ReadonlySet<string>;
  /** Of the coordinator's log; `policy.minWitnesses` says how many must have cosigned it. */
  readonly witnesses: readonly Witness[];
  /** Where the values of `anchors.beacon` come from; null where the caller brings a source. */
  readonly beaconFile: { readonly publicKey: Uint8Array; readonly path: string } | null;
}

/** Hex, or the whole line of a .pub file. */
const identity = z
  .string()
  .transform((text) => text.trim().replace(/^blindsum-public-v1:/, ''))
  .pipe(z.string().regex(/^[0-9a-fA-F]{64}$/, 'expected 64 hexadecimal digits, or the line of a .pub file'))
  .transform(fromHex)
  .refine(isAcceptableIdentity, 'is not an acceptable Ed25519 public key');

const witness = z.strictObject({
  name: z
    .string()
    .max(64)
    .regex(/^[^\s+]+$/, "expected a name without white space and '+'"),
  key: identity,
});

/** A beacon as a drand node describes its chain (`/info`); times in seconds. */
export const beaconSchema = z.strictObject({
  chain: z
    .string()
    .regex(/^[0-9a-f]{64}$/, 'expected the hash of the chain, 64 lower-case hexadecimal digits'),
  publicKey: z
    .string()
    .regex(/^[0-9a-f]{192}$/, 'expected 192 lower-case hexadecimal digits: scheme bls-unchained-g1-rfc9380')
    .transform(fromHex),
  genesis: z
    .number()
    .int()
    .min(0)
    .max(2 ** 40),
  period: z.number().int().min(1).max(86_400),
  /** Lines of JSON, as a drand node answers `/public/latest`. */
  file: z.string().min(1).optional(),
});

const trustSchema = z.strictObject({
  /** Ed25519 public key that signs tasks, certificates and grants. */
  organiser: identity,
  /** Ed25519 public key that signs a coordinator's statements. */
  coordinator: identity,
  ca: z.string().includes('-----BEGIN CERTIFICATE-----', 'expected a PEM certificate').optional(),
  policy: policySchema.prefault({}),
  revoked: z.array(z.string().regex(/^[0-9a-fA-F]{64}$/, 'expected 64 hexadecimal digits')).default([]),
  /** Each with the key that it uses for nothing else. */
  witnesses: z.array(witness).max(64).default([]),
  /** The public beacon that rings may be made from. */
  beacon: beaconSchema.optional(),
});

/**
 * @param value the parsed trust file: an object
 * @param isBeaconKey for the key of its beacon; without, no more than its length is checked, for the curve is large to load
 * @throws BlindsumError NO_TRUST when there is none, BAD_CONFIG naming the key
 */
export function parseTrust(
  value: unknown,
  source = 'trust file',
  isBeaconKey: (publicKey: Uint8Array) => boolean = () => true,
): Trust {
  if (value === undefined || value === null) {
    refuse(
      'NO_TRUST',
      'caller',
      `${source}: nothing in it; it must name the organiser's and the coordinator's key`,
    );
  }
  const parsed = trustSchema.safeParse(value);
  if (!parsed.success) refuse('BAD_CONFIG', 'caller', `${source}: ${describeIssue(parsed.error, value)}`);
  const { organiser, coordinator, policy, ca, revoked, beacon } = parsed.data;
  if (beacon !== undefined && !isBeaconKey(beacon.publicKey))
    refuse('BAD_CONFIG', 'caller', `${source}: beacon.publicKey: ${NO_BEACON_KEY}`);
  const witnesses = parsed.data.witnesses.map(({ name, key }) => ({ name, publicKey: key }));
  const problem = witnessProblem(witnesses, coordinator, policy.minWitnesses);
  if (problem !== null) refuse('BAD_CONFIG', 'caller', `${source}: ${problem}`);
  return {
    anchors: { organiser, coordinator, policy, beacon: beacon === undefined ? null : chainOf(beacon) },
    ca,
    revoked: new Set(revoked.map((hex) => hex.toLowerCase())),
    witnesses,
    beaconFile: fileOf(beacon),
  };
}

type Beacon = z.infer<typeof beaconSchema>;

/** Of a key that 192 digits write, and that `isBeaconKey` of crypto/beacon-signature.ts refuses. */
export const NO_BEACON_KEY =
  'is not a public key of BLS12-381 (a point of G2): compare it with what the beacon publishes';

export const chainOf = ({ chain, genesis, period }: Beacon): BeaconChain => ({
  chain,
  genesisMs: genesis * 1000,
  periodMs: period * 1000,
});

const fileOf = (given: Beacon | undefined): Trust['beaconFile'] =>
  given?.file === undefined ? null : { publicKey: given.publicKey, path: given.file };

/** Whoever is named twice would count twice, and a coordinator that is its own witness witnesses nothing. */
function witnessProblem(
  witnesses: readonly Witness[],
  coordinator: Uint8Array,
  minWitnesses: number,
): string | null {
  const names = new Set(witnesses.map(({ name }) => name));
  const keys = new Set(witnesses.map(({ publicKey }) => toHex(publicKey)));
  if (keys.has(toHex(coordinator))) return 'witnesses: the coordinator cannot be a witness of its own log'; // check: A4
  if (names.size < witnesses.length || keys.size < witnesses.length)
    return 'witnesses: each needs a name and a key of its own'; // check: A4
  if (minWitnesses > witnesses.length)
    return `policy.minWitnesses: ${minWitnesses} are asked for, but witnesses names ${witnesses.length}`;
  return null;
}
