// Prints jest's counts as the closing line of scripts/check. A test file that did not even run counts as a failure.
import { readFileSync } from 'node:fs';

let passed = 0;
let failed = 1;
try {
  const report = JSON.parse(readFileSync(process.argv[2], 'utf8'));
  passed = report.numPassedTests;
  failed = report.numFailedTests + report.numRuntimeErrorTestSuites;
} catch {
  // No report: jest did not get as far as writing one.
}
console.log(`${passed} passed, ${failed} failed`);
