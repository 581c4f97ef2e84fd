/** A homomorphic-encryption key that all installations share was shipped with a peer's package. Here none is, of any kind. */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from '@jest/globals';

const root = fileURLToPath(new URL('../..', import.meta.url));

test('a shared key shipped with the package: what is packed holds no key of any kind', () => {
  const output = execFileSync('npm', ['pack', '--dry-run', '--json', '--ignore-scripts'], {
    cwd: root,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const [{ files }] = JSON.parse(output) as [{ files: { path: string }[] }];
  const paths = files.map(({ path }) => path);
  expect(paths).toEqual(
    expect.arrayContaining([
      'dist/src/cli/main.js',
      'protos/PROTOCOL.md',
      'deploy/README.md',
      'deploy/blindsum.yaml',
      'package.json',
    ]),
  );
  const kinds = new Set(paths.map((path) => extname(path)));
  expect(
    [...kinds].filter(
      (kind) =>
        ![
          '.js',
          '.mjs',
          '.ts',
          '.map',
          '.json',
          '.md',
          '.proto',
          '.csv',
          '.yaml',
          '.service',
          '.svg',
          '',
        ].includes(kind),
    ),
  ).toEqual([]);
  const texts = paths.map((path) => readFileSync(join(root, path), 'utf8'));
  const keys = [
    /-----BEGIN [A-Z ]*PRIVATE KEY-----\s*[A-Za-z0-9+/]{16}/,
    /blindsum-identity-v1:[A-Za-z0-9_-]{43}/,
    /"d"\s*:\s*"[A-Za-z0-9_-]{43}"/,
  ];
  expect(paths.filter((_, at) => keys.some((key) => key.test(texts[at] as string)))).toEqual([]);
  // 32 bytes in hex are only the prime, the group order and the points of low order, by which keys are refused, and the
  // name of a public beacon's chain.
  const chain = '52db9ba70e0cc0f6eaf7803dd07447a1f5477735fd3f661792ba94600c84e971';
  const inHex = (text: string): string[] => text.match(/(?<![0-9a-f])[0-9a-f]{64}(?![0-9a-f])/gi) ?? [];
  const known = ['key-agreement', 'signature'].flatMap((name) =>
    inHex(readFileSync(join(root, `crypto/${name}.ts`), 'utf8')),
  );
  expect(known.length).toBeGreaterThan(8);
  expect(texts.flatMap(inHex).filter((text) => ![...known, chain].includes(text.toLowerCase()))).toEqual([]);
});
