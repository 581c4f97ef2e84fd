/** The operator's service: each method is one call of OperatorApi; inputs come in chunks. */
import type { ActionsPage } from '../../rpc/generated/blindsum/v1/ActionsPage.js';
import type { LogPage } from '../../rpc/generated/blindsum/v1/LogPage.js';
import type { OperatorServiceDefinition } from '../../rpc/generated/blindsum/v1/OperatorService.js';
import { idBytes, idOf, toByteList, toBytes, toInteger, toSigned, toSignedList } from '../../rpc/messages.js';
import type { OperatorApi } from '../../rpc/operator-api.js';
import { fromAction, fromSessionSummary, fromTaskSummary } from '../../rpc/operator-messages.js';
import { batches, blobChunks, pages } from '../../rpc/pages.js';
import type { Handlers } from './calls.js';
import type { InputStaging } from './input-staging.js';

const DONE = {};

export function operatorHandlers(staging: InputStaging): Handlers<OperatorServiceDefinition, OperatorApi> {
  return {
    async CreateTask(api, { task, hasPinned, pinned }) {
      const list = hasPinned ? toByteList(pinned) : null;
      const { taskId } = await api.createTask(toSigned(task, 'the task'), list);
      return { taskId: idBytes(taskId) };
    },
    async *ListTasks(api) {
      for (const summary of await api.listTasks()) yield* fromTaskSummary(summary);
    },
    async *GetTask(api, { taskId }) {
      yield* fromTaskSummary(await api.getTask(idOf(taskId)));
    },
    async CloseTask(api, { taskId }) {
      await api.closeTask(idOf(taskId));
      return DONE;
    },
    async PutInput(api, { digest, totalBytes, offset, chunk }) {
      const staged = staging.put({
        digest,
        totalBytes: toInteger(totalBytes, 'the length'),
        offset: toInteger(offset, 'the offset'),
        chunk,
      });
      if ('nextOffset' in staged) return { nextOffset: staged.nextOffset, stored: false };
      await api.putInput(staged.blob);
      return { nextOffset: totalBytes, stored: true };
    },
    async *OpenSession(api, { taskId, inputDigest, joinMs, roundMs, grants }) {
      const summary = await api.openSession({
        taskId: idOf(taskId),
        inputDigest: inputDigest.length === 0 ? null : toBytes(inputDigest),
        joinMs: toInteger(joinMs, 'joinMs'),
        roundMs: toInteger(roundMs, 'roundMs'),
        grants: toSignedList(grants),
      });
      yield* fromSessionSummary(summary);
    },
    async *ListSessions(api, { taskId }) {
      const summaries = await (taskId.length === 0 ? api.listSessions() : api.listSessions(idOf(taskId)));
      for (const summary of summaries) yield* fromSessionSummary(summary);
    },
    async *GetSession(api, { sessionId }) {
      yield* fromSessionSummary(await api.getSession(idOf(sessionId)));
    },
    async *WatchSession(api, { sessionId }, signal) {
      for await (const summary of api.watchSession(idOf(sessionId), signal))
        yield* fromSessionSummary(summary);
    },
    async CancelSession(api, { sessionId, reason }) {
      await api.cancelSession(idOf(sessionId), reason);
      return DONE;
    },
    async PurgeSession(api, { sessionId, aggregate }) {
      await api.purgeSession(idOf(sessionId), { aggregate });
      return DONE;
    },
    async *GetOutcome(api, { sessionId }) {
      const { aggregate, ...statements } = await api.getOutcome(idOf(sessionId));
      let head: object = { ...statements, hasAggregate: aggregate !== null };
      for (const chunk of blobChunks(aggregate ?? new Uint8Array(0))) {
        yield { ...head, ...chunk };
        head = {};
      }
    },
    async *ExportSession(api, { sessionId }) {
      let isFirst = true;
      for await (const items of batches(api.exportSession(idOf(sessionId)))) {
        yield isFirst ? { head: items[0] as Uint8Array, leaves: items.slice(1) } : { leaves: items };
        isFirst = false;
      }
    },
    async *ExportLog(api) {
      const { checkpoint, entries } = await api.exportLog();
      yield* pages<LogPage>({ checkpoint: checkpoint ?? '' }, { entries: [...entries] });
    },
    async *ExportEscrow(api, { sessionId }) {
      for await (const items of batches(api.exportEscrow(idOf(sessionId)))) yield { items };
    },
    async PutCertificate(api, { document }) {
      await api.putCertificate(toSigned(document, 'the certificate'));
      return DONE;
    },
    async PutRevocation(api, { document }) {
      await api.putRevocation(toSigned(document, 'the revocation'));
      return DONE;
    },
    async *ListActions(api, { limit, before }) {
      const query = before === 0 ? { limit } : { limit, before: toInteger(before, 'before') };
      const actions = (await api.listActions(query)).map(fromAction);
      yield* pages<ActionsPage>({}, { actions });
    },
  };
}
