/** A coordinator process with a task, for benchmarks that need the whole service: over TLS, from other processes. */
import type { GrpcTransport } from '../../../client/node/grpc-transport.js';
import { createGrpcOperator, type GrpcOperator } from '../../../operator/index.js';
import type { BlindsumError } from '../../../protocol/errors.js';
import { startChild } from '../../demo/child.js';
import { deferred } from '../../demo/deferred.js';
import type { Setup } from '../../simulate/setup.js';
import { connectAs } from './connect-as.js';
import type { FromCoordinator, ToCoordinator, Usage } from './messages.js';
import { TIMEOUT_MS } from './timeout.js';

const ENTRY = new URL('./coordinator-process.js', import.meta.url);

/** No round ends for being slow, either. */
const ROUND_MS = 3_600_000;

export interface Service {
  readonly address: string;
  readonly ca: string;
  readonly operator: GrpcOperator;
  readonly taskId: string;
  openSession(): Promise<string>;
  connect(participant: number): GrpcTransport;
  usage(): Promise<Usage>;
  /** @returns when it has begun, and when it has ended: the seconds */
  unmask(streams: number, length: number): { begun: Promise<unknown>; ended: Promise<number> };
  /** Rejects when the process ends by itself. */
  readonly crash: Promise<never>;
  close(): Promise<void>;
}

export async function startService(
  setup: Setup,
  seed: string,
  limits: { readonly stageBudgetBytes?: number } = {},
): Promise<Service> {
  const crash = deferred<never>();
  const child = startChild<ToCoordinator, FromCoordinator>(
    ENTRY,
    'the coordinator',
    (error: BlindsumError) => {
      crash.reject(error);
    },
  );
  const kill = (): void => child.killNow();
  process.once('exit', kill);
  const stop = async (): Promise<void> => {
    process.off('exit', kill);
    await child.kill();
  };
  try {
    const listening = child.next('listening');
    child.send({ type: 'start', seed, organiser: setup.organiser.signer.publicKey, ...limits });
    const { address, ca, coordinator: coordinatorKey, operatorToken } = await listening;
    const operator = createGrpcOperator({
      ...{ coordinator: address, coordinatorKey, ca, token: operatorToken },
      timeoutMs: TIMEOUT_MS,
    });
    const { taskId } = await operator.createTask(setup.task.signed, setup.task.pinned);
    return {
      ...{ address, ca, operator, taskId, crash: crash.promise },
      async openSession() {
        const asked = { taskId, inputDigest: null, joinMs: ROUND_MS, roundMs: ROUND_MS };
        return (await operator.openSession(asked)).sessionId;
      },
      connect(participant) {
        const { signer } = setup.participants[participant] as Setup['participants'][number];
        return connectAs(signer, { address, ca, coordinatorKey });
      },
      unmask(streams, length) {
        const ended = deferred<number>();
        child.onMessage((message) => {
          if (message.type === 'unmasked') ended.resolve(message.seconds);
        });
        const begun = child.next('unmasking');
        child.send({ type: 'unmask', streams, length });
        return { begun, ended: ended.promise };
      },
      async usage() {
        const usage = child.next('usage');
        child.send({ type: 'measure' });
        return await usage;
      },
      async close() {
        operator.close();
        await stop();
      },
    };
  } catch (error) {
    await stop();
    throw error;
  }
}
