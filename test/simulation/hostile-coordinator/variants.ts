/**
 * The protocol without one of its rules, as negative controls: a harness that finds nothing proves nothing unless it finds
 * these. The product has no switch for any of them. Each is bundled from the real sources with one edit, which must apply
 * exactly as often as it says, so that a control cannot silently become the sound protocol.
 */
import { build, type Plugin } from 'esbuild';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { Under } from './world.js';

interface Edit {
  /** Below src/. */
  readonly file: string;
  readonly replace: string;
  readonly by: string;
}

export interface Variant {
  readonly name: string;
  readonly edits: readonly Edit[];
}

const r2 = 'protocol/client/r2-masked-input.ts';
const r3 = 'protocol/client/r3-consistency.ts';
const r4 = 'protocol/client/r4-unmask.ts';

export const variants = {
  noHeaderCheck: {
    name: 'the r2 headers of U3 are not looked at',
    edits: [
      {
        file: r3,
        replace: 'checkHeaders(state, u3, message, deps)',
        by: `message.uploads?.root ??
             uploadRoot(members, message.headers.map(({ payload }) => maskedInputCodec.decode(payload).digests))`,
      },
    ],
  },
  noWindowCheck: {
    name: 'windows of the ring are not looked at',
    edits: [{ file: 'protocol/suites/masking-ring/windows.ts', replace: 'present < h', by: 'present < 0' }],
  },
  windowsOneLower: {
    name: 'windows of the ring keep one less than h',
    edits: [
      { file: 'protocol/suites/masking-ring/windows.ts', replace: 'present < h', by: 'present < h - 1' },
    ],
  },
  missingPacketsSkipped: {
    name: 'an edge whose packet is not delivered is skipped',
    edits: [
      {
        file: r2,
        replace: 'if (delivery === undefined)',
        by: 'if (delivery === undefined) continue;\n      if (false)',
      },
      {
        file: r2,
        replace: 'suite.planUpload(session, u2, held, input)',
        by: 'suite.planUpload(session, { ...u2, members: [...shares.keys()] }, held, input)',
      },
    ],
  },
  noConsistencyRound: {
    name: 'shares are revealed without a quorum of signatures',
    edits: [{ file: r4, replace: 'checkQuorum(state, message.signatures, deps);', by: '' }],
  },
  noLatch: {
    name: 'r2, r3 and r4 are not latched',
    edits: [
      {
        file: 'client/run.ts',
        replace: 'await durably(run.env.journal, [...entries, ...secret]);',
        by: `if (!entries.some((entry) => entry.kind === 'latch' && ['r2', 'r3', 'r4'].includes(entry.message)))
               await durably(run.env.journal, [...entries, ...secret]);`,
      },
    ],
  },
  noVote: {
    name: 'a scope may be signed for more than one set',
    edits: [
      {
        file: r3,
        replace: 'const voted = castVote(',
        by: 'const voted = ((_key, record, vote, _rules) => ({ ...record, vote: vote.members }))(',
      },
    ],
  },
  listsInRequest: {
    name: 'r4 answers for the survivors that its request names',
    edits: [
      {
        file: r4,
        replace: 'deps.suite(session.task.suite).reveal(session, sets, held);',
        by: `(() => {
          const answers = message.lists.map((members) =>
            deps.suite(session.task.suite).reveal(session, { ...sets, u3: { ...sets.u3, members } }, held));
          return {
            kinds: concatBytes(...answers.map(({ kinds }) => kinds)),
            shares: answers.flatMap(({ shares }) => shares),
          };
        })();`,
      },
    ],
  },
  quorumOfThoseWhoCame: {
    name: 'q and t are taken from U1 and U2 instead of the electorate',
    edits: [
      {
        file: 'protocol/suites/masking-complete/index.ts',
        replace: 'quorum(electorateSize, task.maxColluders)',
        by: 'quorum(arguments[2], task.maxColluders)',
      },
      {
        file: 'protocol/suites/ckks-sumkey/index.ts',
        replace: 'quorum(electorateSize, task.maxColluders)',
        by: 'quorum(arguments[2], task.maxColluders)',
      },
      {
        file: 'protocol/policy.ts',
        replace: 'quorum(electorate, task.maxColluders)',
        by: 'quorum(participants, task.maxColluders)',
      },
      {
        file: 'protocol/client/r1-share-keys.ts',
        replace: 'neededSurvivors(opened.task, opened.electorate.length)',
        by: 'neededSurvivors(opened.task, roster.length)',
      },
      {
        file: 'protocol/client/statements.ts',
        replace: 'neededSurvivors(session.task, session.opening.electorate.size)',
        by: 'neededSurvivors(session.task, before.members.length)',
      },
    ],
  },
  quorumWithoutColluders: {
    name: 'q and t do not count colluders',
    edits: [
      {
        file: 'protocol/parameters.ts',
        replace: 'Math.floor((electorateSize + maxColluders) / 2) + 1',
        by: 'Math.floor(electorateSize / 2) + 1',
      },
    ],
  },
} satisfies Record<string, Variant>;

const root = fileURLToPath(new URL('../../..', import.meta.url));
const entry = fileURLToPath(new URL('under-test.ts', import.meta.url));

/** @throws when an edit does not apply exactly once */
export async function weakened({ name, edits }: Variant): Promise<Under> {
  const applied = new Set<Edit>();
  const weaken: Plugin = {
    name: 'weaken',
    setup(bundler) {
      bundler.onResolve({ filter: /^#crypto-backend$/ }, () => ({
        path: join(root, 'crypto/backend/node.ts'),
      }));
      bundler.onLoad({ filter: /\/src\/.*\.ts$/ }, async ({ path }) => {
        let contents = await readFile(path, 'utf8');
        for (const edit of edits.filter(({ file }) => path === join(root, 'src', file))) {
          const parts = contents.split(edit.replace);
          if (parts.length !== 2)
            throw new Error(`${name}: ${edit.file} has ${parts.length - 1} × ${edit.replace}`);
          contents = parts.join(edit.by);
          applied.add(edit);
        }
        return { contents, loader: 'ts' };
      });
    },
  };
  const folder = await mkdtemp(join(tmpdir(), 'blindsum-weakened-'));
  try {
    const outfile = join(folder, 'under-test.mjs');
    await build({
      entryPoints: [entry],
      bundle: true,
      outfile,
      format: 'esm',
      platform: 'node',
      logLevel: 'silent',
      plugins: [weaken],
    });
    if (applied.size !== edits.length) throw new Error(`${name}: not every edit was applied`);
    return (await import(pathToFileURL(outfile).href)) as Under;
  } finally {
    await rm(folder, { recursive: true });
  }
}
