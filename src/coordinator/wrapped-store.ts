/** A store with something around each of its operations, whatever the port has. */
import type { Store } from '../storage/port.js';

export type Operation = (...args: unknown[]) => unknown;

/** @param wrap called once for each operation */
export function wrappedStore(store: Store, wrap: (operation: string, run: Operation) => Operation): Store {
  const wrapped = new Map<PropertyKey, Operation>();
  return new Proxy(store, {
    get(target, name) {
      const member: unknown = Reflect.get(target, name);
      if (typeof member !== 'function') return member;
      const known = wrapped.get(name) ?? wrap(String(name), (member as Operation).bind(target));
      wrapped.set(name, known);
      return known;
    },
  });
}
