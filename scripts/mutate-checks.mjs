/**
 * Removes each marked privacy check (`// check: A3`) in turn and runs the attack tests of its ids: one of each id must
 * go red. What a mark stands for is decided in lib/mutation/marks.mjs, what is left of it in lib/mutation/remove.mjs.
 */
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { findMarks } from './lib/mutation/marks.mjs';
import { createPool } from './lib/mutation/pool.mjs';
import { lazyProgram } from './lib/mutation/program.mjs';
import { apply, removal } from './lib/mutation/remove.mjs';
import { firstRed, reds } from './lib/mutation/verdict.mjs';

const help = `usage: scripts/mutate-checks [options]

Removes each check marked "// check: <ids>" in src/ and crypto/ in turn, in a copy of the working tree, and runs
test/attacks/<id>-*.test.ts of its ids. Every id of a mark needs a test that goes red without the check.

  --json         print one JSON object: { "checks": [{ "id", "file", "line", "killedBy" }], "survivors": [] }
  --only A3,B1   only the marks with one of these ids, and only these ids of them
  --file PATH    only the marks in this file, or below this folder
  --list         print the marks and what each removal puts in place, run nothing
  --jobs N       processes at once (default 2)
  --help

Exit status: 0 if every check was seen to be missing, 1 if one survived, cannot be removed or does not load, or if a
test is red with nothing removed.

  scripts/mutate-checks                                   all marks
  scripts/mutate-checks --only A3                         those of attack A3
  scripts/mutate-checks --file src/protocol/roster.ts     those of one file
  scripts/mutate-checks --list --only A4                  see what would be removed
`;

const TEST_TIMEOUT_MS = 60_000;
/** What one run may take: far above what the slowest unmutated one took, however busy the machine is. */
const limit = (baselineMs) => 20_000 + 10 * baselineMs;

const root = fileURLToPath(new URL('..', import.meta.url)).replace(/\/$/, '');
const options = readOptions();

if (options.help) {
  process.stdout.write(help);
} else {
  process.exitCode = await main();
  process.exit();
}

function readOptions() {
  try {
    const { values } = parseArgs({
      options: {
        json: { type: 'boolean', default: false },
        only: { type: 'string' },
        file: { type: 'string' },
        list: { type: 'boolean', default: false },
        jobs: { type: 'string', default: '2' },
        help: { type: 'boolean', default: false },
      },
    });
    const jobs = Number(values.jobs);
    if (!Number.isInteger(jobs) || jobs < 1)
      throw new TypeError(`--jobs ${values.jobs} is no number of processes`);
    return { ...values, jobs, only: values.only?.split(',').map((id) => id.trim()) };
  } catch (error) {
    process.stderr.write(`${error.message}\nscripts/mutate-checks --help lists the options\n`);
    process.exit(2);
  }
}

async function main() {
  const pool = options.list
    ? undefined
    : createPool(root, { jobs: options.jobs, testTimeoutMs: TEST_TIMEOUT_MS });
  const folder = pool?.folder ?? root;
  const mutants = mutantsOf(folder);
  if (mutants.length === 0) {
    progress('no marks found');
    return 1;
  }
  if (options.list) return list(mutants);
  const entries = await runAll(pool, folder, mutants);
  pool.stop();
  return report(entries);
}

/** One mutant per mark; its text is null if the mark cannot be applied. */
function mutantsOf(folder) {
  const typesOf = lazyProgram(folder);
  return sourceFiles(folder).flatMap((file) => {
    const text = readFileSync(join(folder, file), 'utf8');
    return findMarks(file, text)
      .map((mark) => ({ ...mark, ids: mark.ids.filter((id) => options.only?.includes(id) ?? true) }))
      .filter(({ ids, problem }) => ids.length > 0 || (problem !== undefined && options.only === undefined))
      .map(({ ids, line, target, problem }) => {
        const edit = target === undefined ? { problem } : removal(target, () => typesOf(file));
        const common = { ids: ids.length > 0 ? ids : ['?'], file, line, problem: edit.problem };
        return edit.problem === undefined
          ? { ...common, removed: text.slice(edit.start, edit.end), put: edit.text, text: apply(text, edit) }
          : common;
      });
  });
}

function sourceFiles(folder) {
  return ['crypto', 'src']
    .flatMap((part) => readdirSync(join(folder, part), { recursive: true }).map((name) => `${part}/${name}`))
    .filter((file) => file.endsWith('.ts') && !file.startsWith('src/rpc/generated/'))
    .filter(
      (file) => options.file === undefined || file === options.file || file.startsWith(`${options.file}/`),
    )
    .sort();
}

function list(mutants) {
  for (const { ids, file, line, problem, removed, put } of mutants) {
    const what = problem ?? `${oneLine(removed)}  →  ${put === '' ? 'nothing' : oneLine(put)}`;
    process.stdout.write(`${file}:${line}  ${ids.join(', ')}  ${what}\n`);
  }
  return mutants.some(({ problem }) => problem !== undefined) ? 1 : 0;
}

async function runAll(pool, folder, mutants) {
  const tests = readdirSync(join(folder, 'test', 'attacks')).filter((name) => name.endsWith('.test.ts'));
  const testsOf = (id) =>
    tests.filter((name) => name.startsWith(`${id}-`)).map((name) => `test/attacks/${name}`);
  const used = mutants.filter(({ problem }) => problem === undefined).flatMap(({ ids }) => ids);
  const baseline = await runBaseline(pool, [...new Set(used.flatMap(testsOf))]);
  for (const [file, why] of baseline.red) progress(`RED     ${file} with nothing removed: ${why}`);

  /** Why no verdict about this id can be had from any mutant. */
  const untested = (id) => {
    if (testsOf(id).length === 0) return `there is no test/attacks/${id}-*.test.ts`;
    const red = testsOf(id).find((file) => baseline.red.has(file));
    return red === undefined ? undefined : `${red} is red with nothing removed`;
  };

  const entries = [];
  const enter = (id, { file, line }, { killedBy = null, problem }, number) => {
    const entry = { id, file, line, killedBy };
    if (problem !== undefined) entry.problem = problem;
    entries.push(entry);
    say(entry, number);
  };
  const jobs = mutants.flatMap((mutant) => {
    const problemOf = (id) => mutant.problem ?? untested(id);
    mutant.ids.forEach((id) => problemOf(id) && enter(id, mutant, { problem: problemOf(id) }));
    const ids = mutant.ids.filter((id) => problemOf(id) === undefined);
    return ids.length === 0 ? [] : [{ mutant, ids }];
  });
  const lastKiller = new Map();
  let count = 0;
  await pool.run(jobs, async (worker, { mutant, ids }) => {
    const edit = { file: mutant.file, text: mutant.text };
    const verdicts = new Map();
    const verdictOf = async (file) => {
      if (!verdicts.has(file)) {
        const limitMs = limit(baseline.ms.get(file));
        verdicts.set(file, firstRed(await worker.run({ edit, files: [file], limitMs }), [file]));
      }
      return verdicts.get(file);
    };
    const number = `${++count}/${jobs.length}`;
    for (const id of ids) {
      // What noticed the last change of this file first, then the quick ones.
      const last = lastKiller.get(`${id} ${mutant.file}`);
      const cost = (file) => (file === last ? -1 : baseline.ms.get(file));
      let verdict;
      for (const file of testsOf(id).sort((a, b) => cost(a) - cost(b))) {
        verdict = await verdictOf(file);
        if (verdict.killedBy !== null) lastKiller.set(`${id} ${mutant.file}`, file);
        if (verdict.killedBy !== null || verdict.problem !== undefined) break;
      }
      enter(id, mutant, verdict, number);
    }
  });
  const order = (one) => `${one.file}:${String(one.line).padStart(6)}`;
  entries.sort((a, b) => order(a).localeCompare(order(b)));
  return { entries, baselineIsGreen: baseline.red.size === 0 };
}

async function runBaseline(pool, files) {
  const red = new Map();
  const ms = new Map();
  progress(`${files.length} test files with nothing removed`);
  await pool.run(files, async (worker, file) => {
    const answer = await worker.run({ files: [file] });
    ms.set(file, answer.ms);
    const why = reds(answer);
    if (why !== undefined) red.set(file, why);
    else if (answer.results[0].tests.some((test) => test.ms > TEST_TIMEOUT_MS / 4))
      red.set(file, 'it is too slow');
  });
  return { red, ms };
}

function report({ entries, baselineIsGreen }) {
  const survivors = entries.filter(({ killedBy }) => killedBy === null);
  if (options.json) {
    process.stdout.write(`${JSON.stringify({ checks: entries, survivors }, null, 2)}\n`);
  } else {
    process.stdout.write(
      `${entries.length - survivors.length} of ${entries.length} checks are seen to be missing\n`,
    );
    for (const { id, file, line, problem } of survivors) {
      process.stdout.write(`  ${file}:${line}  ${id}  ${problem ?? 'no test goes red without it'}\n`);
    }
  }
  return survivors.length === 0 && baselineIsGreen ? 0 : 1;
}

function say({ id, file, line, killedBy, problem }, number = '') {
  const what = killedBy === null ? (problem === undefined ? 'ALIVE' : 'ERROR') : 'killed';
  progress(`${what.padEnd(7)} ${number} ${file}:${line} ${id}  ${killedBy ?? problem ?? ''}`);
}

function progress(text) {
  process.stderr.write(`${text}\n`);
}

function oneLine(text) {
  const flat = text
    .replace(/\/\/.*$/gm, '')
    .replace(/\s+/g, ' ')
    .trim();
  return flat.length > 100 ? `${flat.slice(0, 99)}…` : flat;
}
