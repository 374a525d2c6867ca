/** Remembers which schemas were compared: schemas may be recursive, and used in many places. */

import type { Refusing } from "./comparison.ts";
import type { Place } from "./place.ts";
import type { SchemaObject } from "./schemas.ts";

type Outcome =
  /** The comparison is in progress, at this depth of the value. */
  | { readonly level: number }
  | { readonly isAccepted: true }
  /** Accepted values are a matter of assumptions, but a refusal is final. `path` is where its reasons were reported. */
  | { readonly isAccepted: false; readonly path: string | undefined };

/**
 * The comparisons of one pair of documents. One that is met again within itself is assumed to succeed, as it then is about a part of the
 * value. If it fails after all, whatever succeeded within it is forgotten.
 */
export class Seen {
  readonly #outcomes = new Map<string, Outcome>();
  readonly #ids = new Map<object, number>();
  /** The keys of what succeeded, in this order. */
  readonly #accepted: string[] = [];
  /** For each comparison in progress, how many had succeeded before it. */
  readonly #marks: number[] = [];

  /**
   * Returns `undefined` if the comparison must be made, `true` if it succeeds, and a reason if it fails: an empty one if the reasons
   * are known for this place.
   */
  enter(
    takers: readonly SchemaObject[],
    given: readonly SchemaObject[],
    refusing: readonly Refusing[],
    place: Place,
  ): true | string | undefined {
    const key = this.#keyOf(takers, given, refusing);
    const outcome = this.#outcomes.get(key);
    if (outcome !== undefined) {
      // A schema that refers to itself without a property or item between is about the same value.
      if ("level" in outcome) return outcome.level < place.level || place.say.incomparable(["$ref"]);
      if (outcome.isAccepted) return true;
      if (!place.reports || outcome.path === place.path) return "";
      if (outcome.path !== undefined) return place.say.sameAs(outcome.path);
    }
    this.#outcomes.set(key, { level: place.level });
    this.#marks.push(this.#accepted.length);
    return undefined;
  }

  leave(
    takers: readonly SchemaObject[],
    given: readonly SchemaObject[],
    refusing: readonly Refusing[],
    place: Place,
    isAccepted: boolean,
  ): void {
    const key = this.#keyOf(takers, given, refusing);
    const mark = this.#marks.pop() ?? 0;
    if (isAccepted) {
      this.#outcomes.set(key, { isAccepted });
      this.#accepted.push(key);
      return;
    }
    for (const each of this.#accepted.splice(mark)) this.#outcomes.delete(each);
    this.#outcomes.set(key, { isAccepted, path: place.reports ? place.path : undefined });
  }

  #keyOf(takers: readonly SchemaObject[], given: readonly SchemaObject[], refusing: readonly Refusing[]): string {
    const refusals = refusing.map(({ alternatives, except }) => `${this.#idOf(alternatives)}/${except}`);
    return [this.#idsOf(takers), this.#idsOf(given), refusals].map((ids) => ids.sort().join()).join(";");
  }

  #idsOf(schemas: readonly SchemaObject[]): number[] {
    return [...new Set(schemas.map((each) => this.#idOf(each)))];
  }

  #idOf(part: object): number {
    const id = this.#ids.get(part) ?? this.#ids.size;
    this.#ids.set(part, id);
    return id;
  }
}
