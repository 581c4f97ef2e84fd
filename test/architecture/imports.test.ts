// "Who may import whom" is held by .dependency-cruiser.cjs. Here each of its rules is seen to catch something, in
// a small tree that breaks it on purpose, and nothing in the tree that we ship.
import { expect, test } from '@jest/globals';
import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));
const planted = fileURLToPath(new URL('./fixtures/planted', import.meta.url));

interface Violation {
  from: string;
  to: string;
  rule: { name: string };
}

/** The command of `npm run lint`, in its own process: what CI runs, not a second reading of the rules. */
function cruise(cwd: string): { violations: Violation[]; totalCruised: number } {
  const output = execFileSync(
    process.execPath,
    [
      `${root}/node_modules/dependency-cruiser/bin/dependency-cruise.mjs`,
      ...['--config', `${root}/.dependency-cruiser.cjs`, '--output-type', 'json', 'src', 'crypto'],
    ],
    { cwd, encoding: 'utf8', maxBuffer: 1 << 28 },
  );
  return (JSON.parse(output) as { summary: { violations: Violation[]; totalCruised: number } }).summary;
}

test('every rule catches the import planted for it, and no allowed import', () => {
  const caught = cruise(planted).violations.map(({ from, rule }) => `${from}: ${rule.name}`);
  expect([...new Set(caught)].sort()).toEqual(
    [
      'crypto/direct.ts: backend-by-condition',
      'crypto/files.ts: crypto-core-modules',
      'crypto/hashing.ts: node-crypto-in-its-place',
      'crypto/seal-elsewhere.ts: seal-in-one-file',
      'crypto/sessions.ts: layer-crypto',
      'crypto/threads.ts: threads-in-their-place',
      'crypto/validate.ts: crypto-packages',
      'src/audit/asks.ts: layer-audit',
      'src/audit/reads.ts: portable-core-modules',
      'src/client/files.ts: portable-core-modules',
      'src/client/grpc.ts: package-grpc',
      'src/client/model.ts: package-tensorflow',
      'src/client/peeks.ts: layer-client',
      'src/client/shell.ts: portable-client',
      'src/coordinator/cycle-a.ts: no-cycles',
      'src/coordinator/dev.ts: no-dev-dependencies',
      'src/coordinator/peeks.ts: layer-coordinator',
      'src/coordinator/ui.ts: layer-coordinator',
      'src/coordinator/ui.ts: nothing-imports-cli',
      'src/index.ts: entry-point',
      'src/learning/peeks.ts: layer-learning',
      'src/learning/token.ts: package-jose',
      'src/operator/client.ts: layer-operator',
      'src/operator/own-certificates.ts: package-certificates',
      'src/protocol/backend-by-alias.ts: protocol-not-backend',
      'src/protocol/backend.ts: protocol-not-backend',
      'src/protocol/calls.ts: layer-protocol',
      'src/protocol/logs.ts: pure-packages',
      'src/rpc/database.ts: package-database',
      'src/rpc/hashes.ts: layer-rpc',
      'src/rpc/missing.ts: no-unresolvable',
      'src/statistics/peeks.ts: layer-statistics',
      'src/coordinator/spans.ts: package-traces',
      'src/storage/counts.ts: package-metrics',
      'src/storage/type-only.ts: layer-storage',
      'src/testing/stores.ts: layer-testing',
      'src/testing/terminal.ts: package-terminal',
    ].sort(),
  );
});

test('the real tree breaks no rule', () => {
  const { violations, totalCruised } = cruise(root);
  expect(violations.map(({ from, to, rule }) => `${rule.name}: ${from} -> ${to}`)).toEqual([]);
  expect(totalCruised).toBeGreaterThan(20);
});
