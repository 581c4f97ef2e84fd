// Original file: protos/blindsum/v1/participant.proto

import type * as grpc from '@grpc/grpc-js'
import type { MethodDefinition } from '@grpc/proto-loader'
import type { AdvertiseKeysRequest as _blindsum_v1_AdvertiseKeysRequest, AdvertiseKeysRequest__Output as _blindsum_v1_AdvertiseKeysRequest__Output } from '../../blindsum/v1/AdvertiseKeysRequest.js';
import type { BeginUploadReply as _blindsum_v1_BeginUploadReply, BeginUploadReply__Output as _blindsum_v1_BeginUploadReply__Output } from '../../blindsum/v1/BeginUploadReply.js';
import type { BlobChunk as _blindsum_v1_BlobChunk, BlobChunk__Output as _blindsum_v1_BlobChunk__Output } from '../../blindsum/v1/BlobChunk.js';
import type { CheckpointReply as _blindsum_v1_CheckpointReply, CheckpointReply__Output as _blindsum_v1_CheckpointReply__Output } from '../../blindsum/v1/CheckpointReply.js';
import type { CheckpointRequest as _blindsum_v1_CheckpointRequest, CheckpointRequest__Output as _blindsum_v1_CheckpointRequest__Output } from '../../blindsum/v1/CheckpointRequest.js';
import type { ComplaintsPage as _blindsum_v1_ComplaintsPage, ComplaintsPage__Output as _blindsum_v1_ComplaintsPage__Output } from '../../blindsum/v1/ComplaintsPage.js';
import type { Empty as _blindsum_v1_Empty, Empty__Output as _blindsum_v1_Empty__Output } from '../../blindsum/v1/Empty.js';
import type { HeadersPage as _blindsum_v1_HeadersPage, HeadersPage__Output as _blindsum_v1_HeadersPage__Output } from '../../blindsum/v1/HeadersPage.js';
import type { OutcomeReply as _blindsum_v1_OutcomeReply, OutcomeReply__Output as _blindsum_v1_OutcomeReply__Output } from '../../blindsum/v1/OutcomeReply.js';
import type { PhaseEvent as _blindsum_v1_PhaseEvent, PhaseEvent__Output as _blindsum_v1_PhaseEvent__Output } from '../../blindsum/v1/PhaseEvent.js';
import type { PutChunkReply as _blindsum_v1_PutChunkReply, PutChunkReply__Output as _blindsum_v1_PutChunkReply__Output } from '../../blindsum/v1/PutChunkReply.js';
import type { PutChunkRequest as _blindsum_v1_PutChunkRequest, PutChunkRequest__Output as _blindsum_v1_PutChunkRequest__Output } from '../../blindsum/v1/PutChunkRequest.js';
import type { ReceiptReply as _blindsum_v1_ReceiptReply, ReceiptReply__Output as _blindsum_v1_ReceiptReply__Output } from '../../blindsum/v1/ReceiptReply.js';
import type { ReceiptRequest as _blindsum_v1_ReceiptRequest, ReceiptRequest__Output as _blindsum_v1_ReceiptRequest__Output } from '../../blindsum/v1/ReceiptRequest.js';
import type { RosterPage as _blindsum_v1_RosterPage, RosterPage__Output as _blindsum_v1_RosterPage__Output } from '../../blindsum/v1/RosterPage.js';
import type { SessionAnnouncementPage as _blindsum_v1_SessionAnnouncementPage, SessionAnnouncementPage__Output as _blindsum_v1_SessionAnnouncementPage__Output } from '../../blindsum/v1/SessionAnnouncementPage.js';
import type { SessionRequest as _blindsum_v1_SessionRequest, SessionRequest__Output as _blindsum_v1_SessionRequest__Output } from '../../blindsum/v1/SessionRequest.js';
import type { ShareKeysRequest as _blindsum_v1_ShareKeysRequest, ShareKeysRequest__Output as _blindsum_v1_ShareKeysRequest__Output } from '../../blindsum/v1/ShareKeysRequest.js';
import type { SharesPage as _blindsum_v1_SharesPage, SharesPage__Output as _blindsum_v1_SharesPage__Output } from '../../blindsum/v1/SharesPage.js';
import type { SignaturesPage as _blindsum_v1_SignaturesPage, SignaturesPage__Output as _blindsum_v1_SignaturesPage__Output } from '../../blindsum/v1/SignaturesPage.js';
import type { SignedRequest as _blindsum_v1_SignedRequest, SignedRequest__Output as _blindsum_v1_SignedRequest__Output } from '../../blindsum/v1/SignedRequest.js';
import type { SignedSharesRequest as _blindsum_v1_SignedSharesRequest, SignedSharesRequest__Output as _blindsum_v1_SignedSharesRequest__Output } from '../../blindsum/v1/SignedSharesRequest.js';
import type { TaskPage as _blindsum_v1_TaskPage, TaskPage__Output as _blindsum_v1_TaskPage__Output } from '../../blindsum/v1/TaskPage.js';
import type { TaskRequest as _blindsum_v1_TaskRequest, TaskRequest__Output as _blindsum_v1_TaskRequest__Output } from '../../blindsum/v1/TaskRequest.js';

export interface ParticipantServiceClient extends grpc.Client {
  /**
   * r0: session keys, signed.
   */
  AdvertiseKeys(argument: _blindsum_v1_AdvertiseKeysRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_blindsum_v1_Empty__Output>): grpc.ClientUnaryCall;
  AdvertiseKeys(argument: _blindsum_v1_AdvertiseKeysRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_blindsum_v1_Empty__Output>): grpc.ClientUnaryCall;
  AdvertiseKeys(argument: _blindsum_v1_AdvertiseKeysRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_blindsum_v1_Empty__Output>): grpc.ClientUnaryCall;
  AdvertiseKeys(argument: _blindsum_v1_AdvertiseKeysRequest, callback: grpc.requestCallback<_blindsum_v1_Empty__Output>): grpc.ClientUnaryCall;
  /**
   * r0: session keys, signed.
   */
  advertiseKeys(argument: _blindsum_v1_AdvertiseKeysRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_blindsum_v1_Empty__Output>): grpc.ClientUnaryCall;
  advertiseKeys(argument: _blindsum_v1_AdvertiseKeysRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_blindsum_v1_Empty__Output>): grpc.ClientUnaryCall;
  advertiseKeys(argument: _blindsum_v1_AdvertiseKeysRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_blindsum_v1_Empty__Output>): grpc.ClientUnaryCall;
  advertiseKeys(argument: _blindsum_v1_AdvertiseKeysRequest, callback: grpc.requestCallback<_blindsum_v1_Empty__Output>): grpc.ClientUnaryCall;
  
  /**
   * r2: the dealer's answer to one complaint: that holder's shares, as dealt in r1.
   */
  AnswerComplaint(argument: _blindsum_v1_SignedSharesRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_blindsum_v1_Empty__Output>): grpc.ClientUnaryCall;
  AnswerComplaint(argument: _blindsum_v1_SignedSharesRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_blindsum_v1_Empty__Output>): grpc.ClientUnaryCall;
  AnswerComplaint(argument: _blindsum_v1_SignedSharesRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_blindsum_v1_Empty__Output>): grpc.ClientUnaryCall;
  AnswerComplaint(argument: _blindsum_v1_SignedSharesRequest, callback: grpc.requestCallback<_blindsum_v1_Empty__Output>): grpc.ClientUnaryCall;
  /**
   * r2: the dealer's answer to one complaint: that holder's shares, as dealt in r1.
   */
  answerComplaint(argument: _blindsum_v1_SignedSharesRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_blindsum_v1_Empty__Output>): grpc.ClientUnaryCall;
  answerComplaint(argument: _blindsum_v1_SignedSharesRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_blindsum_v1_Empty__Output>): grpc.ClientUnaryCall;
  answerComplaint(argument: _blindsum_v1_SignedSharesRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_blindsum_v1_Empty__Output>): grpc.ClientUnaryCall;
  answerComplaint(argument: _blindsum_v1_SignedSharesRequest, callback: grpc.requestCallback<_blindsum_v1_Empty__Output>): grpc.ClientUnaryCall;
  
  /**
   * r2: announces the masked input by its signed header; tells where to go on, or when to ask again.
   */
  BeginUpload(argument: _blindsum_v1_SignedRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_blindsum_v1_BeginUploadReply__Output>): grpc.ClientUnaryCall;
  BeginUpload(argument: _blindsum_v1_SignedRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_blindsum_v1_BeginUploadReply__Output>): grpc.ClientUnaryCall;
  BeginUpload(argument: _blindsum_v1_SignedRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_blindsum_v1_BeginUploadReply__Output>): grpc.ClientUnaryCall;
  BeginUpload(argument: _blindsum_v1_SignedRequest, callback: grpc.requestCallback<_blindsum_v1_BeginUploadReply__Output>): grpc.ClientUnaryCall;
  /**
   * r2: announces the masked input by its signed header; tells where to go on, or when to ask again.
   */
  beginUpload(argument: _blindsum_v1_SignedRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_blindsum_v1_BeginUploadReply__Output>): grpc.ClientUnaryCall;
  beginUpload(argument: _blindsum_v1_SignedRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_blindsum_v1_BeginUploadReply__Output>): grpc.ClientUnaryCall;
  beginUpload(argument: _blindsum_v1_SignedRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_blindsum_v1_BeginUploadReply__Output>): grpc.ClientUnaryCall;
  beginUpload(argument: _blindsum_v1_SignedRequest, callback: grpc.requestCallback<_blindsum_v1_BeginUploadReply__Output>): grpc.ClientUnaryCall;
  
  /**
   * r2: the upload is whole. From here on it counts.
   */
  CommitUpload(argument: _blindsum_v1_SessionRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_blindsum_v1_Empty__Output>): grpc.ClientUnaryCall;
  CommitUpload(argument: _blindsum_v1_SessionRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_blindsum_v1_Empty__Output>): grpc.ClientUnaryCall;
  CommitUpload(argument: _blindsum_v1_SessionRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_blindsum_v1_Empty__Output>): grpc.ClientUnaryCall;
  CommitUpload(argument: _blindsum_v1_SessionRequest, callback: grpc.requestCallback<_blindsum_v1_Empty__Output>): grpc.ClientUnaryCall;
  /**
   * r2: the upload is whole. From here on it counts.
   */
  commitUpload(argument: _blindsum_v1_SessionRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_blindsum_v1_Empty__Output>): grpc.ClientUnaryCall;
  commitUpload(argument: _blindsum_v1_SessionRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_blindsum_v1_Empty__Output>): grpc.ClientUnaryCall;
  commitUpload(argument: _blindsum_v1_SessionRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_blindsum_v1_Empty__Output>): grpc.ClientUnaryCall;
  commitUpload(argument: _blindsum_v1_SessionRequest, callback: grpc.requestCallback<_blindsum_v1_Empty__Output>): grpc.ClientUnaryCall;
  
  /**
   * r3: the one vote for this set of survivors.
   */
  Consistency(argument: _blindsum_v1_SignedRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_blindsum_v1_Empty__Output>): grpc.ClientUnaryCall;
  Consistency(argument: _blindsum_v1_SignedRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_blindsum_v1_Empty__Output>): grpc.ClientUnaryCall;
  Consistency(argument: _blindsum_v1_SignedRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_blindsum_v1_Empty__Output>): grpc.ClientUnaryCall;
  Consistency(argument: _blindsum_v1_SignedRequest, callback: grpc.requestCallback<_blindsum_v1_Empty__Output>): grpc.ClientUnaryCall;
  /**
   * r3: the one vote for this set of survivors.
   */
  consistency(argument: _blindsum_v1_SignedRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_blindsum_v1_Empty__Output>): grpc.ClientUnaryCall;
  consistency(argument: _blindsum_v1_SignedRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_blindsum_v1_Empty__Output>): grpc.ClientUnaryCall;
  consistency(argument: _blindsum_v1_SignedRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_blindsum_v1_Empty__Output>): grpc.ClientUnaryCall;
  consistency(argument: _blindsum_v1_SignedRequest, callback: grpc.requestCallback<_blindsum_v1_Empty__Output>): grpc.ClientUnaryCall;
  
  /**
   * The packed aggregate; the result names its digest.
   */
  GetAggregate(argument: _blindsum_v1_SessionRequest, metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientReadableStream<_blindsum_v1_BlobChunk__Output>;
  GetAggregate(argument: _blindsum_v1_SessionRequest, options?: grpc.CallOptions): grpc.ClientReadableStream<_blindsum_v1_BlobChunk__Output>;
  /**
   * The packed aggregate; the result names its digest.
   */
  getAggregate(argument: _blindsum_v1_SessionRequest, metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientReadableStream<_blindsum_v1_BlobChunk__Output>;
  getAggregate(argument: _blindsum_v1_SessionRequest, options?: grpc.CallOptions): grpc.ClientReadableStream<_blindsum_v1_BlobChunk__Output>;
  
  /**
   * The newest checkpoint of the coordinator's log, and a proof that it continues the tree that the caller saw last.
   */
  GetCheckpoint(argument: _blindsum_v1_CheckpointRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_blindsum_v1_CheckpointReply__Output>): grpc.ClientUnaryCall;
  GetCheckpoint(argument: _blindsum_v1_CheckpointRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_blindsum_v1_CheckpointReply__Output>): grpc.ClientUnaryCall;
  GetCheckpoint(argument: _blindsum_v1_CheckpointRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_blindsum_v1_CheckpointReply__Output>): grpc.ClientUnaryCall;
  GetCheckpoint(argument: _blindsum_v1_CheckpointRequest, callback: grpc.requestCallback<_blindsum_v1_CheckpointReply__Output>): grpc.ClientUnaryCall;
  /**
   * The newest checkpoint of the coordinator's log, and a proof that it continues the tree that the caller saw last.
   */
  getCheckpoint(argument: _blindsum_v1_CheckpointRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_blindsum_v1_CheckpointReply__Output>): grpc.ClientUnaryCall;
  getCheckpoint(argument: _blindsum_v1_CheckpointRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_blindsum_v1_CheckpointReply__Output>): grpc.ClientUnaryCall;
  getCheckpoint(argument: _blindsum_v1_CheckpointRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_blindsum_v1_CheckpointReply__Output>): grpc.ClientUnaryCall;
  getCheckpoint(argument: _blindsum_v1_CheckpointRequest, callback: grpc.requestCallback<_blindsum_v1_CheckpointReply__Output>): grpc.ClientUnaryCall;
  
  /**
   * r2: signed headers that complain about shares the caller dealt.
   */
  GetComplaints(argument: _blindsum_v1_SessionRequest, metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientReadableStream<_blindsum_v1_ComplaintsPage__Output>;
  GetComplaints(argument: _blindsum_v1_SessionRequest, options?: grpc.CallOptions): grpc.ClientReadableStream<_blindsum_v1_ComplaintsPage__Output>;
  /**
   * r2: signed headers that complain about shares the caller dealt.
   */
  getComplaints(argument: _blindsum_v1_SessionRequest, metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientReadableStream<_blindsum_v1_ComplaintsPage__Output>;
  getComplaints(argument: _blindsum_v1_SessionRequest, options?: grpc.CallOptions): grpc.ClientReadableStream<_blindsum_v1_ComplaintsPage__Output>;
  
  /**
   * Statement of U3 and the signed r2 headers of its members, after r2 closed.
   */
  GetHeaders(argument: _blindsum_v1_SessionRequest, metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientReadableStream<_blindsum_v1_HeadersPage__Output>;
  GetHeaders(argument: _blindsum_v1_SessionRequest, options?: grpc.CallOptions): grpc.ClientReadableStream<_blindsum_v1_HeadersPage__Output>;
  /**
   * Statement of U3 and the signed r2 headers of its members, after r2 closed.
   */
  getHeaders(argument: _blindsum_v1_SessionRequest, metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientReadableStream<_blindsum_v1_HeadersPage__Output>;
  getHeaders(argument: _blindsum_v1_SessionRequest, options?: grpc.CallOptions): grpc.ClientReadableStream<_blindsum_v1_HeadersPage__Output>;
  
  /**
   * The model or query; the opening names its hash.
   */
  GetInput(argument: _blindsum_v1_SessionRequest, metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientReadableStream<_blindsum_v1_BlobChunk__Output>;
  GetInput(argument: _blindsum_v1_SessionRequest, options?: grpc.CallOptions): grpc.ClientReadableStream<_blindsum_v1_BlobChunk__Output>;
  /**
   * The model or query; the opening names its hash.
   */
  getInput(argument: _blindsum_v1_SessionRequest, metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientReadableStream<_blindsum_v1_BlobChunk__Output>;
  getInput(argument: _blindsum_v1_SessionRequest, options?: grpc.CallOptions): grpc.ClientReadableStream<_blindsum_v1_BlobChunk__Output>;
  
  /**
   * The signed result or the signed abort, once there is one.
   */
  GetOutcome(argument: _blindsum_v1_SessionRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_blindsum_v1_OutcomeReply__Output>): grpc.ClientUnaryCall;
  GetOutcome(argument: _blindsum_v1_SessionRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_blindsum_v1_OutcomeReply__Output>): grpc.ClientUnaryCall;
  GetOutcome(argument: _blindsum_v1_SessionRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_blindsum_v1_OutcomeReply__Output>): grpc.ClientUnaryCall;
  GetOutcome(argument: _blindsum_v1_SessionRequest, callback: grpc.requestCallback<_blindsum_v1_OutcomeReply__Output>): grpc.ClientUnaryCall;
  /**
   * The signed result or the signed abort, once there is one.
   */
  getOutcome(argument: _blindsum_v1_SessionRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_blindsum_v1_OutcomeReply__Output>): grpc.ClientUnaryCall;
  getOutcome(argument: _blindsum_v1_SessionRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_blindsum_v1_OutcomeReply__Output>): grpc.ClientUnaryCall;
  getOutcome(argument: _blindsum_v1_SessionRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_blindsum_v1_OutcomeReply__Output>): grpc.ClientUnaryCall;
  getOutcome(argument: _blindsum_v1_SessionRequest, callback: grpc.requestCallback<_blindsum_v1_OutcomeReply__Output>): grpc.ClientUnaryCall;
  
  /**
   * Proofs that the caller's messages and the outcome of an ended session are in its tree, and the session in the log.
   */
  GetReceipt(argument: _blindsum_v1_ReceiptRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_blindsum_v1_ReceiptReply__Output>): grpc.ClientUnaryCall;
  GetReceipt(argument: _blindsum_v1_ReceiptRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_blindsum_v1_ReceiptReply__Output>): grpc.ClientUnaryCall;
  GetReceipt(argument: _blindsum_v1_ReceiptRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_blindsum_v1_ReceiptReply__Output>): grpc.ClientUnaryCall;
  GetReceipt(argument: _blindsum_v1_ReceiptRequest, callback: grpc.requestCallback<_blindsum_v1_ReceiptReply__Output>): grpc.ClientUnaryCall;
  /**
   * Proofs that the caller's messages and the outcome of an ended session are in its tree, and the session in the log.
   */
  getReceipt(argument: _blindsum_v1_ReceiptRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_blindsum_v1_ReceiptReply__Output>): grpc.ClientUnaryCall;
  getReceipt(argument: _blindsum_v1_ReceiptRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_blindsum_v1_ReceiptReply__Output>): grpc.ClientUnaryCall;
  getReceipt(argument: _blindsum_v1_ReceiptRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_blindsum_v1_ReceiptReply__Output>): grpc.ClientUnaryCall;
  getReceipt(argument: _blindsum_v1_ReceiptRequest, callback: grpc.requestCallback<_blindsum_v1_ReceiptReply__Output>): grpc.ClientUnaryCall;
  
  /**
   * Statement of U1 and the whole roster, after r0 closed.
   */
  GetRoster(argument: _blindsum_v1_SessionRequest, metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientReadableStream<_blindsum_v1_RosterPage__Output>;
  GetRoster(argument: _blindsum_v1_SessionRequest, options?: grpc.CallOptions): grpc.ClientReadableStream<_blindsum_v1_RosterPage__Output>;
  /**
   * Statement of U1 and the whole roster, after r0 closed.
   */
  getRoster(argument: _blindsum_v1_SessionRequest, metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientReadableStream<_blindsum_v1_RosterPage__Output>;
  getRoster(argument: _blindsum_v1_SessionRequest, options?: grpc.CallOptions): grpc.ClientReadableStream<_blindsum_v1_RosterPage__Output>;
  
  /**
   * Statement of U2 and what was dealt to the caller, after r1 closed.
   */
  GetShares(argument: _blindsum_v1_SessionRequest, metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientReadableStream<_blindsum_v1_SharesPage__Output>;
  GetShares(argument: _blindsum_v1_SessionRequest, options?: grpc.CallOptions): grpc.ClientReadableStream<_blindsum_v1_SharesPage__Output>;
  /**
   * Statement of U2 and what was dealt to the caller, after r1 closed.
   */
  getShares(argument: _blindsum_v1_SessionRequest, metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientReadableStream<_blindsum_v1_SharesPage__Output>;
  getShares(argument: _blindsum_v1_SessionRequest, options?: grpc.CallOptions): grpc.ClientReadableStream<_blindsum_v1_SharesPage__Output>;
  
  /**
   * Signed r3 messages, and answers to the caller's complaints, after r3 closed. No lists of survivors.
   */
  GetSignatures(argument: _blindsum_v1_SessionRequest, metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientReadableStream<_blindsum_v1_SignaturesPage__Output>;
  GetSignatures(argument: _blindsum_v1_SessionRequest, options?: grpc.CallOptions): grpc.ClientReadableStream<_blindsum_v1_SignaturesPage__Output>;
  /**
   * Signed r3 messages, and answers to the caller's complaints, after r3 closed. No lists of survivors.
   */
  getSignatures(argument: _blindsum_v1_SessionRequest, metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientReadableStream<_blindsum_v1_SignaturesPage__Output>;
  getSignatures(argument: _blindsum_v1_SessionRequest, options?: grpc.CallOptions): grpc.ClientReadableStream<_blindsum_v1_SignaturesPage__Output>;
  
  /**
   * The signed task with the list it pins and all revocations; a participant checks them against its policy.
   */
  GetTask(argument: _blindsum_v1_TaskRequest, metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientReadableStream<_blindsum_v1_TaskPage__Output>;
  GetTask(argument: _blindsum_v1_TaskRequest, options?: grpc.CallOptions): grpc.ClientReadableStream<_blindsum_v1_TaskPage__Output>;
  /**
   * The signed task with the list it pins and all revocations; a participant checks them against its policy.
   */
  getTask(argument: _blindsum_v1_TaskRequest, metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientReadableStream<_blindsum_v1_TaskPage__Output>;
  getTask(argument: _blindsum_v1_TaskRequest, options?: grpc.CallOptions): grpc.ClientReadableStream<_blindsum_v1_TaskPage__Output>;
  
  /**
   * r2: the next bytes of the masked input, at most 1 MiB.
   */
  PutChunk(argument: _blindsum_v1_PutChunkRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_blindsum_v1_PutChunkReply__Output>): grpc.ClientUnaryCall;
  PutChunk(argument: _blindsum_v1_PutChunkRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_blindsum_v1_PutChunkReply__Output>): grpc.ClientUnaryCall;
  PutChunk(argument: _blindsum_v1_PutChunkRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_blindsum_v1_PutChunkReply__Output>): grpc.ClientUnaryCall;
  PutChunk(argument: _blindsum_v1_PutChunkRequest, callback: grpc.requestCallback<_blindsum_v1_PutChunkReply__Output>): grpc.ClientUnaryCall;
  /**
   * r2: the next bytes of the masked input, at most 1 MiB.
   */
  putChunk(argument: _blindsum_v1_PutChunkRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_blindsum_v1_PutChunkReply__Output>): grpc.ClientUnaryCall;
  putChunk(argument: _blindsum_v1_PutChunkRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_blindsum_v1_PutChunkReply__Output>): grpc.ClientUnaryCall;
  putChunk(argument: _blindsum_v1_PutChunkRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_blindsum_v1_PutChunkReply__Output>): grpc.ClientUnaryCall;
  putChunk(argument: _blindsum_v1_PutChunkRequest, callback: grpc.requestCallback<_blindsum_v1_PutChunkReply__Output>): grpc.ClientUnaryCall;
  
  /**
   * r1: sealed secret shares for each neighbour. One message: 10,000 neighbours are about 1.5 MiB.
   */
  ShareKeys(argument: _blindsum_v1_ShareKeysRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_blindsum_v1_Empty__Output>): grpc.ClientUnaryCall;
  ShareKeys(argument: _blindsum_v1_ShareKeysRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_blindsum_v1_Empty__Output>): grpc.ClientUnaryCall;
  ShareKeys(argument: _blindsum_v1_ShareKeysRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_blindsum_v1_Empty__Output>): grpc.ClientUnaryCall;
  ShareKeys(argument: _blindsum_v1_ShareKeysRequest, callback: grpc.requestCallback<_blindsum_v1_Empty__Output>): grpc.ClientUnaryCall;
  /**
   * r1: sealed secret shares for each neighbour. One message: 10,000 neighbours are about 1.5 MiB.
   */
  shareKeys(argument: _blindsum_v1_ShareKeysRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_blindsum_v1_Empty__Output>): grpc.ClientUnaryCall;
  shareKeys(argument: _blindsum_v1_ShareKeysRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_blindsum_v1_Empty__Output>): grpc.ClientUnaryCall;
  shareKeys(argument: _blindsum_v1_ShareKeysRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_blindsum_v1_Empty__Output>): grpc.ClientUnaryCall;
  shareKeys(argument: _blindsum_v1_ShareKeysRequest, callback: grpc.requestCallback<_blindsum_v1_Empty__Output>): grpc.ClientUnaryCall;
  
  /**
   * r4: one share for each neighbour.
   */
  Unmask(argument: _blindsum_v1_SignedSharesRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_blindsum_v1_Empty__Output>): grpc.ClientUnaryCall;
  Unmask(argument: _blindsum_v1_SignedSharesRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_blindsum_v1_Empty__Output>): grpc.ClientUnaryCall;
  Unmask(argument: _blindsum_v1_SignedSharesRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_blindsum_v1_Empty__Output>): grpc.ClientUnaryCall;
  Unmask(argument: _blindsum_v1_SignedSharesRequest, callback: grpc.requestCallback<_blindsum_v1_Empty__Output>): grpc.ClientUnaryCall;
  /**
   * r4: one share for each neighbour.
   */
  unmask(argument: _blindsum_v1_SignedSharesRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_blindsum_v1_Empty__Output>): grpc.ClientUnaryCall;
  unmask(argument: _blindsum_v1_SignedSharesRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_blindsum_v1_Empty__Output>): grpc.ClientUnaryCall;
  unmask(argument: _blindsum_v1_SignedSharesRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_blindsum_v1_Empty__Output>): grpc.ClientUnaryCall;
  unmask(argument: _blindsum_v1_SignedSharesRequest, callback: grpc.requestCallback<_blindsum_v1_Empty__Output>): grpc.ClientUnaryCall;
  
  /**
   * The present phase at once, then each change; ends after closed or aborted.
   */
  WatchSession(argument: _blindsum_v1_SessionRequest, metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientReadableStream<_blindsum_v1_PhaseEvent__Output>;
  WatchSession(argument: _blindsum_v1_SessionRequest, options?: grpc.CallOptions): grpc.ClientReadableStream<_blindsum_v1_PhaseEvent__Output>;
  /**
   * The present phase at once, then each change; ends after closed or aborted.
   */
  watchSession(argument: _blindsum_v1_SessionRequest, metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientReadableStream<_blindsum_v1_PhaseEvent__Output>;
  watchSession(argument: _blindsum_v1_SessionRequest, options?: grpc.CallOptions): grpc.ClientReadableStream<_blindsum_v1_PhaseEvent__Output>;
  
  /**
   * Sessions of the task that are open for joining, now and later, until cancelled.
   */
  WatchSessions(argument: _blindsum_v1_TaskRequest, metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientReadableStream<_blindsum_v1_SessionAnnouncementPage__Output>;
  WatchSessions(argument: _blindsum_v1_TaskRequest, options?: grpc.CallOptions): grpc.ClientReadableStream<_blindsum_v1_SessionAnnouncementPage__Output>;
  /**
   * Sessions of the task that are open for joining, now and later, until cancelled.
   */
  watchSessions(argument: _blindsum_v1_TaskRequest, metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientReadableStream<_blindsum_v1_SessionAnnouncementPage__Output>;
  watchSessions(argument: _blindsum_v1_TaskRequest, options?: grpc.CallOptions): grpc.ClientReadableStream<_blindsum_v1_SessionAnnouncementPage__Output>;
  
}

export interface ParticipantServiceHandlers extends grpc.UntypedServiceImplementation {
  /**
   * r0: session keys, signed.
   */
  AdvertiseKeys: grpc.handleUnaryCall<_blindsum_v1_AdvertiseKeysRequest__Output, _blindsum_v1_Empty>;
  
  /**
   * r2: the dealer's answer to one complaint: that holder's shares, as dealt in r1.
   */
  AnswerComplaint: grpc.handleUnaryCall<_blindsum_v1_SignedSharesRequest__Output, _blindsum_v1_Empty>;
  
  /**
   * r2: announces the masked input by its signed header; tells where to go on, or when to ask again.
   */
  BeginUpload: grpc.handleUnaryCall<_blindsum_v1_SignedRequest__Output, _blindsum_v1_BeginUploadReply>;
  
  /**
   * r2: the upload is whole. From here on it counts.
   */
  CommitUpload: grpc.handleUnaryCall<_blindsum_v1_SessionRequest__Output, _blindsum_v1_Empty>;
  
  /**
   * r3: the one vote for this set of survivors.
   */
  Consistency: grpc.handleUnaryCall<_blindsum_v1_SignedRequest__Output, _blindsum_v1_Empty>;
  
  /**
   * The packed aggregate; the result names its digest.
   */
  GetAggregate: grpc.handleServerStreamingCall<_blindsum_v1_SessionRequest__Output, _blindsum_v1_BlobChunk>;
  
  /**
   * The newest checkpoint of the coordinator's log, and a proof that it continues the tree that the caller saw last.
   */
  GetCheckpoint: grpc.handleUnaryCall<_blindsum_v1_CheckpointRequest__Output, _blindsum_v1_CheckpointReply>;
  
  /**
   * r2: signed headers that complain about shares the caller dealt.
   */
  GetComplaints: grpc.handleServerStreamingCall<_blindsum_v1_SessionRequest__Output, _blindsum_v1_ComplaintsPage>;
  
  /**
   * Statement of U3 and the signed r2 headers of its members, after r2 closed.
   */
  GetHeaders: grpc.handleServerStreamingCall<_blindsum_v1_SessionRequest__Output, _blindsum_v1_HeadersPage>;
  
  /**
   * The model or query; the opening names its hash.
   */
  GetInput: grpc.handleServerStreamingCall<_blindsum_v1_SessionRequest__Output, _blindsum_v1_BlobChunk>;
  
  /**
   * The signed result or the signed abort, once there is one.
   */
  GetOutcome: grpc.handleUnaryCall<_blindsum_v1_SessionRequest__Output, _blindsum_v1_OutcomeReply>;
  
  /**
   * Proofs that the caller's messages and the outcome of an ended session are in its tree, and the session in the log.
   */
  GetReceipt: grpc.handleUnaryCall<_blindsum_v1_ReceiptRequest__Output, _blindsum_v1_ReceiptReply>;
  
  /**
   * Statement of U1 and the whole roster, after r0 closed.
   */
  GetRoster: grpc.handleServerStreamingCall<_blindsum_v1_SessionRequest__Output, _blindsum_v1_RosterPage>;
  
  /**
   * Statement of U2 and what was dealt to the caller, after r1 closed.
   */
  GetShares: grpc.handleServerStreamingCall<_blindsum_v1_SessionRequest__Output, _blindsum_v1_SharesPage>;
  
  /**
   * Signed r3 messages, and answers to the caller's complaints, after r3 closed. No lists of survivors.
   */
  GetSignatures: grpc.handleServerStreamingCall<_blindsum_v1_SessionRequest__Output, _blindsum_v1_SignaturesPage>;
  
  /**
   * The signed task with the list it pins and all revocations; a participant checks them against its policy.
   */
  GetTask: grpc.handleServerStreamingCall<_blindsum_v1_TaskRequest__Output, _blindsum_v1_TaskPage>;
  
  /**
   * r2: the next bytes of the masked input, at most 1 MiB.
   */
  PutChunk: grpc.handleUnaryCall<_blindsum_v1_PutChunkRequest__Output, _blindsum_v1_PutChunkReply>;
  
  /**
   * r1: sealed secret shares for each neighbour. One message: 10,000 neighbours are about 1.5 MiB.
   */
  ShareKeys: grpc.handleUnaryCall<_blindsum_v1_ShareKeysRequest__Output, _blindsum_v1_Empty>;
  
  /**
   * r4: one share for each neighbour.
   */
  Unmask: grpc.handleUnaryCall<_blindsum_v1_SignedSharesRequest__Output, _blindsum_v1_Empty>;
  
  /**
   * The present phase at once, then each change; ends after closed or aborted.
   */
  WatchSession: grpc.handleServerStreamingCall<_blindsum_v1_SessionRequest__Output, _blindsum_v1_PhaseEvent>;
  
  /**
   * Sessions of the task that are open for joining, now and later, until cancelled.
   */
  WatchSessions: grpc.handleServerStreamingCall<_blindsum_v1_TaskRequest__Output, _blindsum_v1_SessionAnnouncementPage>;
  
}

export interface ParticipantServiceDefinition extends grpc.ServiceDefinition {
  AdvertiseKeys: MethodDefinition<_blindsum_v1_AdvertiseKeysRequest, _blindsum_v1_Empty, _blindsum_v1_AdvertiseKeysRequest__Output, _blindsum_v1_Empty__Output>
  AnswerComplaint: MethodDefinition<_blindsum_v1_SignedSharesRequest, _blindsum_v1_Empty, _blindsum_v1_SignedSharesRequest__Output, _blindsum_v1_Empty__Output>
  BeginUpload: MethodDefinition<_blindsum_v1_SignedRequest, _blindsum_v1_BeginUploadReply, _blindsum_v1_SignedRequest__Output, _blindsum_v1_BeginUploadReply__Output>
  CommitUpload: MethodDefinition<_blindsum_v1_SessionRequest, _blindsum_v1_Empty, _blindsum_v1_SessionRequest__Output, _blindsum_v1_Empty__Output>
  Consistency: MethodDefinition<_blindsum_v1_SignedRequest, _blindsum_v1_Empty, _blindsum_v1_SignedRequest__Output, _blindsum_v1_Empty__Output>
  GetAggregate: MethodDefinition<_blindsum_v1_SessionRequest, _blindsum_v1_BlobChunk, _blindsum_v1_SessionRequest__Output, _blindsum_v1_BlobChunk__Output>
  GetCheckpoint: MethodDefinition<_blindsum_v1_CheckpointRequest, _blindsum_v1_CheckpointReply, _blindsum_v1_CheckpointRequest__Output, _blindsum_v1_CheckpointReply__Output>
  GetComplaints: MethodDefinition<_blindsum_v1_SessionRequest, _blindsum_v1_ComplaintsPage, _blindsum_v1_SessionRequest__Output, _blindsum_v1_ComplaintsPage__Output>
  GetHeaders: MethodDefinition<_blindsum_v1_SessionRequest, _blindsum_v1_HeadersPage, _blindsum_v1_SessionRequest__Output, _blindsum_v1_HeadersPage__Output>
  GetInput: MethodDefinition<_blindsum_v1_SessionRequest, _blindsum_v1_BlobChunk, _blindsum_v1_SessionRequest__Output, _blindsum_v1_BlobChunk__Output>
  GetOutcome: MethodDefinition<_blindsum_v1_SessionRequest, _blindsum_v1_OutcomeReply, _blindsum_v1_SessionRequest__Output, _blindsum_v1_OutcomeReply__Output>
  GetReceipt: MethodDefinition<_blindsum_v1_ReceiptRequest, _blindsum_v1_ReceiptReply, _blindsum_v1_ReceiptRequest__Output, _blindsum_v1_ReceiptReply__Output>
  GetRoster: MethodDefinition<_blindsum_v1_SessionRequest, _blindsum_v1_RosterPage, _blindsum_v1_SessionRequest__Output, _blindsum_v1_RosterPage__Output>
  GetShares: MethodDefinition<_blindsum_v1_SessionRequest, _blindsum_v1_SharesPage, _blindsum_v1_SessionRequest__Output, _blindsum_v1_SharesPage__Output>
  GetSignatures: MethodDefinition<_blindsum_v1_SessionRequest, _blindsum_v1_SignaturesPage, _blindsum_v1_SessionRequest__Output, _blindsum_v1_SignaturesPage__Output>
  GetTask: MethodDefinition<_blindsum_v1_TaskRequest, _blindsum_v1_TaskPage, _blindsum_v1_TaskRequest__Output, _blindsum_v1_TaskPage__Output>
  PutChunk: MethodDefinition<_blindsum_v1_PutChunkRequest, _blindsum_v1_PutChunkReply, _blindsum_v1_PutChunkRequest__Output, _blindsum_v1_PutChunkReply__Output>
  ShareKeys: MethodDefinition<_blindsum_v1_ShareKeysRequest, _blindsum_v1_Empty, _blindsum_v1_ShareKeysRequest__Output, _blindsum_v1_Empty__Output>
  Unmask: MethodDefinition<_blindsum_v1_SignedSharesRequest, _blindsum_v1_Empty, _blindsum_v1_SignedSharesRequest__Output, _blindsum_v1_Empty__Output>
  WatchSession: MethodDefinition<_blindsum_v1_SessionRequest, _blindsum_v1_PhaseEvent, _blindsum_v1_SessionRequest__Output, _blindsum_v1_PhaseEvent__Output>
  WatchSessions: MethodDefinition<_blindsum_v1_TaskRequest, _blindsum_v1_SessionAnnouncementPage, _blindsum_v1_TaskRequest__Output, _blindsum_v1_SessionAnnouncementPage__Output>
}
