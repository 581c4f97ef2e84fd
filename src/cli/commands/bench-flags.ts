/** Flags that several benchmarks have, each with the same range. */
import { Option } from 'commander';
import { parseInteger } from '../durations.js';

/** A session in this process, or masks of as many. */
const MOST_PARTICIPANTS = 1000;
export const MOST_COORDINATES = 2 ** 26;

export const participantsFlag = (byDefault: number): Option =>
  new Option('--participants <n>', 'how many take part')
    .argParser(parseInteger(3, MOST_PARTICIPANTS))
    .default(byDefault);

/** @param coordinates what they are, for the help text */
export const lengthFlag = (coordinates: string, byDefault: number): Option =>
  new Option('--length <m>', coordinates).argParser(parseInteger(1, MOST_COORDINATES)).default(byDefault);

/** Read by `checkDropout`. */
export const dropoutFlag = (measured = ''): Option =>
  new Option('--dropout <rate>', `${measured}share of participants that vanish between r1 and r2`).default(
    '0.1',
  );

export const repeatsFlag = (byDefault: number): Option =>
  new Option('--repeats <k>', 'runs that count').argParser(parseInteger(1, 100)).default(byDefault);

export const jsonFlag = (): Option => new Option('--json', 'print JSON');
