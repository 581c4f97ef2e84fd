/**
 * V10, V11, V15: the sum computed again from escrow, by the same functions and the same engine as the coordinator's (attack
 * A15). It shows the auditor no more than the coordinator saw.
 */
import { wipeJob } from '../../crypto/engine/job.js';
import { equalBytes, toHex } from '../../crypto/bytes.js';
import { sha256 } from '../../crypto/hash.js';
import { refuseFailedJob } from '../protocol/engine-refusals.js';
import { isBlindsumError } from '../protocol/errors.js';
import { identityAt } from '../protocol/shares.js';
import { allSteps } from '../protocol/steps.js';
import { type Engine, type OpenPlan, uploadBytes } from '../protocol/suite.js';
import { HOLDS, notApplicable, notChecked } from './checks/states.js';
import { setsOf } from './checks/unmasking.js';
import { type Escrow, readEscrow } from './escrow.js';
import type { AuditRecord } from './records.js';
import type { AuditedSession, Run } from './session.js';
import type { CheckId, CheckResult } from './types.js';

export interface Replay {
  readonly V10: CheckResult;
  readonly V11: CheckResult;
  readonly V15: CheckResult;
  readonly replayed: boolean;
}

/** Of one upload: the sum is held in memory, and an upload beside it. */
const MOST_UPLOAD_BYTES = 2 ** 31;

const all = (result: CheckResult): Replay => ({ V10: result, V11: result, V15: result, replayed: false });

export async function replaySession(
  session: AuditedSession,
  escrow: AsyncIterable<Uint8Array> | null,
  engine: Engine | null,
  signal: AbortSignal | undefined,
): Promise<Replay> {
  const { run, records } = session;
  const result = records.one('result');
  if (result === null) return all(notApplicable('the session has no sum'));
  if (escrow === null) return all(notChecked('there is no escrow of this session'));
  if (run === null || setsOf(run) === null) return all(notChecked('the sets cannot be read'));
  if (uploadBytes(run.suite, session.task) > MOST_UPLOAD_BYTES)
    return all(notChecked('the vectors are too long to be added up here'));
  const place = `escrow of session ${toHex(session.id)}`;
  const held = await readEscrow(escrow, session, run, place);
  const V15 = checkRandomness(session, held);
  // The finding that it is not is one of V11.
  if (!held.complete) return { ...all(notChecked('the escrow is not complete')), V11: HOLDS, V15 };
  if (hasErrors(session)) return { ...all(notChecked('the records themselves do not hold')), V15 };
  const plan = planOf(session, run, held, result);
  if (plan === null)
    return { V10: HOLDS, V11: notChecked('the secrets do not come out'), V15, replayed: false };
  try {
    const lack = engine === null ? null : await engine.lacks(run.suite.engineNeed(session.task));
    if (engine === null)
      return { V10: HOLDS, V11: notChecked('no replay was asked for'), V15, replayed: false };
    if (lack !== null) return { V10: HOLDS, V11: notChecked(lack.message), V15, replayed: false };
    await compare(session, run, plan, result, engine, signal);
    return { V10: HOLDS, V11: HOLDS, V15, replayed: true };
  } finally {
    wipeJob(plan.job);
  }
}

/** The functions that open a sum rely on what the other checks look at: numbers, keys, sets, who answered. */
const RELIED_ON: ReadonlySet<CheckId | null> = new Set(['V1', 'V2', 'V3', 'V4', 'V5', 'V6', 'V7', 'V16']);

const hasErrors = ({ notebook }: AuditedSession): boolean =>
  notebook.findings(false).some(({ check, severity }) => severity === 'error' && RELIED_ON.has(check));

function checkRandomness({ notebook }: AuditedSession, { randomness }: Escrow): CheckResult {
  const suspects = randomness.suspects();
  if (suspects.length > 0) notebook.add('NOT_RANDOM', { identities: suspects });
  if (suspects.length > 0)
    return notChecked('some do not look random (a warning), which alone proves nothing');
  return randomness.judged === 0 ? notChecked('the uploads are too short to say') : HOLDS;
}

/** Null: the secrets do not come out as they were committed to, which is a finding. */
function planOf(
  { notebook }: AuditedSession,
  run: Run,
  { sum, dealers, reveals }: Escrow,
  result: AuditRecord<'result'>,
): OpenPlan | null {
  const sets = setsOf(run);
  if (sets === null) return null;
  try {
    const plan = allSteps(run.suite.planOpen(run.context, sets, sum, dealers, reveals, false));
    if (plan.badHelpers.length > 0) {
      const identities = plan.badHelpers.map((helper) => toHex(identityAt(run.context, helper)));
      notebook.add('BAD_SHARE', { identities });
    }
    return plan;
  } catch (error) {
    if (!isBlindsumError(error)) throw error;
    const { code, participant, message } = error;
    const about = { records: [result.index], detail: message };
    if (code === 'BAD_DEALER' && participant !== undefined) {
      notebook.add('BAD_COMMITMENT', { ...about, by: 'participant', identities: [toHex(participant)] });
    } else notebook.add('NOT_REPRODUCED', about);
    return null;
  }
}

async function compare(
  { notebook }: AuditedSession,
  run: Run,
  { job }: OpenPlan,
  result: AuditRecord<'result'>,
  engine: Engine,
  signal: AbortSignal | undefined,
): Promise<void> {
  const sets = setsOf(run);
  if (sets === null) return;
  const opened = await engine.run(job, signal === undefined ? {} : { signal }).catch(refuseFailedJob);
  try {
    const digests = run.suite.finishOpen(run.context, sets, opened).map((part) => sha256(part));
    const stated = result.body.digests;
    const same =
      digests.length === stated.length &&
      digests.every((digest, index) => equalBytes(digest, stated[index] as Uint8Array));
    if (!same) notebook.add('WRONG_SUM', { records: [result.index] });
  } catch (error) {
    if (!isBlindsumError(error)) throw error;
    notebook.add('NOT_REPRODUCED', { records: [result.index], detail: error.message });
  }
}
