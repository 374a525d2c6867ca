/** Leaving a promise that can't be cancelled. */

import { getEventListeners } from "node:events";
import { describe, expect, test } from "vitest";
import { orAbort, orGiveUp } from "../../src/waiting/or-abort.ts";

const endless = new Promise<never>(() => {});
const timedOut = () => Promise.reject(new Error("too late"));

describe("a promise is left", () => {
  test("when the signal aborts, or has", async () => {
    const end = new AbortController();
    const left = orAbort(endless, end.signal);
    const outcome = expect(left).rejects.toBe("over");
    end.abort("over");
    await outcome;
    await expect(orAbort(Promise.reject(new Error("ignored")), end.signal)).rejects.toBe("over");
    expect(getEventListeners(end.signal, "abort")).toEqual([]);
  });

  test("when the time is over", async () => {
    await expect(orGiveUp<unknown>(endless, { timeout: 1 }, timedOut)).rejects.toThrow("too late");
  });
});

test("one that settles leaves no listener", async () => {
  const { signal } = new AbortController();
  expect(await orGiveUp<unknown>(Promise.resolve(5), { signal, timeout: 100_000 }, timedOut)).toBe(5);
  await expect(orAbort(Promise.reject(new Error("failed")), signal)).rejects.toThrow("failed");
  expect(getEventListeners(signal, "abort")).toEqual([]);
});
