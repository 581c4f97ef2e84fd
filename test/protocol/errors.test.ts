// Refusals: what they carry, whom they reach, and the texts that a person acts on.
import { describe, expect, test } from '@jest/globals';
import { encodeCanonical } from '../../crypto/canonical.js';
import { decodePackets, decodeShareList, decodeSigned } from '../../src/protocol/attachments.js';
import { round } from '../../src/protocol/client/state.js';
import { byPosition } from '../../src/protocol/coordinator/senders.js';
import { closeAborted } from '../../src/protocol/coordinator/state.js';
import { revocationCodec } from '../../src/protocol/documents.js';
import type { BlindsumError } from '../../src/protocol/errors.js';
import { errorCodeOf, isBlindsumError, refuse } from '../../src/protocol/errors.js';
import { checkTask, requiredBits } from '../../src/protocol/parameters.js';
import { isEnded, ROUNDS } from '../../src/protocol/phase.js';
import { checkDataset } from '../../src/protocol/policy.js';
import { abortCodec } from '../../src/protocol/statements.js';
import { uploadBytes } from '../../src/protocol/suite.js';
import { maskingComplete } from '../../src/protocol/suites/masking-complete/index.js';
import {
  coordinatorDeps,
  fill,
  participants,
  playRounds,
  policyOf,
  setUp,
  taskOf,
  vectorOf,
} from '../helpers/protocol.js';

const parties = participants(5);

/** The refusal, to look at more than its code. */
function refusalOf(attempt: () => unknown): BlindsumError {
  try {
    attempt();
  } catch (error) {
    if (isBlindsumError(error)) return error;
    throw error;
  }
  throw new Error('nothing was refused');
}

describe('a refusal', () => {
  test('carries whom it blames, when to try again and what caused it', () => {
    const cause = new RangeError('inner');
    const details = { participant: fill(1), retryAfterMs: 250, cause };
    expect(refusalOf(() => refuse('LATE', 'peer', 'too late', details))).toMatchObject({
      code: 'LATE',
      fault: 'peer',
      message: 'too late',
      ...details,
    });
  });

  test('without a cause has no such property', () => {
    const error = refusalOf(() => refuse('LATE', 'peer', 'too late'));
    expect(Object.hasOwn(error, 'cause')).toBe(false);
    expect([error.participant, error.retryAfterMs]).toEqual([undefined, undefined]);
  });

  test('is returned by a round; a mistake of the programmer still throws', () => {
    const refusal = round(() => refuse('LATE', 'peer', 'too late'))();
    expect(refusal).toMatchObject({ kind: 'refusal', error: { code: 'LATE' } });
    const mistaken = round((): object => {
      throw new TypeError('vector: expected a Uint32Array');
    });
    expect(mistaken).toThrow(TypeError);
  });

  test('a code that somebody else wrote is one of the list, or INTERNAL', () => {
    expect(['LATE', 'NO_SUCH_CODE', 'toString', ''].map(errorCodeOf)).toEqual([
      'LATE',
      'INTERNAL',
      'INTERNAL',
      'INTERNAL',
    ]);
  });

  test('an abort keeps the first 500 characters of a reason', () => {
    const { header } = setUp(parties);
    const message = 'x'.repeat(499) + 'yz';
    const reason = { code: 'BAD_DEALER' as const, message, blamed: [] };
    const { statement } = closeAborted(header, 'r2', [], [], reason, coordinatorDeps);
    const abort = abortCodec.decode(statement?.signed.payload ?? new Uint8Array());
    expect(abort.message).toBe(message.slice(0, 500));
  });
});

describe('what a refusal says', () => {
  test.each([
    ['is no CBOR', Uint8Array.of(0xff), /: not canonical CBOR$/],
    ['is no list', encodeCanonical('text'), /: not an array$/],
    ['has another label', encodeCanonical(['other', fill(1), 5]), /: wrong label$/],
    ['lacks a field', encodeCanonical([revocationCodec.label, fill(1)]), /: wrong number of fields$/],
    [
      'has a wrong field',
      encodeCanonical([revocationCodec.label, fill(1), 'x']),
      /: field revokedMs is wrong$/,
    ],
  ])('of a payload that %s', (_, payload, text) => {
    expect(refusalOf(() => revocationCodec.decode(payload)).message).toMatch(text);
  });

  test.each([decodeSigned, decodePackets, decodeShareList])(
    'of an attachment that is no CBOR: %p',
    (decode) => {
      const { code, message, cause } = refusalOf(() => decode(Uint8Array.of(0xff)));
      expect({ code, message }).toEqual({ code: 'MALFORMED', message: 'not canonical CBOR' });
      expect(cause).toBeInstanceOf(Error);
    },
  );

  test('of a vector for which no modulus is wide enough, and of one for which a wider one is', () => {
    const said = (bits: number, scale: number) => {
      const vectors = [vectorOf({ bits, scale, clip: 1 })];
      return refusalOf(() => checkTask(taskOf(parties, { vectors }))).message;
    };
    // 2·5·scale + 1 values.
    const fits32 = 400_000_000;
    expect(requiredBits({ scale: fits32, clip: 1, weighted: false }, 5, null)).toBe(32);
    expect(said(31, fits32)).toMatch(/needs 32 bits but has 31$/);
    expect(requiredBits({ scale: 2 * fits32, clip: 1, weighted: false }, 5, null)).toBe(33);
    expect(said(32, 2 * fits32)).toMatch(/needs 33 bits but has 32, more than 32: lower/);
  });

  test('of a label that no data set is pinned to, and of one that several are', () => {
    const task = taskOf(parties, { scope: { kind: 'static', dataset: 'label' } });
    const said = (datasets: Record<string, string>) =>
      refusalOf(() => checkDataset(policyOf({ datasets }), task, { dataset: null, answersInput: false }))
        .message;
    expect(said({})).toMatch(/does not pin data set label to the label label: add it/);
    expect(said({ a: 'other' })).toMatch(/does not pin data set label/);
    expect(said({ a: 'label', b: 'label' })).toMatch(/pinned to data set a or b: give dataset/);
  });
});

test('a session has ended when it is closed or aborted, in no round', () => {
  expect([isEnded('closed'), isEnded('aborted'), ...ROUNDS.map(isEnded)]).toEqual([
    ...[true, true],
    ...ROUNDS.map(() => false),
  ]);
});

test('records of somebody who is not in the roster count for nothing', () => {
  const { r1 } = playRounds(setUp(parties));
  const records = r1.members.map(({ record }) => record);
  const stranger = { ...records[0], sender: 'ff'.repeat(32) } as (typeof records)[number];
  const known = byPosition(r1.frozen, records);
  expect(known.map(({ position }) => position)).toEqual([0, 1, 2, 3, 4]);
  expect(byPosition(r1.frozen, [stranger, ...records])).toEqual(known);
});

test('an upload is as long as all its vectors', () => {
  const vectors = [vectorOf({ name: 'a', length: 3, bits: 10 }), vectorOf({ name: 'b', bits: 32 })];
  const task = taskOf(parties, { vectors });
  expect(maskingComplete.layout(task).map(({ byteLength }) => byteLength)).toEqual([4, 20]);
  expect(uploadBytes(maskingComplete, task)).toBe(24);
});
