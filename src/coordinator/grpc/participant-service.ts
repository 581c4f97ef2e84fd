/** The participant's service: each method is one call of ParticipantApi (PROTOCOL §8). */
import { cut, cutPackets } from '../../rpc/joined.js';
import type { HeadersPage } from '../../rpc/generated/blindsum/v1/HeadersPage.js';
import type { ParticipantServiceDefinition } from '../../rpc/generated/blindsum/v1/ParticipantService.js';
import type { RosterPage } from '../../rpc/generated/blindsum/v1/RosterPage.js';
import type { SessionAnnouncementPage } from '../../rpc/generated/blindsum/v1/SessionAnnouncementPage.js';
import type { SharesPage } from '../../rpc/generated/blindsum/v1/SharesPage.js';
import type { SignaturesPage } from '../../rpc/generated/blindsum/v1/SignaturesPage.js';
import type { TaskPage } from '../../rpc/generated/blindsum/v1/TaskPage.js';
import { fromCheckpointReply, fromReceiptReply, toCheckpointQuery } from '../../rpc/log-messages.js';
import {
  fromBeginUploadReply,
  fromPhase,
  idBytes,
  idOf,
  message as wire,
  present,
  toInteger,
  toOptionalSigned,
  toSigned,
} from '../../rpc/messages.js';
import { blobChunks, chained, pages } from '../../rpc/pages.js';
import type { ParticipantApi } from '../../rpc/participant-api.js';
import type { Handlers } from './calls.js';

const ACCEPTED = {};

export const participantHandlers: Handlers<ParticipantServiceDefinition, ParticipantApi> = {
  async *GetTask(api, { taskId }, signal) {
    const { task, pinned, revocations } = await api.getTask(idOf(taskId), signal);
    const lists = wire({ pinned: pinned ?? [], revocations });
    yield* pages<TaskPage>({ task, hasPinned: pinned !== null }, lists);
  },
  async *WatchSessions(api, { taskId }, signal) {
    for await (const { sessionId, electorate, ...rest } of api.watchSessions(idOf(taskId), signal)) {
      const head = { ...rest, sessionId: idBytes(sessionId) };
      yield* chained(pages<SessionAnnouncementPage>(head, wire({ electorate })));
    }
  },
  async *WatchSession(api, { sessionId }, signal) {
    for await (const event of api.watchSession(idOf(sessionId), signal)) {
      yield { ...event, phase: fromPhase(event.phase) };
    }
  },
  async *GetInput(api, { sessionId }, signal) {
    yield* blobChunks(await api.getInput(idOf(sessionId), signal));
  },
  async AdvertiseKeys(api, { sessionId, message, certificate }, signal) {
    await api.advertiseKeys(idOf(sessionId), toSigned(message), toOptionalSigned(certificate), signal);
    return ACCEPTED;
  },
  async *GetRoster(api, { sessionId }, signal) {
    const { statement, ...lists } = await api.getRoster(idOf(sessionId), signal);
    yield* pages<RosterPage>({ statement }, wire(lists));
  },
  async ShareKeys(api, { sessionId, message, ...packets }, signal) {
    await api.shareKeys(idOf(sessionId), toSigned(message), cutPackets(packets), signal);
    return ACCEPTED;
  },
  async *GetShares(api, { sessionId }, signal) {
    const { statement, deliveries } = await api.getShares(idOf(sessionId), signal);
    yield* pages<SharesPage>({ statement }, wire({ deliveries }));
  },
  async BeginUpload(api, { sessionId, message }, signal) {
    return fromBeginUploadReply(await api.beginUpload(idOf(sessionId), toSigned(message), signal));
  },
  async PutChunk(api, { sessionId, offset, chunk }, signal) {
    // Not copied: it is staged, which copies, or refused.
    return api.putChunk(idOf(sessionId), toInteger(offset, 'the offset'), chunk, signal);
  },
  async CommitUpload(api, { sessionId }, signal) {
    await api.commitUpload(idOf(sessionId), signal);
    return ACCEPTED;
  },
  async *GetComplaints(api, { sessionId }, signal) {
    const notices = await api.getComplaints(idOf(sessionId), signal);
    yield* pages({}, { headers: notices.map(({ header }) => header) });
  },
  async AnswerComplaint(api, { sessionId, message, count, shares }, signal) {
    await api.answerComplaint(idOf(sessionId), toSigned(message), cut(shares, count, 'shares'), signal);
    return ACCEPTED;
  },
  async *GetHeaders(api, { sessionId }, signal) {
    const { statement, headers, uploads } = await api.getHeaders(idOf(sessionId), signal);
    const paths = uploads?.paths.map((hashes) => ({ hashes })) ?? [];
    yield* pages<HeadersPage>(
      { statement, ...(uploads && { uploads: uploads.root }) },
      wire({ headers, paths }),
    );
  },
  async Consistency(api, { sessionId, message }, signal) {
    await api.consistency(idOf(sessionId), toSigned(message), signal);
    return ACCEPTED;
  },
  async *GetSignatures(api, { sessionId }, signal) {
    yield* pages<SignaturesPage>({}, wire(await api.getSignatures(idOf(sessionId), signal)));
  },
  async Unmask(api, { sessionId, message, count, shares }, signal) {
    await api.unmask(idOf(sessionId), toSigned(message), cut(shares, count, 'shares'), signal);
    return ACCEPTED;
  },
  async GetOutcome(api, { sessionId }, signal) {
    return api.getOutcome(idOf(sessionId), signal);
  },
  async *GetAggregate(api, { sessionId }, signal) {
    yield* blobChunks(await api.getAggregate(idOf(sessionId), signal));
  },
  async GetCheckpoint(api, request, signal) {
    return fromCheckpointReply(await api.getCheckpoint(toCheckpointQuery(request), signal));
  },
  async GetReceipt(api, { sessionId, log }, signal) {
    const query = toCheckpointQuery(present(log, 'what is wanted of the log'));
    return fromReceiptReply(await api.getReceipt(idOf(sessionId), query, signal));
  },
};
