import type * as grpc from '@grpc/grpc-js';
import type { EnumTypeDefinition, MessageTypeDefinition } from '@grpc/proto-loader';

import type { AbortReason as _blindsum_v1_AbortReason, AbortReason__Output as _blindsum_v1_AbortReason__Output } from './blindsum/v1/AbortReason.js';
import type { AcceptedCounts as _blindsum_v1_AcceptedCounts, AcceptedCounts__Output as _blindsum_v1_AcceptedCounts__Output } from './blindsum/v1/AcceptedCounts.js';
import type { Action as _blindsum_v1_Action, Action__Output as _blindsum_v1_Action__Output } from './blindsum/v1/Action.js';
import type { ActionsPage as _blindsum_v1_ActionsPage, ActionsPage__Output as _blindsum_v1_ActionsPage__Output } from './blindsum/v1/ActionsPage.js';
import type { BlobChunk as _blindsum_v1_BlobChunk, BlobChunk__Output as _blindsum_v1_BlobChunk__Output } from './blindsum/v1/BlobChunk.js';
import type { CancelSessionRequest as _blindsum_v1_CancelSessionRequest, CancelSessionRequest__Output as _blindsum_v1_CancelSessionRequest__Output } from './blindsum/v1/CancelSessionRequest.js';
import type { CheckpointReply as _blindsum_v1_CheckpointReply, CheckpointReply__Output as _blindsum_v1_CheckpointReply__Output } from './blindsum/v1/CheckpointReply.js';
import type { CheckpointRequest as _blindsum_v1_CheckpointRequest, CheckpointRequest__Output as _blindsum_v1_CheckpointRequest__Output } from './blindsum/v1/CheckpointRequest.js';
import type { CreateTaskReply as _blindsum_v1_CreateTaskReply, CreateTaskReply__Output as _blindsum_v1_CreateTaskReply__Output } from './blindsum/v1/CreateTaskReply.js';
import type { CreateTaskRequest as _blindsum_v1_CreateTaskRequest, CreateTaskRequest__Output as _blindsum_v1_CreateTaskRequest__Output } from './blindsum/v1/CreateTaskRequest.js';
import type { Empty as _blindsum_v1_Empty, Empty__Output as _blindsum_v1_Empty__Output } from './blindsum/v1/Empty.js';
import type { EscrowPage as _blindsum_v1_EscrowPage, EscrowPage__Output as _blindsum_v1_EscrowPage__Output } from './blindsum/v1/EscrowPage.js';
import type { ListActionsRequest as _blindsum_v1_ListActionsRequest, ListActionsRequest__Output as _blindsum_v1_ListActionsRequest__Output } from './blindsum/v1/ListActionsRequest.js';
import type { LogPage as _blindsum_v1_LogPage, LogPage__Output as _blindsum_v1_LogPage__Output } from './blindsum/v1/LogPage.js';
import type { OpenSessionRequest as _blindsum_v1_OpenSessionRequest, OpenSessionRequest__Output as _blindsum_v1_OpenSessionRequest__Output } from './blindsum/v1/OpenSessionRequest.js';
import type { OperatorServiceClient as _blindsum_v1_OperatorServiceClient, OperatorServiceDefinition as _blindsum_v1_OperatorServiceDefinition } from './blindsum/v1/OperatorService.js';
import type { PurgeSessionRequest as _blindsum_v1_PurgeSessionRequest, PurgeSessionRequest__Output as _blindsum_v1_PurgeSessionRequest__Output } from './blindsum/v1/PurgeSessionRequest.js';
import type { PutInputReply as _blindsum_v1_PutInputReply, PutInputReply__Output as _blindsum_v1_PutInputReply__Output } from './blindsum/v1/PutInputReply.js';
import type { PutInputRequest as _blindsum_v1_PutInputRequest, PutInputRequest__Output as _blindsum_v1_PutInputRequest__Output } from './blindsum/v1/PutInputRequest.js';
import type { PutSignedRequest as _blindsum_v1_PutSignedRequest, PutSignedRequest__Output as _blindsum_v1_PutSignedRequest__Output } from './blindsum/v1/PutSignedRequest.js';
import type { SessionOutcomePage as _blindsum_v1_SessionOutcomePage, SessionOutcomePage__Output as _blindsum_v1_SessionOutcomePage__Output } from './blindsum/v1/SessionOutcomePage.js';
import type { SessionRequest as _blindsum_v1_SessionRequest, SessionRequest__Output as _blindsum_v1_SessionRequest__Output } from './blindsum/v1/SessionRequest.js';
import type { SessionSummaryPage as _blindsum_v1_SessionSummaryPage, SessionSummaryPage__Output as _blindsum_v1_SessionSummaryPage__Output } from './blindsum/v1/SessionSummaryPage.js';
import type { Signed as _blindsum_v1_Signed, Signed__Output as _blindsum_v1_Signed__Output } from './blindsum/v1/Signed.js';
import type { TaskRequest as _blindsum_v1_TaskRequest, TaskRequest__Output as _blindsum_v1_TaskRequest__Output } from './blindsum/v1/TaskRequest.js';
import type { TaskSummaryPage as _blindsum_v1_TaskSummaryPage, TaskSummaryPage__Output as _blindsum_v1_TaskSummaryPage__Output } from './blindsum/v1/TaskSummaryPage.js';
import type { TranscriptPage as _blindsum_v1_TranscriptPage, TranscriptPage__Output as _blindsum_v1_TranscriptPage__Output } from './blindsum/v1/TranscriptPage.js';

type SubtypeConstructor<Constructor extends new (...args: any) => any, Subtype> = {
  new(...args: ConstructorParameters<Constructor>): Subtype;
};

export interface ProtoGrpcType {
  blindsum: {
    v1: {
      AbortReason: MessageTypeDefinition<_blindsum_v1_AbortReason, _blindsum_v1_AbortReason__Output>
      AcceptedCounts: MessageTypeDefinition<_blindsum_v1_AcceptedCounts, _blindsum_v1_AcceptedCounts__Output>
      Action: MessageTypeDefinition<_blindsum_v1_Action, _blindsum_v1_Action__Output>
      ActionsPage: MessageTypeDefinition<_blindsum_v1_ActionsPage, _blindsum_v1_ActionsPage__Output>
      BlobChunk: MessageTypeDefinition<_blindsum_v1_BlobChunk, _blindsum_v1_BlobChunk__Output>
      CancelSessionRequest: MessageTypeDefinition<_blindsum_v1_CancelSessionRequest, _blindsum_v1_CancelSessionRequest__Output>
      CheckpointReply: MessageTypeDefinition<_blindsum_v1_CheckpointReply, _blindsum_v1_CheckpointReply__Output>
      CheckpointRequest: MessageTypeDefinition<_blindsum_v1_CheckpointRequest, _blindsum_v1_CheckpointRequest__Output>
      CreateTaskReply: MessageTypeDefinition<_blindsum_v1_CreateTaskReply, _blindsum_v1_CreateTaskReply__Output>
      CreateTaskRequest: MessageTypeDefinition<_blindsum_v1_CreateTaskRequest, _blindsum_v1_CreateTaskRequest__Output>
      Empty: MessageTypeDefinition<_blindsum_v1_Empty, _blindsum_v1_Empty__Output>
      EscrowPage: MessageTypeDefinition<_blindsum_v1_EscrowPage, _blindsum_v1_EscrowPage__Output>
      ListActionsRequest: MessageTypeDefinition<_blindsum_v1_ListActionsRequest, _blindsum_v1_ListActionsRequest__Output>
      LogPage: MessageTypeDefinition<_blindsum_v1_LogPage, _blindsum_v1_LogPage__Output>
      OpenSessionRequest: MessageTypeDefinition<_blindsum_v1_OpenSessionRequest, _blindsum_v1_OpenSessionRequest__Output>
      OperatorService: SubtypeConstructor<typeof grpc.Client, _blindsum_v1_OperatorServiceClient> & { service: _blindsum_v1_OperatorServiceDefinition }
      Phase: EnumTypeDefinition
      PurgeSessionRequest: MessageTypeDefinition<_blindsum_v1_PurgeSessionRequest, _blindsum_v1_PurgeSessionRequest__Output>
      PutInputReply: MessageTypeDefinition<_blindsum_v1_PutInputReply, _blindsum_v1_PutInputReply__Output>
      PutInputRequest: MessageTypeDefinition<_blindsum_v1_PutInputRequest, _blindsum_v1_PutInputRequest__Output>
      PutSignedRequest: MessageTypeDefinition<_blindsum_v1_PutSignedRequest, _blindsum_v1_PutSignedRequest__Output>
      SessionOutcomePage: MessageTypeDefinition<_blindsum_v1_SessionOutcomePage, _blindsum_v1_SessionOutcomePage__Output>
      SessionRequest: MessageTypeDefinition<_blindsum_v1_SessionRequest, _blindsum_v1_SessionRequest__Output>
      SessionSummaryPage: MessageTypeDefinition<_blindsum_v1_SessionSummaryPage, _blindsum_v1_SessionSummaryPage__Output>
      Signed: MessageTypeDefinition<_blindsum_v1_Signed, _blindsum_v1_Signed__Output>
      TaskRequest: MessageTypeDefinition<_blindsum_v1_TaskRequest, _blindsum_v1_TaskRequest__Output>
      TaskSummaryPage: MessageTypeDefinition<_blindsum_v1_TaskSummaryPage, _blindsum_v1_TaskSummaryPage__Output>
      TranscriptPage: MessageTypeDefinition<_blindsum_v1_TranscriptPage, _blindsum_v1_TranscriptPage__Output>
    }
  }
}

