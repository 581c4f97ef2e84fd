/**
 * Runs test files of one copy of the tree again and again in one process: most of what jest costs is its start.
 * Started by pool.mjs with the copy's folder; takes `{ files }`, answers `{ results, ms }`.
 */
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const root = process.argv[2];
const require = createRequire(join(root, 'package.json'));
const { runCLI } = require('jest');
const { default: config } = await import(pathToFileURL(join(root, 'jest.config.js')));
const project = config.projects.find(({ displayName }) => displayName === 'full');
const settings = {
  config: JSON.stringify({ ...project, cacheDirectory: join(root, '.jest-cache') }),
  runInBand: true,
  silent: true,
  reporters: [],
  watchman: false,
  testTimeout: Number(process.argv[3]),
  runTestsByPath: true,
};

process.on('message', ({ files }) => {
  const begin = Date.now();
  runCLI({ ...settings, _: files.map((file) => join(root, file)), $0: 'jest' }, [root]).then(
    ({ results }) => process.send({ results: results.testResults.map(brief), ms: Date.now() - begin }),
    (error) => process.send({ error: String(error?.stack ?? error) }),
  );
});
process.on('disconnect', () => process.exit());
// Tests of servers may leave errors behind when a mutant breaks them; the verdict comes from jest.
process.on('uncaughtException', () => undefined);
process.on('unhandledRejection', () => undefined);
process.send({ ready: true });

function brief({ testFilePath, testExecError, failureMessage, testResults }) {
  return {
    file: testFilePath.slice(root.length + 1),
    // A file that could not be loaded ran no test: that is no verdict on a check.
    broken: testExecError === undefined || testExecError === null ? null : (failureMessage ?? 'did not run'),
    tests: testResults.map(({ fullName, status, duration, failureMessages }) => ({
      name: fullName,
      status,
      ms: duration ?? 0,
      message: failureMessages[0] ?? '',
    })),
  };
}
