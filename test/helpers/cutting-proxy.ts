/** A way to a PostgreSQL server that is cut at the moment when a transaction commits: before the server hears of it, or
 * after, so that the client cannot know. */
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

export interface CuttingProxy {
  /** The database behind it, by this way. */
  readonly url: string;
  /** The next COMMIT ends its connection. Resolves when that has happened. */
  cutNextCommit(when: 'before' | 'after'): Promise<void>;
  close(): Promise<void>;
}

export async function cuttingProxy(url: string): Promise<CuttingProxy> {
  const { hostname, port } = new URL(url);
  const sockets = new Set<Socket>();
  let armed: { readonly when: 'before' | 'after'; readonly done: () => void } | null = null;
  const server = createServer((client) => {
    const behind = connect(Number(port), hostname);
    const end = (): void => {
      client.destroy();
      behind.destroy();
    };
    let cut: (() => void) | null = null;
    for (const socket of [client, behind]) {
      sockets.add(socket);
      socket.on('error', end);
      socket.on('close', () => {
        sockets.delete(socket);
        end();
      });
    }
    client.on('data', (data) => {
      if (armed !== null && /(?<!_)commit\0/i.test(data.toString('latin1'))) {
        const { when, done } = armed;
        armed = null;
        cut = () => {
          end();
          done();
        };
        if (when === 'before') return cut();
      }
      behind.write(data);
    });
    behind.on('data', (data) => (cut === null ? client.write(data) : cut()));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const proxied = new URL(url);
  proxied.host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url: proxied.href,
    cutNextCommit: (when) => new Promise((done) => (armed = { when, done })),
    async close() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
