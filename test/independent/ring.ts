/** The ring of `masking/ring`, its windows and its numbers (PROTOCOL §5.2), with node:crypto and exact integers. */
import { createCipheriv } from 'node:crypto';
import { H } from './primitives.js';

export interface Ring {
  /** Roster positions by place. */
  readonly order: readonly number[];
  readonly places: readonly number[];
  readonly committee: ReadonlySet<number>;
}

/** @param beacon the value of its round, or null @param m members of the committee; 0: there is none */
export function ringOf(
  session: Buffer,
  rosterRoot: Buffer,
  beacon: Buffer | null,
  size: number,
  m: number,
): Ring {
  const seed = H('ring-seed', session, rosterRoot, beacon);
  const order = shuffled(H('ring-order', seed), size);
  const places = order.map(() => 0);
  order.forEach((position, place) => (places[position] = place));
  const committee = m === 0 ? [] : shuffled(H('ring-committee', seed), size).slice(0, m);
  return { order, places, committee: new Set(committee) };
}

function shuffled(key: Buffer, size: number): number[] {
  const next = wordsOf(key);
  const items = [...Array(size).keys()];
  for (let i = size - 1; i >= 1; i -= 1) {
    const bound = Math.floor(2 ** 32 / (i + 1)) * (i + 1);
    let word = next();
    while (word >= bound) word = next();
    const other = word % (i + 1);
    [items[i], items[other]] = [items[other] as number, items[i] as number];
  }
  return items;
}

/** AES-128-CTR under the first 28 bytes: key, nonce. */
function wordsOf(bytes: Buffer): () => number {
  const iv = Buffer.concat([bytes.subarray(16, 28), Buffer.alloc(4)]);
  const cipher = createCipheriv('aes-128-ctr', bytes.subarray(0, 16), iv);
  let [words, at] = [Buffer.alloc(0), 0];
  return () => {
    if (at === words.length) [words, at] = [cipher.update(Buffer.alloc(4096)), 0];
    const word = words.readUInt32LE(at);
    at += 4;
    return word;
  };
}

/** Positions, increasing. */
export function neighboursOf({ order, places }: Ring, position: number, w: number): number[] {
  const steps = [...Array(2 * w + 1).keys()].map((step) => step - w).filter((step) => step !== 0);
  const place = (places[position] as number) + order.length;
  return steps.map((step) => order[(place + step) % order.length] as number).sort((a, b) => a - b);
}

/** Whether every w consecutive places keep h of the members. */
export const windowsHold = (
  { order }: Ring,
  members: ReadonlySet<number>,
  { w, h }: { readonly w: number; readonly h: number },
): boolean =>
  order.every((_, first) => {
    const window = [...Array(w).keys()].map((step) => order[(first + step) % order.length] as number);
    return window.filter((position) => members.has(position)).length >= h;
  });

// -------------------------------------------------------------------------------------------------------------- numbers

export interface Load {
  readonly participants: number;
  readonly colluders: number;
  readonly losses: number;
  /** σ */
  readonly securityBits: number;
}

const ETA = 20;
/** 2^0.01 in millionths of millionths. */
const SLACK = 1_006_955_550_056n;
const EXACT = 1_000_000_000_000n;

/** C(n, d) · Pr[X = x] for x from 0 on, of `marked` among n at d places. */
function weights(n: number, marked: number, d: number): bigint[] {
  const first = Math.max(0, d - (n - marked));
  const list = Array.from({ length: first }, () => 0n);
  let weight = choose(marked, first) * choose(n - marked, d - first);
  for (let x = first; x <= Math.min(d, marked); x += 1) {
    list.push(weight);
    weight = (weight * BigInt(marked - x) * BigInt(d - x)) / (BigInt(x + 1) * BigInt(n - marked - d + x + 1));
  }
  return list;
}

function choose(n: number, k: number): bigint {
  let value = 1n;
  for (let i = 1; i <= k; i += 1) value = (value * BigInt(n - k + i)) / BigInt(i);
  return value;
}

const total = (list: readonly bigint[]): bigint => list.reduce((sum, one) => sum + one, 0n);

/** n · Pr < 2^−bits, times the slack. */
const isRare = (n: number, part: bigint, all: bigint, bits: number, slack = EXACT): boolean =>
  BigInt(n) * part * 2n ** BigInt(bits) * EXACT < all * slack;

function tails({ participants: n, colluders, losses, securityBits }: Load) {
  const at = (marked: number, d: number) => ({ list: weights(n, marked, d), all: choose(n, d) });
  return {
    t1: (d: number): number => {
      const { list, all } = at(colluders, d);
      let [x, above] = [-1, total(list)];
      while (!isRare(n, above, all, securityBits + 1)) {
        x += 1;
        above -= list[x] as bigint;
      }
      return Math.max(x, 0);
    },
    t2: (d: number): number => {
      const { list, all } = at(n - losses, d);
      let [x, below] = [0, 0n];
      while (x < list.length && isRare(n, below + (list[x] as bigint), all, ETA)) {
        below += list[x] as bigint;
        x += 1;
      }
      return x;
    },
    /** n · Pr[X(A, d) ≥ x] is below 2^(0.01 − σ − 1). */
    fewCollude: (d: number, x: number): boolean => {
      const { list, all } = at(colluders, d);
      return isRare(n, total(list.slice(x)), all, securityBits + 1, SLACK);
    },
    /** n · Pr[X(n − D, d) < x] is below 2^(0.01 − η). */
    enoughStay: (d: number, x: number): boolean => {
      const { list, all } = at(n - losses, d);
      return isRare(n, total(list.slice(0, x)), all, ETA, SLACK);
    },
  };
}

export interface RingNumbers {
  readonly w: number;
  readonly h: number;
  readonly k: number;
  readonly t: number;
  readonly committee: { readonly m: number; readonly q: number } | null;
}

/** The least; null: there is no ring. */
export function leastNumbers(load: Load): RingNumbers | null {
  const { participants: n } = load;
  const { t1, t2 } = tails(load);
  for (let w = 1; 2 * w < (n - 1) / 2; w += 1) {
    const [h, k, t] = [t1(w) + 1, 2 * w, Math.max(t1(2 * w) + 1, 2)];
    if (h > t2(w) || t > t2(k)) continue;
    if (n <= 2000) return { w, h, k, t, committee: null };
    for (let m = 1; m <= n; m += 1) {
      const q = Math.floor((m + t1(m)) / 2) + 1;
      if (q <= t2(m)) return { w, h, k, t, committee: { m, q } };
    }
  }
  return null;
}

/** What a participant accepts of a statement. @param quorum of §2.2 */
export function acceptsNumbers(
  stated: Readonly<Record<string, number>>,
  load: Load,
  quorum: number,
): boolean {
  const { q = 0, t = 0, k = 0, w = 0, h = 0, m = -1, ...others } = stated;
  const { participants: n } = load;
  const { fewCollude, enoughStay } = tails(load);
  if (Object.keys(others).length > 0 || k !== 2 * w || k >= (n - 1) / 2 || t < 2) return false;
  if (!fewCollude(w, h) || !fewCollude(k, t) || !enoughStay(w, h) || !enoughStay(k, t)) return false;
  const hasQuorum =
    n <= 2000
      ? m === 0 && q === quorum
      : m >= 1 && m <= n && q <= m && fewCollude(m, 2 * q - m) && enoughStay(m, q);
  return hasQuorum && w <= (leastNumbers(load)?.w ?? -1) + 1;
}
