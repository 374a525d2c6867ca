/** Lists why a new schema breaks callers that know the old one. */

import type { JsonSchema } from "../description/description.ts";
import { checkAlternatives, checkValues } from "./alternatives.ts";
import { checkArrays } from "./arrays.ts";
import type { Check, Comparison, Given, Refusing } from "./comparison.ts";
import { checkFormat, checkNumbers, checkStrings } from "./limits.ts";
import { checkObjects } from "./objects.ts";
import { Place, type Subject } from "./place.ts";
import { flatten, referenceOf } from "./references.ts";
import { sameMeaning } from "./same-meaning.ts";
import { type SchemaObject, type Shape, schemasOf } from "./schemas.ts";
import { Seen } from "./seen.ts";
import { checkUnjudged } from "./unjudged.ts";
import { factsOf, type TypeName, typesOf, valuesOf } from "./values.ts";

/** A reason, with the path of the value. */
export interface Reason {
  readonly path: string;
  readonly message: string;
}

const maxDepth = 200;
const maxSteps = 200_000;

/** The checks of keywords that matter for values of some types. */
const checks: readonly (readonly [Check, readonly TypeName[]])[] = [
  [checkNumbers, ["integer", "fraction"]],
  [checkStrings, ["string"]],
  [checkArrays, ["array"]],
  [checkObjects, ["object"]],
];

/** Thrown within a comparison that takes too many steps. */
class TooLarge extends Error {}

/**
 * Lists why callers break. The old schema must be accepted by the new one if callers send the values, and the other way round if they
 * receive them. No schema, `undefined`, accepts everything.
 */
export function schemaChange(
  before: JsonSchema | undefined,
  after: JsonSchema | undefined,
  subject: Subject,
): Reason[] {
  const [giver, taker] = subject.role === "sent" ? [before, after] : [after, before];
  if (taker === undefined || sameMeaning(taker, giver ?? true, "schema", taker, giver ?? true)) return [];
  const place = Place.of(subject);
  const comparison = new Comparing(taker, giver ?? true);
  try {
    const isAccepted = comparison.accepts(taker, comparison.given([giver ?? true]), place);
    if (giver === undefined) return isAccepted ? [] : [{ path: place.path, message: place.say.appeared() }];
    return [...comparison.reasons.values()];
  } catch (error) {
    if (error instanceof TooLarge) return [{ path: place.path, message: place.say.tooLarge() }];
    throw error;
  }
}

class Comparing implements Comparison {
  readonly reasons = new Map<string, Reason>();
  readonly #taker: JsonSchema;
  readonly #giver: JsonSchema;
  readonly #seen = new Seen();
  /** Schemas that describe one value of an `enum`. */
  readonly #facts = new WeakSet<SchemaObject>();
  readonly #copies = new WeakMap<SchemaObject, Map<string, SchemaObject>>();
  readonly #made = new WeakMap<object, unknown>();
  #depth = 0;
  #steps = 0;

  /** @param taker the whole taking schema, which its references name parts of */
  constructor(taker: JsonSchema, giver: JsonSchema) {
    this.#taker = taker;
    this.#giver = giver;
  }

  accepts(taker: JsonSchema, given: Given, place: Place, refusing: readonly Refusing[] = []): boolean {
    if (given === false || taker === true) return true;
    const takers = this.taken([taker]);
    if (takers === false) return typesOf(given).length === 0 || this.refuse(place, place.say.nothing());
    return this.#compare(takers, given, place, refusing);
  }

  refuse(place: Place, message: string): false {
    if (place.reports) this.reasons.set(`${place.path}\n${message}`, { path: place.path, message });
    return false;
  }

  given(schemas: readonly JsonSchema[]): Given {
    return flatten(schemas, this.#giver);
  }

  taken(schemas: readonly JsonSchema[]): Given {
    return flatten(schemas, this.#taker);
  }

  isFollowed(taker: SchemaObject): boolean {
    return referenceOf(taker, this.#taker) !== undefined;
  }

  memo<T>(part: object, make: () => T): T {
    if (!this.#made.has(part)) this.#made.set(part, make());
    return this.#made.get(part) as T;
  }

  isSame(taker: unknown, giver: unknown, shape: Shape): boolean {
    this.#step();
    return sameMeaning(taker, giver, shape, this.#taker, this.#giver);
  }

  /** @param size how many schemas the step reads */
  #step(size = 1): void {
    this.#steps += size;
    if (this.#steps > maxSteps) throw new TooLarge();
  }

  #compare(
    takers: readonly SchemaObject[],
    given: readonly SchemaObject[],
    place: Place,
    refusing: readonly Refusing[],
  ): boolean {
    this.#step(takers.length + given.length);
    if (this.#depth === maxDepth) return this.refuse(place, place.say.tooDeep(maxDepth));
    const known = this.#seen.enter(takers, given, refusing, place);
    if (known === true) return true;
    if (known !== undefined) return known !== "" && this.refuse(place, known);
    this.#depth += 1;
    const isAccepted = this.#split(takers, given, place, refusing);
    this.#depth -= 1;
    this.#seen.leave(takers, given, refusing, place, isAccepted);
    return isAccepted;
  }

  /** Splits the given values by alternatives, and by the values of an `enum`. */
  #split(
    takers: readonly SchemaObject[],
    given: readonly SchemaObject[],
    place: Place,
    refusing: readonly Refusing[],
  ): boolean {
    for (const keyword of ["anyOf", "oneOf"]) {
      const fork = given.find((schema) => schemasOf(schema, keyword) !== undefined);
      if (fork === undefined) continue;
      const rest = given.map((schema) => (schema === fork ? this.#without(fork, keyword) : schema));
      const alternatives = schemasOf(fork, keyword) ?? [];
      const results = alternatives.map((alternative, index) => {
        const flat = this.given([alternative]);
        const others = keyword === "oneOf" ? [...refusing, { alternatives, except: index }] : refusing;
        return flat === false || this.#compare(takers, [...new Set([...rest, ...flat])], place, others);
      });
      return results.every(Boolean);
    }
    const values = given.some((schema) => this.#facts.has(schema)) ? undefined : valuesOf(given);
    if (values === undefined) return takers.map((taker) => this.#check(taker, given, place, refusing)).every(Boolean);
    const rest = given.map((schema) => this.#without(this.#without(schema, "enum"), "const"));
    const refused = values.filter((value) => {
      this.#step(given.length);
      const facts = factsOf(value);
      this.#facts.add(facts);
      return !takers.every((taker) => this.#check(taker, [...rest, facts], place.silently(), refusing));
    });
    return refused.length === 0 || this.refuse(place, place.say.values(refused));
  }

  /** Compares each keyword of one schema. */
  #check(taker: SchemaObject, given: readonly SchemaObject[], place: Place, refusing: readonly Refusing[]): boolean {
    const types = typesOf(given);
    if (types.length === 0) return true;
    const accepted = typesOf([taker]);
    const isSingle = given.some((schema) => this.#facts.has(schema));
    const missing = types.filter((type) => !accepted.includes(type));
    // The types that a list of values leaves are reported with the values.
    const isOfType = missing.length === 0 || (!isSingle && valuesOf([taker]) !== undefined);
    const results = [isOfType || this.refuse(place, place.say.types(missing))];
    if (!isSingle && missing.length > 0 && missing.length === types.length && isOfType === false) return false;
    results.push(checkValues(this, taker, given, place), checkFormat(this, taker, given, place));
    for (const [check, names] of checks)
      if (types.some((type) => names.includes(type) && accepted.includes(type)))
        results.push(check(this, taker, given, place));
    results.push(checkUnjudged(this, taker, given, place));
    for (const keyword of ["anyOf", "oneOf"] as const)
      results.push(checkAlternatives(this, keyword, taker, given, place, refusing));
    return results.every(Boolean);
  }

  /** A copy without a keyword, the same one each time. */
  #without(schema: SchemaObject, keyword: string): SchemaObject {
    if (!Object.hasOwn(schema, keyword)) return schema;
    const copies = this.#copies.get(schema) ?? new Map<string, SchemaObject>();
    this.#copies.set(schema, copies);
    const { [keyword]: _, ...others } = schema;
    const copy = copies.get(keyword) ?? others;
    copies.set(keyword, copy);
    return copy;
  }
}
