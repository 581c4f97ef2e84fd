/** How long the audit of many sessions takes, and how much memory: by hand, prints what it measured. */
import { expect, test } from '@jest/globals';
import { verifySignature } from '../../crypto/signature.js';
import { participants } from '../helpers/protocol.js';
import { archived, archiveOf, audit } from './helpers/archive.js';
import { sessionOfMany } from './helpers/many.js';
import { playSession } from './helpers/played.js';

test('100 sessions of 100 participants', async () => {
  const parties = participants(100);
  const task = { maxColluders: 33, scope: { kind: 'evolving' } as const };
  // The sessions are alike; what differs between them costs nothing.
  const one = archived(playSession(parties, { task, opening: { input: new Uint8Array(32) } }));
  const archive = archiveOf([one]);
  const sessions = Array.from({ length: 100 }, () => one);
  const before = process.cpuUsage();
  const from = performance.now();
  const verdict = await audit({ ...archive, sessions }, { verify: verifySignature });
  const seconds = (performance.now() - from) / 1000;
  const cpu = process.cpuUsage(before);
  const { signatures } = verdict.totals;
  console.log({
    seconds,
    cpu: (cpu.user + cpu.system) / 1e6,
    signatures,
    heap: process.memoryUsage().rss / 2 ** 20,
  });
  expect(verdict.findings.every(({ code }) => code === 'SESSION_TWICE')).toBe(true);
});

test('one session of 10,000 participants', async () => {
  const archive = archiveOf([sessionOfMany(participants(10_000))]);
  const from = performance.now();
  const verdict = await audit(archive, { verify: verifySignature });
  console.log({
    seconds: (performance.now() - from) / 1000,
    rss: process.memoryUsage().rss / 2 ** 20,
    totals: verdict.totals,
  });
  expect(verdict.findings).toEqual([]);
  expect(verdict.sessions[0]?.counts).toMatchObject({ roster: 10_000, survivors: 10_000, unmasked: 10_000 });
});
