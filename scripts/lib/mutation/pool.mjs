/** A few workers, each with its own copy of the tree, take jobs from one list. */
import { fork } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { clearTimeout, setTimeout } from 'node:timers';
import { fileURLToPath } from 'node:url';
import { runJobs, stopAtExit } from './run-jobs.mjs';
import { copyTree } from './tree.mjs';

const workerFile = fileURLToPath(new URL('worker.mjs', import.meta.url));
/** jest keeps something of every run; a fresh process now and then keeps it small. */
const RUNS_PER_PROCESS = 60;

/**
 * @param {string} root the working tree
 * @param {{ jobs: number, testTimeoutMs: number }} options
 */
export function createPool(root, { jobs, testTimeoutMs }) {
  const workers = copyTree(root, jobs).map((folder) => createWorker(folder, testTimeoutMs));
  stopAtExit(workers);
  return {
    /** The copy from which everything is read: the working tree may change meanwhile. */
    folder: workers[0].folder,
    /** @param each called with a worker and a job, until the list is empty */
    run: (list, each) => runJobs(workers, list, each),
    stop: () => workers.forEach((worker) => worker.stop()),
  };
}

function createWorker(folder, testTimeoutMs) {
  let child;
  let runs = 0;

  /** The process that is there, or a new one. */
  async function started() {
    if (child !== undefined && child.exitCode === null && runs < RUNS_PER_PROCESS) return child;
    stop();
    runs = 0;
    child = fork(workerFile, [folder, String(testTimeoutMs)], {
      cwd: folder,
      execArgv: ['--experimental-vm-modules', '--no-warnings'],
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    });
    const { error } = await answer(child);
    if (error !== undefined) throw new Error(error);
    return child;
  }

  function stop() {
    child?.kill('SIGKILL');
    child = undefined;
  }

  return {
    folder,
    stop,
    /**
     * Runs test files, with another text in place of one file of the copy.
     * @param {{ edit?: { file: string, text: string }, files: string[], limitMs?: number }} job
     * @returns `{ results, ms }`, `{ timedOut: true }` or `{ error }`
     */
    async run({ edit, files, limitMs }) {
      const path = edit === undefined ? undefined : join(folder, edit.file);
      const original = path === undefined ? undefined : readFileSync(path);
      if (path !== undefined) writeFileSync(path, edit.text);
      try {
        const current = await started();
        runs++;
        const got = answer(current, limitMs);
        current.send({ files });
        const result = await got;
        if (result.results === undefined) stop();
        return result;
      } finally {
        if (path !== undefined) writeFileSync(path, original);
      }
    },
  };
}

/** The next message; a mutant may loop for ever or end the process. */
function answer(child, limitMs) {
  return new Promise((resolve) => {
    let complaint = '';
    const listen = (chunk) => (complaint = (complaint + chunk).slice(-2000));
    const settle = (value) => {
      clearTimeout(timer);
      child.stderr.off('data', listen);
      child.stderr.resume();
      child.off('message', settle);
      child.off('exit', gone);
      resolve(value);
    };
    const gone = (code) => settle({ error: `the test process ended with ${code}: ${complaint}` });
    const timer = limitMs === undefined ? undefined : setTimeout(() => settle({ timedOut: true }), limitMs);
    child.stderr.on('data', listen);
    child.on('message', settle);
    child.on('exit', gone);
  });
}
