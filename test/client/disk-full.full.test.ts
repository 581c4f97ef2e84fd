// A disk that fills up while a participant latches: real processes, a real file, and an operating system that refuses
// to write.
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openFileJournal } from '../../src/client/node/file-journal.js';
import type { Party } from '../helpers/protocol.js';
import { fillDisk, startParticipant } from './helpers/processes.js';
import type { Method, Sent } from './helpers/transports.js';
import { makeWorld, sumOf, valuesOf, type World } from './helpers/world.js';

let folder: string;
let made: World;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'blindsum-disk-full-'));
  made = await makeWorld();
});
afterEach(async () => {
  await made.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** Each message: the call that sends it, and a call before it after which nothing else is written. */
const MESSAGES: readonly { message: string; sends: Method; full: Method | 'start' }[] = [
  { message: 'r0', sends: 'advertiseKeys', full: 'start' },
  { message: 'r1', sends: 'shareKeys', full: 'advertiseKeys' },
  { message: 'r2', sends: 'beginUpload', full: 'shareKeys' },
  { message: 'r3', sends: 'consistency', full: 'commitUpload' },
  { message: 'r4', sends: 'unmask', full: 'consistency' },
];

test.each(MESSAGES)(
  'the disk is full when $message is latched: it is not sent, and with room again the session goes on',
  async ({ message, sends, full }) => {
    const journal = join(folder, 'a.journal');
    const sent: Sent[] = [];
    const first = startParticipant(made, 0, {
      journal,
      resume: true,
      sent,
      onCall: (method, child) => {
        if (method === full) fillDisk(child);
      },
    });
    await first.opened;
    if (full === 'start') fillDisk(first.process);
    const rest = [1, 2].map((index) =>
      made.client(index).contribute({ task: made.taskId, vectors: { counts: valuesOf(index) } }),
    );
    const id = await made.open();
    expect(await first.outcome).toMatchObject({ code: 'JOURNAL_FAILED' });
    await first.exited;
    expect(sent.map(({ method }) => method)).not.toContain(sends);

    const kept = openFileJournal(journal, (made.parties[0] as Party).identity);
    const latched = (await kept.latches(id)).map((latch) => latch.message);
    await kept.close();
    expect(latched).not.toContain(message);

    const again = await startParticipant(made, 0, { journal, resume: true, sent }).outcome;
    expect(again).toEqual({ code: 'closed', sum: [...sumOf([0, 1, 2])] });
    for (const { sends: method } of MESSAGES) {
      expect(new Set(sent.filter((call) => call.method === method).map(({ bytes }) => bytes)).size).toBe(1);
    }
    await Promise.all(rest);
  },
);
