/** Where output goes: data on stdout, progress and log lines on stderr, so that `--json` can be piped. */
import type { SingleBar } from 'cli-progress';

export interface Output {
  readonly json: boolean;
  /** The command's result: one JSON document, or text for people. */
  result(value: unknown, text: string): void;
  /** A line for people; not part of the result. */
  note(line: string): void;
  /** The same where the result is JSON, too: without it nobody would know why there is none. */
  warn(line: string): void;
}

export function createOutput(json: boolean): Output {
  return {
    json,
    result(value, text) {
      process.stdout.write(json ? `${jsonLine(value)}\n` : `${text}\n`);
    },
    note(line) {
      if (!json) process.stderr.write(`${line}\n`);
    },
    warn(line) {
      process.stderr.write(`${line}\n`);
    },
  };
}

/** The same value, with escapes for what would steer a terminal: much of it was written by others. */
const jsonLine = (value: unknown): string =>
  JSON.stringify(value, jsonValue).replace(/[\p{Cc}\p{Cf}\u2028\u2029]/gu, (character) =>
    Array.from({ length: character.length }, (_, at) => escaped(character.charCodeAt(at))).join(''),
  );

const escaped = (unit: number): string => `\\u${unit.toString(16).padStart(4, '0')}`;

/** For JSON.stringify: bytes as hex, other typed arrays as lists. */
export function jsonValue(_key: string, value: unknown): unknown {
  if (value instanceof Uint8Array)
    return Array.from(value, (byte) => byte.toString(16).padStart(2, '0')).join('');
  if (ArrayBuffer.isView(value)) return Array.from(value as unknown as ArrayLike<number>);
  return value;
}

export interface Progress {
  update(done: number, total: number): void;
  stop(): void;
}

/** A bar on a terminal; nothing where there is none. */
export async function createProgress(title: string, output: Output): Promise<Progress> {
  if (output.json || !process.stderr.isTTY) return { update: () => undefined, stop: () => undefined };
  const { SingleBar: Bar, Presets } = (await import('cli-progress')).default;
  const bar: SingleBar = new Bar(
    {
      format: `${title} {bar} {percentage}% | {value}/{total} | {eta_formatted} left`,
      stream: process.stderr,
      hideCursor: true,
    },
    Presets.shades_classic,
  );
  let started = false;
  return {
    update(done, total) {
      if (!started) bar.start(total, done);
      started = true;
      bar.setTotal(total);
      bar.update(done);
    },
    stop() {
      if (started) bar.stop();
    },
  };
}

/** `340 B`, `12.3 kB`, `4.1 MB`, `29.3 GB`. */
export function byteSize(bytes: number): string {
  if (bytes < 1000) return `${Math.round(bytes)} B`;
  if (bytes < 1e6) return `${(bytes / 1e3).toFixed(1)} kB`;
  return bytes < 1e9 ? `${(bytes / 1e6).toFixed(1)} MB` : `${(bytes / 1e9).toFixed(1)} GB`;
}
