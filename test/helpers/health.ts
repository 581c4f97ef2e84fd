/** What a load balancer and a supervisor see of a coordinator: gRPC health, /readyz, /metrics. */
import { credentials, makeClientConstructor, type ServiceError } from '@grpc/grpc-js';
import { service } from 'grpc-health-check';
import { readFileSync } from 'node:fs';
import { PARTICIPANT_SERVICE } from '../../src/rpc/protos.js';
import type { DevCoordinator } from './cli.js';
import { type MetricsPage, readPage } from './metrics-page.js';

const Client = makeClientConstructor(service, 'Health');
type Answer = (error: ServiceError | null, reply?: { status: string }) => void;
type Check = (request: { service: string }, options: { deadline: number }, answer: Answer) => void;

const get = (coordinator: DevCoordinator, path: string): Promise<Response> =>
  fetch(`http://${coordinator.monitoring}${path}`);

export interface Health {
  readonly readyz: number;
  readonly grpc: string;
}

export const UP: Health = { readyz: 200, grpc: 'SERVING' };
export const DOWN: Health = { readyz: 503, grpc: 'NOT_SERVING' };

/** @param folder of the `--dev` files. The process must have been told to open its monitoring port */
export async function healthOf(coordinator: DevCoordinator, folder: string): Promise<Health> {
  const { status: readyz } = await get(coordinator, '/readyz');
  const ca = readFileSync(`${folder}/dev/ca.pem`);
  const client = new Client(coordinator.address, credentials.createSsl(ca));
  try {
    const check = (client['Check'] as unknown as Check).bind(client);
    const { status: grpc } = await new Promise<{ status: string }>((resolve, reject) => {
      check({ service: PARTICIPANT_SERVICE }, { deadline: Infinity }, (error, reply) => {
        if (reply === undefined) reject(error ?? new Error('health did not answer'));
        else resolve(reply);
      });
    });
    return { readyz, grpc };
  } finally {
    client.close();
  }
}

export async function pageOf(coordinator: DevCoordinator): Promise<MetricsPage> {
  return readPage(await (await get(coordinator, '/metrics')).text());
}
