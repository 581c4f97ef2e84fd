/**
 * The participant's connection to a coordinator over gRPC: ParticipantApi for Node. Adds the token and the certificate
 * to every call; everything that comes back is for the client to verify.
 */
import { Metadata } from '@grpc/grpc-js';
import { encodeSigned } from '../../protocol/attachments.js';
import type { Signed } from '../../protocol/signed.js';
import { ChunkRequests } from '../../rpc/chunk-requests.js';
import { type ConnectionOptions, openConnection } from '../../rpc/failover.js';
import type { ByteCounts, GrpcChannel } from '../../rpc/grpc-channel.js';
import { toCheckpointReply, toReceiptReply } from '../../rpc/log-messages.js';
import { joinPackets, joinShares } from '../../rpc/joined.js';
import {
  idOf,
  message as wire,
  ofSession,
  ofTask,
  toAnswerDelivery,
  toBeginUploadReply,
  toByteList,
  toInteger,
  toOptionalSigned,
  toPhaseEvent,
  toRosterEntry,
  toShareDelivery,
  toSigned,
  toSignedList,
  toUploadPaths,
} from '../../rpc/messages.js';
import { collectBlob, merged, mergedEach } from '../../rpc/pages.js';
import type { ParticipantApi } from '../../rpc/participant-api.js';
import { loadProtos } from '../../rpc/protos.js';
import { AUTHORIZATION, CERTIFICATE } from '../../rpc/token.js';

export interface GrpcTransportOptions extends ConnectionOptions {
  /** Called for every call; see `createTokenSource`. */
  readonly token: () => Promise<string>;
  /** Null when the task pins the list of participants. */
  readonly certificate: Signed | null;
}

export interface GrpcTransport extends ParticipantApi {
  bytes(): ByteCounts;
  close(): void;
}

/** Connects on first use. @throws BlindsumError BAD_CONFIG */
export function createGrpcTransport(options: GrpcTransportOptions): GrpcTransport {
  const { token, certificate } = options;
  const certificateBytes = certificate === null ? null : Buffer.from(encodeSigned(certificate));
  const channel = openConnection(options, async () => {
    const metadata = new Metadata();
    metadata.set(AUTHORIZATION, `Bearer ${await token()}`);
    if (certificateBytes !== null) metadata.set(CERTIFICATE, certificateBytes);
    return metadata;
  });
  return {
    ...participantCalls(channel),
    bytes: () => channel.bytes(),
    close: () => channel.close(),
  };
}

function participantCalls(channel: GrpcChannel): ParticipantApi {
  const { participant: service } = loadProtos();
  const chunks = new ChunkRequests(service.PutChunk);
  return {
    async getTask(taskId, signal) {
      const page = await merged(channel.reply(service.GetTask, ofTask(taskId), signal));
      return {
        task: toSigned(page.task, 'the task'),
        pinned: page.hasPinned ? toByteList(page.pinned) : null,
        revocations: toSignedList(page.revocations),
      };
    },
    async *watchSessions(taskId, signal) {
      for await (const page of mergedEach(
        channel.watch(service.WatchSessions, ofTask(taskId), signal),
        signal,
      )) {
        yield {
          sessionId: idOf(page.sessionId),
          opening: toSigned(page.opening, 'the opening'),
          electorate: toByteList(page.electorate),
          hasInput: page.hasInput,
        };
      }
    },
    async *watchSession(sessionId, signal) {
      for await (const event of channel.watch(service.WatchSession, ofSession(sessionId), signal)) {
        yield toPhaseEvent(event);
      }
    },
    getInput: (sessionId, signal) =>
      collectBlob(channel.reply(service.GetInput, ofSession(sessionId), signal), channel.maxReplyBytes),
    async advertiseKeys(sessionId, message, certificate, signal) {
      await channel.unary(service.AdvertiseKeys, { ...ofSession(sessionId), message, certificate }, signal);
    },
    async getRoster(sessionId, signal) {
      const page = await merged(channel.reply(service.GetRoster, ofSession(sessionId), signal));
      return {
        statement: toSigned(page.statement, 'the statement of U1'),
        entries: page.entries.map(toRosterEntry),
        revocations: toSignedList(page.revocations),
      };
    },
    async shareKeys(sessionId, message, packets, signal) {
      await channel.unary(
        service.ShareKeys,
        { ...ofSession(sessionId), message, ...joinPackets(packets) },
        signal,
      );
    },
    async getShares(sessionId, signal) {
      const page = await merged(channel.reply(service.GetShares, ofSession(sessionId), signal));
      return {
        statement: toSigned(page.statement, 'the statement of U2'),
        deliveries: page.deliveries.map(toShareDelivery),
      };
    },
    async beginUpload(sessionId, header, signal) {
      const reply = await channel.unary(
        service.BeginUpload,
        { ...ofSession(sessionId), message: header },
        signal,
      );
      return toBeginUploadReply(reply);
    },
    async putChunk(sessionId, offset, chunk, signal) {
      const reply = await chunks.send(chunk, (method) =>
        channel.unary(method, { ...ofSession(sessionId), offset }, signal),
      );
      return { nextOffset: toInteger(reply.nextOffset, 'the offset') };
    },
    async commitUpload(sessionId, signal) {
      await channel.unary(service.CommitUpload, ofSession(sessionId), signal);
    },
    async getComplaints(sessionId, signal) {
      const page = await merged(channel.reply(service.GetComplaints, ofSession(sessionId), signal));
      return toSignedList(page.headers).map((header) => ({ header }));
    },
    async answerComplaint(sessionId, answer, shares, signal) {
      await channel.unary(
        service.AnswerComplaint,
        wire({ ...ofSession(sessionId), message: answer, ...joinShares(shares) }),
        signal,
      );
    },
    async getHeaders(sessionId, signal) {
      const page = await merged(channel.reply(service.GetHeaders, ofSession(sessionId), signal));
      return {
        statement: toSigned(page.statement, 'the statement of U3'),
        headers: toSignedList(page.headers),
        uploads: toUploadPaths(page),
      };
    },
    async consistency(sessionId, message, signal) {
      await channel.unary(service.Consistency, { ...ofSession(sessionId), message }, signal);
    },
    async getSignatures(sessionId, signal) {
      const page = await merged(channel.reply(service.GetSignatures, ofSession(sessionId), signal));
      return { signatures: toSignedList(page.signatures), answers: page.answers.map(toAnswerDelivery) };
    },
    async unmask(sessionId, message, shares, signal) {
      await channel.unary(
        service.Unmask,
        wire({ ...ofSession(sessionId), message, ...joinShares(shares) }),
        signal,
      );
    },
    async getOutcome(sessionId, signal) {
      const reply = await channel.unary(service.GetOutcome, ofSession(sessionId), signal);
      return { result: toOptionalSigned(reply.result), abort: toOptionalSigned(reply.abort) };
    },
    getAggregate: (sessionId, signal) =>
      collectBlob(channel.reply(service.GetAggregate, ofSession(sessionId), signal), channel.maxReplyBytes),
    async getCheckpoint(query, signal) {
      return toCheckpointReply(await channel.unary(service.GetCheckpoint, wire(query), signal));
    },
    async getReceipt(sessionId, log, signal) {
      return toReceiptReply(
        await channel.unary(service.GetReceipt, wire({ ...ofSession(sessionId), log }), signal),
      );
    },
  };
}
