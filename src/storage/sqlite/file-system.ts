/**
 * Whether a folder is on a file system that SQLite can rely on. On network file systems locks and write barriers may be
 * missing or lie: two coordinators could write one file, or an acknowledged message could be lost in a crash.
 */
import { statfs } from 'node:fs/promises';
import { BlindsumError } from '../../protocol/errors.js';

/** Linux's numbers of types, as statfs(2) gives them. */
const UNFIT: ReadonlyMap<number, string> = new Map([
  [0x6969, 'NFS'],
  [0x517b, 'SMB'],
  [0xfe534d42, 'SMB'],
  [0xff534d42, 'CIFS'],
  [0x01021997, '9p'],
  [0x65735546, 'FUSE'],
  [0x5346414f, 'AFS'],
  [0x6b414653, 'AFS'],
  [0x73757245, 'Coda'],
  [0x00c36400, 'Ceph'],
  [0x0bd00bd0, 'Lustre'],
  [0x47504653, 'GPFS'],
  [0x564c, 'NCP'],
  [0x786f4256, 'VirtualBox'],
]);

/** @param type as statfs gives it; some versions of Node give it signed. @returns its name, or null when it is fit */
export const unfitFileSystem = (type: number): string | null => UNFIT.get(type >>> 0) ?? null;

/** Knows the types of Linux only. @throws BlindsumError BAD_CONFIG naming the folder */
export async function requireLocalFileSystem(
  folder: string,
  typeOf: (folder: string) => Promise<number> = async (path) => (await statfs(path)).type,
): Promise<void> {
  if (process.platform !== 'linux') return;
  const name = unfitFileSystem(await typeOf(folder));
  if (name === null) return;
  throw new BlindsumError(
    'BAD_CONFIG',
    'environment',
    `${folder} is on a ${name} file system, where SQLite can lose what was acknowledged: ` +
      'put the data on a local disk, or keep the sessions in PostgreSQL (store: postgres://…)',
  );
}
