/** What grpc-js alone needs to receive: a process with one unary method over TLS that takes bytes and answers with nothing. */
import {
  Server,
  ServerCredentials,
  type ServiceDefinition,
  type UntypedServiceImplementation,
} from '@grpc/grpc-js';
import { createDevTls } from '../../../coordinator/index.js';
import { linkToParent } from '../../demo/parent-link.js';
import { letHeapGrow } from '../../heap-growth.js';
import { usageNow } from '../service/usage.js';
import { asIs, type FromBareServer, MESSAGE_BYTES, PATH, type ToBareServer } from './upload-call.js';

const EMPTY = Buffer.alloc(0);
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
const HANDLER: UntypedServiceImplementation = {
  take: (_call: unknown, answer: (error: null, reply: Buffer) => void) => {
    answer(null, EMPTY);
  },
};

letHeapGrow();
const link = linkToParent<ToBareServer, FromBareServer>();
link.onMessage(async ({ type }) => {
  if (type === 'measure') link.send({ type: 'usage', ...usageNow() });
  else await start();
});

async function start(): Promise<void> {
  const tls = await createDevTls([]);
  const server = new Server({ 'grpc.max_receive_message_length': MESSAGE_BYTES });
  server.addService(SERVICE, HANDLER);
  const pair = { private_key: Buffer.from(tls.keyPem), cert_chain: Buffer.from(tls.certPem) };
  server.bindAsync('127.0.0.1:0', ServerCredentials.createSsl(null, [pair]), (error, port) => {
    if (error === null) link.send({ type: 'listening', port, ca: tls.caPem });
    else link.fail(error);
  });
}
