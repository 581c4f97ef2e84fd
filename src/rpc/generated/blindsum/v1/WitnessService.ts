// Original file: protos/blindsum/v1/witness.proto

import type * as grpc from '@grpc/grpc-js'
import type { MethodDefinition } from '@grpc/proto-loader'
import type { CheckpointReply as _blindsum_v1_CheckpointReply, CheckpointReply__Output as _blindsum_v1_CheckpointReply__Output } from '../../blindsum/v1/CheckpointReply.js';
import type { CheckpointRequest as _blindsum_v1_CheckpointRequest, CheckpointRequest__Output as _blindsum_v1_CheckpointRequest__Output } from '../../blindsum/v1/CheckpointRequest.js';
import type { CosignatureRequest as _blindsum_v1_CosignatureRequest, CosignatureRequest__Output as _blindsum_v1_CosignatureRequest__Output } from '../../blindsum/v1/CosignatureRequest.js';
import type { Empty as _blindsum_v1_Empty, Empty__Output as _blindsum_v1_Empty__Output } from '../../blindsum/v1/Empty.js';

export interface WitnessServiceClient extends grpc.Client {
  /**
   * The newest checkpoint of the log, and a proof that it continues the tree that the caller saw last.
   */
  GetCheckpoint(argument: _blindsum_v1_CheckpointRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_blindsum_v1_CheckpointReply__Output>): grpc.ClientUnaryCall;
  GetCheckpoint(argument: _blindsum_v1_CheckpointRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_blindsum_v1_CheckpointReply__Output>): grpc.ClientUnaryCall;
  GetCheckpoint(argument: _blindsum_v1_CheckpointRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_blindsum_v1_CheckpointReply__Output>): grpc.ClientUnaryCall;
  GetCheckpoint(argument: _blindsum_v1_CheckpointRequest, callback: grpc.requestCallback<_blindsum_v1_CheckpointReply__Output>): grpc.ClientUnaryCall;
  /**
   * The newest checkpoint of the log, and a proof that it continues the tree that the caller saw last.
   */
  getCheckpoint(argument: _blindsum_v1_CheckpointRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_blindsum_v1_CheckpointReply__Output>): grpc.ClientUnaryCall;
  getCheckpoint(argument: _blindsum_v1_CheckpointRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_blindsum_v1_CheckpointReply__Output>): grpc.ClientUnaryCall;
  getCheckpoint(argument: _blindsum_v1_CheckpointRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_blindsum_v1_CheckpointReply__Output>): grpc.ClientUnaryCall;
  getCheckpoint(argument: _blindsum_v1_CheckpointRequest, callback: grpc.requestCallback<_blindsum_v1_CheckpointReply__Output>): grpc.ClientUnaryCall;
  
  /**
   * The caller's cosignature of a checkpoint of the log.
   */
  PutCosignature(argument: _blindsum_v1_CosignatureRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_blindsum_v1_Empty__Output>): grpc.ClientUnaryCall;
  PutCosignature(argument: _blindsum_v1_CosignatureRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_blindsum_v1_Empty__Output>): grpc.ClientUnaryCall;
  PutCosignature(argument: _blindsum_v1_CosignatureRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_blindsum_v1_Empty__Output>): grpc.ClientUnaryCall;
  PutCosignature(argument: _blindsum_v1_CosignatureRequest, callback: grpc.requestCallback<_blindsum_v1_Empty__Output>): grpc.ClientUnaryCall;
  /**
   * The caller's cosignature of a checkpoint of the log.
   */
  putCosignature(argument: _blindsum_v1_CosignatureRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_blindsum_v1_Empty__Output>): grpc.ClientUnaryCall;
  putCosignature(argument: _blindsum_v1_CosignatureRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_blindsum_v1_Empty__Output>): grpc.ClientUnaryCall;
  putCosignature(argument: _blindsum_v1_CosignatureRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_blindsum_v1_Empty__Output>): grpc.ClientUnaryCall;
  putCosignature(argument: _blindsum_v1_CosignatureRequest, callback: grpc.requestCallback<_blindsum_v1_Empty__Output>): grpc.ClientUnaryCall;
  
}

export interface WitnessServiceHandlers extends grpc.UntypedServiceImplementation {
  /**
   * The newest checkpoint of the log, and a proof that it continues the tree that the caller saw last.
   */
  GetCheckpoint: grpc.handleUnaryCall<_blindsum_v1_CheckpointRequest__Output, _blindsum_v1_CheckpointReply>;
  
  /**
   * The caller's cosignature of a checkpoint of the log.
   */
  PutCosignature: grpc.handleUnaryCall<_blindsum_v1_CosignatureRequest__Output, _blindsum_v1_Empty>;
  
}

export interface WitnessServiceDefinition extends grpc.ServiceDefinition {
  GetCheckpoint: MethodDefinition<_blindsum_v1_CheckpointRequest, _blindsum_v1_CheckpointReply, _blindsum_v1_CheckpointRequest__Output, _blindsum_v1_CheckpointReply__Output>
  PutCosignature: MethodDefinition<_blindsum_v1_CosignatureRequest, _blindsum_v1_Empty, _blindsum_v1_CosignatureRequest__Output, _blindsum_v1_Empty__Output>
}
