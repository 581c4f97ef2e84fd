/**
 * Participants of a session, all in this process, each with the client library and a connection of its own, who have masked
 * their inputs and wait with the upload.
 */
import { setMaxListeners } from 'node:events';
import { verifySignature } from '../../../../crypto/signature.js';
import { createClient, createMemoryJournal } from '../../../client/index.js';
import type { ParticipantApi } from '../../../rpc/participant-api.js';
import type { Engine } from '../../../protocol/suite.js';
import { rememberingVerifier } from '../../simulate/remembering-verifier.js';
import type { Setup } from '../../simulate/setup.js';
import type { SimulatedInputs } from '../../simulate/simulated-inputs.js';
import { Turnstile } from '../../simulate/turnstile.js';
import { Gate } from './gate.js';
import type { Service } from './service.js';

export interface PreparedUploads {
  /** Lets so many send theirs, `atOnce` at a time; resolves when the coordinator has accepted all of these. */
  send(count: number, atOnce: number): Promise<void>;
  /** When all are sent: to the end of the session. @returns what each participant decoded, sent and received */
  finish(): Promise<{ sums: Readonly<Record<string, Float64Array>>; up: number; down: number }[]>;
  close(): Promise<void>;
}

interface Prepared {
  readonly setup: Setup;
  readonly inputs: SimulatedInputs;
  readonly engine: Engine;
  readonly signal: AbortSignal;
}

/** @throws whatever ends a participant */
export async function prepareUploads(service: Service, prepared: Prepared): Promise<PreparedUploads> {
  const { setup, inputs, engine, signal } = prepared;
  const gate = new Gate();
  const masking = new Turnstile();
  const verify = rememberingVerifier(verifySignature);
  const over = new AbortController();
  for (const shared of [signal, over.signal]) setMaxListeners(0, shared);
  const members = setup.participants.map(({ signer }, participant) => {
    const connection = service.connect(participant);
    const link = gated(connection, gate, masking);
    const own = new AbortController();
    const abort = (): void => own.abort();
    for (const end of [signal, over.signal]) end.addEventListener('abort', abort, { once: true });
    const client = createClient({
      ...{
        transport: link.api,
        trust: setup.trustFor(),
        identity: signer,
        certificate: null,
        engine,
        verify,
      },
      journal: createMemoryJournal(),
    });
    const contribution = client
      .contribute({
        task: service.taskId,
        vectors: () => inputs.of(participant),
        signal: own.signal,
      })
      .finally(link.leave);
    contribution.catch(() => undefined);
    return { connection, contribution };
  });
  const contributions = members.map(({ contribution }) => contribution);
  const failure = Promise.race([
    service.crash,
    ...contributions.map((contribution) => contribution.then(() => new Promise<never>(() => undefined))),
  ]);
  failure.catch(() => undefined);
  const orFailure = <T>(promise: Promise<T>): Promise<T> => Promise.race([promise, failure]);
  const close = async (): Promise<void> => {
    over.abort();
    await Promise.allSettled(contributions);
    for (const { connection } of members) connection.close();
  };
  try {
    await service.openSession();
    await orFailure(gate.filled(members.length));
  } catch (error) {
    await close();
    throw error;
  }
  return {
    send: (count, atOnce) => orFailure(gate.pass(count, atOnce)),
    finish: () =>
      orFailure(
        Promise.all(
          members.map(async ({ connection, contribution }) => {
            const { sum } = await contribution;
            return { sums: sum, ...connection.bytes() };
          }),
        ),
      ),
    close,
  };
}

/** Waits for its turn to mask, and at the gate before it uploads. */
function gated(inner: ParticipantApi, gate: Gate, masking: Turnstile) {
  let leave = (): void => undefined;
  let hasPassed = false;
  const api: ParticipantApi = {
    ...inner,
    async getShares(...args) {
      leave = await masking.enter();
      return inner.getShares(...args);
    },
    async beginUpload(id, header, signal) {
      leave();
      if (!hasPassed) leave = await gate.enter(signal);
      hasPassed = true;
      return inner.beginUpload(id, header, signal);
    },
    async commitUpload(...args) {
      await inner.commitUpload(...args);
      leave();
    },
  };
  return { api, leave: () => leave() };
}
