/** The flag `--suite`. */
import { usage } from './errors.js';

/** @throws BlindsumError USAGE naming the suites that there are */
export async function checkSuite(id: string): Promise<void> {
  const { suiteById } = await import('../protocol/suites/index.js');
  try {
    suiteById(id);
  } catch (error) {
    usage(`--suite: ${(error as Error).message}`);
  }
}
