// Original file: protos/blindsum/v1/operator.proto

import type * as grpc from '@grpc/grpc-js'
import type { MethodDefinition } from '@grpc/proto-loader'
import type { ActionsPage as _blindsum_v1_ActionsPage, ActionsPage__Output as _blindsum_v1_ActionsPage__Output } from '../../blindsum/v1/ActionsPage.js';
import type { CancelSessionRequest as _blindsum_v1_CancelSessionRequest, CancelSessionRequest__Output as _blindsum_v1_CancelSessionRequest__Output } from '../../blindsum/v1/CancelSessionRequest.js';
import type { CreateTaskReply as _blindsum_v1_CreateTaskReply, CreateTaskReply__Output as _blindsum_v1_CreateTaskReply__Output } from '../../blindsum/v1/CreateTaskReply.js';
import type { CreateTaskRequest as _blindsum_v1_CreateTaskRequest, CreateTaskRequest__Output as _blindsum_v1_CreateTaskRequest__Output } from '../../blindsum/v1/CreateTaskRequest.js';
import type { Empty as _blindsum_v1_Empty, Empty__Output as _blindsum_v1_Empty__Output } from '../../blindsum/v1/Empty.js';
import type { EscrowPage as _blindsum_v1_EscrowPage, EscrowPage__Output as _blindsum_v1_EscrowPage__Output } from '../../blindsum/v1/EscrowPage.js';
import type { ListActionsRequest as _blindsum_v1_ListActionsRequest, ListActionsRequest__Output as _blindsum_v1_ListActionsRequest__Output } from '../../blindsum/v1/ListActionsRequest.js';
import type { LogPage as _blindsum_v1_LogPage, LogPage__Output as _blindsum_v1_LogPage__Output } from '../../blindsum/v1/LogPage.js';
import type { OpenSessionRequest as _blindsum_v1_OpenSessionRequest, OpenSessionRequest__Output as _blindsum_v1_OpenSessionRequest__Output } from '../../blindsum/v1/OpenSessionRequest.js';
import type { PurgeSessionRequest as _blindsum_v1_PurgeSessionRequest, PurgeSessionRequest__Output as _blindsum_v1_PurgeSessionRequest__Output } from '../../blindsum/v1/PurgeSessionRequest.js';
import type { PutInputReply as _blindsum_v1_PutInputReply, PutInputReply__Output as _blindsum_v1_PutInputReply__Output } from '../../blindsum/v1/PutInputReply.js';
import type { PutInputRequest as _blindsum_v1_PutInputRequest, PutInputRequest__Output as _blindsum_v1_PutInputRequest__Output } from '../../blindsum/v1/PutInputRequest.js';
import type { PutSignedRequest as _blindsum_v1_PutSignedRequest, PutSignedRequest__Output as _blindsum_v1_PutSignedRequest__Output } from '../../blindsum/v1/PutSignedRequest.js';
import type { SessionOutcomePage as _blindsum_v1_SessionOutcomePage, SessionOutcomePage__Output as _blindsum_v1_SessionOutcomePage__Output } from '../../blindsum/v1/SessionOutcomePage.js';
import type { SessionRequest as _blindsum_v1_SessionRequest, SessionRequest__Output as _blindsum_v1_SessionRequest__Output } from '../../blindsum/v1/SessionRequest.js';
import type { SessionSummaryPage as _blindsum_v1_SessionSummaryPage, SessionSummaryPage__Output as _blindsum_v1_SessionSummaryPage__Output } from '../../blindsum/v1/SessionSummaryPage.js';
import type { TaskRequest as _blindsum_v1_TaskRequest, TaskRequest__Output as _blindsum_v1_TaskRequest__Output } from '../../blindsum/v1/TaskRequest.js';
import type { TaskSummaryPage as _blindsum_v1_TaskSummaryPage, TaskSummaryPage__Output as _blindsum_v1_TaskSummaryPage__Output } from '../../blindsum/v1/TaskSummaryPage.js';
import type { TranscriptPage as _blindsum_v1_TranscriptPage, TranscriptPage__Output as _blindsum_v1_TranscriptPage__Output } from '../../blindsum/v1/TranscriptPage.js';

export interface OperatorServiceClient extends grpc.Client {
  CancelSession(argument: _blindsum_v1_CancelSessionRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_blindsum_v1_Empty__Output>): grpc.ClientUnaryCall;
  CancelSession(argument: _blindsum_v1_CancelSessionRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_blindsum_v1_Empty__Output>): grpc.ClientUnaryCall;
  CancelSession(argument: _blindsum_v1_CancelSessionRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_blindsum_v1_Empty__Output>): grpc.ClientUnaryCall;
  CancelSession(argument: _blindsum_v1_CancelSessionRequest, callback: grpc.requestCallback<_blindsum_v1_Empty__Output>): grpc.ClientUnaryCall;
  cancelSession(argument: _blindsum_v1_CancelSessionRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_blindsum_v1_Empty__Output>): grpc.ClientUnaryCall;
  cancelSession(argument: _blindsum_v1_CancelSessionRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_blindsum_v1_Empty__Output>): grpc.ClientUnaryCall;
  cancelSession(argument: _blindsum_v1_CancelSessionRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_blindsum_v1_Empty__Output>): grpc.ClientUnaryCall;
  cancelSession(argument: _blindsum_v1_CancelSessionRequest, callback: grpc.requestCallback<_blindsum_v1_Empty__Output>): grpc.ClientUnaryCall;
  
  CloseTask(argument: _blindsum_v1_TaskRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_blindsum_v1_Empty__Output>): grpc.ClientUnaryCall;
  CloseTask(argument: _blindsum_v1_TaskRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_blindsum_v1_Empty__Output>): grpc.ClientUnaryCall;
  CloseTask(argument: _blindsum_v1_TaskRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_blindsum_v1_Empty__Output>): grpc.ClientUnaryCall;
  CloseTask(argument: _blindsum_v1_TaskRequest, callback: grpc.requestCallback<_blindsum_v1_Empty__Output>): grpc.ClientUnaryCall;
  closeTask(argument: _blindsum_v1_TaskRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_blindsum_v1_Empty__Output>): grpc.ClientUnaryCall;
  closeTask(argument: _blindsum_v1_TaskRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_blindsum_v1_Empty__Output>): grpc.ClientUnaryCall;
  closeTask(argument: _blindsum_v1_TaskRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_blindsum_v1_Empty__Output>): grpc.ClientUnaryCall;
  closeTask(argument: _blindsum_v1_TaskRequest, callback: grpc.requestCallback<_blindsum_v1_Empty__Output>): grpc.ClientUnaryCall;
  
  /**
   * Stores a task that the organiser signed. At most 8 MiB with the list it pins.
   */
  CreateTask(argument: _blindsum_v1_CreateTaskRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_blindsum_v1_CreateTaskReply__Output>): grpc.ClientUnaryCall;
  CreateTask(argument: _blindsum_v1_CreateTaskRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_blindsum_v1_CreateTaskReply__Output>): grpc.ClientUnaryCall;
  CreateTask(argument: _blindsum_v1_CreateTaskRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_blindsum_v1_CreateTaskReply__Output>): grpc.ClientUnaryCall;
  CreateTask(argument: _blindsum_v1_CreateTaskRequest, callback: grpc.requestCallback<_blindsum_v1_CreateTaskReply__Output>): grpc.ClientUnaryCall;
  /**
   * Stores a task that the organiser signed. At most 8 MiB with the list it pins.
   */
  createTask(argument: _blindsum_v1_CreateTaskRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_blindsum_v1_CreateTaskReply__Output>): grpc.ClientUnaryCall;
  createTask(argument: _blindsum_v1_CreateTaskRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_blindsum_v1_CreateTaskReply__Output>): grpc.ClientUnaryCall;
  createTask(argument: _blindsum_v1_CreateTaskRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_blindsum_v1_CreateTaskReply__Output>): grpc.ClientUnaryCall;
  createTask(argument: _blindsum_v1_CreateTaskRequest, callback: grpc.requestCallback<_blindsum_v1_CreateTaskReply__Output>): grpc.ClientUnaryCall;
  
  /**
   * What an auditor recomputes the sum from: the uploads of the survivors and the shares that were revealed.
   */
  ExportEscrow(argument: _blindsum_v1_SessionRequest, metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientReadableStream<_blindsum_v1_EscrowPage__Output>;
  ExportEscrow(argument: _blindsum_v1_SessionRequest, options?: grpc.CallOptions): grpc.ClientReadableStream<_blindsum_v1_EscrowPage__Output>;
  /**
   * What an auditor recomputes the sum from: the uploads of the survivors and the shares that were revealed.
   */
  exportEscrow(argument: _blindsum_v1_SessionRequest, metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientReadableStream<_blindsum_v1_EscrowPage__Output>;
  exportEscrow(argument: _blindsum_v1_SessionRequest, options?: grpc.CallOptions): grpc.ClientReadableStream<_blindsum_v1_EscrowPage__Output>;
  
  /**
   * The log with its newest checkpoint.
   */
  ExportLog(argument: _blindsum_v1_Empty, metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientReadableStream<_blindsum_v1_LogPage__Output>;
  ExportLog(argument: _blindsum_v1_Empty, options?: grpc.CallOptions): grpc.ClientReadableStream<_blindsum_v1_LogPage__Output>;
  /**
   * The log with its newest checkpoint.
   */
  exportLog(argument: _blindsum_v1_Empty, metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientReadableStream<_blindsum_v1_LogPage__Output>;
  exportLog(argument: _blindsum_v1_Empty, options?: grpc.CallOptions): grpc.ClientReadableStream<_blindsum_v1_LogPage__Output>;
  
  /**
   * The head of the transcript and the leaves of the session tree, in order: what an auditor verifies.
   */
  ExportSession(argument: _blindsum_v1_SessionRequest, metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientReadableStream<_blindsum_v1_TranscriptPage__Output>;
  ExportSession(argument: _blindsum_v1_SessionRequest, options?: grpc.CallOptions): grpc.ClientReadableStream<_blindsum_v1_TranscriptPage__Output>;
  /**
   * The head of the transcript and the leaves of the session tree, in order: what an auditor verifies.
   */
  exportSession(argument: _blindsum_v1_SessionRequest, metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientReadableStream<_blindsum_v1_TranscriptPage__Output>;
  exportSession(argument: _blindsum_v1_SessionRequest, options?: grpc.CallOptions): grpc.ClientReadableStream<_blindsum_v1_TranscriptPage__Output>;
  
  GetOutcome(argument: _blindsum_v1_SessionRequest, metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientReadableStream<_blindsum_v1_SessionOutcomePage__Output>;
  GetOutcome(argument: _blindsum_v1_SessionRequest, options?: grpc.CallOptions): grpc.ClientReadableStream<_blindsum_v1_SessionOutcomePage__Output>;
  getOutcome(argument: _blindsum_v1_SessionRequest, metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientReadableStream<_blindsum_v1_SessionOutcomePage__Output>;
  getOutcome(argument: _blindsum_v1_SessionRequest, options?: grpc.CallOptions): grpc.ClientReadableStream<_blindsum_v1_SessionOutcomePage__Output>;
  
  GetSession(argument: _blindsum_v1_SessionRequest, metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientReadableStream<_blindsum_v1_SessionSummaryPage__Output>;
  GetSession(argument: _blindsum_v1_SessionRequest, options?: grpc.CallOptions): grpc.ClientReadableStream<_blindsum_v1_SessionSummaryPage__Output>;
  getSession(argument: _blindsum_v1_SessionRequest, metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientReadableStream<_blindsum_v1_SessionSummaryPage__Output>;
  getSession(argument: _blindsum_v1_SessionRequest, options?: grpc.CallOptions): grpc.ClientReadableStream<_blindsum_v1_SessionSummaryPage__Output>;
  
  GetTask(argument: _blindsum_v1_TaskRequest, metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientReadableStream<_blindsum_v1_TaskSummaryPage__Output>;
  GetTask(argument: _blindsum_v1_TaskRequest, options?: grpc.CallOptions): grpc.ClientReadableStream<_blindsum_v1_TaskSummaryPage__Output>;
  getTask(argument: _blindsum_v1_TaskRequest, metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientReadableStream<_blindsum_v1_TaskSummaryPage__Output>;
  getTask(argument: _blindsum_v1_TaskRequest, options?: grpc.CallOptions): grpc.ClientReadableStream<_blindsum_v1_TaskSummaryPage__Output>;
  
  /**
   * What operators changed, the newest first.
   */
  ListActions(argument: _blindsum_v1_ListActionsRequest, metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientReadableStream<_blindsum_v1_ActionsPage__Output>;
  ListActions(argument: _blindsum_v1_ListActionsRequest, options?: grpc.CallOptions): grpc.ClientReadableStream<_blindsum_v1_ActionsPage__Output>;
  /**
   * What operators changed, the newest first.
   */
  listActions(argument: _blindsum_v1_ListActionsRequest, metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientReadableStream<_blindsum_v1_ActionsPage__Output>;
  listActions(argument: _blindsum_v1_ListActionsRequest, options?: grpc.CallOptions): grpc.ClientReadableStream<_blindsum_v1_ActionsPage__Output>;
  
  /**
   * Of one task, or of all when the id is empty.
   */
  ListSessions(argument: _blindsum_v1_TaskRequest, metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientReadableStream<_blindsum_v1_SessionSummaryPage__Output>;
  ListSessions(argument: _blindsum_v1_TaskRequest, options?: grpc.CallOptions): grpc.ClientReadableStream<_blindsum_v1_SessionSummaryPage__Output>;
  /**
   * Of one task, or of all when the id is empty.
   */
  listSessions(argument: _blindsum_v1_TaskRequest, metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientReadableStream<_blindsum_v1_SessionSummaryPage__Output>;
  listSessions(argument: _blindsum_v1_TaskRequest, options?: grpc.CallOptions): grpc.ClientReadableStream<_blindsum_v1_SessionSummaryPage__Output>;
  
  ListTasks(argument: _blindsum_v1_Empty, metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientReadableStream<_blindsum_v1_TaskSummaryPage__Output>;
  ListTasks(argument: _blindsum_v1_Empty, options?: grpc.CallOptions): grpc.ClientReadableStream<_blindsum_v1_TaskSummaryPage__Output>;
  listTasks(argument: _blindsum_v1_Empty, metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientReadableStream<_blindsum_v1_TaskSummaryPage__Output>;
  listTasks(argument: _blindsum_v1_Empty, options?: grpc.CallOptions): grpc.ClientReadableStream<_blindsum_v1_TaskSummaryPage__Output>;
  
  OpenSession(argument: _blindsum_v1_OpenSessionRequest, metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientReadableStream<_blindsum_v1_SessionSummaryPage__Output>;
  OpenSession(argument: _blindsum_v1_OpenSessionRequest, options?: grpc.CallOptions): grpc.ClientReadableStream<_blindsum_v1_SessionSummaryPage__Output>;
  openSession(argument: _blindsum_v1_OpenSessionRequest, metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientReadableStream<_blindsum_v1_SessionSummaryPage__Output>;
  openSession(argument: _blindsum_v1_OpenSessionRequest, options?: grpc.CallOptions): grpc.ClientReadableStream<_blindsum_v1_SessionSummaryPage__Output>;
  
  /**
   * Deletes what an ended session keeps of single participants; signed messages and statements stay.
   */
  PurgeSession(argument: _blindsum_v1_PurgeSessionRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_blindsum_v1_Empty__Output>): grpc.ClientUnaryCall;
  PurgeSession(argument: _blindsum_v1_PurgeSessionRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_blindsum_v1_Empty__Output>): grpc.ClientUnaryCall;
  PurgeSession(argument: _blindsum_v1_PurgeSessionRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_blindsum_v1_Empty__Output>): grpc.ClientUnaryCall;
  PurgeSession(argument: _blindsum_v1_PurgeSessionRequest, callback: grpc.requestCallback<_blindsum_v1_Empty__Output>): grpc.ClientUnaryCall;
  /**
   * Deletes what an ended session keeps of single participants; signed messages and statements stay.
   */
  purgeSession(argument: _blindsum_v1_PurgeSessionRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_blindsum_v1_Empty__Output>): grpc.ClientUnaryCall;
  purgeSession(argument: _blindsum_v1_PurgeSessionRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_blindsum_v1_Empty__Output>): grpc.ClientUnaryCall;
  purgeSession(argument: _blindsum_v1_PurgeSessionRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_blindsum_v1_Empty__Output>): grpc.ClientUnaryCall;
  purgeSession(argument: _blindsum_v1_PurgeSessionRequest, callback: grpc.requestCallback<_blindsum_v1_Empty__Output>): grpc.ClientUnaryCall;
  
  /**
   * Enrols a participant: a certificate that the organiser signed.
   */
  PutCertificate(argument: _blindsum_v1_PutSignedRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_blindsum_v1_Empty__Output>): grpc.ClientUnaryCall;
  PutCertificate(argument: _blindsum_v1_PutSignedRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_blindsum_v1_Empty__Output>): grpc.ClientUnaryCall;
  PutCertificate(argument: _blindsum_v1_PutSignedRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_blindsum_v1_Empty__Output>): grpc.ClientUnaryCall;
  PutCertificate(argument: _blindsum_v1_PutSignedRequest, callback: grpc.requestCallback<_blindsum_v1_Empty__Output>): grpc.ClientUnaryCall;
  /**
   * Enrols a participant: a certificate that the organiser signed.
   */
  putCertificate(argument: _blindsum_v1_PutSignedRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_blindsum_v1_Empty__Output>): grpc.ClientUnaryCall;
  putCertificate(argument: _blindsum_v1_PutSignedRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_blindsum_v1_Empty__Output>): grpc.ClientUnaryCall;
  putCertificate(argument: _blindsum_v1_PutSignedRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_blindsum_v1_Empty__Output>): grpc.ClientUnaryCall;
  putCertificate(argument: _blindsum_v1_PutSignedRequest, callback: grpc.requestCallback<_blindsum_v1_Empty__Output>): grpc.ClientUnaryCall;
  
  /**
   * One chunk of an input blob, at most 1 MiB; offsets make it resumable.
   */
  PutInput(argument: _blindsum_v1_PutInputRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_blindsum_v1_PutInputReply__Output>): grpc.ClientUnaryCall;
  PutInput(argument: _blindsum_v1_PutInputRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_blindsum_v1_PutInputReply__Output>): grpc.ClientUnaryCall;
  PutInput(argument: _blindsum_v1_PutInputRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_blindsum_v1_PutInputReply__Output>): grpc.ClientUnaryCall;
  PutInput(argument: _blindsum_v1_PutInputRequest, callback: grpc.requestCallback<_blindsum_v1_PutInputReply__Output>): grpc.ClientUnaryCall;
  /**
   * One chunk of an input blob, at most 1 MiB; offsets make it resumable.
   */
  putInput(argument: _blindsum_v1_PutInputRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_blindsum_v1_PutInputReply__Output>): grpc.ClientUnaryCall;
  putInput(argument: _blindsum_v1_PutInputRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_blindsum_v1_PutInputReply__Output>): grpc.ClientUnaryCall;
  putInput(argument: _blindsum_v1_PutInputRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_blindsum_v1_PutInputReply__Output>): grpc.ClientUnaryCall;
  putInput(argument: _blindsum_v1_PutInputRequest, callback: grpc.requestCallback<_blindsum_v1_PutInputReply__Output>): grpc.ClientUnaryCall;
  
  PutRevocation(argument: _blindsum_v1_PutSignedRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_blindsum_v1_Empty__Output>): grpc.ClientUnaryCall;
  PutRevocation(argument: _blindsum_v1_PutSignedRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_blindsum_v1_Empty__Output>): grpc.ClientUnaryCall;
  PutRevocation(argument: _blindsum_v1_PutSignedRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_blindsum_v1_Empty__Output>): grpc.ClientUnaryCall;
  PutRevocation(argument: _blindsum_v1_PutSignedRequest, callback: grpc.requestCallback<_blindsum_v1_Empty__Output>): grpc.ClientUnaryCall;
  putRevocation(argument: _blindsum_v1_PutSignedRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_blindsum_v1_Empty__Output>): grpc.ClientUnaryCall;
  putRevocation(argument: _blindsum_v1_PutSignedRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_blindsum_v1_Empty__Output>): grpc.ClientUnaryCall;
  putRevocation(argument: _blindsum_v1_PutSignedRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_blindsum_v1_Empty__Output>): grpc.ClientUnaryCall;
  putRevocation(argument: _blindsum_v1_PutSignedRequest, callback: grpc.requestCallback<_blindsum_v1_Empty__Output>): grpc.ClientUnaryCall;
  
  /**
   * The present state at once, then each change; ends after closed or aborted.
   */
  WatchSession(argument: _blindsum_v1_SessionRequest, metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientReadableStream<_blindsum_v1_SessionSummaryPage__Output>;
  WatchSession(argument: _blindsum_v1_SessionRequest, options?: grpc.CallOptions): grpc.ClientReadableStream<_blindsum_v1_SessionSummaryPage__Output>;
  /**
   * The present state at once, then each change; ends after closed or aborted.
   */
  watchSession(argument: _blindsum_v1_SessionRequest, metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientReadableStream<_blindsum_v1_SessionSummaryPage__Output>;
  watchSession(argument: _blindsum_v1_SessionRequest, options?: grpc.CallOptions): grpc.ClientReadableStream<_blindsum_v1_SessionSummaryPage__Output>;
  
}

export interface OperatorServiceHandlers extends grpc.UntypedServiceImplementation {
  CancelSession: grpc.handleUnaryCall<_blindsum_v1_CancelSessionRequest__Output, _blindsum_v1_Empty>;
  
  CloseTask: grpc.handleUnaryCall<_blindsum_v1_TaskRequest__Output, _blindsum_v1_Empty>;
  
  /**
   * Stores a task that the organiser signed. At most 8 MiB with the list it pins.
   */
  CreateTask: grpc.handleUnaryCall<_blindsum_v1_CreateTaskRequest__Output, _blindsum_v1_CreateTaskReply>;
  
  /**
   * What an auditor recomputes the sum from: the uploads of the survivors and the shares that were revealed.
   */
  ExportEscrow: grpc.handleServerStreamingCall<_blindsum_v1_SessionRequest__Output, _blindsum_v1_EscrowPage>;
  
  /**
   * The log with its newest checkpoint.
   */
  ExportLog: grpc.handleServerStreamingCall<_blindsum_v1_Empty__Output, _blindsum_v1_LogPage>;
  
  /**
   * The head of the transcript and the leaves of the session tree, in order: what an auditor verifies.
   */
  ExportSession: grpc.handleServerStreamingCall<_blindsum_v1_SessionRequest__Output, _blindsum_v1_TranscriptPage>;
  
  GetOutcome: grpc.handleServerStreamingCall<_blindsum_v1_SessionRequest__Output, _blindsum_v1_SessionOutcomePage>;
  
  GetSession: grpc.handleServerStreamingCall<_blindsum_v1_SessionRequest__Output, _blindsum_v1_SessionSummaryPage>;
  
  GetTask: grpc.handleServerStreamingCall<_blindsum_v1_TaskRequest__Output, _blindsum_v1_TaskSummaryPage>;
  
  /**
   * What operators changed, the newest first.
   */
  ListActions: grpc.handleServerStreamingCall<_blindsum_v1_ListActionsRequest__Output, _blindsum_v1_ActionsPage>;
  
  /**
   * Of one task, or of all when the id is empty.
   */
  ListSessions: grpc.handleServerStreamingCall<_blindsum_v1_TaskRequest__Output, _blindsum_v1_SessionSummaryPage>;
  
  ListTasks: grpc.handleServerStreamingCall<_blindsum_v1_Empty__Output, _blindsum_v1_TaskSummaryPage>;
  
  OpenSession: grpc.handleServerStreamingCall<_blindsum_v1_OpenSessionRequest__Output, _blindsum_v1_SessionSummaryPage>;
  
  /**
   * Deletes what an ended session keeps of single participants; signed messages and statements stay.
   */
  PurgeSession: grpc.handleUnaryCall<_blindsum_v1_PurgeSessionRequest__Output, _blindsum_v1_Empty>;
  
  /**
   * Enrols a participant: a certificate that the organiser signed.
   */
  PutCertificate: grpc.handleUnaryCall<_blindsum_v1_PutSignedRequest__Output, _blindsum_v1_Empty>;
  
  /**
   * One chunk of an input blob, at most 1 MiB; offsets make it resumable.
   */
  PutInput: grpc.handleUnaryCall<_blindsum_v1_PutInputRequest__Output, _blindsum_v1_PutInputReply>;
  
  PutRevocation: grpc.handleUnaryCall<_blindsum_v1_PutSignedRequest__Output, _blindsum_v1_Empty>;
  
  /**
   * The present state at once, then each change; ends after closed or aborted.
   */
  WatchSession: grpc.handleServerStreamingCall<_blindsum_v1_SessionRequest__Output, _blindsum_v1_SessionSummaryPage>;
  
}

export interface OperatorServiceDefinition extends grpc.ServiceDefinition {
  CancelSession: MethodDefinition<_blindsum_v1_CancelSessionRequest, _blindsum_v1_Empty, _blindsum_v1_CancelSessionRequest__Output, _blindsum_v1_Empty__Output>
  CloseTask: MethodDefinition<_blindsum_v1_TaskRequest, _blindsum_v1_Empty, _blindsum_v1_TaskRequest__Output, _blindsum_v1_Empty__Output>
  CreateTask: MethodDefinition<_blindsum_v1_CreateTaskRequest, _blindsum_v1_CreateTaskReply, _blindsum_v1_CreateTaskRequest__Output, _blindsum_v1_CreateTaskReply__Output>
  ExportEscrow: MethodDefinition<_blindsum_v1_SessionRequest, _blindsum_v1_EscrowPage, _blindsum_v1_SessionRequest__Output, _blindsum_v1_EscrowPage__Output>
  ExportLog: MethodDefinition<_blindsum_v1_Empty, _blindsum_v1_LogPage, _blindsum_v1_Empty__Output, _blindsum_v1_LogPage__Output>
  ExportSession: MethodDefinition<_blindsum_v1_SessionRequest, _blindsum_v1_TranscriptPage, _blindsum_v1_SessionRequest__Output, _blindsum_v1_TranscriptPage__Output>
  GetOutcome: MethodDefinition<_blindsum_v1_SessionRequest, _blindsum_v1_SessionOutcomePage, _blindsum_v1_SessionRequest__Output, _blindsum_v1_SessionOutcomePage__Output>
  GetSession: MethodDefinition<_blindsum_v1_SessionRequest, _blindsum_v1_SessionSummaryPage, _blindsum_v1_SessionRequest__Output, _blindsum_v1_SessionSummaryPage__Output>
  GetTask: MethodDefinition<_blindsum_v1_TaskRequest, _blindsum_v1_TaskSummaryPage, _blindsum_v1_TaskRequest__Output, _blindsum_v1_TaskSummaryPage__Output>
  ListActions: MethodDefinition<_blindsum_v1_ListActionsRequest, _blindsum_v1_ActionsPage, _blindsum_v1_ListActionsRequest__Output, _blindsum_v1_ActionsPage__Output>
  ListSessions: MethodDefinition<_blindsum_v1_TaskRequest, _blindsum_v1_SessionSummaryPage, _blindsum_v1_TaskRequest__Output, _blindsum_v1_SessionSummaryPage__Output>
  ListTasks: MethodDefinition<_blindsum_v1_Empty, _blindsum_v1_TaskSummaryPage, _blindsum_v1_Empty__Output, _blindsum_v1_TaskSummaryPage__Output>
  OpenSession: MethodDefinition<_blindsum_v1_OpenSessionRequest, _blindsum_v1_SessionSummaryPage, _blindsum_v1_OpenSessionRequest__Output, _blindsum_v1_SessionSummaryPage__Output>
  PurgeSession: MethodDefinition<_blindsum_v1_PurgeSessionRequest, _blindsum_v1_Empty, _blindsum_v1_PurgeSessionRequest__Output, _blindsum_v1_Empty__Output>
  PutCertificate: MethodDefinition<_blindsum_v1_PutSignedRequest, _blindsum_v1_Empty, _blindsum_v1_PutSignedRequest__Output, _blindsum_v1_Empty__Output>
  PutInput: MethodDefinition<_blindsum_v1_PutInputRequest, _blindsum_v1_PutInputReply, _blindsum_v1_PutInputRequest__Output, _blindsum_v1_PutInputReply__Output>
  PutRevocation: MethodDefinition<_blindsum_v1_PutSignedRequest, _blindsum_v1_Empty, _blindsum_v1_PutSignedRequest__Output, _blindsum_v1_Empty__Output>
  WatchSession: MethodDefinition<_blindsum_v1_SessionRequest, _blindsum_v1_SessionSummaryPage, _blindsum_v1_SessionRequest__Output, _blindsum_v1_SessionSummaryPage__Output>
}
