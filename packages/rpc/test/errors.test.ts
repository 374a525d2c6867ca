/** Failures by themselves, and how they are told from other errors. */

import { MessagingError } from "@awaitmq/core";
import { describe, expect, test } from "vitest";
import { contract, Failure, isFailure, type, UnimplementedError } from "../src/index.ts";

const shop = contract("shop", {
  buy: { errors: { SOLD_OUT: type<number>(), CLOSED: type<void>() } },
  sell: { errors: { SOLD_OUT: type<number>() } },
  look: {},
});

describe("isFailure", () => {
  test("knows the failures of a method by their path and code", () => {
    const failure = new Failure("shop.buy", "SOLD_OUT", 7);
    expect(isFailure(shop.buy, failure)).toBe(true);
    expect(isFailure(shop.sell, failure)).toBe(false);
    expect(isFailure(shop.look, failure)).toBe(false);
    expect(isFailure(shop.buy, new Failure("shop.buy", "LOST", 7))).toBe(false);
    expect(isFailure(shop.look, new Failure("shop.look", "toString", 7))).toBe(false);
  });

  test("holds for a copy of the contract, as another package may have", () => {
    const copy = contract("shop", { buy: { errors: { SOLD_OUT: type<number>() } } });
    expect(isFailure(copy.buy, new Failure("shop.buy", "SOLD_OUT", 7))).toBe(true);
  });

  test.each([
    undefined,
    null,
    7,
    "SOLD_OUT",
    new Error("SOLD_OUT"),
    { method: "shop.buy", code: "SOLD_OUT", data: 7 },
    Object.assign(new Error("a"), { method: "shop.buy", code: "SOLD_OUT", data: 7 }),
  ])("is false for %o", (error) => {
    expect(isFailure(shop.buy, error)).toBe(false);
  });
});

test("a Failure is an Error with a stack, and its message says what failed", () => {
  const failure = new Failure("shop.buy", "SOLD_OUT", { left: 0 });
  expect(failure).toBeInstanceOf(Error);
  expect(failure).toMatchObject({ name: "Failure", message: "shop.buy failed with SOLD_OUT", data: { left: 0 } });
  expect(failure.stack).toContain("errors.test");
  expect(new Failure("shop.buy", "SOLD_OUT", 1, "Come back tomorrow").message).toBe("Come back tomorrow");
});

test("an UnimplementedError is a MessagingError", () => {
  const error = new UnimplementedError("none", ["a.b"]);
  expect(error).toBeInstanceOf(MessagingError);
  expect(error).toMatchObject({ name: "UnimplementedError", code: "ERR_UNIMPLEMENTED", methods: ["a.b"] });
});
