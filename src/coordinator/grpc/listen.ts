/**
 * Takes the address to listen on, or says in one line why not, and takes connections from it. They are counted here,
 * before TLS: until the handshake is over gRPC knows nothing of a connection.
 */
import { createServer, type Server, type Socket } from 'node:net';
import { BlindsumError } from '../../protocol/errors.js';
import type { Address } from '../../rpc/address.js';
import { type Metrics, one } from '../metrics/port.js';
import { type ConnectionLimits, Connections, type Ends } from './connections.js';

export interface Listener {
  readonly port: number;
  /** Somebody has logged in on this connection. */
  know(ends: Ends): void;
  /** Connections now, and bytes since the begin, with TLS. */
  traffic(): Traffic;
  /** Takes no more connections. */
  close(): void;
  /** Cuts off what is still connected. */
  destroy(): void;
}

export interface Traffic {
  readonly connections: { readonly known: number; readonly strangers: number };
  readonly receivedBytes: number;
  readonly sentBytes: number;
}

/** @throws BlindsumError PORT_IN_USE, BAD_CONFIG */
export async function listen(
  address: Address,
  limits: ConnectionLimits,
  accept: (socket: Socket) => void,
): Promise<Listener> {
  const connections = new Connections(limits);
  const open = new Set<Socket>();
  let [receivedBytes, sentBytes] = [0, 0];
  const server = createServer((socket) => {
    open.add(socket);
    socket.once('close', () => {
      open.delete(socket);
      receivedBytes += socket.bytesRead;
      sentBytes += socket.bytesWritten;
    });
    if (connections.add(socket)) accept(socket);
    else socket.destroy();
  });
  const port = await bind(server, address);
  return {
    port,
    know: (ends) => connections.know(ends),
    traffic: () => ({
      connections: connections.counts,
      receivedBytes: [...open].reduce((sum, { bytesRead }) => sum + bytesRead, receivedBytes),
      sentBytes: [...open].reduce((sum, { bytesWritten }) => sum + bytesWritten, sentBytes),
    }),
    close: () => void server.close(),
    destroy: () => connections.destroy(),
  };
}

/** Makes the traffic of a listener known. */
export function readTraffic(metrics: Metrics, listener: Listener): void {
  metrics.read('blindsum_connections', () => {
    const { known, strangers } = listener.traffic().connections;
    return [
      { labels: { state: 'known' } as const, value: known },
      { labels: { state: 'stranger' } as const, value: strangers },
    ];
  });
  metrics.read('blindsum_received_bytes_total', () => one(listener.traffic().receivedBytes));
  metrics.read('blindsum_sent_bytes_total', () => one(listener.traffic().sentBytes));
}

function bind(server: Server, address: Address): Promise<number> {
  return new Promise((resolve, reject) => {
    const fail = (error: Error): void => reject(failure(address, error));
    server.once('error', fail);
    server.listen({ port: address.port, host: address.host }, () => {
      server.off('error', fail);
      // No connection that fails is a reason to end the process.
      server.on('error', () => undefined);
      const bound = server.address();
      resolve(typeof bound === 'object' && bound !== null ? bound.port : address.port);
    });
  });
}

function failure({ text }: Address, cause: Error): BlindsumError {
  if (/EADDRINUSE/.test(cause.message)) {
    return new BlindsumError('PORT_IN_USE', 'environment', `${text} is in use by another program`, { cause });
  }
  return new BlindsumError('BAD_CONFIG', 'caller', `cannot listen on ${text}: ${cause.message}`, { cause });
}
