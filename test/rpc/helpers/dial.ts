// For server.test.ts, as a process of its own: one TLS handshake with the port that is given, trusting the CA on stdin.
// Prints how it ended.
import { readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { Tls13ChannelCredentials } from '../../../src/rpc/tls-credentials.js';

const credentials = new Tls13ChannelCredentials('127.0.0.1', readFileSync(0, 'utf8'));
type Create = (typeof credentials)['_createSecureConnector'];
const connector = credentials._createSecureConnector(
  ...([{}, {}, undefined] as unknown as Parameters<Create>),
);
const socket = connect(Number(process.argv[2]), '127.0.0.1');
const outcome = await connector.connect(socket).then(
  () => 'connected',
  (error: Error) => error.message,
);
process.stdout.write(outcome);
process.exit(0);
