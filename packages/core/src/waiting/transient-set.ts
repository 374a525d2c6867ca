/** A Set for what comes and goes by the thousand; see {@link TransientMap}. */

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

  /** What is in it now, whatever is deleted meanwhile. */
  [Symbol.iterator](): IterableIterator<T> {
    return this.#map.keys()[Symbol.iterator]();
  }
}
