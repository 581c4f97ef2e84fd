import type * as grpc from '@grpc/grpc-js';
import type { EnumTypeDefinition, MessageTypeDefinition } from '@grpc/proto-loader';

import type { AdvertiseKeysRequest as _blindsum_v1_AdvertiseKeysRequest, AdvertiseKeysRequest__Output as _blindsum_v1_AdvertiseKeysRequest__Output } from './blindsum/v1/AdvertiseKeysRequest.js';
import type { AnswerDelivery as _blindsum_v1_AnswerDelivery, AnswerDelivery__Output as _blindsum_v1_AnswerDelivery__Output } from './blindsum/v1/AnswerDelivery.js';
import type { BeginUploadReply as _blindsum_v1_BeginUploadReply, BeginUploadReply__Output as _blindsum_v1_BeginUploadReply__Output } from './blindsum/v1/BeginUploadReply.js';
import type { BlobChunk as _blindsum_v1_BlobChunk, BlobChunk__Output as _blindsum_v1_BlobChunk__Output } from './blindsum/v1/BlobChunk.js';
import type { CheckpointReply as _blindsum_v1_CheckpointReply, CheckpointReply__Output as _blindsum_v1_CheckpointReply__Output } from './blindsum/v1/CheckpointReply.js';
import type { CheckpointRequest as _blindsum_v1_CheckpointRequest, CheckpointRequest__Output as _blindsum_v1_CheckpointRequest__Output } from './blindsum/v1/CheckpointRequest.js';
import type { ComplaintsPage as _blindsum_v1_ComplaintsPage, ComplaintsPage__Output as _blindsum_v1_ComplaintsPage__Output } from './blindsum/v1/ComplaintsPage.js';
import type { Empty as _blindsum_v1_Empty, Empty__Output as _blindsum_v1_Empty__Output } from './blindsum/v1/Empty.js';
import type { HeadersPage as _blindsum_v1_HeadersPage, HeadersPage__Output as _blindsum_v1_HeadersPage__Output } from './blindsum/v1/HeadersPage.js';
import type { InclusionPath as _blindsum_v1_InclusionPath, InclusionPath__Output as _blindsum_v1_InclusionPath__Output } from './blindsum/v1/InclusionPath.js';
import type { LeafProof as _blindsum_v1_LeafProof, LeafProof__Output as _blindsum_v1_LeafProof__Output } from './blindsum/v1/LeafProof.js';
import type { OutcomeReply as _blindsum_v1_OutcomeReply, OutcomeReply__Output as _blindsum_v1_OutcomeReply__Output } from './blindsum/v1/OutcomeReply.js';
import type { ParticipantServiceClient as _blindsum_v1_ParticipantServiceClient, ParticipantServiceDefinition as _blindsum_v1_ParticipantServiceDefinition } from './blindsum/v1/ParticipantService.js';
import type { PhaseEvent as _blindsum_v1_PhaseEvent, PhaseEvent__Output as _blindsum_v1_PhaseEvent__Output } from './blindsum/v1/PhaseEvent.js';
import type { PutChunkReply as _blindsum_v1_PutChunkReply, PutChunkReply__Output as _blindsum_v1_PutChunkReply__Output } from './blindsum/v1/PutChunkReply.js';
import type { PutChunkRequest as _blindsum_v1_PutChunkRequest, PutChunkRequest__Output as _blindsum_v1_PutChunkRequest__Output } from './blindsum/v1/PutChunkRequest.js';
import type { ReceiptReply as _blindsum_v1_ReceiptReply, ReceiptReply__Output as _blindsum_v1_ReceiptReply__Output } from './blindsum/v1/ReceiptReply.js';
import type { ReceiptRequest as _blindsum_v1_ReceiptRequest, ReceiptRequest__Output as _blindsum_v1_ReceiptRequest__Output } from './blindsum/v1/ReceiptRequest.js';
import type { RosterEntry as _blindsum_v1_RosterEntry, RosterEntry__Output as _blindsum_v1_RosterEntry__Output } from './blindsum/v1/RosterEntry.js';
import type { RosterPage as _blindsum_v1_RosterPage, RosterPage__Output as _blindsum_v1_RosterPage__Output } from './blindsum/v1/RosterPage.js';
import type { SessionAnnouncementPage as _blindsum_v1_SessionAnnouncementPage, SessionAnnouncementPage__Output as _blindsum_v1_SessionAnnouncementPage__Output } from './blindsum/v1/SessionAnnouncementPage.js';
import type { SessionRequest as _blindsum_v1_SessionRequest, SessionRequest__Output as _blindsum_v1_SessionRequest__Output } from './blindsum/v1/SessionRequest.js';
import type { ShareDelivery as _blindsum_v1_ShareDelivery, ShareDelivery__Output as _blindsum_v1_ShareDelivery__Output } from './blindsum/v1/ShareDelivery.js';
import type { ShareKeysRequest as _blindsum_v1_ShareKeysRequest, ShareKeysRequest__Output as _blindsum_v1_ShareKeysRequest__Output } from './blindsum/v1/ShareKeysRequest.js';
import type { SharesPage as _blindsum_v1_SharesPage, SharesPage__Output as _blindsum_v1_SharesPage__Output } from './blindsum/v1/SharesPage.js';
import type { SignaturesPage as _blindsum_v1_SignaturesPage, SignaturesPage__Output as _blindsum_v1_SignaturesPage__Output } from './blindsum/v1/SignaturesPage.js';
import type { Signed as _blindsum_v1_Signed, Signed__Output as _blindsum_v1_Signed__Output } from './blindsum/v1/Signed.js';
import type { SignedRequest as _blindsum_v1_SignedRequest, SignedRequest__Output as _blindsum_v1_SignedRequest__Output } from './blindsum/v1/SignedRequest.js';
import type { SignedSharesRequest as _blindsum_v1_SignedSharesRequest, SignedSharesRequest__Output as _blindsum_v1_SignedSharesRequest__Output } from './blindsum/v1/SignedSharesRequest.js';
import type { StatementProof as _blindsum_v1_StatementProof, StatementProof__Output as _blindsum_v1_StatementProof__Output } from './blindsum/v1/StatementProof.js';
import type { TaskPage as _blindsum_v1_TaskPage, TaskPage__Output as _blindsum_v1_TaskPage__Output } from './blindsum/v1/TaskPage.js';
import type { TaskRequest as _blindsum_v1_TaskRequest, TaskRequest__Output as _blindsum_v1_TaskRequest__Output } from './blindsum/v1/TaskRequest.js';

type SubtypeConstructor<Constructor extends new (...args: any) => any, Subtype> = {
  new(...args: ConstructorParameters<Constructor>): Subtype;
};

export interface ProtoGrpcType {
  blindsum: {
    v1: {
      AdvertiseKeysRequest: MessageTypeDefinition<_blindsum_v1_AdvertiseKeysRequest, _blindsum_v1_AdvertiseKeysRequest__Output>
      AnswerDelivery: MessageTypeDefinition<_blindsum_v1_AnswerDelivery, _blindsum_v1_AnswerDelivery__Output>
      BeginUploadReply: MessageTypeDefinition<_blindsum_v1_BeginUploadReply, _blindsum_v1_BeginUploadReply__Output>
      BlobChunk: MessageTypeDefinition<_blindsum_v1_BlobChunk, _blindsum_v1_BlobChunk__Output>
      CheckpointReply: MessageTypeDefinition<_blindsum_v1_CheckpointReply, _blindsum_v1_CheckpointReply__Output>
      CheckpointRequest: MessageTypeDefinition<_blindsum_v1_CheckpointRequest, _blindsum_v1_CheckpointRequest__Output>
      ComplaintsPage: MessageTypeDefinition<_blindsum_v1_ComplaintsPage, _blindsum_v1_ComplaintsPage__Output>
      Empty: MessageTypeDefinition<_blindsum_v1_Empty, _blindsum_v1_Empty__Output>
      HeadersPage: MessageTypeDefinition<_blindsum_v1_HeadersPage, _blindsum_v1_HeadersPage__Output>
      InclusionPath: MessageTypeDefinition<_blindsum_v1_InclusionPath, _blindsum_v1_InclusionPath__Output>
      LeafProof: MessageTypeDefinition<_blindsum_v1_LeafProof, _blindsum_v1_LeafProof__Output>
      OutcomeReply: MessageTypeDefinition<_blindsum_v1_OutcomeReply, _blindsum_v1_OutcomeReply__Output>
      ParticipantService: SubtypeConstructor<typeof grpc.Client, _blindsum_v1_ParticipantServiceClient> & { service: _blindsum_v1_ParticipantServiceDefinition }
      Phase: EnumTypeDefinition
      PhaseEvent: MessageTypeDefinition<_blindsum_v1_PhaseEvent, _blindsum_v1_PhaseEvent__Output>
      PutChunkReply: MessageTypeDefinition<_blindsum_v1_PutChunkReply, _blindsum_v1_PutChunkReply__Output>
      PutChunkRequest: MessageTypeDefinition<_blindsum_v1_PutChunkRequest, _blindsum_v1_PutChunkRequest__Output>
      ReceiptReply: MessageTypeDefinition<_blindsum_v1_ReceiptReply, _blindsum_v1_ReceiptReply__Output>
      ReceiptRequest: MessageTypeDefinition<_blindsum_v1_ReceiptRequest, _blindsum_v1_ReceiptRequest__Output>
      RosterEntry: MessageTypeDefinition<_blindsum_v1_RosterEntry, _blindsum_v1_RosterEntry__Output>
      RosterPage: MessageTypeDefinition<_blindsum_v1_RosterPage, _blindsum_v1_RosterPage__Output>
      SessionAnnouncementPage: MessageTypeDefinition<_blindsum_v1_SessionAnnouncementPage, _blindsum_v1_SessionAnnouncementPage__Output>
      SessionRequest: MessageTypeDefinition<_blindsum_v1_SessionRequest, _blindsum_v1_SessionRequest__Output>
      ShareDelivery: MessageTypeDefinition<_blindsum_v1_ShareDelivery, _blindsum_v1_ShareDelivery__Output>
      ShareKeysRequest: MessageTypeDefinition<_blindsum_v1_ShareKeysRequest, _blindsum_v1_ShareKeysRequest__Output>
      SharesPage: MessageTypeDefinition<_blindsum_v1_SharesPage, _blindsum_v1_SharesPage__Output>
      SignaturesPage: MessageTypeDefinition<_blindsum_v1_SignaturesPage, _blindsum_v1_SignaturesPage__Output>
      Signed: MessageTypeDefinition<_blindsum_v1_Signed, _blindsum_v1_Signed__Output>
      SignedRequest: MessageTypeDefinition<_blindsum_v1_SignedRequest, _blindsum_v1_SignedRequest__Output>
      SignedSharesRequest: MessageTypeDefinition<_blindsum_v1_SignedSharesRequest, _blindsum_v1_SignedSharesRequest__Output>
      StatementProof: MessageTypeDefinition<_blindsum_v1_StatementProof, _blindsum_v1_StatementProof__Output>
      TaskPage: MessageTypeDefinition<_blindsum_v1_TaskPage, _blindsum_v1_TaskPage__Output>
      TaskRequest: MessageTypeDefinition<_blindsum_v1_TaskRequest, _blindsum_v1_TaskRequest__Output>
    }
  }
}

