/**
 * Connections at a time, of one address and of all. Where there is no room for a new one, the oldest on which nobody has
 * logged in gives way: without a token nobody keeps out those who have one, whose connections never give way.
 */
import { isIPv6, type Socket } from 'node:net';
import type { ServerLimits } from './server-limits.js';

export type ConnectionLimits = Pick<ServerLimits, 'maxConnections' | 'maxConnectionsPerAddress'>;

/** The ends of a connection tell it from all others, also above TLS. */
export type Ends = Pick<Socket, 'localAddress' | 'remoteAddress' | 'remotePort'>;

/** The connections of one address, oldest first. */
interface Network {
  readonly strangers: Set<Socket>;
  readonly known: Set<Socket>;
}

export class Connections {
  readonly #limits: ConnectionLimits;
  readonly #networks = new Map<string, Network>();
  /** What forgets a connection, and its place, by its ends. */
  readonly #open = new Map<string, { readonly socket: Socket; readonly network: Network; forget(): void }>();

  constructor(limits: ConnectionLimits) {
    this.#limits = limits;
  }

  get counts(): { known: number; strangers: number } {
    const networks = [...this.#networks.values()];
    return {
      known: networks.reduce((sum, { known }) => sum + known.size, 0),
      strangers: networks.reduce((sum, { strangers }) => sum + strangers.size, 0),
    };
  }

  /** @returns false when there is no room for it */
  add(socket: Socket): boolean {
    const { maxConnections, maxConnectionsPerAddress } = this.#limits;
    const name = networkOf(socket.remoteAddress ?? '');
    const own = this.#networks.get(name);
    if (own !== undefined && sizeOf(own) >= maxConnectionsPerAddress && !this.#giveWay(own)) return false;
    if (this.#open.size >= maxConnections && !this.#giveWay(this.#withMostStrangers())) return false;
    const network = this.#networks.get(name) ?? { strangers: new Set(), known: new Set() };
    this.#networks.set(name, network);
    network.strangers.add(socket);
    const ends = nameOf(socket);
    const connection = {
      socket,
      network,
      forget: () => {
        network.strangers.delete(socket);
        network.known.delete(socket);
        if (sizeOf(network) === 0 && this.#networks.get(name) === network) this.#networks.delete(name);
        if (this.#open.get(ends) === connection) this.#open.delete(ends);
      },
    };
    this.#open.get(ends)?.forget();
    this.#open.set(ends, connection);
    socket.once('close', connection.forget);
    return true;
  }

  /** Somebody has logged in on it. */
  know(ends: Ends): void {
    const connection = this.#open.get(nameOf(ends));
    if (connection?.network.strangers.delete(connection.socket)) {
      connection.network.known.add(connection.socket);
    }
  }

  destroy(): void {
    for (const { socket } of this.#open.values()) socket.destroy();
  }

  /** @returns false when somebody has logged in on each of them */
  #giveWay({ strangers }: Network): boolean {
    const [oldest] = strangers;
    if (oldest === undefined) return false;
    // At once, not when it has closed: room is needed now.
    this.#open.get(nameOf(oldest))?.forget();
    oldest.destroy();
    return true;
  }

  /** So that one that opens many connections takes the places of its own, not those of others. */
  #withMostStrangers(): Network {
    return [...this.#networks.values()].reduce((most, other) =>
      other.strangers.size > most.strangers.size ? other : most,
    );
  }
}

const sizeOf = ({ strangers, known }: Network): number => strangers.size + known.size;

const nameOf = ({ localAddress, remoteAddress, remotePort }: Ends): string =>
  `${localAddress} ${remoteAddress} ${remotePort}`;

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
