/** Reading a promise's state without waiting for it. */

import { describe, expect, test } from "vitest";
import { settled } from "../../src/waiting/peek-promise.ts";

describe("settled", () => {
  test("tells at once what a promise that is done came to", () => {
    const value = { any: "value" };
    expect(settled(Promise.resolve(value))).toEqual({ state: "fulfilled", value });
    const error = new Error("no");
    const looked = settled(Promise.reject(error));
    expect(looked).toEqual({ state: "rejected", error });
  });

  test("says that a promise waits, and leaves it alone", async () => {
    let resolve = (_: string) => {};
    const promise = new Promise<string>((done) => {
      resolve = done;
    });
    expect(settled(promise)).toEqual({ state: "pending" });
    resolve("later");
    expect(settled(promise)).toEqual({ state: "fulfilled", value: "later" });
    expect(await promise).toBe("later");
  });

  test("does not mistake one promise's end for another's", () => {
    let resolve = (_: string) => {};
    const first = new Promise<string>((done) => {
      resolve = done;
    });
    expect(settled(first)).toEqual({ state: "pending" });
    resolve("first");
    expect(settled(new Promise(() => {}))).toEqual({ state: "pending" });
    expect(settled(Promise.resolve("third"))).toEqual({ state: "fulfilled", value: "third" });
    expect(settled(new Promise(() => {}))).toEqual({ state: "pending" });
  });

  test("runs nothing of the program before it returns", async () => {
    const order: string[] = [];
    const done = Promise.resolve().then(() => order.push("program"));
    settled(Promise.resolve());
    order.push("returned");
    await done;
    expect(order).toEqual(["returned", "program"]);
  });
});
