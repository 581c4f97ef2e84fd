/** The flag `--suite`. */
import { usage } from './errors.js';
import type { Output } from './output.js';

/** @throws BlindsumError USAGE naming the suites that there are */
export async function checkSuite(id: string): Promise<void> {
  const { suiteById } = await import('../protocol/suites/index.js');
  try {
    suiteById(id);
  } catch (error) {
    usage(`--suite: ${(error as Error).message}`);
  }
}

export interface SuiteFor {
  readonly participants: number;
  /** Of a ring, should `auto` take one. */
  readonly numbers: {
    readonly maxColluders?: number | undefined;
    readonly minSurvivors?: number | undefined;
    readonly beacon?: boolean | undefined;
  };
}

/** What was asked for, or what `auto` takes for so many; why is said to `output`. @throws BlindsumError USAGE */
export async function chosenSuite(
  suite: string,
  { participants, numbers }: SuiteFor,
  output: Pick<Output, 'note'>,
): Promise<string> {
  const { AUTO_SUITE, chooseSuite } = await import('../operator/choose-suite.js');
  if (suite !== AUTO_SUITE) await checkSuite(suite);
  const chosen = chooseSuite({ suite, ...numbers }, participants);
  if (chosen !== null) output.note(`suite ${chosen.suite}: ${chosen.why}`);
  return chosen?.suite ?? suite;
}
