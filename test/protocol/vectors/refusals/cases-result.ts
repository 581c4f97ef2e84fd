/** §4.7: the result, the aggregate, an abort. */
import * as c from '../../../../crypto/index.js';
import { layoutOf } from '../../../../src/protocol/parameters.js';
import { packAggregate } from '../../../helpers/aggregates.js';
import type { Signed } from '../../../../src/protocol/signed.js';
import { type Abort, abortCodec, type Result, resultCodec } from '../../../../src/protocol/statements.js';
import { altered, coordinator, organiser } from '../../../helpers/protocol.js';
import { BASES, DROPOUTS, WEIGHTED } from './bases.js';
import { type Case, casesOf, type Change, replace, sessionOf } from './case.js';
import { flipped, overfull, resignedBy, zeros } from './signing.js';

export const resultCases = (): Case[] => [...plainCases(), ...weightedCases(), ...abortCases()];

function plainCases(): Case[] {
  const { result, packed } = sessionOf(DROPOUTS).closed;
  const { digests } = resultCodec.decode(result.payload);
  const it = casesOf('result');
  const is = (signed: Signed): Change => replace('/message/result', signed);
  const says = (changes: Partial<Result>): Change => is(altered(resultCodec, result, coordinator, changes));
  const packedAs = (bytes: Uint8Array): Change => replace('/message/aggregate', bytes);
  const longer = c.concatBytes(packed, new Uint8Array(1));
  return [
    it(
      '§4.7, 1',
      'the result is signed by the organiser',
      'WRONG_COORDINATOR',
      is(resignedBy(organiser, result)),
    ),
    it('§4.7, 1', 'the result has a field too many', 'MALFORMED', is(overfull(result, coordinator))),
    it('§4.7, 2', 'its ctx is another one', 'CONTEXT_MISMATCH', says({ ctx: zeros })),
    it('§4.7, 2', 'it is of another U3', 'CONTEXT_MISMATCH', says({ u3: zeros })),
    it('§4.7, 2', 'it counts a survivor less', 'CONTEXT_MISMATCH', says({ survivors: 5 })),
    it('§4.7, 3', 'the digest is another one', 'AGGREGATE_MISMATCH', says({ digests: [zeros] })),
    it('§4.7, 3', 'there is a digest too many', 'AGGREGATE_MISMATCH', says({ digests: [...digests, zeros] })),
    it('§4.7, 3', 'a bit of the aggregate is another one', 'AGGREGATE_MISMATCH', packedAs(flipped(packed))),
    it(
      '§4.7, 3',
      'the aggregate is longer, and its digest fits',
      'AGGREGATE_MISMATCH',
      packedAs(longer),
      says({ digests: [c.sha256(longer)] }),
    ),
  ];
}

function weightedCases(): Case[] {
  const { closed, setup } = sessionOf(WEIGHTED);
  const { result, packed, sums } = closed;
  const layout = layoutOf(setup.header.task);
  const it = casesOf('result, weighted');
  const of = (bytes: Uint8Array, digests: Uint8Array[]): Change[] => [
    replace('/message/aggregate', bytes),
    replace('/message/result', altered(resultCodec, result, coordinator, { digests })),
  ];
  const first = layout[0]?.byteLength ?? 0;
  const { digests } = resultCodec.decode(result.payload);
  const spare = packed.slice();
  spare[first - 1] = (spare[first - 1] as number) | 0x80;
  const nothing = packAggregate(setup.header.task, [...sums.slice(0, -1), Uint32Array.of(0)]);
  return [
    it(
      '§4.7, 3',
      'a spare bit of the aggregate is set, and its digest fits',
      'AGGREGATE_MISMATCH',
      ...of(spare, [c.sha256(spare.subarray(0, first)), ...digests.slice(1)]),
    ),
    it('§4.7, 4', 'the weights sum to 0', 'NO_WEIGHT', ...of(nothing.packed, nothing.digests)),
  ];
}

function abortCases(): Case[] {
  const wire = BASES().abort?.message.abort as { payload: string; signature: string };
  const abort: Signed = { payload: c.fromHex(wire.payload), signature: c.fromHex(wire.signature) };
  const it = casesOf('abort');
  const is = (signed: Signed): Change => replace('/message/abort', signed);
  const says = (changes: Partial<Abort>): Change => is(altered(abortCodec, abort, coordinator, changes));
  return [
    it('§4.7', 'the abort is signed by the organiser', 'WRONG_COORDINATOR', is(resignedBy(organiser, abort))),
    it('§4.7', 'the abort has a field too many', 'MALFORMED', is(overfull(abort, coordinator))),
    it('§4.7', 'the abort is of another session', 'CONTEXT_MISMATCH', says({ opening: zeros })),
  ];
}
