/** The folder that SQLite writes to. */
import { accessSync, constants, existsSync, statfsSync } from 'node:fs';
import { dirname } from 'node:path';
import { systemProblem } from '../../client/node/files.js';
import { type Check, fail, ok, warn } from './checks.js';

const MIB = 2 ** 20;
const LITTLE_MIB = 1024;
const TOO_LITTLE_MIB = 100;

/** Where locks are not what SQLite needs (Linux's numbers of file systems). */
const NETWORK: ReadonlyMap<number, string> = new Map([
  [0x6969, 'NFS'],
  [0x517b, 'SMB'],
  [0xff534d42, 'CIFS'],
  [0xfe534d42, 'SMB2'],
  [0x01021997, '9P'],
  [0x00c36400, 'Ceph'],
]);

export function checkDisk(folder: string): Check[] {
  const place = existsSync(folder) ? folder : dirname(folder);
  try {
    accessSync(place, constants.W_OK | constants.X_OK);
  } catch (error) {
    return [fail('disk', `${place}: ${systemProblem(error)}; the coordinator has to write there`)];
  }
  const { bavail, bsize, type } = statfsSync(place);
  return [freeSpace(place, (bavail * bsize) / MIB), fileSystem(place, type)];
}

export function freeSpace(place: string, freeMiB: number): Check {
  const text = `${place}: ${Math.floor(freeMiB)} MiB free`;
  if (freeMiB < TOO_LITTLE_MIB) return fail('disk', `${text}: make room`);
  return freeMiB < LITTLE_MIB ? warn('disk', `${text}: make room`) : ok('disk', text);
}

export function fileSystem(place: string, type: number): Check {
  const network = NETWORK.get(type >>> 0);
  return network === undefined
    ? ok('disk', `${place} is on no network file system`)
    : fail('disk', `${place} is on ${network}: SQLite needs a local disk (or use PostgreSQL)`);
}
