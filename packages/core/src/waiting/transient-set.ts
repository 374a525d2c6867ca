/** A Set for thousands of short-lived items. See {@link TransientMap}. */

import { TransientMap } from "./transient-map.ts";

export class TransientSet<T> {
  readonly #map = new TransientMap<T, undefined>();

  get size(): number {
    return this.#map.size;
  }

  has(item: T): boolean {
    return this.#map.has(item);
  }

  add(item: T): void {
    this.#map.set(item, undefined);
  }

  delete(item: T): boolean {
    return this.#map.delete(item);
  }

  /** A snapshot of the items. */
  [Symbol.iterator](): IterableIterator<T> {
    return this.#map.keys()[Symbol.iterator]();
  }
}
