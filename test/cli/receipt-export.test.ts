/** What `receipt export` gives an auditor of a session for which the coordinator gave no receipt. */
import { expect, test } from '@jest/globals';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openFileJournal } from '../../src/client/node/file-journal.js';
import { signedLeaf } from '../../src/protocol/signed.js';
import { run, runJson } from '../helpers/cli.js';
import { fill } from '../helpers/protocol.js';

test('the messages of a session that a coordinator denies are written, and said to be without proof', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'blindsum-receipts-'));
  try {
    const session = 'ab'.repeat(32);
    const signed = { payload: fill(1, 40), signature: fill(2, 64) };
    const journal = openFileJournal(join(folder, 'a.journal'), fill(3));
    const latch = { kind: 'latch', session, key: fill(4), signed, attachment: fill(9, 99) } as const;
    await journal.append([
      { kind: 'joined', session, task: 'cd'.repeat(32), number: 1, opening: signed },
      { ...latch, message: 'r4', subject: '', statement: signed, state: fill(5) },
      { ...latch, message: 'answer', subject: 'ef'.repeat(32), statement: null, state: null },
      { kind: 'ended', session, outcome: 'DEADLINE', statement: null },
      { kind: 'receipt', session, files: null },
    ]);
    await journal.close();
    const order = ['receipt', 'export', '--journal', 'a.journal', '--out', 'kept'];
    const files = ['r4.signed', `answer-${'ef'.repeat(8)}.signed`];
    expect(await runJson([...order, '--session', session.toUpperCase()], { cwd: folder })).toEqual({
      receipts: [{ session, proven: false, folder: join('kept', session), files }],
    });
    expect(new Uint8Array(await readFile(join(folder, 'kept', session, 'r4.signed')))).toEqual(
      signedLeaf(signed),
    );
    expect((await run(order, { cwd: folder })).stdout).toContain('gave no receipt: messages without proof');
    const { code, stderr } = await run([...order, '--session', '00'], { cwd: folder });
    expect([code, stderr]).toEqual([2, expect.stringContaining('keeps nothing of such a session')]);
  } finally {
    await rm(folder, { recursive: true });
  }
});
