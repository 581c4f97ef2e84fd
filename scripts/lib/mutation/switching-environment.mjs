/**
 * A test environment that has all mutants of instrument.mjs loaded at once and switches one on after the other. A test file
 * is loaded once; then each mutant is switched on in turn and the tests that come by it run, until one fails.
 *
 * What it is asked is on `process[QUESTION]`: `{ active }` has one mutant on from the start and lets jest run the file as
 * always; `{ mutants, start, done }` runs them all here and leaves jest nothing to do.
 */
import { writeSync } from 'node:fs';
import { clearTimeout, setTimeout } from 'node:timers';
import NodeEnvironment from 'jest-environment-node';

export const QUESTION = Symbol.for('blindsum.mutation.question');
/** A mutant that is passed so much more often than without it loops for ever. */
const HITS = 100_000;
const TEST_TIMEOUT_MS = 20_000;
/** A slower test is not asked: each change that nothing notices would wait for it. */
const SLOW_MS = 2000;

export default class SwitchingEnvironment extends (NodeEnvironment.default ?? NodeEnvironment) {
  #question = process[QUESTION];
  #active = process[QUESTION].active ?? -1;
  #hits = new Set();
  #count = 0;
  #limit = Infinity;

  async setup() {
    await super.setup();
    this.global.__mutant = (id) => {
      this.#hits.add(id);
      if (id !== this.#active) return false;
      if (++this.#count > this.#limit) throw new Error('this mutant does not end');
      return true;
    };
  }

  async handleTestEvent(event, state) {
    if (event.name !== 'run_start' || this.#question.mutants === undefined) return;
    const tests = collect(state.rootDescribeBlock);
    for (const hook of hooksBelow(state.rootDescribeBlock, 'beforeAll')) await call(hook.fn);
    const atLoad = [...this.#hits];
    const used = [];
    let unusable = 0;
    for (const test of tests) {
      this.#hits.clear();
      const begin = Date.now();
      if ((await run(test)) !== undefined) {
        unusable++;
        continue;
      }
      const ms = Date.now() - begin;
      if (ms <= SLOW_MS) used.push({ test, hits: new Set(this.#hits), ms });
    }
    used.sort((a, b) => a.ms - b.ms);
    this.#question.baseline({
      atLoad,
      inTests: [...new Set(used.flatMap(({ hits }) => [...hits]))],
      ms: used.reduce((sum, { ms }) => sum + ms, 0),
      unusable,
    });
    await this.#switchAll(used);
    for (const hook of hooksBelow(state.rootDescribeBlock, 'afterAll')) await call(hook.fn);
    for (const test of tests) test.mode = 'skip';
  }

  async #switchAll(used) {
    const { mutants, progress, done } = this.#question;
    for (const id of mutants) {
      const passing = used.filter(({ hits }) => hits.has(id));
      if (passing.length === 0) continue;
      writeSync(progress, String(id).padEnd(8), 0);
      const killer = await this.#firstRed(id, passing);
      // A test that stays red when the mutant is off again says nothing about the next ones.
      const isSound = killer === undefined || (await run(killer.test)) === undefined;
      done({ id, killedBy: killer === undefined ? null : nameOf(killer.test), isSound });
      if (!isSound) return;
    }
  }

  async #firstRed(id, passing) {
    this.#count = 0;
    this.#limit = HITS;
    this.#active = id;
    try {
      for (const each of passing) {
        if ((await run(each.test)) !== undefined) return each;
      }
      return undefined;
    } finally {
      this.#active = -1;
    }
  }
}

function collect(block) {
  return block.children.flatMap((child) => {
    if (child.type === 'describeBlock') return collect(child);
    return child.mode === 'skip' || child.mode === 'todo' ? [] : [child];
  });
}

function hooksBelow(block, type) {
  const own = block.hooks.filter((hook) => hook.type === type);
  return [
    ...own,
    ...block.children.flatMap((child) => (child.type === 'describeBlock' ? hooksBelow(child, type) : [])),
  ];
}

/** @returns why the test is red, or undefined */
async function run(test) {
  const blocks = [];
  for (let block = test.parent; block !== undefined; block = block.parent) blocks.unshift(block);
  const hooks = (type) => blocks.flatMap((block) => block.hooks.filter((hook) => hook.type === type));
  try {
    for (const hook of hooks('beforeEach')) await call(hook.fn);
    await call(test.fn);
    return undefined;
  } catch (error) {
    return error ?? new Error('nothing was thrown');
  } finally {
    for (const hook of hooks('afterEach').reverse()) await call(hook.fn).catch(() => undefined);
  }
}

async function call(fn) {
  const result = fn.call({});
  if (typeof result?.then !== 'function') return;
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error('the test does not end')), TEST_TIMEOUT_MS);
  });
  await Promise.race([result, late]).finally(() => clearTimeout(timer));
}

function nameOf(test) {
  const names = [test.name];
  for (let block = test.parent; block?.parent !== undefined; block = block.parent) names.unshift(block.name);
  return names.join(' ');
}
