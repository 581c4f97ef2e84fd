/**
 * How soon a coordinator answers a health check while it takes masks off a sum: the standard gRPC health service, asked over TLS
 * from another process, before and during a job of as many masks as a session of that size and dropout has. Of a session's
 * opening without its secrets, which are reconstructed before, in steps of 10 ms, and without result and store.
 */
import { Client, credentials } from '@grpc/grpc-js';
import { median } from '../median.js';
import { scene } from './service/scene.js';
import { startService } from './service/service.js';
import { rounded } from './spread.js';

export interface HealthCost {
  readonly participants: number;
  readonly length: number;
  readonly dropped: number;
  readonly streams: number;
  readonly seconds: number;
  readonly idle: Answers;
  readonly unmasking: Answers;
}

interface Answers {
  readonly asked: number;
  readonly medianMs: number;
  readonly worstMs: number;
}

export interface HealthOptions {
  readonly participants: number;
  readonly length: number;
  readonly dropped: number;
}

const PATH = '/grpc.health.v1.Health/Check';
const EVERY_MS = 20;
const IDLE_MS = 2000;
const NO_SERVICE = Buffer.alloc(0);
const asIs = (bytes: Buffer): Buffer => bytes;

export async function benchHealth({ participants, length, dropped }: HealthOptions): Promise<HealthCost> {
  const survivors = participants - dropped;
  const streams = survivors + survivors * dropped;
  // The task is not used: a small one is made faster.
  const service = await startService(scene({ seed: 'bench', participants: 3, length: 1 }).setup, 'bench');
  const client = new Client(service.address, credentials.createSsl(Buffer.from(service.ca)));
  try {
    // Connects.
    await check(client);
    const idle = await askUntil(client, new Promise((resolve) => setTimeout(resolve, IDLE_MS)));
    const { begun, ended } = service.unmask(streams, length);
    await begun;
    const unmasking = await askUntil(client, Promise.race([ended, service.crash]));
    return {
      ...{ participants, length, dropped, streams, seconds: rounded(await ended) },
      idle: answersOf(idle),
      unmasking: answersOf(unmasking),
    };
  } finally {
    client.close();
    await service.close();
  }
}

function check(client: Client): Promise<void> {
  return new Promise((resolve, reject) => {
    client.makeUnaryRequest(PATH, asIs, asIs, NO_SERVICE, (error) => {
      if (error === null) resolve();
      else reject(error);
    });
  });
}

/** @returns milliseconds of each answer */
async function askUntil(client: Client, end: Promise<unknown>): Promise<number[]> {
  let isOver = false;
  const over = end.finally(() => (isOver = true));
  const took: number[] = [];
  do {
    const askedMs = performance.now();
    await check(client);
    took.push(performance.now() - askedMs);
    await new Promise((resolve) => setTimeout(resolve, EVERY_MS));
  } while (!isOver as boolean);
  await over;
  return took;
}

const answersOf = (took: readonly number[]): Answers => ({
  asked: took.length,
  medianMs: rounded(median(took)),
  worstMs: rounded(Math.max(...took)),
});
