/**
 * Joining (PROTOCOL §4.1, §7): with the work done, the opening is checked once more against the journal, the input
 * becomes integers, and r0 is latched together with the session number and, the first time, the scope. All of that is
 * one section: two sessions of one process cannot both believe to be the first.
 */
import { toHex } from '../../../crypto/bytes.js';
import { advertiseKeys } from '../../protocol/client/r0-advertise-keys.js';
import { type Ledger, openSession, type OpeningMessage } from '../../protocol/client/open.js';
import { vectorDigest } from '../../protocol/client/r2-masked-input.js';
import type { KeysAdvertised, Opened } from '../../protocol/client/state.js';
import { encodeSigned } from '../../protocol/attachments.js';
import { type Task, taskCodec, taskHash } from '../../protocol/documents.js';
import type { PlainInput, VectorInput } from '../../protocol/quantise.js';
import { checkUnchanged, scopeKey, type ScopeRecord } from '../../protocol/scope.js';
import { openingCodec } from '../../protocol/statements.js';
import { exclusively } from '../exclusive.js';
import type { JournalEntry } from '../journal.js';
import { readerOf, refuseForked } from '../log.js';
import { roundingRandom } from '../rounding.js';
import { accept, commit, type Env, latchEntry, type Run, scopeEntry } from '../run.js';
import { sendLatched } from '../send.js';
import { sparseVectors } from '../sparse.js';

/** What the journal knows that matters for this opening. */
export async function readLedger(env: Env, message: OpeningMessage): Promise<Ledger> {
  const task = taskCodec.decode(message.task.payload);
  const id = taskHash(message.task);
  const { input } = openingCodec.decode(message.opening.payload);
  const record = await env.journal.scope(toHex(scopeKey(task, id, input)));
  return { lastSession: await env.journal.lastSession(toHex(id)), scopeOf: () => record };
}

export async function advertiseKeysRound(
  run: Run,
  message: OpeningMessage,
  plain: PlainInput,
): Promise<KeysAdvertised> {
  const { env } = run;
  const { state, latch } = await exclusively(env.journal, async () => {
    await refuseForked(readerOf(env)); // check: A4
    const ledger = await readLedger(env, message);
    const opened = accept(run, openSession(env.trust.anchors, message, ledger, env.deps), [message.opening]);
    const known = ledger.scopeOf(opened.scope);
    const record = known ?? newScope(run, opened);
    const { answers } = opened;
    const suite = env.deps.suite(opened.task.suite);
    run.input = suite.prepare(opened.task, plain, roundingRandom(record.roundingSeed, answers));
    checkUnchanged(record, answers, vectorDigest(record.roundingSeed, run.input)); // check: A11
    warnOfSparse(run, opened.task, run.input); // check: A13
    const step = accept(run, advertiseKeys(opened, env.now(), env.deps), []);
    const certificate = opened.pinned || env.certificate === null ? null : encodeSigned(env.certificate);
    const entry = latchEntry(run, 'r0', { key: opened.id, signed: step.send, attachment: certificate });
    const entries: JournalEntry[] = [
      {
        kind: 'joined',
        session: run.id,
        task: toHex(opened.taskHash),
        number: run.number,
        opening: message.opening,
      },
      entry,
      ...(known === null ? [scopeEntry(opened.scope, record)] : []), // check: A11
    ];
    return { state: await commit(run, step, entries), latch: entry };
  });
  run.joined = true;
  await sendLatched(run, latch);
  return state;
}

function warnOfSparse(run: Run, task: Task, input: VectorInput): void {
  for (const vector of sparseVectors(task, input))
    run.emit({ type: 'sparse', session: run.id, number: run.number, ...vector });
}

function newScope(run: Run, opened: Opened): ScopeRecord {
  return {
    electorate: opened.electorate,
    maxColluders: opened.task.maxColluders,
    roundingSeed: run.env.deps.random(32),
    vote: null,
    inputs: {},
  };
}
