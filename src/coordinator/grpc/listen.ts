/**
 * Takes the address to listen on, or says in one line why not, and takes connections from it. They are counted here,
 * before TLS: until the handshake is over gRPC knows nothing of a connection.
 */
import { createServer, isIPv6, type Server, type Socket } from 'node:net';
import { BlindsumError } from '../../protocol/errors.js';
import type { Address } from '../../rpc/address.js';
import type { ServerLimits } from './server-limits.js';

export interface Listener {
  readonly port: number;
  /** Takes no more connections. */
  close(): void;
  /** Cuts off what is still connected. */
  destroy(): void;
}

type ConnectionLimits = Pick<ServerLimits, 'maxConnections' | 'maxConnectionsPerAddress'>;

/** @throws BlindsumError PORT_IN_USE, BAD_CONFIG */
export async function listen(
  address: Address,
  { maxConnections, maxConnectionsPerAddress }: ConnectionLimits,
  accept: (socket: Socket) => void,
): Promise<Listener> {
  const open = new Map<string, Set<Socket>>();
  const server = createServer((socket) => {
    const from = networkOf(socket.remoteAddress ?? '');
    const others = open.get(from) ?? new Set();
    if (others.size >= maxConnectionsPerAddress) {
      socket.destroy();
      return;
    }
    open.set(from, others.add(socket));
    socket.once('close', () => {
      others.delete(socket);
      if (others.size === 0 && open.get(from) === others) open.delete(from);
    });
    accept(socket);
  });
  server.maxConnections = maxConnections;
  const port = await bind(server, address);
  return {
    port,
    close: () => void server.close(),
    destroy: () => open.forEach((sockets) => sockets.forEach((socket) => socket.destroy())),
  };
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

/** What one machine has to itself: an IPv4 address, or the 64 bits of IPv6 that a network hands out. */
export function networkOf(remote: string): string {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(remote)?.[1];
  if (mapped !== undefined || !isIPv6(remote)) return mapped ?? remote;
  const [head = '', tail] = remote.split('%', 1)[0]?.split('::') ?? [];
  const groups = (part: string | undefined): string[] => (part ? part.split(':') : []);
  const zeros = tail === undefined ? 0 : 8 - groups(head).length - groups(tail).length;
  const all = [...groups(head), ...Array<string>(zeros).fill('0'), ...groups(tail)];
  return `${all.slice(0, 4).join(':')}::/64`;
}
