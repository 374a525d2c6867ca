/** The sentences of a comparison: they differ for values that callers send and values that callers get. */

import { preview, type TypeName } from "./values.ts";

/** Who sends values of the schema: callers send the old values, and get the new ones. */
export type Role = "sent" | "received";

const types: Record<TypeName, string> = {
  null: "null",
  boolean: "a boolean",
  integer: "an integer",
  fraction: "a number with a fraction",
  string: "a string",
  array: "an array",
  object: "an object",
};

/** Makes the sentences about one place. `subject` is "The input", or `input.symbols[]`. */
export class Sentences {
  readonly #sent: boolean;
  readonly #subject: string;

  constructor(role: Role, subject: string) {
    this.#sent = role === "sent";
    this.#subject = subject;
  }

  types(missing: readonly TypeName[]): string {
    const whole = missing.includes("integer") && missing.includes("fraction");
    const names = whole
      ? missing.filter((type) => type !== "integer").map((type) => (type === "fraction" ? "a number" : types[type]))
      : missing.map((type) => types[type]);
    return this.#change(`no longer accepts ${listed(names)}`, `may now be ${listed(names)}`);
  }

  values(refused: readonly unknown[]): string {
    const names = refused.slice(0, 5).map((each) => preview(each));
    if (refused.length > 5) names.push(`${refused.length - 5} more values`);
    return this.#change(`no longer accepts ${listed(names)}`, `may now be ${listed(names)}`);
  }

  /** Values were free, and are now of a list, or the other way round. */
  choice(values: readonly unknown[]): string {
    const names = listed(
      values
        .slice(0, 5)
        .map((each) => preview(each))
        .concat(values.length > 5 ? ["…"] : []),
    );
    return this.#change(`now accepts only ${names}`, `may now be something else than ${names}`);
  }

  /** A limit that values keep, and the one that they must keep. */
  limit(keyword: string, kept: unknown, needed: unknown): string {
    const given = kept === undefined ? "none" : preview(kept);
    return this.#change(
      `has a tighter "${keyword}": before ${given}, now ${preview(needed)}`,
      `has a looser "${keyword}": before ${preview(needed)}, now ${given}`,
    );
  }

  /** A text that values keep, such as a pattern, and the one that they must keep. */
  text(keyword: string, kept: string | undefined, needed: string): string {
    const given = kept === undefined ? "none" : preview(kept);
    return this.#change(
      `has a different "${keyword}": before ${given}, now ${preview(needed)}`,
      `has a different "${keyword}": before ${preview(needed)}, now ${given}`,
    );
  }

  required(name: string, isKnown: boolean): string {
    return this.#change(
      isKnown ? `now requires the property ${preview(name)}` : `has a new required property ${preview(name)}`,
      `does not always have the property ${preview(name)} any more`,
    );
  }

  /** The new schema does not name a property that the old one names. Only for received values. */
  removed(name: string): string {
    return `${this.#subject} no longer has the property ${preview(name)}`;
  }

  /** The taking schema refuses a property. */
  refusedProperty(name: string): string {
    return this.#change(
      `no longer accepts the property ${preview(name)}`,
      `may now have the property ${preview(name)}, which the old schema refuses`,
    );
  }

  otherProperties(): string {
    return this.#change(
      "no longer accepts properties that its schema does not name",
      "may now have properties that the old schema does not name",
    );
  }

  names(): string {
    return this.#change("no longer accepts some names of properties", "may now have properties with other names");
  }

  nothing(): string {
    return this.#change("no longer accepts any value", "may now have a value, which the old schema refuses");
  }

  noAlternative(given: unknown): string {
    return this.#change(
      `no longer has an alternative for values of ${preview(given, 4)}`,
      `may now be of ${preview(given, 4)}, for which the old schema has no alternative`,
    );
  }

  overlap(): string {
    return this.#change(
      'changed in a way that cannot be compared: several alternatives of its "oneOf" may now accept the same value',
      'changed in a way that cannot be compared: several alternatives of its old "oneOf" may accept the same value',
    );
  }

  incomparable(keywords: readonly string[]): string {
    const names = listed(
      keywords.map((keyword) => preview(keyword)),
      "and",
    );
    return `${this.#subject} changed in a way that cannot be compared: ${names}`;
  }

  appeared(): string {
    return this.#change("has a schema now, which may refuse values", "no longer has a schema, so it may be anything");
  }

  tooDeep(limit: number): string {
    return `${this.#subject} cannot be compared: its schema is nested more than ${limit} levels deep`;
  }

  tooLarge(): string {
    return `${this.#subject} cannot be compared: its schemas need too many steps`;
  }

  sameAs(path: string): string {
    return `${this.#subject} has a schema that changed, as at ${path}`;
  }

  #change(sent: string, received: string): string {
    return `${this.#subject} ${this.#sent ? sent : received}`;
  }
}

function listed(names: readonly string[], last = "or"): string {
  return names.length < 2 ? names.join("") : `${names.slice(0, -1).join(", ")} ${last} ${names.at(-1)}`;
}
