/** Options from a table: defaults, checks and errors. */

import { describe, expect, expectTypeOf, test } from "vitest";
import {
  bound,
  type Checked,
  callback,
  checkGiven,
  count,
  flag,
  milliseconds,
  number,
  oneOf,
  option,
  type Rules,
  readOptions,
  required,
  signal,
} from "../../src/waiting/option-table.ts";

interface Options {
  readonly places: number;
  readonly color?: "red" | "blue" | undefined;
  readonly limit?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

const rules = {
  places: required(count(1)),
  color: oneOf(["red", "blue"], "red"),
  limit: bound(1, 10),
  signal: signal(),
} satisfies Rules<Options>;

describe("options that are read", () => {
  test("have their defaults where they are not given, or are undefined", () => {
    expect(readOptions("sit", rules, { places: 2, color: undefined })).toEqual({
      places: 2,
      color: "red",
      limit: 10,
      signal: undefined,
    });
    expectTypeOf<Checked<typeof rules>["limit"]>().toEqualTypeOf<number>();
    expectTypeOf<Checked<typeof rules>["signal"]>().toEqualTypeOf<AbortSignal | undefined>();
  });

  test("are those that were given, falsy ones too", () => {
    const given = { none: 0, off: false };
    expect(readOptions("sit", { none: count(0, 5), off: flag(true) }, given)).toEqual(given);
  });

  test("leave the object as it was", () => {
    const given = Object.freeze({ places: 1 });
    expect(readOptions("sit", rules, given)).not.toBe(given);
  });

  test("are refused by their names, with the prefix of options within an option", () => {
    expect(() => readOptions("sit", rules, { places: 0 }, "table.")).toThrow(
      new RangeError("table.places must be a whole number, 1 or more, got 0"),
    );
    expect(() => readOptions("sit", rules, {})).toThrow(new TypeError("places must be a whole number, got undefined"));
    expect(() => readOptions("sit", rules, { places: 1, colour: "red" } as object)).toThrow(
      new TypeError('sit has no option "colour"'),
    );
    expect(() => readOptions("sit", rules, null as never)).toThrow(
      new TypeError("sit takes an object of options, got null"),
    );
  });

  test("may inherit: what has a rule counts, and the rest is for another purpose", () => {
    const controller = new AbortController();
    expect(readOptions("sit", { signal: signal() }, controller).signal).toBe(controller.signal);
  });
});

test("options that are only checked may lack what is required, and are refused in the same words", () => {
  checkGiven("sit", rules, {});
  checkGiven("sit", rules, { color: "blue", limit: Number.POSITIVE_INFINITY });
  expect(() => checkGiven("sit", rules, { color: "green" })).toThrow(
    new TypeError("color must be 'red' or 'blue', got 'green'"),
  );
  expect(() => checkGiven("sit", rules, { colour: "red" } as object)).toThrow(
    new TypeError('sit has no option "colour"'),
  );
});

test.each([
  ["a count", count(1), 1, [0, 1.5, "1", Number.POSITIVE_INFINITY, null]],
  ["a bound", bound(1), Number.POSITIVE_INFINITY, [0, 1.5, "1", null]],
  ["milliseconds", milliseconds(), 0.5, [-1, Number.NaN, "1", null]],
  ["a number", number(0, 1), 0.5, [-0.1, 1.1, Number.NaN, "1"]],
  ["a flag", flag(), false, [0, "true", null]],
  ["a callback", callback(), () => {}, [{}, "name", null]],
  ["a signal", signal(), new AbortController().signal, [{}, { aborted: false }, null]],
  ["a choice", oneOf([1, 2, "three"], 1), "three", [3, "1", null]],
] as const)("%s has no other values", (_, rule, right, wrong) => {
  rule.check("it", right);
  for (const value of wrong) expect(() => rule.check("it", value), String(value)).toThrow(/^(it|signal) must be /);
});

test("an option may have a check of its own, and no default", () => {
  const even = option<number>((name, value) => {
    if ((value as number) % 2 !== 0) throw new RangeError(`${name} must be even`);
  });
  expect(readOptions("sit", { even }, {})).toEqual({ even: undefined });
  expect(() => readOptions("sit", { even }, { even: 1 })).toThrow(new RangeError("even must be even"));
});
