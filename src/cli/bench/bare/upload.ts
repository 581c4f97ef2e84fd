/**
 * The chunks of uploads to a bare server in a process of its own: each upload over a connection of its own, its chunks one
 * after the other, as participants send theirs.
 */
import { Client, credentials } from '@grpc/grpc-js';
import { MAX_CHUNK_BYTES } from '../../../rpc/participant-api.js';
import { startChild } from '../../demo/child.js';
import { deferred } from '../../demo/deferred.js';
import type { Usage } from '../service/messages.js';
import { asIs, type FromBareServer, PATH, type ToBareServer } from './upload-call.js';

const ENTRY = new URL('./upload-process.js', import.meta.url);

export interface BareUploads {
  /** So many of those that are left, `atOnce` at a time. */
  send(count: number, atOnce: number): Promise<void>;
  usage(): Promise<Usage>;
  close(): Promise<void>;
}

/** @param bytes of each */
export async function prepareBareUploads(uploads: number, bytes: number): Promise<BareUploads> {
  const crash = deferred<never>();
  const child = startChild<ToBareServer, FromBareServer>(ENTRY, 'the bare server', (error) =>
    crash.reject(error),
  );
  const kill = (): void => child.killNow();
  process.once('exit', kill);
  const clients: Client[] = [];
  const close = async (): Promise<void> => {
    for (const client of clients) client.close();
    process.off('exit', kill);
    await child.kill();
  };
  try {
    const listening = child.next('listening');
    child.send({ type: 'start' });
    const { port, ca } = await listening;
    const channel = credentials.createSsl(Buffer.from(ca));
    for (let made = 0; made < uploads; made += 1)
      clients.push(new Client(`localhost:${port}`, channel, { 'grpc.use_local_subchannel_pool': 1 }));
    // The connections stand before the first chunk, as participants' do.
    await Promise.all(clients.map((client) => take(client, Buffer.alloc(0))));
  } catch (error) {
    await close();
    throw error;
  }
  const inputs = clients.map(() => Buffer.alloc(bytes));
  let sent = 0;
  return {
    send(count, atOnce) {
      const end = sent + count;
      const inTurn = async (): Promise<void> => {
        while (sent < end) {
          const [client, input] = [clients[sent] as Client, inputs[sent] as Buffer];
          sent += 1;
          for (let offset = 0; offset < bytes; offset += MAX_CHUNK_BYTES)
            await take(client, input.subarray(offset, offset + MAX_CHUNK_BYTES));
        }
      };
      return Promise.race([
        Promise.all(Array.from({ length: atOnce }, inTurn)).then(() => undefined),
        crash.promise,
      ]);
    },
    async usage() {
      const usage = child.next('usage');
      child.send({ type: 'measure' });
      return await usage;
    },
    close,
  };
}

function take(client: Client, chunk: Buffer): Promise<void> {
  return new Promise((resolve, reject) => {
    client.makeUnaryRequest(PATH, asIs, asIs, chunk, (error) => {
      if (error === null) resolve();
      else reject(error);
    });
  });
}
