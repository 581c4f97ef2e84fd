// For server.test.ts, as a process of its own: one TLS handshake with the port that is given, trusting the CA on stdin.
// Prints how it ended. Child processes run what was built.
import { readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { Tls13ChannelCredentials } from '../../../dist/src/rpc/tls-credentials.js';

const credentials = new Tls13ChannelCredentials('127.0.0.1', readFileSync(0, 'utf8'));
const connector = credentials._createSecureConnector({}, {}, undefined);
const socket = connect(Number(process.argv[2]), '127.0.0.1');
const outcome = await connector.connect(socket).then(
  () => 'connected',
  (error) => error.message,
);
process.stdout.write(outcome);
process.exit(0);
