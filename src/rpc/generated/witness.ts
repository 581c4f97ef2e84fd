import type * as grpc from '@grpc/grpc-js';
import type { EnumTypeDefinition, MessageTypeDefinition } from '@grpc/proto-loader';

import type { BlobChunk as _blindsum_v1_BlobChunk, BlobChunk__Output as _blindsum_v1_BlobChunk__Output } from './blindsum/v1/BlobChunk.js';
import type { CheckpointReply as _blindsum_v1_CheckpointReply, CheckpointReply__Output as _blindsum_v1_CheckpointReply__Output } from './blindsum/v1/CheckpointReply.js';
import type { CheckpointRequest as _blindsum_v1_CheckpointRequest, CheckpointRequest__Output as _blindsum_v1_CheckpointRequest__Output } from './blindsum/v1/CheckpointRequest.js';
import type { CosignatureRequest as _blindsum_v1_CosignatureRequest, CosignatureRequest__Output as _blindsum_v1_CosignatureRequest__Output } from './blindsum/v1/CosignatureRequest.js';
import type { Empty as _blindsum_v1_Empty, Empty__Output as _blindsum_v1_Empty__Output } from './blindsum/v1/Empty.js';
import type { SessionRequest as _blindsum_v1_SessionRequest, SessionRequest__Output as _blindsum_v1_SessionRequest__Output } from './blindsum/v1/SessionRequest.js';
import type { Signed as _blindsum_v1_Signed, Signed__Output as _blindsum_v1_Signed__Output } from './blindsum/v1/Signed.js';
import type { TaskRequest as _blindsum_v1_TaskRequest, TaskRequest__Output as _blindsum_v1_TaskRequest__Output } from './blindsum/v1/TaskRequest.js';
import type { WitnessServiceClient as _blindsum_v1_WitnessServiceClient, WitnessServiceDefinition as _blindsum_v1_WitnessServiceDefinition } from './blindsum/v1/WitnessService.js';

type SubtypeConstructor<Constructor extends new (...args: any) => any, Subtype> = {
  new(...args: ConstructorParameters<Constructor>): Subtype;
};

export interface ProtoGrpcType {
  blindsum: {
    v1: {
      BlobChunk: MessageTypeDefinition<_blindsum_v1_BlobChunk, _blindsum_v1_BlobChunk__Output>
      CheckpointReply: MessageTypeDefinition<_blindsum_v1_CheckpointReply, _blindsum_v1_CheckpointReply__Output>
      CheckpointRequest: MessageTypeDefinition<_blindsum_v1_CheckpointRequest, _blindsum_v1_CheckpointRequest__Output>
      CosignatureRequest: MessageTypeDefinition<_blindsum_v1_CosignatureRequest, _blindsum_v1_CosignatureRequest__Output>
      Empty: MessageTypeDefinition<_blindsum_v1_Empty, _blindsum_v1_Empty__Output>
      Phase: EnumTypeDefinition
      SessionRequest: MessageTypeDefinition<_blindsum_v1_SessionRequest, _blindsum_v1_SessionRequest__Output>
      Signed: MessageTypeDefinition<_blindsum_v1_Signed, _blindsum_v1_Signed__Output>
      TaskRequest: MessageTypeDefinition<_blindsum_v1_TaskRequest, _blindsum_v1_TaskRequest__Output>
      WitnessService: SubtypeConstructor<typeof grpc.Client, _blindsum_v1_WitnessServiceClient> & { service: _blindsum_v1_WitnessServiceDefinition }
    }
  }
}

