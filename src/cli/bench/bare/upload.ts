/** What grpc-js alone needs for the chunks of an upload: TLS over loopback, a unary call for each, an empty answer. */
import {
  Client,
  credentials,
  Server,
  ServerCredentials,
  type ServiceDefinition,
  type UntypedServiceImplementation,
} from '@grpc/grpc-js';
import { createDevTls } from '../../../coordinator/index.js';
import { MAX_CHUNK_BYTES } from '../../../rpc/participant-api.js';
import { median } from '../../median.js';

const PATH = '/bare/take';
const MESSAGE_BYTES = 2 * MAX_CHUNK_BYTES;
const asIs = (bytes: Buffer): Buffer => bytes;
const SERVICE: ServiceDefinition = {
  take: {
    path: PATH,
    requestStream: false,
    responseStream: false,
    requestSerialize: asIs,
    requestDeserialize: asIs,
    responseSerialize: asIs,
    responseDeserialize: asIs,
  },
};
const EMPTY = Buffer.alloc(0);
const HANDLER: UntypedServiceImplementation = {
  take: (_call: unknown, answer: (error: null, reply: Buffer) => void) => {
    answer(null, EMPTY);
  },
};

interface BareUploads {
  readonly uploads: number;
  /** Of each. */
  readonly bytes: number;
  readonly signal: AbortSignal;
}

/** Each over a connection of its own, one after the other. @returns median of one */
export async function bareUploadSeconds({ uploads, bytes, signal }: BareUploads): Promise<number> {
  const tls = await createDevTls([]);
  const server = new Server({ 'grpc.max_receive_message_length': MESSAGE_BYTES });
  server.addService(SERVICE, HANDLER);
  const pair = { private_key: Buffer.from(tls.keyPem), cert_chain: Buffer.from(tls.certPem) };
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync('127.0.0.1:0', ServerCredentials.createSsl(null, [pair]), (error, bound) => {
      if (error === null) resolve(bound);
      else reject(error);
    });
  });
  try {
    const seconds: number[] = [];
    for (let upload = 0; upload < uploads; upload += 1) {
      signal.throwIfAborted();
      seconds.push(await oneUpload(port, tls.caPem, Buffer.alloc(bytes)));
    }
    return median(seconds);
  } finally {
    server.forceShutdown();
  }
}

async function oneUpload(port: number, caPem: string, upload: Buffer): Promise<number> {
  const client = new Client(`localhost:${port}`, credentials.createSsl(Buffer.from(caPem)), {
    'grpc.use_local_subchannel_pool': 1,
  });
  const take = (chunk: Buffer): Promise<void> =>
    new Promise((resolve, reject) => {
      client.makeUnaryRequest(PATH, asIs, asIs, chunk, (error) => {
        if (error === null) resolve();
        else reject(error);
      });
    });
  try {
    // The connection stands before the first chunk, as a participant's does.
    await take(EMPTY);
    const startedMs = performance.now();
    for (let offset = 0; offset < upload.length; offset += MAX_CHUNK_BYTES)
      await take(upload.subarray(offset, offset + MAX_CHUNK_BYTES));
    return (performance.now() - startedMs) / 1000;
  } finally {
    client.close();
  }
}
