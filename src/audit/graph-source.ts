/** What a sparse graph is drawn from, before it is drawn: the stated numbers, and the value of a beacon (PROTOCOL §5.2). */
import { beaconOf, namedRound } from '../protocol/beacon.js';
import type { Parameters } from '../protocol/context.js';
import type { Task } from '../protocol/documents.js';
import type { Opening } from '../protocol/statements.js';
import type { Suite } from '../protocol/suite.js';
import type { Notebook } from './findings.js';
import type { Records } from './records.js';
import { refusalOf, unlessRefused } from './refusals.js';
import type { BeaconValues } from './source.js';

interface Stated {
  readonly task: Task;
  /** N */
  readonly electorate: number;
  readonly participants: number;
  readonly parameters: Parameters;
}

/** A coordinator may have chosen numbers with which whoever draws the graph runs out of memory. */
export function areUsable(
  { task, electorate, participants, parameters }: Stated,
  suite: Suite,
  records: Records,
  notebook: Notebook,
): boolean {
  const refusal = refusalOf(() => {
    suite.checkParameters(task, electorate, participants, parameters);
  });
  if (refusal === null) return true;
  const u1 = records.one('u1');
  notebook.add('WRONG_NUMBERS', { records: u1 === null ? [] : [u1.index], detail: refusal.message });
  return false;
}

/** Undefined: the session has one that is not known here, so that nobody's neighbours are. */
export function beaconValue(
  task: Task,
  opening: Opening,
  values: BeaconValues,
  notebook: Notebook,
): Uint8Array | null | undefined {
  const extension = beaconOf(task);
  if (extension === null) return null;
  // What else an opening names is a finding of its own.
  const round = unlessRefused(
    () => namedRound(task, opening),
    () => undefined,
  );
  const value = round === null ? null : values(extension, round);
  if (value !== null) return value;
  notebook.add('UNSUPPORTED', {
    detail: `its ring comes from round ${round ?? 'unknown'} of ${extension}: name the beacon and a file with its values in the trust file`,
  });
  return undefined;
}
