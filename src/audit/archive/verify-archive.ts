/** The verdict on an archive: what its files are found to be, and what is found in them. */
import { notChecked } from '../checks/states.js';
import type { TranscriptSource, VerifyOptions } from '../source.js';
import type { Verdict } from '../types.js';
import { verifyTranscripts } from '../verify.js';
import type { OpenedArchive } from './open-archive.js';

/** @param beside what is not in the archive */
export async function verifyArchive(
  { source, findings }: OpenedArchive,
  beside: Pick<TranscriptSource, 'receipts' | 'escrow'>,
  options: VerifyOptions,
): Promise<Verdict> {
  const verdict =
    source === null ? unread(options) : await verifyTranscripts({ ...source, ...beside }, options);
  const { totals } = verdict;
  return {
    ...verdict,
    holds: verdict.holds && findings().length === 0,
    findings: [...findings(), ...verdict.findings],
    totals: { ...totals, errors: totals.errors + findings().length },
  };
}

/** Nothing can be said but why. */
const unread = ({ anchors }: VerifyOptions): Verdict => ({
  holds: false,
  findings: [],
  anchors: anchors === null ? 'not checked' : 'checked',
  log: {
    ...{ origin: null, size: 0, root: '', entries: 0, witnesses: [] },
    check: notChecked('the archive cannot be read'),
  },
  sessions: [],
  tasks: [],
  scopes: [],
  receipts: null,
  totals: {
    ...{ sessions: 0, closed: 0, aborted: 0, participants: 0, records: 0, signatures: 0, replayed: 0 },
    ...{ errors: 0, warnings: 0 },
  },
});
