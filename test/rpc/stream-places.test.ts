// The place of a stream whose client does not read: taken until nothing of the reply is kept any more. Driven by hand,
// because between the refusal and the reset a real stream shows nothing from outside.
import { expect, test } from '@jest/globals';
import { EventEmitter } from 'node:events';
import { Metadata, type UntypedServiceImplementation } from '@grpc/grpc-js';
import { addService, type CallEnvironment } from '../../src/coordinator/grpc/calls.js';
import { participantHandlers } from '../../src/coordinator/grpc/participant-service.js';
import type { ParticipantApi } from '../../src/rpc/participant-api.js';
import { loadProtos } from '../../src/rpc/protos.js';
import { CODE } from '../../src/rpc/status.js';

/** A stream whose writes never leave. */
class StuckCall extends EventEmitter {
  readonly metadata = new Metadata();
  readonly request = { value: { sessionId: Buffer.from('ab', 'hex') } };
  cancelled = false;
  getDeadline = (): number => Infinity;
  getPath = (): string => '/blindsum.v1.ParticipantService/GetInput';
  write = (): boolean => false;
  end = (): void => undefined;
}

function begin(cutOff: () => void) {
  const happened: string[] = [];
  const environment: CallEnvironment = {
    stopping: new AbortController().signal,
    drainMs: 20,
    cutOff: () => {
      happened.push('cut off');
      cutOff();
    },
    admit: () => () => void happened.push('left'),
  };
  let handlers: UntypedServiceImplementation = {};
  const api = { getInput: async () => new Uint8Array(10) } as unknown as ParticipantApi;
  const server = { addService: (_: unknown, made: UntypedServiceImplementation) => void (handlers = made) };
  addService(server, loadProtos().participant, participantHandlers, () => api, environment);
  const call = new StuckCall();
  call.once('error', (status: { metadata: Metadata }) => happened.push(String(status.metadata.get(CODE)[0])));
  (handlers['GetInput'] as unknown as (call: StuckCall) => void)(call);
  return { call, happened };
}

test('is free only once the stream was reset', async () => {
  let isCutOff = (): void => undefined;
  const reset = new Promise<void>((resolve) => (isCutOff = resolve));
  const { happened } = begin(isCutOff);
  await reset;
  expect(happened).toEqual(['DEADLINE', 'cut off', 'left']);
});

test('is free as soon as the client reads the refusal or goes away', async () => {
  const { call, happened } = begin(() => undefined);
  await new Promise((resolve) => call.once('error', resolve));
  await new Promise((resolve) => setImmediate(resolve));
  expect(happened).toEqual(['DEADLINE']);
  call.emit('cancelled');
  expect(happened).toEqual(['DEADLINE', 'left']);
});
