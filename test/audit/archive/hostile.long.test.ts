/** A log that never ends (40 s): no more of it is read than a log can have, and what is wrong with it is not listed entry by entry. */
import { expect, test } from '@jest/globals';
import { verifyTranscripts } from '../../../src/audit/verify.js';
import { participants, policyOf } from '../../helpers/protocol.js';
import { archived, archiveOf, KEYS, sourceOf } from '../helpers/archive.js';
import { codes } from '../helpers/edits.js';
import { playSession } from '../helpers/played.js';

async function* nothing(): AsyncGenerator<Uint8Array> {
  await Promise.resolve();
  for (;;) yield new Uint8Array(0);
}

test('a log of more entries than one can have', async () => {
  const source = sourceOf(archiveOf([archived(playSession(participants(3)))]));
  const verdict = await verifyTranscripts(
    { ...source, log: nothing() },
    { anchors: KEYS, policy: policyOf() },
  );
  expect(codes(verdict)).toContain('WRONG_LOG');
  expect(verdict.log.entries).toBe(2 ** 20);
  // Each entry is a place of its own.
  expect(verdict.findings.length).toBeLessThan(2000);
});
