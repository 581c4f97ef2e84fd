/**
 * What the processes of a session take: a coordinator (store in memory) and each participant (journal on disk) are a process of
 * their own, as they are in use. The whole service, over TLS, at each of several lengths.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startChild } from '../demo/child.js';
import { deferred } from '../demo/deferred.js';
import { COORDINATE_BYTES } from './options.js';
import type { Usage } from './service/messages.js';
import type { FromParticipant, ToParticipant } from './service/participant-messages.js';
import { scene, type SceneOptions } from './service/scene.js';
import { startService, type Service } from './service/service.js';
import { rounded } from './spread.js';

const ENTRY = new URL('./service/participant-process.js', import.meta.url);

export interface MemoryCost {
  readonly participants: number;
  readonly length: number;
  readonly inputBytes: number;
  /** From opening the session until everybody has the sum. */
  readonly seconds: number;
  readonly coordinator: { readonly idleRssBytes: number; readonly peakRssBytes: number };
  /** Longest time for which the coordinator's event loop did not turn. */
  readonly coordinatorStallMs: number;
  /** Of the participant that took most. */
  readonly participant: { readonly peakRssBytes: number };
  readonly sumExact: boolean;
}

export async function benchMemory(options: SceneOptions, signal: AbortSignal): Promise<MemoryCost> {
  const { participants, length, seed } = options;
  const folder = await mkdtemp(join(tmpdir(), 'blindsum-bench-'));
  const running: { close(): Promise<void> }[] = [];
  try {
    const service = await startService(scene(options).setup, seed);
    running.push(service);
    const idle = await service.usage();
    const startedMs = performance.now();
    await service.openSession();
    const members = Array.from({ length: participants }, (_, index) =>
      startParticipant(service, { ...options, index, journal: join(folder, `participant-${index}`) }),
    );
    running.push(...members);
    const cancelled = deferred<never>();
    signal.addEventListener('abort', () => cancelled.reject(signal.reason), { once: true });
    const ended = await Promise.race([
      Promise.all(members.map((member) => member.ended)),
      service.crash,
      cancelled.promise,
    ]);
    const seconds = (performance.now() - startedMs) / 1000;
    const { peakRssBytes, stallMs } = await service.usage();
    return {
      ...{ participants, length, inputBytes: length * COORDINATE_BYTES, seconds: rounded(seconds) },
      coordinator: { idleRssBytes: idle.rssBytes, peakRssBytes },
      coordinatorStallMs: Math.round(stallMs),
      participant: { peakRssBytes: Math.max(...ended.map(({ usage }) => usage.peakRssBytes)) },
      sumExact: ended.every(({ sumExact }) => sumExact),
    };
  } finally {
    await Promise.all(running.map((one) => one.close()));
    await rm(folder, { recursive: true, force: true });
  }
}

type Member = Pick<ToParticipant, 'seed' | 'participants' | 'length' | 'index' | 'journal'>;

function startParticipant({ address, ca, taskId: task }: Service, member: Member) {
  const ended = deferred<{ readonly usage: Usage; readonly sumExact: boolean }>();
  const child = startChild<ToParticipant, FromParticipant>(ENTRY, 'a participant', (error) =>
    ended.reject(error),
  );
  child.onMessage((message) => {
    if (message.type === 'ended') ended.resolve(message);
  });
  child.send({ type: 'start', ...member, address, ca, task });
  return { ended: ended.promise, close: () => child.kill() };
}
