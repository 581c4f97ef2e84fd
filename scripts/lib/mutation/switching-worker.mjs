/**
 * Runs one test file of an instrumented copy of the tree. Started by switching-pool.mjs; takes `{ file, mutants }`, or
 * `{ file, active }` to have one mutant on from the start.
 */
import { openSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const QUESTION = Symbol.for('blindsum.mutation.question');
const [, , root, progressFile] = process.argv;
const require = createRequire(join(root, 'package.json'));
const { runCLI } = require('jest');
const { default: config } = await import(pathToFileURL(join(root, 'jest.config.js')));
const project = config.projects.find(({ displayName }) => displayName === 'fast');
const progress = openSync(progressFile, 'w');
const settings = {
  config: JSON.stringify({
    ...project,
    cacheDirectory: join(root, '.jest-cache'),
    testEnvironment: fileURLToPath(new URL('switching-environment.mjs', import.meta.url)),
  }),
  runInBand: true,
  silent: true,
  reporters: [],
  watchman: false,
  runTestsByPath: true,
  testTimeout: 20_000,
};

process.on('message', (question) => {
  process[QUESTION] = {
    ...question,
    progress,
    baseline: (baseline) => process.send({ baseline }),
    done: (result) => process.send({ result }),
  };
  runCLI({ ...settings, _: [join(root, question.file)], $0: 'jest' }, [root]).then(
    ({ results }) => process.send({ end: { red: firstRed(results) } }),
    (error) => process.send({ end: { error: String(error?.stack ?? error) } }),
  );
});
process.on('disconnect', () => process.exit());
// What a mutant breaks may come up again later, outside of any test.
process.on('uncaughtException', () => undefined);
process.on('unhandledRejection', () => undefined);

function firstRed({ testResults }) {
  for (const { testFilePath, testExecError, testResults: tests } of testResults) {
    const file = testFilePath.slice(root.length + 1);
    const red = tests.find(({ status }) => status === 'failed');
    if (red !== undefined) return `${file}: ${red.fullName}`;
    if (testExecError !== undefined && testExecError !== null) return `${file}: does not load`;
  }
  return null;
}
