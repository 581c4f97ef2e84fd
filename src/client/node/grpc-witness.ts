/** A witness's connection to a coordinator over gRPC: WitnessApi for Node. */
import { Metadata } from '@grpc/grpc-js';
import { type ConnectionOptions, openConnection } from '../../rpc/failover.js';
import type { WitnessApi } from '../../rpc/log-api.js';
import { toCheckpointReply } from '../../rpc/log-messages.js';
import { message as wire } from '../../rpc/messages.js';
import { loadProtos } from '../../rpc/protos.js';
import { AUTHORIZATION } from '../../rpc/token.js';

export interface GrpcWitnessOptions extends ConnectionOptions {
  /** Called for every call; see `createTokenSource`, whose signer is the witness's. */
  readonly token: () => Promise<string>;
}

export interface GrpcWitness extends WitnessApi {
  close(): void;
}

/** Connects on first use. @throws BlindsumError BAD_CONFIG */
export function createGrpcWitness(options: GrpcWitnessOptions): GrpcWitness {
  const channel = openConnection(options, async () => {
    const metadata = new Metadata();
    metadata.set(AUTHORIZATION, `Bearer ${await options.token()}`);
    return metadata;
  });
  const { witness: service } = loadProtos();
  return {
    async getCheckpoint(query, signal) {
      return toCheckpointReply(await channel.unary(service.GetCheckpoint, wire(query), signal));
    },
    async putCosignature(size, line, signal) {
      await channel.unary(service.PutCosignature, { size, line }, signal);
    },
    close: () => channel.close(),
  };
}
