/**
 * The demo's processes: one coordinator, N hospitals; and the operator's and organiser's ends, which are here, in the
 * parent. The organiser's key is made here and never leaves this process.
 */
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { toHex } from '../../../crypto/bytes.js';
import { systemRandom } from '../../../crypto/random.js';
import { identityFromSeed } from '../../../crypto/signature.js';
import {
  createGrpcOperator,
  type OperatorApi,
  parseTaskSpec,
  type SignedTask,
  signTask,
  type TaskSpecInput,
} from '../../operator/index.js';
import type { BlindsumError } from '../../protocol/errors.js';
import { type Signer, signerFromSeed } from '../../protocol/signed.js';
import { startChild } from './child.js';
import { deferred } from './deferred.js';
import type { CoordinatorStart, FromCoordinator } from './messages.js';
import { type Connect, Participant } from './participant.js';

const ENTRY = new URL('./coordinator-process.js', import.meta.url);

export interface Cluster {
  readonly address: string;
  /** The coordinator's public key. */
  readonly coordinator: Uint8Array;
  /** The organiser's public key. */
  readonly organiser: Uint8Array;
  readonly operator: OperatorApi;
  readonly participants: readonly Member[];
  /** Writes, signs and creates a task for all of them. */
  createTask(spec: Omit<TaskSpecInput, 'participants'>): Promise<SignedTask & { readonly taskId: string }>;
  /** What the coordinator received from a participant in a session, packed and masked. */
  received(session: string, identity: Uint8Array): Uint8Array | null;
  /** A killed participant comes back, with its key and journal. */
  revive(member: Member): Promise<void>;
  /** Rejects when a process ends that nobody killed. */
  readonly crash: Promise<never>;
  close(): Promise<void>;
}

export interface Member {
  readonly process: Participant;
  readonly identity: Uint8Array;
}

export interface ClusterOptions {
  readonly participants: number;
  readonly seed: number;
}

/** Whatever happens, nothing of it is left after `close`; and if this process just ends, nothing runs on. */
export async function startCluster(options: ClusterOptions, signal: AbortSignal): Promise<Cluster> {
  const folder = await mkdtemp(join(tmpdir(), 'blindsum-demo-'));
  const running = new Set<{ killNow(): void; kill(): Promise<void> }>();
  const crash = deferred<never>();
  const onCrash = (error: BlindsumError): void => crash.reject(error);
  const killAll = (): void => {
    for (const process of running) process.killNow();
  };
  const onExit = (): void => {
    killAll();
    rmSync(folder, { recursive: true, force: true });
  };
  process.once('exit', onExit);
  signal.addEventListener('abort', killAll);
  const stop = async (): Promise<void> => {
    await Promise.all([...running].map((process) => process.kill()));
    await rm(folder, { recursive: true, force: true });
    process.off('exit', onExit);
    signal.removeEventListener('abort', killAll);
  };
  try {
    const coordinator = startChild<CoordinatorStart, FromCoordinator>(ENTRY, 'the coordinator', onCrash);
    running.add(coordinator);
    const participants: Participant[] = [];
    for (let index = 0; index < options.participants; index += 1) {
      const own = join(folder, `hospital-${index + 1}`);
      await mkdir(own, { mode: 0o700 });
      participants.push(new Participant({ ...options, folder: own, index }, onCrash));
    }
    participants.forEach((participant) => running.add(participant));
    return await connectAll(coordinator, participants, { crash: crash.promise, stop });
  } catch (error) {
    await stop();
    throw error;
  }
}

async function connectAll(
  coordinator: ReturnType<typeof startChild<CoordinatorStart, FromCoordinator>>,
  participants: readonly Participant[],
  { crash, stop }: { crash: Promise<never>; stop: () => Promise<void> },
): Promise<Cluster> {
  const organiser = newSigner();
  const uploads = new Map<string, Uint8Array>();
  coordinator.onMessage((message) => {
    if (message.type === 'upload') uploads.set(`${message.session}/${toHex(message.sender)}`, message.bytes);
  });
  const listening = coordinator.next('listening');
  coordinator.send({ type: 'start', organiser: organiser.publicKey });
  const [service, ...identities] = await Promise.all([
    listening,
    ...participants.map((one) => one.identity()),
  ]);
  const { address, ca, operatorToken, coordinator: key } = service;
  const connection: Connect = { address, ca, coordinator: key, organiser: organiser.publicKey };
  await Promise.all(participants.map((one) => one.connect(connection)));
  const operator = createGrpcOperator({
    coordinator: address,
    coordinatorKey: key,
    ca,
    token: operatorToken,
  });
  return {
    address,
    coordinator: key,
    organiser: organiser.publicKey,
    operator,
    crash,
    participants: participants.map((process, index) => ({
      process,
      identity: identities[index] as Uint8Array,
    })),
    async createTask(spec) {
      const listed = parseTaskSpec({ ...spec, participants: identities.map(toHex) });
      const signed = signTask(listed, identities, organiser, systemRandom);
      return { ...signed, ...(await operator.createTask(signed.signed, signed.pinned)) };
    },
    received: (session, identity) => uploads.get(`${session}/${toHex(identity)}`) ?? null,
    revive: (member) => member.process.revive(connection),
    async close() {
      operator.close();
      await stop();
    },
  };
}

function newSigner(): Signer {
  const { seed, publicKey } = identityFromSeed(systemRandom(32));
  return signerFromSeed(seed, publicKey);
}
