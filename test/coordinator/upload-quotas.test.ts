// What organisations may upload per day: beyond it somebody drops out, and nothing else changes.
import { beforeEach, expect, test } from '@jest/globals';
import { toHex } from '../../crypto/bytes.js';
import { Organisations, type Quotas } from '../../src/coordinator/organisations.js';
import type { BlindsumError } from '../../src/protocol/errors.js';
import { participants, type Party } from '../helpers/protocol.js';
import type { TestParticipant } from './test-participant.js';
import {
  all,
  certify,
  expectCode,
  expectSum,
  makeWorld,
  openSession,
  ROUND_MS,
  type Session,
  upTo,
} from './world.js';

const DAY_MS = 24 * 3600 * 1000;
const identities = participants(5).map(({ identity }) => identity);
const hex = identities.map(toHex) as [string, string, string, string, string];
const at = (session: Session, index: number) => session.members[index] as TestParticipant;
const clinic = (participants: readonly string[], uploadBytesPerDay: number): Quotas => ({
  organisations: [{ name: 'clinic', participants, certificates: [], quota: { uploadBytesPerDay } }],
  others: {},
});

const UNBOUNDED: Quotas = { organisations: [], others: {} };

/** @param before in whose world and task it is, where there was one */
async function inR2(quotas: Quotas, before?: Pick<Session, 'world' | 'taskId'>): Promise<Session> {
  const session = await openSession(before?.world ?? makeWorld({ quotas }), before);
  await upTo(session, 'mask');
  await Promise.all(session.members.map((member) => member.prepareInput()));
  return session;
}
/** Of each upload in these tests. */
let UPLOAD_BYTES = 0;
beforeEach(async () => {
  UPLOAD_BYTES = at(await inR2(UNBOUNDED), 0).r2.upload.bytes.length;
});

async function refusalOf(session: Session, index: number): Promise<BlindsumError> {
  const { api, r2 } = at(session, index);
  return api.beginUpload(session.id, r2.header).then(
    () => Promise.reject(new Error('not refused')),
    (error: BlindsumError) => error,
  );
}

test('who finds the quota used up drops out: the others get their sum, a complaint is heard, the next day begins anew', async () => {
  const session = await inR2(clinic([hex[0], hex[1]], UPLOAD_BYTES + 1));
  const { world } = session;
  await at(session, 0).sendInput();
  for (let times = 0; times < 3; times += 1) {
    const refusal = await refusalOf(session, 1);
    expect(refusal).toMatchObject({
      code: 'OVERLOADED',
      retryAfterMs: DAY_MS - (world.clock.now() % DAY_MS),
    });
    expect(refusal.message).toMatch(/MiB of uploads per day are used up, the quota of organisation clinic$/);
  }
  // Its header, with a complaint perhaps, was taken all the same.
  expect(await world.store.countRecords(session.id, 'r2')).toBe(2);
  for (const other of [2, 3, 4]) await at(session, other).sendInput();
  await world.clock.advance(ROUND_MS);
  await all(session, 'sign', [0, 2, 3, 4]);
  await all(session, 'reveal', [0, 2, 3, 4]);
  await expectSum(session, [0, 2, 3, 4]);
  expect(world.logged.filter(({ message }) => message.startsWith('uploads are refused'))).toEqual([
    expect.objectContaining({ level: 'warn', fields: { quota: 'uploadMiBPerDay', organisation: 'clinic' } }),
  ]);

  const second = await inR2(UNBOUNDED, { world, taskId: session.taskId });
  expect((await refusalOf(second, 0)).code).toBe('OVERLOADED');
  await world.clock.jump(DAY_MS - (world.clock.now() % DAY_MS));
  const third = await inR2(UNBOUNDED, { world, taskId: session.taskId });
  await at(third, 1).sendInput();
  expect((await third.summary()).accepted.r2).toBe(1);
});

test('what has begun goes on to its end, also after a broken connection', async () => {
  const session = await inR2(clinic([hex[0], hex[1]], UPLOAD_BYTES));
  const { id } = session;
  const { api, r2 } = at(session, 0);
  const { header, upload } = r2;
  await api.beginUpload(id, header);
  await api.putChunk(id, 0, upload.bytes.subarray(0, 3));
  await api.beginUpload(id, header);
  await at(session, 1)
    .api.beginUpload(id, at(session, 1).r2.header)
    .catch(() => undefined);
  await api.putChunk(id, 3, upload.bytes.subarray(3));
  expect(await api.beginUpload(id, header)).toEqual({ nextOffset: UPLOAD_BYTES });
  await api.commitUpload(id);
  expect(await api.beginUpload(id, header)).toEqual({ nextOffset: UPLOAD_BYTES });
  expect((await refusalOf(session, 1)).code).toBe('OVERLOADED');
});

test('bytes that are sent again count again', async () => {
  const session = await inR2(clinic([hex[0]], 2 * UPLOAD_BYTES));
  const { api, r2 } = at(session, 0);
  for (let times = 0; times < 2; times += 1) {
    await api.beginUpload(session.id, r2.header);
    await api.putChunk(
      session.id,
      0,
      r2.upload.bytes.map((byte) => byte ^ 1),
    );
    await expectCode(api.commitUpload(session.id), 'DIGEST_MISMATCH');
  }
  expect((await refusalOf(session, 0)).code).toBe('OVERLOADED');
});

test('an upload that fits into no day is told so, and no time', async () => {
  const refusal = await refusalOf(await inR2(clinic([hex[0]], UPLOAD_BYTES - 1)), 0);
  expect(refusal).toMatchObject({ code: 'OVERLOADED', retryAfterMs: undefined });
  expect(refusal.message).toMatch(
    /^an upload of \d+ bytes is longer than .* the quota of organisation clinic$/,
  );
});

test('those in no organisation have a quota each', async () => {
  const session = await inR2({ ...clinic([hex[0]], 1), others: { uploadBytesPerDay: UPLOAD_BYTES } });
  for (const other of [1, 2]) await at(session, other).sendInput();
  expect((await session.summary()).accepted.r2).toBe(2);
  const again = await inR2(UNBOUNDED, session);
  expect((await refusalOf(again, 1)).message).toMatch(/the quota of each participant in no organisation$/);
  await at(again, 3).sendInput();
});

test('who is in an organisation: by its key, else by the name in its certificate', () => {
  const quota = {};
  const organisations = new Organisations({
    organisations: [
      { name: 'keys', participants: [hex[0]], certificates: [], quota },
      { name: 'names', participants: [], certificates: ['b', 'clinic/*'], quota },
      { name: 'more', participants: [], certificates: ['bc*'], quota },
    ],
    others: quota,
  });
  const { clock } = makeWorld();
  const [first, second] = participants(5) as [Party, Party];
  const of = (party: Party, name: string | null) =>
    organisations.accountOf({
      identity: party.identity,
      certificate: name === null ? null : certify({ ...party, name }, clock),
    }).organisation;
  expect([null, 'b', 'clinic/1'].map((name) => of(first, name))).toEqual(['keys', 'keys', 'keys']);
  expect(['b', 'clinic/1', 'clinic/', 'bc', 'bcd'].map((name) => of(second, name))).toEqual([
    'names',
    'names',
    'names',
    'more',
    'more',
  ]);
  expect([null, 'clinic', 'a', 'ab', 'B'].map((name) => of(second, name))).toEqual([
    null,
    null,
    null,
    null,
    null,
  ]);
});
