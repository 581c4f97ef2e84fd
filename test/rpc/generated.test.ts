// The generated types in the repository are those of the protos, and the protos load in both layouts of the package.
import { expect, test } from '@jest/globals';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { loadProtos } from '../../src/rpc/protos.js';

const root = fileURLToPath(new URL('../..', import.meta.url));

function contents(folder: string): Record<string, string> {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) =>
    entry.isFile(),
  );
  const names = files.map((entry) => join(entry.parentPath, entry.name)).sort();
  return Object.fromEntries(names.map((name) => [name.slice(folder.length), readFileSync(name, 'utf8')]));
}

test('generating the types again gives no difference', () => {
  const folder = mkdtempSync(join(tmpdir(), 'blindsum-generated-'));
  try {
    const out = join(folder, 'out');
    const { status, stderr } = spawnSync(join(root, 'scripts/generate-protos'), [out], { encoding: 'utf8' });
    expect([status, stderr]).toEqual([0, '']);
    expect(contents(out)).toEqual(contents(join(root, 'src/rpc/generated')));
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test('no method streams its requests: browsers cannot', () => {
  const { participant, operator, witness } = loadProtos();
  const methods = [participant, operator, witness].flatMap((service) => Object.values(service));
  expect(methods.length).toBeGreaterThan(30);
  expect(methods.filter(({ requestStream }) => requestStream)).toEqual([]);
});
