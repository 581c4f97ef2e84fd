/**
 * One participant's r2, from the shares it is sent to the signed header of its masked input, in sessions that really take
 * place within this process: opening the shares of its neighbours, one mask each, packing, digests, the journal.
 */
import { measureSession } from '../../simulate/run.js';
import { NO_DROPOUT } from '../../simulate/dropout.js';
import { type BenchOptions, BITS, COORDINATE_BYTES, SUITE, withEngines } from '../options.js';
import { PEER_MASK, type PeerFigure } from '../peers.js';
import { type ByThreads, mapThreads, rounded, type Spread, spreadOf } from '../spread.js';

export interface MaskCost {
  readonly participants: number;
  readonly length: number;
  /** Masks of a participant: one for each neighbour and its own. */
  readonly streams: number;
  /** Medians over participants. */
  readonly seconds: ByThreads<number>;
  readonly spread: ByThreads<Spread>;
  /** Bare keystream of as many bytes. */
  readonly opensslKeystreamSeconds: number;
  /** Seconds to seconds of keystream. */
  readonly ratio: ByThreads<number>;
  readonly peers: readonly PeerFigure[];
}

export async function benchMask(options: BenchOptions): Promise<MaskCost> {
  const { participants, length, keystream, signal, onPart } = options;
  const spread = await withEngines(options, async (engine, threads) => {
    onPart(`mask: ${participants} participants, ${length} coordinates, ${threads} thread(s)`);
    await keystream.take();
    const { members } = await measureSession({
      ...{ suite: SUITE, participants, length, bits: BITS, dropout: NO_DROPOUT, transport: 'memory' },
      ...{ seed: 'bench', engine, signal },
    });
    await keystream.take();
    return spreadOf(members.flatMap(({ maskMs }) => (maskMs === null ? [] : [maskMs / 1000])));
  });
  const opensslKeystreamSeconds = keystream.secondsFor(participants * length * COORDINATE_BYTES);
  const seconds = mapThreads(spread, ({ median }) => median);
  return {
    participants,
    length,
    streams: participants,
    seconds,
    spread,
    opensslKeystreamSeconds,
    ratio: mapThreads(seconds, (each) => rounded(each / opensslKeystreamSeconds)),
    peers: PEER_MASK,
  };
}
