/** A store in which some operations answer otherwise, as after somebody changed what is kept. */
import type { Store } from '../../src/storage/port.js';

export const tampered = (store: Store, instead: Partial<Store>): Store =>
  new Proxy(store, {
    get(target, name) {
      const value: unknown = Reflect.get(instead, name) ?? Reflect.get(target, name);
      return typeof value === 'function' ? (value.bind(target) as unknown) : value;
    },
  });
