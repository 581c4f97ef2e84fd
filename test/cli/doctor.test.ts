// What doctor makes of versions, dates, disks and clocks that this machine does not have.
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { fileSystem, freeSpace } from '../../src/cli/doctor/disk.js';
import { checkCoordinator } from '../../src/cli/doctor/client.js';
import { checkExpiry, checkVersions } from '../../src/cli/doctor/common.js';
import { certificateOf, keyMatches } from '../../src/cli/x509.js';
import { COORDINATOR, devTls, startWorld, type World } from '../rpc/fakes.js';
import { BlindsumError } from '../../src/protocol/errors.js';

const DAY_MS = 86_400_000;

test.each([
  ['20.18.3', 'fail'],
  ['18.20.0', 'fail'],
  ['20.19.0', 'ok'],
  ['22.1.0', 'ok'],
])('Node %s: %s', (version, status) => {
  expect(checkVersions(version).status).toBe(status);
});

test('a certificate that is not valid yet, valid, about to expire, expired', async () => {
  const { certPem } = await devTls();
  const certificate = certificateOf(certPem, 'server.pem');
  const from = Date.parse(certificate.validFrom);
  const to = Date.parse(certificate.validTo);
  const at = (nowMs: number) => checkExpiry('tls', certificate, nowMs).status;
  expect([from - 1, from, to - 31 * DAY_MS, to - 29 * DAY_MS, to].map(at)).toEqual([
    'fail',
    'ok',
    'ok',
    'warn',
    'fail',
  ]);
  expect(() => certificateOf('none', 'server.pem')).toThrow('server.pem: is not a PEM certificate');
});

test('a key and a certificate that belong together, or do not', async () => {
  const { caPem, certPem, keyPem } = await devTls();
  expect(keyMatches(certificateOf(certPem, ''), keyPem)).toBe(true);
  expect(keyMatches(certificateOf(caPem, ''), keyPem)).toBe(false);
  expect(keyMatches(certificateOf(certPem, ''), 'none')).toBe(false);
});

test('room on the disk, and disks that are elsewhere', () => {
  expect([99, 100, 1023, 1024].map((mib) => freeSpace('/data', mib).status)).toEqual([
    'fail',
    'warn',
    'warn',
    'ok',
  ]);
  expect(fileSystem('/data', 0x6969)).toMatchObject({
    status: 'fail',
    message: expect.stringContaining('NFS'),
  });
  expect(fileSystem('/data', -0xadbd3 | 0).status).toBe('ok');
  expect(fileSystem('/data', 0xef53).status).toBe('ok');
});

describe('clocks', () => {
  let world: World;
  beforeAll(async () => {
    const authorize = () => {
      throw new BlindsumError('CERTIFICATE_UNKNOWN', 'peer', 'nobody knows you');
    };
    world = await startWorld(
      {},
      {},
      { auth: { coordinatorKey: COORDINATOR.publicKey, operatorTokens: () => [], authorize } },
    );
  });
  afterAll(() => world.close());

  test.each([
    [0, 'ok', 'within 5 s'],
    [15, 'warn', 'ahead'],
    [-15, 'warn', 'behind'],
    [60, 'fail', 'from the future'],
    [-600, 'fail', 'expired'],
  ])('this one is %d s ahead: %s', async (seconds, status, text) => {
    const connection = {
      coordinator: [world.address],
      trust: { anchors: { coordinator: COORDINATOR.publicKey }, ca: world.caPem } as never,
      tokenFile: undefined,
      clientTls: undefined,
      insecure: false,
    };
    const checks = await checkCoordinator(world.address, connection, () => Date.now() + seconds * 1000);
    expect(checks.at(-1)).toMatchObject({ name: 'clock', status, message: expect.stringContaining(text) });
  });
});
