/** "blindsum/client/node": the client for Node, with files and gRPC. */
export * from '../index.js';
export { connect, type ConnectedClient, type ConnectOptions } from './connect.js';
export { openFileJournal } from './file-journal.js';
export { createGrpcTransport, type GrpcTransport, type GrpcTransportOptions } from './grpc-transport.js';
export { createGrpcWitness, type GrpcWitness, type GrpcWitnessOptions } from './grpc-witness.js';
export * from './key-files.js';
export { createTokenSource, type TokenSourceOptions } from './token.js';
export { loadBeacon } from './beacon-file.js';
export { createDrandFile, type DrandFile } from './drand-file.js';
export { loadTrust } from './trust-file.js';
