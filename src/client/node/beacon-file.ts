/** A beacon that a coordinator is configured with: a YAML file with what a trust file has under `beacon`. */
import { dirname, resolve } from 'node:path';
import { isBeaconKey } from '../../../crypto/beacon-signature.js';
import type { BeaconSource } from '../../protocol/beacon.js';
import { refuse } from '../../protocol/errors.js';
import { describeIssue } from '../../protocol/schema-issue.js';
import { beaconSchema, chainOf, NO_BEACON_KEY } from '../trust.js';
import { createDrandFile } from './drand-file.js';
import { readYaml } from './yaml-file.js';

/** @throws BlindsumError UNREADABLE_FILE, BAD_CONFIG naming file and key */
export function loadBeacon(path: string): BeaconSource {
  const value = readYaml(path);
  const parsed = beaconSchema.safeParse(value);
  if (!parsed.success) refuse('BAD_CONFIG', 'caller', `${path}: ${describeIssue(parsed.error, value)}`);
  const { publicKey, file } = parsed.data;
  if (!isBeaconKey(publicKey)) refuse('BAD_CONFIG', 'caller', `${path}: publicKey: ${NO_BEACON_KEY}`);
  if (file === undefined) refuse('BAD_CONFIG', 'caller', `${path}: file: expected the path of its values`);
  return createDrandFile({ chain: chainOf(parsed.data), publicKey, path: resolve(dirname(path), file) });
}
