/**
 * Mutation testing of src/protocol/: conditions forced, operands left out, operators swapped, numbers off by one, statements
 * left out (lib/mutation/operators.mjs). All mutants are compiled in at once and switched on one by one.
 */
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { instrument } from './lib/mutation/instrument.mjs';
import { createSwitchingPool } from './lib/mutation/switching-pool.mjs';

const help = `usage: scripts/mutate-protocol [options]

Makes some 1700 small changes in src/protocol/, one at a time, in a copy of the working tree, and runs the tests of
test/protocol, test/attacks and test/property (project "fast", without those of more than 2 s) that come by the change until
one is red.
Prints the changes that no test noticed and the share that were. Strings, templates, objects, arrays and the arguments of
errors are left as they are.

  --file PATH    only the changes in this file, or below this folder
  --tests A,B    only the tests in these folders and files
  --jobs N       processes at once (default 2)
  --json         print one JSON object: { "mutants", "killed", "score", "survivors": [...], "noticed": [...] }
  --list         print the changes, run nothing
  --help

Exit status: 0 when it ran to its end, whatever the score; 2 for a wrong option.

  scripts/mutate-protocol                                       half an hour on two cores that have nothing else to do
  scripts/mutate-protocol --file src/protocol/client/open.ts
`;

const root = fileURLToPath(new URL('..', import.meta.url)).replace(/\/$/, '');
/** Not test/simulation, whose whole sessions are slow: each change that nothing notices would wait for all of them. */
const places = ['test/protocol', 'test/attacks', 'test/property'];
const options = readOptions();

if (options.help) {
  process.stdout.write(help);
} else {
  await main();
  process.exit();
}

function readOptions() {
  try {
    const { values } = parseArgs({
      options: {
        file: { type: 'string', default: 'src/protocol' },
        tests: { type: 'string', default: places.join(',') },
        jobs: { type: 'string', default: '2' },
        json: { type: 'boolean', default: false },
        list: { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
      },
    });
    const jobs = Number(values.jobs);
    if (!Number.isInteger(jobs) || jobs < 1)
      throw new TypeError(`--jobs ${values.jobs} is no number of processes`);
    return { ...values, jobs };
  } catch (error) {
    process.stderr.write(`${error.message}\nscripts/mutate-protocol --help lists the options\n`);
    process.exit(2);
  }
}

async function main() {
  const { mutants, texts } = instrumentAll();
  if (options.list) {
    for (const mutant of mutants) process.stdout.write(`${describe(mutant)}\n`);
    return;
  }
  const pool = createSwitchingPool(root, options.jobs, (folder) => {
    for (const [file, text] of texts) writeFileSync(join(folder, file), text);
  });
  const run = { pool, mutants, verdicts: new Map(), baselines: new Map() };
  const tests = testFiles(pool.folder);
  progress(`${mutants.length} changes, ${tests.length} test files`);
  await pool.run(tests, (worker, file) => measure(run, worker, file));
  // The quick ones first: what they notice, the slow ones need not be asked.
  tests.sort((a, b) => run.baselines.get(a).ms - run.baselines.get(b).ms);
  await pool.run(tests, (worker, file) => switchThrough(run, worker, file));
  await atLoad(run, tests);
  pool.stop();
  report(run);
}

function instrumentAll() {
  const mutants = [];
  const texts = new Map();
  for (const name of readdirSync(join(root, 'src/protocol'), { recursive: true }).sort()) {
    const file = `src/protocol/${name}`;
    if (!file.endsWith('.ts') || !(file === options.file || file.startsWith(`${options.file}/`))) continue;
    const made = instrument(file, readFileSync(join(root, file), 'utf8'), mutants.length);
    mutants.push(...made.mutants);
    texts.set(file, made.text);
  }
  return { mutants, texts };
}

function testFiles(folder) {
  return options.tests
    .split(',')
    .flatMap((part) =>
      part.endsWith('.ts')
        ? [part]
        : readdirSync(join(folder, part), { recursive: true }).map((name) => `${part}/${name}`),
    )
    .filter((file) => /(?<!\.full|\.long)\.test\.ts$/.test(file))
    .sort();
}

/** Which mutants the tests of a file come by, and how long they take. */
async function measure({ baselines }, worker, file) {
  baselines.set(file, { atLoad: [], inTests: [], ms: 0, unusable: 0 });
  const { error } = await worker.ask({ file, mutants: [] }, ({ baseline }) => {
    baselines.set(file, baseline);
    if (baseline.unusable > 0) progress(`${file}: ${baseline.unusable} tests are red with nothing changed`);
  });
  if (error !== undefined) progress(`${file}: ${error}`);
}

/** Every mutant that is still alive, against the tests of one file. */
async function switchThrough({ mutants, verdicts, baselines }, worker, file) {
  const { inTests, ms } = baselines.get(file);
  const tried = new Set();
  const stuckOnce = new Set();
  for (;;) {
    const open = inTests.filter((id) => !verdicts.has(id) && !tried.has(id));
    if (open.length === 0) break;
    const { error, stuck, enough } = await worker.ask({ file, mutants: open, ms }, ({ result }) => {
      if (result === undefined) return undefined;
      const { id, killedBy, isSound } = result;
      // One before it may have left the test red: then it is asked again, first.
      if (!isSound && id !== open[0]) return 'enough';
      tried.add(id);
      if (killedBy !== null) verdicts.set(id, `${file}: ${killedBy}`);
      return isSound ? undefined : 'enough';
    });
    if (error !== undefined) return progress(`${file}: ${error}`);
    if (enough) continue;
    if (stuck === undefined) break;
    // Once may be chance, on a busy machine.
    if (stuckOnce.has(stuck)) verdicts.set(stuck, `${file}: does not end`);
    else stuckOnce.add(stuck);
  }
  progress(`${file}: ${verdicts.size} of ${mutants.length} noticed so far`);
}

/** What is computed while a file is loaded only differs if the mutant is on from the start. */
async function atLoad({ pool, mutants, verdicts, baselines }, tests) {
  // A file with a red test of its own would be red with every change.
  const green = tests.filter((file) => baselines.get(file).unusable === 0);
  const loadedBy = (id) => green.filter((file) => baselines.get(file).atLoad.includes(id));
  const open = mutants.filter(({ id }) => !verdicts.has(id) && loadedBy(id).length > 0);
  progress(`${open.length} changes of what is computed at load`);
  const lastKiller = new Map();
  await pool.run(open, async (worker, { id, file: changed }) => {
    // What noticed the last change of this file first.
    const last = lastKiller.get(changed);
    for (const file of loadedBy(id).sort((a, b) => (b === last) - (a === last))) {
      const { red, error, stuck } = await worker.ask({ file, active: id, ms: baselines.get(file).ms });
      if (stuck !== undefined) verdicts.set(id, `${file}: does not end`);
      else if (typeof red === 'string') verdicts.set(id, red);
      else if (error !== undefined) progress(`${id}: ${error}`);
      if (!verdicts.has(id)) continue;
      lastKiller.set(changed, file);
      return;
    }
  });
}

function report({ mutants, verdicts }) {
  const survivors = mutants.filter(({ id }) => !verdicts.has(id));
  const score = Math.round((1000 * verdicts.size) / mutants.length) / 10;
  if (options.json) {
    const noticed = mutants
      .filter(({ id }) => verdicts.has(id))
      .map((mutant) => ({ ...mutant, killedBy: verdicts.get(mutant.id) }));
    const summary = { mutants: mutants.length, killed: verdicts.size, score, survivors, noticed };
    process.stdout.write(`${JSON.stringify(summary, null, 2)}\n`);
    return;
  }
  for (const survivor of survivors) process.stdout.write(`${describe(survivor)}\n`);
  process.stdout.write(`${verdicts.size} of ${mutants.length} changes noticed: ${score} %\n`);
}

function describe({ file, line, column, what, from, to }) {
  const flat = (text) => text.replace(/\s+/g, ' ').slice(0, 120);
  return `${file}:${line}:${column}  ${what}  ${flat(from)}  →  ${to === '' ? 'nothing' : flat(to)}`;
}

function progress(text) {
  process.stderr.write(`${text}\n`);
}
