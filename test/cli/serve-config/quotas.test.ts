// The quotas of a serve configuration: what they name is read, and nobody is in two organisations.
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { toHex } from '../../../crypto/bytes.js';
import { loadConfig } from '../../../src/cli/serve-config/index.js';
import { writePublicKey } from '../../../src/client/node/key-files.js';
import { participants } from '../../helpers/protocol.js';

const folder = mkdtempSync(join(tmpdir(), 'blindsum-config-'));
const path = join(folder, 'blindsum.yaml');
const FILES = {
  tls: { certificate: 'server.pem', key: 'server.key' },
  coordinatorKey: 'coordinator.key',
  organiser: 'organiser.pub',
  operatorTokenFile: 'operator.token',
};
const [a, b] = participants(3).map(({ identity }) => toHex(identity)) as [string, string];

beforeAll(async () => {
  await loadConfig({ dev: folder, listen: '127.0.0.1:0' }, {});
  writePublicKey(join(folder, 'a.pub'), participants(3)[0]?.identity as Uint8Array);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const read = async (quotas: object | undefined, environment = {}) => {
  writeFileSync(path, stringify({ ...FILES, quotas }));
  return (await loadConfig({ config: path }, environment)).quotas;
};

test('nothing is bounded where nothing is given', async () => {
  expect(await read(undefined)).toEqual({ organisations: [], others: {} });
});

test('keys come from hex and from files beside the configuration; numbers in their units', async () => {
  const organisations = {
    'clinic-a': { participants: ['a.pub', b.toUpperCase()], callsPerSecond: 5, uploadMiBPerDay: 2 },
    'clinic-b': { certificates: ['b', 'clinic-b/*'], callsPerSecond: 5, callBurst: 7, callsAtOnce: 3 },
  };
  const made = [
    {
      name: 'clinic-a',
      participants: [a, b],
      certificates: [],
      quota: { calls: { perSecond: 5, burst: 100 }, uploadBytesPerDay: 2 * 2 ** 20 },
    },
    {
      name: 'clinic-b',
      participants: [],
      certificates: ['b', 'clinic-b/*'],
      quota: { calls: { perSecond: 5, burst: 7 }, callsAtOnce: 3 },
    },
  ];
  expect(await read({ organisations })).toEqual({ organisations: made, others: {} });
  // In the environment the whole table is one variable, and files are relative to the working directory.
  const environment = {
    BLINDSUM_SERVE_QUOTAS_ORGANISATIONS: JSON.stringify({ x: { participants: [a], callsAtOnce: 1 } }),
    BLINDSUM_SERVE_QUOTAS_OTHERS_UPLOAD_MIB_PER_DAY: '3',
  };
  expect(await read({ organisations }, environment)).toEqual({
    organisations: [{ name: 'x', participants: [a], certificates: [], quota: { callsAtOnce: 1 } }],
    others: { uploadBytesPerDay: 3 * 2 ** 20 },
  });
});

test.each([
  [
    { participants: ['none.pub'] },
    {},
    'UNREADABLE_FILE',
    /organisations\.x\.participants: .*none\.pub: no such file/,
  ],
  [
    { participants: ['organiser.key'] },
    {},
    'UNREADABLE_FILE',
    /organisations\.x\.participants: .*secret identity/,
  ],
  [
    { participants: ['a.pub'] },
    { participants: [a] },
    'BAD_CONFIG',
    /organisations\.y\.participants: \w{64} is also in x/,
  ],
  [
    { certificates: ['a/1'] },
    { certificates: ['a/1'] },
    'BAD_CONFIG',
    /y\.certificates: a\/1 overlaps a\/1 of x/,
  ],
  [
    { certificates: ['a/*'] },
    { certificates: ['a/1'] },
    'BAD_CONFIG',
    /y\.certificates: a\/1 overlaps a\/\* of x/,
  ],
  [
    { certificates: ['a/1'] },
    { certificates: ['*'] },
    'BAD_CONFIG',
    /y\.certificates: \* overlaps a\/1 of x/,
  ],
  [
    { certificates: ['a*'] },
    { certificates: ['c', 'a/*'] },
    'BAD_CONFIG',
    /y\.certificates: a\/\* overlaps a\* of x/,
  ],
])('refused, with the key and where it was given: %j, %j', async (x, y, code, message) => {
  const bounded = { callsAtOnce: 1 };
  const others = Object.keys(y).length === 0 ? {} : { y: { ...y, ...bounded } };
  const refusal = read({ organisations: { x: { ...x, ...bounded }, ...others } });
  await expect(refusal).rejects.toMatchObject({ code, message: expect.stringMatching(message) });
  await expect(refusal).rejects.toThrow(`${path}:8: quotas.organisations.`);
});

test('names that only begin alike do not overlap', async () => {
  const organisations = {
    x: { certificates: ['a/*', 'a'], callsAtOnce: 1 },
    y: { certificates: ['ab', 'b/*'], callsAtOnce: 1 },
  };
  expect((await read({ organisations })).organisations).toHaveLength(2);
});
