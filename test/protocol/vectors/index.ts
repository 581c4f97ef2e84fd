/** Everything that scripts/make-vectors.mjs writes besides the primitives, by file name. */
import { refusals } from './refusals/index.js';
import { ringVectors } from './ring.js';
import { sessionFile, toJson } from './record.js';
import { play, SCENARIOS } from './scenarios.js';
import { steps } from './steps.js';

export const makeProtocolVectors = (): Readonly<Record<string, unknown>> => ({
  'steps.json': toJson(steps()),
  'refusals.json': refusals(),
  'ring.json': ringVectors(),
  ...Object.fromEntries(
    Object.entries(SCENARIOS).map(([name, scenario]) => [name, toJson(sessionFile(play(scenario())))]),
  ),
});
