/**
 * An operator's interface that keeps a record of every change: who, what, to what, and what came of it. Refused calls are
 * recorded, too. Names and ids only: no token, no input, nothing of a participant.
 */
import { toHex } from '../../crypto/bytes.js';
import { certificateCodec, revocationCodec } from '../protocol/documents.js';
import { BlindsumError, printable, refuse } from '../protocol/errors.js';
import type { Signed } from '../protocol/signed.js';
import type { OperatorApi } from '../rpc/operator-api.js';
import type { OperatorAction } from '../storage/port.js';
import { describeError } from './logger.js';
import type { Shell } from './shell.js';

type Detail = OperatorAction['detail'];

interface Change<T> {
  readonly action: string;
  readonly subject?: string;
  readonly detail?: Detail;
  /** Where the call itself decides what it is about. */
  readonly madeSubject?: (made: T) => string;
  /** What was made is handed out only if that is on record. */
  readonly onlyOnRecord?: boolean;
}

const ID = /^[0-9a-f]{64}$/;
/** What is no id was refused; what stood in its place may be anything, even a token that was pasted there (C13). */
const idOnly = (text: string): string => (ID.test(text) ? text : '');
const REASON_LENGTH = 200;

/** Resolves with whether it is on record. */
type Recorder = (action: string, subject: string, detail: Detail) => Promise<boolean>;

/** @param actor the name of the token that the operator logged in with */
export const actionRecorder =
  ({ store, logger }: Pick<Shell, 'store' | 'logger'>, actor: string): Recorder =>
  async (action, subject, detail) => {
    const row = { actor, action, subject: idOnly(subject), detail };
    logger.info(row, 'operator');
    try {
      await store.recordAction(row);
      return true;
    } catch (error) {
      // What was done is done: to fail the call would make the operator do it again.
      logger.error({ ...row, ...describeError(error) }, 'an action of an operator could not be recorded');
      return false;
    }
  };

/** @param put of the operator who calls */
export function recordedOperator(api: OperatorApi, put: Recorder): OperatorApi {
  async function recorded<T>(call: Promise<T>, change: Change<T>): Promise<T> {
    const { action, subject = '', detail = {}, madeSubject, onlyOnRecord = false } = change;
    let made: T;
    try {
      made = await call;
    } catch (error) {
      const outcome = error instanceof BlindsumError ? error.code : 'INTERNAL';
      await put(action, subject, { ...detail, outcome });
      throw error;
    }
    const isKept = await put(action, madeSubject?.(made) ?? subject, { ...detail, outcome: 'done' });
    if (!isKept && onlyOnRecord)
      refuse('STORE_FAILED', 'environment', 'this could not be recorded, so nothing is handed out');
    return made;
  }

  /** On record before the first of them leaves. */
  async function* handedOut(items: AsyncIterable<Uint8Array>, subject: string): AsyncGenerator<Uint8Array> {
    const iterator = items[Symbol.asyncIterator]();
    try {
      const change = { action: 'ExportEscrow', subject, onlyOnRecord: true };
      for (
        let step = await recorded(iterator.next(), change);
        step.done !== true;
        step = await iterator.next()
      )
        yield step.value;
    } finally {
      await iterator.return?.();
    }
  }

  return {
    listTasks: () => api.listTasks(),
    getTask: (taskId) => api.getTask(taskId),
    listSessions: (taskId) => api.listSessions(taskId),
    getSession: (sessionId) => api.getSession(sessionId),
    watchSession: (sessionId, signal) => api.watchSession(sessionId, signal),
    getOutcome: (sessionId) => api.getOutcome(sessionId),
    exportSession: (sessionId) => api.exportSession(sessionId),
    exportLog: () => api.exportLog(),
    listActions: (query) => api.listActions(query),

    exportEscrow: (sessionId) => handedOut(api.exportEscrow(sessionId), sessionId),
    createTask: (task, pinned) =>
      recorded(api.createTask(task, pinned), {
        action: 'CreateTask',
        detail: { pinned: pinned?.length ?? null },
        madeSubject: ({ taskId }) => taskId,
      }),
    closeTask: (taskId) => recorded(api.closeTask(taskId), { action: 'CloseTask', subject: taskId }),
    putInput: (bytes, onProgress) =>
      recorded(api.putInput(bytes, onProgress), {
        action: 'PutInput',
        detail: { bytes: bytes.length },
        madeSubject: toHex,
      }),
    openSession: (request) =>
      recorded(api.openSession(request), {
        action: 'OpenSession',
        subject: request.taskId,
        detail: {
          task: idOnly(request.taskId),
          grants: request.grants?.length ?? 0,
        },
        madeSubject: ({ sessionId }) => sessionId,
      }),
    cancelSession: (sessionId, reason) =>
      recorded(api.cancelSession(sessionId, reason), {
        action: 'CancelSession',
        subject: sessionId,
        detail: { reason: printable(reason.slice(0, REASON_LENGTH)) },
      }),
    purgeSession: (sessionId, options) =>
      recorded(api.purgeSession(sessionId, options), {
        action: 'PurgeSession',
        subject: sessionId,
        detail: { aggregate: options.aggregate },
      }),
    putCertificate: (document) =>
      recorded(api.putCertificate(document), {
        action: 'PutCertificate',
        subject: identityIn(document, certificateCodec),
      }),
    putRevocation: (document) =>
      recorded(api.putRevocation(document), {
        action: 'PutRevocation',
        subject: identityIn(document, revocationCodec),
      }),
  };
}

/** What is no such document is about nobody; the call says what is wrong with it. */
function identityIn(
  { payload }: Signed,
  codec: { decode(payload: Uint8Array): { readonly identity: Uint8Array } },
): string {
  try {
    return toHex(codec.decode(payload).identity);
  } catch {
    return '';
  }
}
