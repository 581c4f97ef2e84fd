// The limits of a serve configuration: their defaults are those of the coordinator, and each key sets what it says.
import { expect, test } from '@jest/globals';
import { limitsOf, limitsSchema } from '../../../src/cli/serve-config/limits.js';
import { DEFAULT_LIMITS, DEFAULT_SERVER_LIMITS } from '../../../src/coordinator/index.js';

const standard = limitsSchema.parse({});
const all = (limits: object) => {
  const { coordinator, server } = limitsOf(limitsSchema.parse(limits));
  return { ...DEFAULT_LIMITS, ...DEFAULT_SERVER_LIMITS, ...coordinator, ...server };
};

test('what is not given is what the coordinator does by itself', () => {
  expect(all({})).toEqual({ ...DEFAULT_LIMITS, ...DEFAULT_SERVER_LIMITS });
});

test.each(Object.entries(standard))(
  '%s changes something, and nothing that another key changes',
  (key, value) => {
    const before = Object.entries(all({}));
    const changed = before.filter(([limit, to]) => all({ [key]: value + 1 })[limit as 'maxTasks'] !== to);
    expect(changed.length).toBeGreaterThan(0);
    const others = Object.fromEntries(
      Object.entries(standard).map(([other, was]) => [other, other === key ? was : was + 1]),
    );
    for (const [limit, to] of changed) expect(all(others)[limit as 'maxTasks']).toBe(to);
  },
);
