/** The client processes of a session. */
import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const PROGRAM = fileURLToPath(new URL('client-process.mjs', import.meta.url));
const PER_PROCESS = 50;
const running = new Set();

/**
 * @param about what the processes are told: see client-process.mjs
 * @returns ready: all of them wait for a session; reports: one of each participant, when all have ended; release: lets
 * participant 0 send its message of a round of those `held`; haveAcked: whether an upload of theirs was acknowledged
 */
export function startParticipants({ participants, ...about }) {
  const shares = [];
  for (let from = 0; from < participants; from += PER_PROCESS)
    shares.push({ ...about, from, count: Math.min(PER_PROCESS, participants - from) });
  const processes = shares.map(startProcess);
  return {
    ready: Promise.all(processes.map(({ ready }) => ready)),
    reports: Promise.all(processes.map(({ reports }) => reports)).then((lists) => lists.flat()),
    release: (round) => processes[0].release(round),
    haveAcked: () => processes.some(({ hasAcked }) => hasAcked()),
  };
}

export function stopParticipants() {
  for (const child of running) child.kill('SIGKILL');
}

function startProcess(about) {
  const child = fork(PROGRAM, { serialization: 'advanced' });
  running.add(child);
  child.send(about);
  let isReady;
  let acked = false;
  const ready = new Promise((resolve, reject) => {
    isReady = resolve;
    child.once('exit', () => reject(new Error('a client process ended before its participants were ready')));
  });
  // Nobody may be waiting for it any more.
  ready.catch(() => undefined);
  const reports = new Promise((resolve, reject) => {
    child.on('message', (message) => {
      if (message.ready === true) isReady();
      else if (message.acked === true) acked = true;
      else resolve(message.reports);
    });
    child.once('exit', () => {
      running.delete(child);
      reject(new Error('a client process ended without a report'));
    });
  });
  reports.catch(() => undefined);
  const release = (round) => {
    if (child.connected) child.send({ release: round });
  };
  return { ready, reports, release, hasAcked: () => acked };
}
