/**
 * A Map for thousands of short-lived entries. V8 (11.3 to 14) links each table that a Map has outgrown to its replacement. Once one of them is
 * in the old generation, all later tables live until the next full garbage collection, with all their entries. That makes short-lived requests
 * slow. So this class replaces the whole Map from time to time, which ends the chain.
 */

/** Deleted entries after which the Map is replaced, plus some per remaining entry, so that a large Map is not copied too often. */
const mostGone = 1_000;
const mostGonePerEntry = 4;

export class TransientMap<Key, Value> {
  #map = new Map<Key, Value>();
  #gone = 0;

  get size(): number {
    return this.#map.size;
  }

  get(key: Key): Value | undefined {
    return this.#map.get(key);
  }

  has(key: Key): boolean {
    return this.#map.has(key);
  }

  set(key: Key, value: Value): void {
    this.#map.set(key, value);
  }

  delete(key: Key): boolean {
    const wasThere = this.#map.delete(key);
    if (wasThere && ++this.#gone >= mostGone + mostGonePerEntry * this.#map.size) {
      this.#gone = 0;
      this.#map = new Map(this.#map);
    }
    return wasThere;
  }

  /** A snapshot of the keys. Values and entries are snapshots too. */
  keys(): readonly Key[] {
    return [...this.#map.keys()];
  }

  values(): readonly Value[] {
    return [...this.#map.values()];
  }

  entries(): readonly (readonly [Key, Value])[] {
    return [...this.#map];
  }
}
