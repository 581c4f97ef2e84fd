/**
 * The yardstick of all benchmarks: how fast this machine makes bare AES-128-CTR keystream on one core, by the `openssl`
 * command in pieces of 64 KiB. Machines differ and are busy; ratios to a yardstick of the same run compare.
 */
import { execFile } from 'node:child_process';
import { createCipheriv } from 'node:crypto';
import { promisify } from 'node:util';
import { median } from '../../median.js';
import { rounded } from '../spread.js';

const PIECE_BYTES = 65_536;
const NODE_MS = 1000;

export interface Yardstick {
  /** 'node' where there is no `openssl` command: slower, since each piece is written to a new buffer. */
  readonly by: 'openssl' | 'node';
  readonly gigabytesPerSecond: number;
}

/** Takes samples of a second between the parts of a benchmark; their median is the yardstick. */
export class KeystreamSamples {
  readonly #samples: number[] = [];
  #by: Yardstick['by'] = 'openssl';

  async take(): Promise<void> {
    const rate = this.#by === 'openssl' ? await byOpenssl() : null;
    if (rate === null) this.#by = 'node';
    this.#samples.push(rate ?? byNode());
  }

  get isEmpty(): boolean {
    return this.#samples.length === 0;
  }

  /** @param bytes of keystream @returns seconds that the yardstick takes for them */
  secondsFor(bytes: number): number {
    return rounded(bytes / median(this.#samples));
  }

  get yardstick(): Yardstick {
    return { by: this.#by, gigabytesPerSecond: rounded(median(this.#samples) / 1e9) };
  }
}

/** Bytes per second; null without the command. */
async function byOpenssl(): Promise<number | null> {
  const flags = ['speed', '-elapsed', '-mr', '-seconds', '1', '-bytes', String(PIECE_BYTES)];
  try {
    const { stdout } = await promisify(execFile)('openssl', [...flags, '-evp', 'aes-128-ctr']);
    const rate = Number(/^\+F:\d+:[^:]+:([\d.]+)$/m.exec(stdout)?.[1]);
    return rate > 0 ? rate : null;
  } catch {
    return null;
  }
}

function byNode(): number {
  const cipher = createCipheriv('aes-128-ctr', new Uint8Array(16), new Uint8Array(16));
  const piece = new Uint8Array(PIECE_BYTES);
  // Freed, it lets the allocator keep the small ones (glibc).
  cipher.update(new Uint8Array(31 * 2 ** 20));
  const startedMs = performance.now();
  let bytes = 0;
  for (; performance.now() - startedMs < NODE_MS; bytes += PIECE_BYTES) cipher.update(piece);
  return (1000 * bytes) / (performance.now() - startedMs);
}
