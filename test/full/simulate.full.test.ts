/** The sizes that the README promises, from the built command: fifty participants over gRPC, one in ten gone in r2. */
import { expect, test } from '@jest/globals';
import { tmpdir } from 'node:os';
import { runJson } from '../helpers/cli.js';

interface Report {
  readonly survivors: number;
  readonly exact: boolean;
  readonly aborted: null | { readonly code: string };
  readonly dropped: Readonly<Record<string, number>>;
}

const simulate = (...flags: string[]) => runJson<Report>(['simulate', ...flags], { cwd: tmpdir() });

test('50 participants, 100,000 coordinates, 10 % dropped, over TLS gRPC: exact', async () => {
  const report = await simulate(
    ...'--participants 50 --length 100000 --dropout 0.1 --transport grpc'.split(' '),
  );
  expect(report).toMatchObject({ survivors: 45, exact: true, aborted: null });
  expect(report.dropped).toEqual({ r0: 0, r1: 0, r2: 5, r3: 0, r4: 0 });
}, 180_000);

test('somebody gone in every round: exact', async () => {
  const flags =
    '--participants 30 --length 1000 --dropout r0:1,r1:1,r2:2,r3:1,r4:1 --transport grpc --seed 9';
  const report = await simulate(...flags.split(' '));
  expect(report).toMatchObject({ survivors: 26, exact: true, aborted: null });
}, 120_000);
