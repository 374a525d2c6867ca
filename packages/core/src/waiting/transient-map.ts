/**
 * A Map for entries that come and go by the thousand. V8 (11.3 to 14) links each table that a Map has outgrown to the one that
 * replaced it. Once one of them is in the old generation, all later ones live until the next full garbage collection, with all
 * that was in them. Short-lived requests become slow by that. Here the whole Map is replaced now and then, which ends the chain.
 */

/** Entries that leave before the Map is replaced; and some for each that stays, so that a large one is not copied too often. */
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

  /** The keys as they are now, whatever is deleted meanwhile; the same goes for values and entries. */
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
