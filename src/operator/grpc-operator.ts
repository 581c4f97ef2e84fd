/** The operator's connection to a coordinator over gRPC: OperatorApi for Node. */
import { Metadata } from '@grpc/grpc-js';
import { toHex } from '../../crypto/bytes.js';
import { BlindsumError, refuse } from '../protocol/errors.js';
import { inputHash } from '../protocol/statements.js';
import { type ConnectionOptions, openConnection } from '../rpc/failover.js';
import type { ByteCounts, GrpcChannel } from '../rpc/grpc-channel.js';
import {
  idOf,
  message as wire,
  ofSession,
  ofTask,
  toByteList,
  toBytes,
  toInteger,
  toOptionalSigned,
  toSigned,
} from '../rpc/messages.js';
import type { OperatorApi } from '../rpc/operator-api.js';
import { toAction, toSessionSummary, toTaskSummary } from '../rpc/operator-messages.js';
import { BlobCollector, merged, mergedEach } from '../rpc/pages.js';
import { MAX_CHUNK_BYTES } from '../rpc/participant-api.js';
import { isOperatorToken } from '../rpc/operator-token.js';
import { loadProtos } from '../rpc/protos.js';
import { AUTHORIZATION, COORDINATOR } from '../rpc/token.js';

export interface GrpcOperatorOptions extends ConnectionOptions {
  /** The operator token; what `serve --dev` writes to operator.token. */
  readonly token: string;
  /**
   * Ed25519 public key of the coordinator, pinned by the trust file: one with another key refuses every call
   * (WRONG_COORDINATOR). Without it, TLS alone says who is there.
   */
  readonly coordinatorKey?: Uint8Array;
}

export interface GrpcOperator extends OperatorApi {
  bytes(): ByteCounts;
  close(): void;
}

/** Connects on first use. @throws BlindsumError BAD_CONFIG */
export function createGrpcOperator(options: GrpcOperatorOptions): GrpcOperator {
  if (!isOperatorToken(options.token))
    refuse('BAD_CONFIG', 'caller', 'token: expected one word of at least 32 characters, and no key');
  const channel = openConnection(options, async () => {
    const metadata = new Metadata();
    metadata.set(AUTHORIZATION, `Bearer ${options.token}`);
    if (options.coordinatorKey !== undefined) metadata.set(COORDINATOR, toHex(options.coordinatorKey));
    return metadata;
  });
  return { ...operatorCalls(channel), bytes: () => channel.bytes(), close: () => channel.close() };
}

function operatorCalls(channel: GrpcChannel): OperatorApi {
  const { operator: service } = loadProtos();
  return {
    async createTask(task, pinned) {
      const request = wire({ task, hasPinned: pinned !== null, pinned: pinned ?? [] });
      const { taskId } = await channel.unary(service.CreateTask, request);
      return { taskId: idOf(taskId) };
    },
    async listTasks() {
      return collect(mergedEach(channel.reply(service.ListTasks, {})), toTaskSummary);
    },
    async getTask(taskId) {
      return toTaskSummary(await merged(channel.reply(service.GetTask, ofTask(taskId))));
    },
    async closeTask(taskId) {
      await channel.unary(service.CloseTask, ofTask(taskId));
    },
    putInput: (bytes, onProgress) => putInput(channel, bytes, onProgress),
    async openSession({ taskId, inputDigest, joinMs, roundMs, grants = [] }) {
      const request = {
        ...ofTask(taskId),
        inputDigest: inputDigest ?? new Uint8Array(0),
        joinMs,
        roundMs,
        grants: [...grants],
      };
      return toSessionSummary(await merged(channel.reply(service.OpenSession, request)));
    },
    async listSessions(taskId = '') {
      return collect(mergedEach(channel.reply(service.ListSessions, ofTask(taskId))), toSessionSummary);
    },
    async getSession(sessionId) {
      return toSessionSummary(await merged(channel.reply(service.GetSession, ofSession(sessionId))));
    },
    async *watchSession(sessionId, signal) {
      for await (const page of mergedEach(
        channel.watch(service.WatchSession, ofSession(sessionId), signal),
        signal,
      )) {
        yield toSessionSummary(page);
      }
    },
    async cancelSession(sessionId, reason) {
      await channel.unary(service.CancelSession, { ...ofSession(sessionId), reason });
    },
    async purgeSession(sessionId, { aggregate }) {
      await channel.unary(service.PurgeSession, { ...ofSession(sessionId), aggregate });
    },
    async getOutcome(sessionId) {
      const aggregate = new BlobCollector(channel.maxReplyBytes);
      const stream = channel.reply(service.GetOutcome, ofSession(sessionId));
      const head = await merged(withChunks(stream, aggregate));
      return {
        opening: toSigned(head.opening, 'the opening'),
        result: toOptionalSigned(head.result),
        abort: toOptionalSigned(head.abort),
        aggregate: head.hasAggregate ? aggregate.finish() : null,
      };
    },
    async *exportSession(sessionId) {
      let isFirst = true;
      for await (const page of channel.reply(service.ExportSession, ofSession(sessionId))) {
        if (isFirst) yield toBytes(page.head);
        isFirst = false;
        yield* toByteList(page.leaves);
      }
    },
    async exportLog() {
      const { checkpoint, entries } = await merged(channel.reply(service.ExportLog, {}));
      return { checkpoint: checkpoint === '' ? null : checkpoint, entries: toByteList(entries) };
    },
    async *exportEscrow(sessionId) {
      for await (const page of channel.reply(service.ExportEscrow, ofSession(sessionId))) {
        yield* toByteList(page.items);
      }
    },
    async putCertificate(certificate) {
      await channel.unary(service.PutCertificate, { document: certificate });
    },
    async putRevocation(revocation) {
      await channel.unary(service.PutRevocation, { document: revocation });
    },
    async listActions({ limit, before = 0 }) {
      const page = await merged(channel.reply(service.ListActions, { limit, before }));
      return page.actions.map(toAction);
    },
  };
}

async function collect<P, T>(stream: AsyncIterable<P>, map: (page: P) => T): Promise<T[]> {
  const values: T[] = [];
  for await (const page of stream) values.push(map(page));
  return values;
}

async function* withChunks<P extends { totalBytes: number; chunk: Uint8Array }>(
  stream: AsyncIterable<P>,
  aggregate: BlobCollector,
): AsyncGenerator<P> {
  for await (const page of stream) {
    aggregate.add(page.totalBytes, page.chunk);
    yield page;
  }
}

/** A node that does not have the bytes sent before asks for offset 0 again; this many times it gets them. */
const MAX_RESTARTS = 3;

async function putInput(
  channel: GrpcChannel,
  bytes: Uint8Array,
  onProgress?: (sent: number) => void,
): Promise<Uint8Array> {
  const { operator: service } = loadProtos();
  const digest = inputHash(bytes);
  let restarts = 0;
  for (let offset = 0; ;) {
    const chunk = bytes.subarray(offset, offset + MAX_CHUNK_BYTES);
    const request = { digest, totalBytes: bytes.length, offset, chunk };
    const reply = await channel.unary(service.PutInput, request);
    const nextOffset = toInteger(reply.nextOffset, 'the offset');
    if (reply.stored) {
      onProgress?.(bytes.length);
      return digest;
    }
    if (nextOffset >= bytes.length || (nextOffset <= offset && (restarts += 1) > MAX_RESTARTS)) {
      throw new BlindsumError('OUT_OF_ORDER', 'peer', 'the coordinator does not take the input');
    }
    offset = nextOffset;
    onProgress?.(offset);
  }
}
