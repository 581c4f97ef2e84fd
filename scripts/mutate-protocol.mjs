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
test/protocol, test/attacks, test/property and test/simulation that come by the change (project "fast") until one is red.
Prints the changes that no test noticed and the share that were. Strings, templates, objects, arrays and the arguments of
errors are left as they are.

  --file PATH    only the changes in this file, or below this folder
  --tests A,B    only the tests in these folders
  --jobs N       processes at once (default 2)
  --json         print one JSON object: { "mutants", "killed", "score", "survivors": [...] }
  --list         print the changes, run nothing
  --help

Exit status: 0 when it ran to its end, whatever the score; 2 for a wrong option.

  scripts/mutate-protocol                                       about a quarter of an hour on two cores
  scripts/mutate-protocol --file src/protocol/client/open.ts
`;

const root = fileURLToPath(new URL('..', import.meta.url)).replace(/\/$/, '');
/** The quick ones first: what they notice, the slow ones need not be asked. */
const folders = ['test/protocol', 'test/attacks', 'test/property', 'test/simulation'];
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
        tests: { type: 'string', default: folders.join(',') },
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
  const run = { pool, mutants, verdicts: new Map(), loadedBy: new Map(), passedBy: new Map() };
  const tests = testFiles(pool.folder);
  progress(`${mutants.length} changes, ${tests.length} test files`);
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
  return options.tests.split(',').flatMap((part) =>
    readdirSync(join(folder, part), { recursive: true })
      .map((name) => `${part}/${name}`)
      .filter((file) => /(?<!\.full|\.long)\.test\.ts$/.test(file))
      .sort(),
  );
}

/** Every mutant that is still alive, against the tests of one file. */
async function switchThrough({ mutants, verdicts, loadedBy }, worker, file) {
  const tried = new Set();
  const again = new Set();
  for (;;) {
    const open = mutants.map(({ id }) => id).filter((id) => !verdicts.has(id) && !tried.has(id));
    if (open.length === 0) return;
    let stopped = false;
    const end = await worker.ask({ file, mutants: open }, ({ baseline, result }) => {
      if (baseline !== undefined) {
        if (baseline.unusable > 0)
          progress(`${file}: ${baseline.unusable} tests are red with nothing changed`);
        for (const id of baseline.atLoad) loadedBy.set(id, (loadedBy.get(id) ?? new Set()).add(file));
        return undefined;
      }
      const { id, killedBy, isSound } = result;
      tried.add(id);
      if (killedBy !== null) verdicts.set(id, `${file}: ${killedBy}`);
      if (isSound) return undefined;
      stopped = true;
      return 'enough';
    });
    if (end.error !== undefined) return progress(`${file}: ${end.error}`);
    if (end.stuck !== undefined) {
      tried.add(end.stuck);
      // Once may be chance, on a busy machine.
      if (again.has(end.stuck)) verdicts.set(end.stuck, `${file}: does not end`);
      else {
        again.add(end.stuck);
        tried.delete(end.stuck);
      }
    } else if (!stopped) {
      return progress(`${file}: ${verdicts.size} of ${mutants.length} noticed so far`);
    }
  }
}

/** What is computed while a file is loaded only differs if the mutant is on from the start. */
async function atLoad({ pool, mutants, verdicts, loadedBy }, tests) {
  const open = mutants.filter(({ id }) => !verdicts.has(id) && loadedBy.has(id));
  progress(`${open.length} changes of what is computed at load`);
  await pool.run(open, async (worker, { id }) => {
    const files = tests.filter((file) => loadedBy.get(id).has(file));
    const { red, error, stuck } = await worker.ask({ files, active: id });
    if (stuck !== undefined) verdicts.set(id, 'does not end');
    else if (typeof red === 'string') verdicts.set(id, red);
    else if (error !== undefined) progress(`${id}: ${error}`);
  });
}

function report({ mutants, verdicts }) {
  const survivors = mutants.filter(({ id }) => !verdicts.has(id));
  const score = Math.round((1000 * verdicts.size) / mutants.length) / 10;
  if (options.json) {
    const summary = { mutants: mutants.length, killed: verdicts.size, score, survivors };
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
