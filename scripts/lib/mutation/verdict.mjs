/** What a run of tests says about a mutant. */

/** Names that are not there, and text that does not parse: then the mutant is broken, not noticed. */
const BROKEN = /^(?:ReferenceError: .* is not defined|SyntaxError: )/m;

/**
 * @param answer of the pool
 * @param {readonly string[]} files the test files that count
 * @returns `{ killedBy }` (null: no test went red) and `{ problem }` if that is no verdict
 */
export function firstRed(answer, files) {
  if (answer.timedOut) return { killedBy: `${files[0]}: did not end in time` };
  if (answer.error !== undefined) return { killedBy: null, problem: answer.error };
  for (const { file, broken, tests } of answer.results.filter((result) => files.includes(result.file))) {
    if (broken !== null) return { killedBy: null, problem: `the mutant does not load: ${firstLine(broken)}` };
    const red = tests.find(({ status }) => status === 'failed');
    if (red === undefined) continue;
    if (BROKEN.test(red.message)) {
      return { killedBy: null, problem: `the mutant does not run: ${firstLine(red.message)}` };
    }
    return { killedBy: `${file}: ${red.name}` };
  }
  return { killedBy: null };
}

/** Why a run with nothing removed is not green, or undefined. */
export function reds({ timedOut, error, results }) {
  if (timedOut) return 'it did not end';
  if (error !== undefined) return error;
  if (results.length === 0) return 'jest does not know it';
  for (const { broken, tests } of results) {
    if (broken !== null) return firstLine(broken);
    const red = tests.find(({ status }) => status === 'failed');
    if (red !== undefined) return `${red.name}: ${firstLine(red.message)}`;
    if (!tests.some(({ status }) => status === 'passed')) return 'it holds no test';
  }
  return undefined;
}

function firstLine(text) {
  return (
    text
      .split('\n')
      .map((line) => line.trim())
      .find((line) => line !== '' && !line.startsWith('●')) ?? ''
  );
}
