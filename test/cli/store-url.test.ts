// Passwords in database URLs: found wherever they may be, taken out, put in.
import { expect, test } from '@jest/globals';
import { hasPassword, splitPassword, withoutPassword, withPassword } from '../../src/cli/store/url.js';

test.each([
  ['postgres://u:p%40ss@db/x', 'postgres://u@db/x', 'p@ss'],
  ['postgres://u@db:5433/x?sslmode=require&password=s', 'postgres://u@db:5433/x?sslmode=require', 's'],
  ['postgres://u@db/x', 'postgres://u@db/x', null],
])('%s', (given, url, password) => {
  expect(splitPassword(given)).toEqual({ url, password });
  expect(hasPassword(given)).toBe(password !== null);
  expect(hasPassword(url)).toBe(false);
});

test.each([
  ['postgres://u@server:p@db/x', 'postgres://u@server:[redacted]@db/x'],
  ['postgres://u@server:p/q@db/x', 'postgres://u@server:[redacted]@db/x'],
  ['postgres://u:p/q#r@db/x', 'postgres://u:[redacted]@db/x'],
  ['postgres://u@db:5433/x?application_name=a@b', 'postgres://u@db:5433/x?application_name=a@b'],
])('%s is shown without it', (given, shown) => {
  expect(withoutPassword(given)).toBe(shown);
});

test('put in and taken out again, also where there is no host', () => {
  for (const url of ['postgres://u@db/x', 'postgres:///x?host=%2Frun']) {
    const made = withPassword(url, 'a b/c@d');
    expect(withoutPassword(made)).not.toMatch(/a.b/);
    expect(splitPassword(made).password).toBe('a b/c@d');
  }
});

test('a password that is not well written is refused, and not shown', () => {
  expect(() => splitPassword('postgres://u:50%off@db/x')).toThrow('% is %25 there');
  expect(() => splitPassword('postgres://u:50%off@db/x')).not.toThrow('off@');
});
