/** Takes the address to listen on, or says in one line why not. */
import { createServer } from 'node:net';
import type { Server, ServerCredentials } from '@grpc/grpc-js';
import { BlindsumError } from '../../protocol/errors.js';
import type { Address } from '../../rpc/address.js';

/** @returns the port @throws BlindsumError PORT_IN_USE, BAD_CONFIG */
export async function bind(
  server: Server,
  address: Address,
  credentials: ServerCredentials,
): Promise<number> {
  // grpc-js writes a line of its own to stderr when it cannot listen: ask first, so that there is one clear message.
  if (address.port !== 0) await probe(address);
  return new Promise((resolve, reject) => {
    server.bindAsync(address.text, credentials, (error, port) => {
      if (error === null) resolve(port);
      else reject(failure(address, error));
    });
  });
}

function probe(address: Address): Promise<void> {
  return new Promise((resolve, reject) => {
    const listener = createServer();
    listener.once('error', (error) => reject(failure(address, error)));
    listener.listen({ port: address.port, host: address.host }, () => listener.close(() => resolve()));
  });
}

function failure({ text }: Address, cause: Error): BlindsumError {
  if (/EADDRINUSE/.test(cause.message)) {
    return new BlindsumError('PORT_IN_USE', 'environment', `${text} is in use by another program`, { cause });
  }
  return new BlindsumError('BAD_CONFIG', 'caller', `cannot listen on ${text}: ${cause.message}`, { cause });
}
