// Where SQLite may keep its file. A network file system cannot be mounted here: its number is given instead.
import { expect, test } from '@jest/globals';
import { tmpdir } from 'node:os';
import { requireLocalFileSystem, unfitFileSystem } from '../../src/storage/sqlite/file-system.js';

const EXT4 = 0xef53;
const TMPFS = 0x01021994;

test.each([
  [0x6969, 'NFS'],
  [0xff534d42, 'CIFS'],
  // As some versions of Node give it.
  [0xff534d42 | 0, 'CIFS'],
  [0xfe534d42, 'SMB'],
  [0x01021997, '9p'],
  [0x65735546, 'FUSE'],
  [EXT4, null],
  [TMPFS, null],
  [0x9123683e, null],
])('the file system with the number %i is called %s', (type, name) => {
  expect(unfitFileSystem(type)).toBe(name);
});

test('a folder on a network file system is refused by name, with what to do', async () => {
  await expect(requireLocalFileSystem('/mnt/share', async () => 0x6969)).rejects.toMatchObject({
    code: 'BAD_CONFIG',
    message: expect.stringMatching(
      /^\/mnt\/share is on a NFS file system.*local disk.*PostgreSQL/,
    ) as unknown,
  });
});

test('a local folder is taken, and one that is not there is told by the system', async () => {
  await requireLocalFileSystem(tmpdir());
  await expect(requireLocalFileSystem('/there/is/nothing')).rejects.toMatchObject({ code: 'ENOENT' });
});
