import { reasonOf } from '../errors.js';

/** What `doctor` says of one thing: all is well, look at it, or it does not work; and then what to do. */
export interface Check {
  readonly name: string;
  readonly status: 'ok' | 'warn' | 'fail';
  readonly message: string;
}

export const ok = (name: string, message: string): Check => ({ name, status: 'ok', message });
export const warn = (name: string, message: string): Check => ({ name, status: 'warn', message });
export const fail = (name: string, message: string): Check => ({ name, status: 'fail', message });

/** A check that throws has found something that does not work. */
export async function checked(
  name: string,
  check: () => Check | readonly Check[] | Promise<Check | readonly Check[]>,
): Promise<readonly Check[]> {
  try {
    return [await check()].flat();
  } catch (error) {
    return [fail(name, reasonOf(error))];
  }
}
