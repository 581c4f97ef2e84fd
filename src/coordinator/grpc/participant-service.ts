/** The participant's service: each method is one call of ParticipantApi (PROTOCOL §8). */
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
  message as wire,
  present,
  toByteList,
  toInteger,
  toOptionalSigned,
  toSharePacket,
  toSigned,
} from '../../rpc/messages.js';
import { blobChunks, chained, pages } from '../../rpc/pages.js';
import type { ParticipantApi } from '../../rpc/participant-api.js';
import type { Handlers } from './calls.js';

const ACCEPTED = {};

export const participantHandlers: Handlers<ParticipantServiceDefinition, ParticipantApi> = {
  async *GetTask(api, { taskId }, signal) {
    const { task, pinned, revocations } = await api.getTask(taskId, signal);
    const lists = wire({ pinned: pinned ?? [], revocations });
    yield* pages<TaskPage>({ task, hasPinned: pinned !== null }, lists);
  },
  async *WatchSessions(api, { taskId }, signal) {
    for await (const { electorate, ...head } of api.watchSessions(taskId, signal)) {
      yield* chained(pages<SessionAnnouncementPage>(head, wire({ electorate })));
    }
  },
  async *WatchSession(api, { sessionId }, signal) {
    for await (const event of api.watchSession(sessionId, signal)) {
      yield { ...event, phase: fromPhase(event.phase) };
    }
  },
  async *GetInput(api, { sessionId }, signal) {
    yield* blobChunks(await api.getInput(sessionId, signal));
  },
  async AdvertiseKeys(api, { sessionId, message, certificate }, signal) {
    await api.advertiseKeys(sessionId, toSigned(message), toOptionalSigned(certificate), signal);
    return ACCEPTED;
  },
  async *GetRoster(api, { sessionId }, signal) {
    const { statement, ...lists } = await api.getRoster(sessionId, signal);
    yield* pages<RosterPage>({ statement }, wire(lists));
  },
  async ShareKeys(api, { sessionId, message, packets }, signal) {
    await api.shareKeys(sessionId, toSigned(message), packets.map(toSharePacket), signal);
    return ACCEPTED;
  },
  async *GetShares(api, { sessionId }, signal) {
    const { statement, deliveries } = await api.getShares(sessionId, signal);
    yield* pages<SharesPage>({ statement }, wire({ deliveries }));
  },
  async BeginUpload(api, { sessionId, message }, signal) {
    return fromBeginUploadReply(await api.beginUpload(sessionId, toSigned(message), signal));
  },
  async PutChunk(api, { sessionId, offset, chunk }, signal) {
    // Not copied: it is staged, which copies, or refused.
    return api.putChunk(sessionId, toInteger(offset, 'the offset'), chunk, signal);
  },
  async CommitUpload(api, { sessionId, message }, signal) {
    await api.commitUpload(sessionId, toSigned(message), signal);
    return ACCEPTED;
  },
  async *GetComplaints(api, { sessionId }, signal) {
    const notices = await api.getComplaints(sessionId, signal);
    yield* pages({}, { headers: notices.map(({ header }) => header) });
  },
  async AnswerComplaint(api, { sessionId, message, shares }, signal) {
    await api.answerComplaint(sessionId, toSigned(message), toByteList(shares), signal);
    return ACCEPTED;
  },
  async *GetHeaders(api, { sessionId }, signal) {
    const { statement, headers, uploads } = await api.getHeaders(sessionId, signal);
    const paths = uploads?.paths.map((hashes) => ({ hashes })) ?? [];
    yield* pages<HeadersPage>(
      { statement, ...(uploads && { uploads: uploads.root }) },
      wire({ headers, paths }),
    );
  },
  async Consistency(api, { sessionId, message }, signal) {
    await api.consistency(sessionId, toSigned(message), signal);
    return ACCEPTED;
  },
  async *GetSignatures(api, { sessionId }, signal) {
    yield* pages<SignaturesPage>({}, wire(await api.getSignatures(sessionId, signal)));
  },
  async Unmask(api, { sessionId, message, shares }, signal) {
    await api.unmask(sessionId, toSigned(message), toByteList(shares), signal);
    return ACCEPTED;
  },
  async GetOutcome(api, { sessionId }, signal) {
    return api.getOutcome(sessionId, signal);
  },
  async *GetAggregate(api, { sessionId }, signal) {
    yield* blobChunks(await api.getAggregate(sessionId, signal));
  },
  async GetCheckpoint(api, request, signal) {
    return fromCheckpointReply(await api.getCheckpoint(toCheckpointQuery(request), signal));
  },
  async GetReceipt(api, { sessionId, log }, signal) {
    const query = toCheckpointQuery(present(log, 'what is wanted of the log'));
    return fromReceiptReply(await api.getReceipt(sessionId, query, signal));
  },
};
