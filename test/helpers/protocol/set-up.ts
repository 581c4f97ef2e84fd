/** A session until r0 of everybody was accepted. */
import { utf8 } from '../../../crypto/bytes.js';
import { sha256 } from '../../../crypto/hash.js';
import { advertiseKeys } from '../../../src/protocol/client/r0-advertise-keys.js';
import { openSession } from '../../../src/protocol/client/open.js';
import { acceptAdvertiseKeys } from '../../../src/protocol/coordinator/r0-advertise-keys.js';
import { headerOf } from '../../../src/protocol/coordinator/state.js';
import type { Task } from '../../../src/protocol/documents.js';
import { layoutOf } from '../../../src/protocol/parameters.js';
import type { VectorInput } from '../../../src/protocol/quantise.js';
import { ckksSumkey } from '../../../src/protocol/suites/ckks-sumkey/index.js';
import { encodedVectors } from '../../../src/protocol/suites/ckks-sumkey/numbers.js';
import {
  anchorsOf,
  coordinatorDeps,
  depsOf,
  emptyScope,
  openingOf,
  organiser,
  type Party,
  signOpening,
  signTask,
  taskOf,
} from '../parties.js';
import { must } from '../values.js';
import type { Options, Setup } from './rounds.js';

/** Coordinates that differ between participants and use the whole range. */
export function someInput(index: number, task: Task): VectorInput {
  if (task.suite === ckksSumkey.id) {
    return encodedVectors(task).map(({ length, encoding }) =>
      Float64Array.from({ length }, (_, at) => Math.sin(1 + index * 7919 + at * 104729) * encoding.maxAbs),
    );
  }
  return layoutOf(task).map(({ bits, length }) =>
    Uint32Array.from({ length }, (_, at) => ((index + 1) * 2654435761 + at * 40503) % 2 ** bits),
  );
}

/** Openings checked and r0 of everybody accepted. */
export function setUp(parties: readonly Party[], options: Options = {}): Setup {
  const seed = options.seed ?? 'session';
  const taskBody = taskOf(parties, options.task);
  const task = signTask(taskBody);
  const electorate = parties.map(({ identity }) => identity);
  const opening = signOpening(openingOf(task, electorate, { nonce: sha256(utf8(seed)), ...options.opening }));
  const header = headerOf(task, opening, organiser.identity, electorate);
  const members = parties.map((member, index) => {
    const deps = depsOf(member, seed);
    const scope = options.scope?.(member) ?? emptyScope(electorate, taskBody.maxColluders);
    const opened = must(
      openSession(
        anchorsOf(options.policy, options.beacon?.chain),
        { task, opening, electorate, dataset: null, answersInput: true, grants: options.grants ?? [] },
        { lastSession: options.lastSession ?? null, scopeOf: () => scope },
        deps,
      ),
    );
    const { state, send } = must(advertiseKeys(opened, 0, deps));
    const request = {
      sender: member.identity,
      signed: send,
      certificate: options.certificate?.(member) ?? null,
      revoked: new Set<string>(),
      nowMs: 0,
    };
    const record = acceptAdvertiseKeys(header, request, coordinatorDeps);
    const input = (options.input ?? someInput)(index, taskBody);
    return { party: member, deps, input, scope, opened, state, record };
  });
  return { options, parties, task, opening, electorate, header, members };
}
