/** Workers that hold all mutants at once. One that stops answering is replaced; its mutant did not end. */
import { fork } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { clearTimeout, setTimeout } from 'node:timers';
import { fileURLToPath } from 'node:url';
import { runJobs, stopAtExit } from './run-jobs.mjs';
import { copyTree } from './tree.mjs';

const workerFile = fileURLToPath(new URL('switching-worker.mjs', import.meta.url));
/** Without any answer for so long, a mutant loops where it is not asked for; more where the tests alone take long. */
const silence = (baselineMs) => 120_000 + 10 * baselineMs;

/** jest keeps something of every run; a fresh process now and then keeps it small. */
const RUNS_PER_PROCESS = 25;

/** @param prepare called with each copy of the tree, to put the instrumented files there */
export function createSwitchingPool(root, jobs, prepare) {
  const folders = copyTree(root, jobs);
  const workers = folders.map((folder) => {
    prepare(folder);
    return createWorker(folder);
  });
  stopAtExit(workers);
  return {
    folder: folders[0],
    /** @param each called with a worker and a job, until the list is empty */
    run: (list, each) => runJobs(workers, list, each),
    stop: () => workers.forEach((worker) => worker.stop()),
  };
}

function createWorker(folder) {
  const progressFile = join(folder, '.mutant-in-progress');
  let child;
  let runs = 0;

  const stop = () => {
    child?.kill('SIGKILL');
    child = undefined;
  };

  return {
    stop,
    /**
     * @param question `{ file, mutants, ms }` or `{ file, active, ms }`; ms: what the tests take with nothing changed
     * @param heard called with `{ baseline }` and `{ result }`; may answer 'enough': the rest is not asked any more
     * @returns `{ red }`, `{ enough }`, `{ error }` or `{ stuck }`: the mutant that did not end
     */
    ask(question, heard = () => undefined) {
      if (child === undefined || child.exitCode !== null) {
        child = fork(workerFile, [folder, progressFile], {
          cwd: folder,
          execArgv: ['--experimental-vm-modules', '--no-warnings'],
          stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
        });
        runs = 0;
      }
      const current = child;
      runs++;
      writeFileSync(progressFile, '');
      return new Promise((resolve) => {
        let timer;
        const settle = (value) => {
          clearTimeout(timer);
          current.removeAllListeners('message').removeAllListeners('exit');
          // A fresh process for every file: nothing of one mutant reaches the next file.
          const isSpent = question.active === undefined || runs >= RUNS_PER_PROCESS;
          if (isSpent || value.stuck !== undefined || value.error !== undefined) stop();
          resolve(value);
        };
        const listen = () => {
          clearTimeout(timer);
          timer = setTimeout(() => settle(stuck()), silence(question.ms ?? 0));
        };
        const stuck = () => {
          if (question.active !== undefined) return { stuck: question.active };
          const id = readFileSync(progressFile, 'utf8').trim();
          return id === '' ? { error: 'it does not end with nothing changed' } : { stuck: Number(id) };
        };
        current.on('message', (message) => {
          listen();
          if (message.end !== undefined) settle(message.end);
          else if (heard(message) === 'enough') settle({ enough: true });
        });
        current.on('exit', () => settle(stuck()));
        listen();
        current.send(question);
      });
    },
  };
}
