import js from '@eslint/js';
import { defineConfig } from 'eslint/config';
import tseslint from 'typescript-eslint';

/** Where the protocol and the mathematics live: pure, synchronous, the same in every runtime. */
const pureFiles = ['crypto/**/*.ts', 'src/protocol/**/*.ts'];
/** The shells below crypto/ that may touch the machine. */
const impureFiles = [
  'crypto/backend/**',
  'crypto/engine/**',
  'crypto/mask-engine/**',
  'crypto/ckks/seal.ts',
  'crypto/ckks/node-seal.ts',
];

const pure = 'pure code: pass the value in, or do this in a shell';
const ambient = [
  'Date',
  'performance',
  'console',
  'process',
  'fetch',
  'XMLHttpRequest',
  'WebSocket',
  'setTimeout',
  'setInterval',
  'setImmediate',
  'clearTimeout',
  'clearInterval',
  'clearImmediate',
  'queueMicrotask',
  'requestAnimationFrame',
  'Promise',
  'crypto',
  'Buffer',
];

export default defineConfig(
  {
    ignores: [
      'dist/',
      'coverage/',
      'node_modules/',
      'src/rpc/generated/',
      'test/architecture/fixtures/',
      // AssemblyScript: other types, another standard library.
      'crypto/*/assembly/',
      '**/*.cjs',
    ],
  },
  js.configs.recommended,
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.recommendedTypeChecked],
    languageOptions: {
      parserOptions: { project: './tsconfig.test.json', tsconfigRootDir: import.meta.dirname },
    },
    rules: {
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-misused-promises': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { considerDefaultExhaustiveForUnions: true },
      ],
      '@typescript-eslint/consistent-type-imports': ['error', { disallowTypeAnnotations: false }],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      // An async function may satisfy an interface without awaiting anything.
      '@typescript-eslint/require-await': 'off',
      eqeqeq: ['error', 'always'],
      'no-console': 'error',
    },
  },
  {
    files: pureFiles,
    ignores: impureFiles,
    rules: {
      'no-restricted-syntax': [
        'error',
        { selector: ':function[async=true]', message: `no async function in ${pure}` },
        { selector: 'AwaitExpression', message: `no await in ${pure}` },
        { selector: 'ForOfStatement[await=true]', message: `no await in ${pure}` },
        { selector: 'ImportExpression', message: `no dynamic import in ${pure}` },
      ],
      'no-restricted-globals': [
        'error',
        {
          globals: ambient.map((name) => ({ name, message: `no ${name} in ${pure}` })),
          checkGlobalObject: true,
        },
      ],
      'no-restricted-properties': [
        'error',
        {
          object: 'Math',
          property: 'random',
          message: `no Math.random in ${pure}; randomness comes in as an argument`,
        },
      ],
    },
  },
  {
    // The one place that talks to a person.
    files: ['src/cli/**/*.ts', 'scripts/**/*.ts', 'test/**/*.ts'],
    rules: { 'no-console': 'off' },
  },
  {
    files: ['test/**/*.ts'],
    rules: {
      // Tests hand broken values to functions on purpose, and read JSON.
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
      '@typescript-eslint/no-unsafe-argument': 'off',
    },
  },
  {
    files: ['**/*.js', '**/*.mjs'],
    languageOptions: {
      globals: { process: 'readonly', console: 'readonly', URL: 'readonly', Buffer: 'readonly' },
    },
  },
);
