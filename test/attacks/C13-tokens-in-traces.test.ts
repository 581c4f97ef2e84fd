/** With gRPC's debug output on, the coordinator's process prints the headers of every request: no token may be in them. */
import { afterAll, expect, jest, test } from '@jest/globals';

// gRPC reads these once, when it is loaded.
const before = { ...process.env };
Object.assign(process.env, { GRPC_TRACE: 'all', GRPC_VERBOSITY: 'DEBUG' });
const stderr = jest.spyOn(console, 'error').mockImplementation(() => undefined);
const { setLogger } = await import('@grpc/grpc-js');
const { hideTokensInTraces } = await import('../../src/coordinator/grpc/traces.js');
const { OPERATOR_TOKEN, startWorld } = await import('../rpc/fakes.js');

afterAll(() => {
  process.env = before;
  stderr.mockRestore();
});

/** All that gRPC prints while an operator and a participant make a call each. */
async function traced(lines: string[]): Promise<string> {
  const world = await startWorld({ getTask: () => Promise.reject(new Error('none')) }, {});
  await world
    .operator()
    .listTasks()
    .catch(() => undefined);
  await world
    .participant()
    .getTask('00')
    .catch(() => undefined);
  await world.close();
  expect(lines.length).toBeGreaterThan(50);
  return lines.join('\n');
}

test('C13 control: what gRPC prints by itself contains the operator’s token and that of a participant', async () => {
  const lines: string[] = [];
  const print = (...parts: unknown[]): void => void lines.push(parts.map(String).join(' '));
  setLogger({ error: print, warn: print, info: print, debug: print });
  const text = await traced(lines);
  expect(text).toContain(`Bearer ${OPERATOR_TOKEN}`);
  expect(text).toMatch(/Bearer eyJ/);
});

test('C13 traces of a coordinator’s process show neither', async () => {
  const lines: string[] = [];
  hideTokensInTraces((line) => void lines.push(line));
  const text = await traced(lines);
  expect(text).toContain('Bearer [redacted]');
  expect(text).not.toContain(OPERATOR_TOKEN);
  expect(text).not.toContain('eyJ');
});
