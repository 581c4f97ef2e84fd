/** A store some of whose operations are others. */
import type { Store } from '../../src/storage/port.js';

export const storeWith = (store: Store, other: Partial<Store>): Store =>
  new Proxy(store, {
    get(target, name) {
      if (name in other) return Reflect.get(other, name) as unknown;
      return (Reflect.get(target, name) as () => unknown).bind(target);
    },
  });
