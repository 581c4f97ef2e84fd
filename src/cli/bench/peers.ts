/**
 * What others need for the same work, measured on a machine of the class that this project was measured on: 2 cores, AES-NI
 * and VAES, one thread, complete graph of 100. Theirs and ours compare by their ratio to bare keystream, not by seconds.
 */
export interface PeerFigure {
  readonly system: string;
  readonly work: string;
  readonly seconds: number;
  /** To bare keystream of the same machine. */
  readonly ratio: number;
}

/** Bytes of keystream per second of that machine, by `openssl speed`. */
const KEYSTREAM = 10.5e9;
const COORDINATES = 1e6;

const figure = (system: string, work: string, seconds: number, streams: number): PeerFigure => ({
  system,
  work,
  seconds,
  ratio: Number((seconds / ((streams * 4 * COORDINATES) / KEYSTREAM)).toPrecision(2)),
});

const GOOGLE = 'Google fcp/secagg (C++)';
const FLOWER = 'Flower SecAgg+ (Python)';

/** One stream of a million coordinates. */
export const PEER_STREAM: readonly PeerFigure[] = [figure(GOOGLE, '1 stream', 0.00245, 1)];

export const PEER_MASK: readonly PeerFigure[] = [
  figure(GOOGLE, '100 neighbours', 0.363, 101),
  figure(FLOWER, '100 neighbours', 0.628, 101),
];

export const PEER_SHARE_SECONDS = { [GOOGLE]: 0.023, [FLOWER]: 0.902 };

/** Survivors' self masks, and a pairwise one for each pair of a survivor and somebody who dropped. */
export const PEER_UNMASK: readonly PeerFigure[] = [
  figure(GOOGLE, '10 % dropped', 2.52, 90 + 90 * 10),
  figure(GOOGLE, '30 % dropped', 5.39, 70 + 70 * 30),
  figure(FLOWER, '10 % dropped', 88, 90 + 90 * 10),
  figure(FLOWER, '30 % dropped', 111, 70 + 70 * 30),
];
