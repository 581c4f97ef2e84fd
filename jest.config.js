// Three projects: `fast` while writing, `full` is what CI runs, `long` by hand. See the scripts in package.json.
const swc = {
  jsc: { parser: { syntax: 'typescript' }, target: 'es2022' },
  module: { type: 'es6' },
  sourceMaps: 'inline',
};

const shared = {
  rootDir: import.meta.dirname,
  roots: ['<rootDir>/test'],
  testEnvironment: 'node',
  extensionsToTreatAsEsm: ['.ts'],
  moduleNameMapper: {
    // More specific first: the sources import each other as './x.js', which on disk is './x.ts'.
    '^#crypto-backend$': '<rootDir>/crypto/backend/node.ts',
    '^(\\.{1,2}/.*)\\.js$': '$1',
  },
  transform: { '^.+\\.ts$': ['@swc/jest', swc] },
  // Only the planted violations of the architecture tests live there.
  modulePathIgnorePatterns: ['<rootDir>/dist/', '<rootDir>/test/architecture/fixtures/'],
};

const never = ['/node_modules/', '<rootDir>/test/architecture/fixtures/'];
const isLong = '\\.long\\.test\\.ts$';
const isFull = '\\.full\\.test\\.ts$';

export default {
  maxWorkers: 2,
  // Only so that what hangs ends: a busy machine is no failure.
  testTimeout: 240_000,
  globalSetup: '<rootDir>/test/setup/dist-is-fresh.js',
  testSequencer: '<rootDir>/test/setup/longest-first.js',
  projects: [
    {
      ...shared,
      displayName: 'fast',
      testMatch: ['<rootDir>/test/**/*.test.ts'],
      testPathIgnorePatterns: [...never, '<rootDir>/test/full/', '<rootDir>/test/long/', isFull, isLong],
    },
    {
      ...shared,
      displayName: 'full',
      testMatch: ['<rootDir>/test/**/*.test.ts'],
      testPathIgnorePatterns: [...never, '<rootDir>/test/long/', isLong],
    },
    {
      ...shared,
      displayName: 'long',
      testMatch: ['<rootDir>/test/**/*.long.test.ts'],
      testPathIgnorePatterns: never,
    },
  ],
};
