/** The trust file on disk: YAML (or JSON), with `caFile` and the beacon's `file` as paths relative to it. */
import { dirname, resolve } from 'node:path';
import { BlindsumError } from '../../protocol/errors.js';
import { parseTrust, type Trust } from '../trust.js';
import { readText } from './files.js';
import { readYaml } from './yaml-file.js';

/**
 * @param isBeaconKey as of `parseTrust`
 * @throws BlindsumError NO_TRUST, UNREADABLE_FILE, BAD_CONFIG naming file and key
 */
export function readTrust(path: string | undefined, isBeaconKey?: (publicKey: Uint8Array) => boolean): Trust {
  if (path === undefined || path === '') {
    throw new BlindsumError(
      'NO_TRUST',
      'caller',
      'no trust file was given: ask the organiser for it, and check its two keys over another channel',
    );
  }
  const trust = parseTrust(withCa(readYaml(path), path), path, isBeaconKey);
  const { beaconFile } = trust;
  if (beaconFile === null) return trust;
  return { ...trust, beaconFile: { ...beaconFile, path: resolve(dirname(path), beaconFile.path) } };
}

function withCa(value: unknown, path: string): unknown {
  if (!isRecord(value) || !('caFile' in value)) return value;
  const { caFile, ...rest } = value;
  if (typeof caFile !== 'string' || 'ca' in rest)
    throw new BlindsumError(
      'BAD_CONFIG',
      'caller',
      `${path}: caFile: expected one path, and no ca beside it`,
    );
  return { ...rest, ca: readText(resolve(dirname(path), caFile)) };
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
