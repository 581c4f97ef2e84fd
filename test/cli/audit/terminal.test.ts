/** Names in an archive, and notes that a coordinator showed, are printed without what would steer the auditor's terminal. */
import { expect, test } from '@jest/globals';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Finding } from '../../../src/audit/index.js';
import { openFileJournal } from '../../../src/client/node/file-journal.js';
import { run } from '../../helpers/cli.js';
import { fill } from '../../helpers/protocol.js';
import { someArchive } from '../../audit/archive/files.js';

/** CSI as one character, ESC, and the other direction of writing. */
const STEERING = 'x\u009b31m\u001b[2J\u202e';
// eslint-disable-next-line no-control-regex
const CONTROL = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]/;

test('the name of a file in an archive, as text and as JSON', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'blindsum-terminal-'));
  try {
    await mkdir(join(folder, 'archive', 'sessions'), { recursive: true });
    for (const [path, bytes] of someArchive()) await writeFile(join(folder, 'archive', path), bytes);
    await writeFile(join(folder, 'archive', STEERING), 'x');
    const [text, json] = [await verify(), await verify('--json')];
    expect(text).toContain('UNLISTED_FILE at x');
    expect(text).not.toMatch(CONTROL);
    expect(json).not.toMatch(CONTROL);
    const { findings } = JSON.parse(json) as { findings: readonly Finding[] };
    expect(findings.map(({ place }) => place)).toContain(STEERING);
  } finally {
    await rm(folder, { recursive: true });
  }
  async function verify(...flags: readonly string[]): Promise<string> {
    return (await run(['audit', 'verify', 'archive', ...flags], { cwd: folder })).stdout;
  }
});

test('the note of a log that forked', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'blindsum-terminal-'));
  try {
    const journal = openFileJournal(join(folder, 'a.journal'), fill(3));
    const coordinator = 'ab'.repeat(32);
    await journal.append([
      {
        kind: 'fork',
        coordinator,
        session: '',
        seen: 'a log\n1\n',
        shown: `a log\n2\n\n— ${STEERING} AAAA\n`,
      },
    ]);
    await journal.close();
    const { stdout } = await run(['receipt', 'forks', '--journal', 'a.journal'], { cwd: folder });
    expect(stdout).toContain('a log\n2\n\n— x');
    expect(stdout).not.toMatch(CONTROL);
  } finally {
    await rm(folder, { recursive: true });
  }
});
