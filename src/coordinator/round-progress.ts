/**
 * How far a round is: whom it still waits for, from counts where counts are enough. It says when a round may end before
 * its deadline; that it ends then is the session runner's decision.
 */
import { toHex } from '../../crypto/bytes.js';
import type { Counts } from '../protocol/coordinator/state.js';
import type { SessionRow } from '../storage/port.js';
import { answerableComplaints } from './answerable-complaints.js';
import { type SessionViews, sizeOf } from './session-views.js';
import { revokedIdentities, type Shell } from './shell.js';

const WAITING = 1;

export async function roundCounts(
  shell: Pick<Shell, 'store' | 'deps'>,
  views: SessionViews,
  row: SessionRow,
): Promise<Counts> {
  const { store } = shell;
  switch (row.phase) {
    case 'r0':
      return joining(shell, views, row);
    case 'r1': {
      // Until a beacon's round is published, nobody can have dealt.
      const { u1 } = (await views.roster(row)).frozen;
      return counts(sizeOf(u1), await store.countRecords(row.id, 'r1'));
    }
    case 'r2': {
      const frozen = await views.frozen(row);
      const expected = sizeOf(frozen.u2);
      const received = (await store.readInputs(row.id)).length;
      if (received < expected) return counts(expected, received);
      return {
        expected,
        received,
        openComplaints: await answerableComplaints(shell, views, row, frozen),
      };
    }
    case 'r3': {
      const { u3 } = await views.frozen(row);
      return counts(sizeOf(u3), await store.countRecords(row.id, 'r3'));
    }
    case 'r4':
      return answering(shell, row);
    case 'closed':
    case 'aborted':
      return counts(WAITING, 0);
  }
}

const counts = (expected: number, received: number): Counts => ({ expected, received, openComplaints: 0 });

/** Nobody waits for those whom r0 refuses: proven bad in an earlier session, or revoked. */
async function joining(
  { store }: Pick<Shell, 'store'>,
  views: SessionViews,
  row: SessionRow,
): Promise<Counts> {
  const joined = await store.countRecords(row.id, 'r0');
  const blamed = await views.blamedBefore(row);
  const revoked = await revokedIdentities({ store });
  // Not one by one while many are missing: this is asked with each message.
  const least = row.electorate.length - blamed.size - revoked.size;
  if (joined < least) return counts(least, joined);
  const awaited = row.electorate.map(toHex).filter((hex) => !blamed.has(hex) && !revoked.has(hex));
  if (joined < awaited.length) return counts(awaited.length, joined);
  const present = new Set((await store.readRecords(row.id, 'r0')).map(({ sender }) => sender));
  return counts(awaited.length, awaited.filter((hex) => present.has(hex)).length);
}

/** Who did not sign r3 is most likely gone: all signers have answered is enough. */
async function answering({ store }: Pick<Shell, 'store'>, row: SessionRow): Promise<Counts> {
  const expected = await store.countRecords(row.id, 'r3');
  const answered = await store.countRecords(row.id, 'r4');
  if (answered < expected) return counts(expected, answered);
  const [signers, answers] = await Promise.all([
    store.readRecords(row.id, 'r3'),
    store.readRecords(row.id, 'r4'),
  ]);
  const senders = new Set(answers.map(({ sender }) => sender));
  const missing = signers.filter(({ sender }) => !senders.has(sender)).length;
  return counts(answers.length + missing, answers.length);
}
