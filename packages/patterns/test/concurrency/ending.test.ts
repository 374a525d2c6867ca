/** The phases of a shutdown, and its time limits. */

import { gate } from "@awaitmq/testing";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { Ending } from "../../src/concurrency/ending.ts";

beforeEach(() => void vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "performance"] }));
afterEach(() => void vi.useRealTimers());

const never = new Promise<void>(() => {});

/** What it did to what it ends, with the milliseconds at which it did. */
function noted() {
  const began = performance.now();
  const seen: [string, number][] = [];
  const note = (what: string) => seen.push([what, Math.round(performance.now() - began)]);
  const ending = new Ending({
    abort: (reason) => note(`abort: ${reason}`),
    abandon: () => note("abandon"),
    outcomes: () => [],
  });
  return { ending, seen, note };
}

/** Whether a promise has settled. */
function watch(promise: Promise<unknown>) {
  const state = { settled: false };
  void promise.then(() => {
    state.settled = true;
  });
  return state;
}

describe("an end", () => {
  test("aborts after grace, abandons after force, and clears its timers when there is nothing left to end", async () => {
    const { ending, seen } = noted();
    ending.begin({ grace: 30, force: 20 }, "why");
    await vi.advanceTimersByTimeAsync(100);
    expect(seen).toEqual([
      ["abort: why", 30],
      ["abandon", 50],
    ]);
    ending.over();
    expect(vi.getTimerCount()).toBe(0);
    ending.begin({ grace: 0, force: 0 }, "later");
    expect(vi.getTimerCount()).toBe(0);
  });

  test("comes sooner when it is begun again with less, and not later with more", async () => {
    const { ending, seen } = noted();
    ending.begin({ grace: Number.POSITIVE_INFINITY, force: 20 }, "first");
    ending.begin({ grace: 10, force: 10 }, "second");
    ending.begin({ grace: 50, force: 0 }, "third");
    await vi.advanceTimersByTimeAsync(45);
    expect(seen).toEqual([
      ["abort: second", 10],
      ["abandon", 20],
    ]);
    ending.over();
  });
});

describe("last words", () => {
  test("may take as long as they like while no end has begun, or one without bounds", async () => {
    const { ending } = noted();
    const state = watch(ending.within(never));
    ending.begin({ grace: Number.POSITIVE_INFINITY, force: 0 }, "why");
    await vi.advanceTimersByTimeAsync(1e9);
    expect(state.settled).toBe(false);
    ending.over();
  });

  test("are waited for until they are said, past grace and force", async () => {
    const { ending } = noted();
    const said = gate();
    const state = watch(ending.within(said.opened));
    ending.begin({ grace: 1_000, force: 1_000 }, "why");
    await vi.advanceTimersByTimeAsync(2_100);
    expect(state.settled).toBe(false);
    said.open();
    await vi.advanceTimersByTimeAsync(0);
    expect(state.settled).toBe(true);
    ending.over();
  });

  test("are not waited for when half a second more is over, whichever call made the end come so soon", async () => {
    const { ending } = noted();
    const state = watch(ending.within(never));
    ending.begin({ grace: 60_000, force: 60_000 }, "first");
    ending.begin({ grace: 10, force: 10 }, "second");
    await vi.advanceTimersByTimeAsync(519);
    expect(state.settled).toBe(false);
    await vi.advanceTimersByTimeAsync(1);
    expect(state.settled).toBe(true);
    await ending.within(never);
    ending.over();
  });

  test("that fail in time are a failure, and later are nobody's", async () => {
    const { ending } = noted();
    await expect(ending.within(Promise.reject(new Error("in time")))).rejects.toThrow("in time");
    ending.begin({ grace: 0, force: 0 }, "why");
    await vi.advanceTimersByTimeAsync(600);
    await expect(ending.within(Promise.reject(new Error("late")))).resolves.toBeUndefined();
    ending.over();
  });
});

describe("sockets close", () => {
  const closing = () => {
    const given: number[] = [];
    return { given, closeWithin: async (milliseconds: number) => void given.push(Math.round(milliseconds)) };
  };

  test("with all the time they want while no end has begun, and with what is left of it then", async () => {
    const { ending } = noted();
    const sockets = closing();
    await ending.close(sockets);
    ending.begin({ grace: 1_000, force: 1_000 }, "why");
    await vi.advanceTimersByTimeAsync(500);
    await ending.close(sockets);
    await vi.advanceTimersByTimeAsync(1_600);
    await ending.close(sockets);
    await vi.advanceTimersByTimeAsync(1_000);
    await ending.close(sockets);
    expect(sockets.given).toEqual([Number.POSITIVE_INFINITY, 1_900, 300, 0]);
    ending.over();
  });

  test("in the background where they take longer", async () => {
    const { ending } = noted();
    ending.begin({ grace: 0, force: 0 }, "why");
    const state = watch(ending.close({ closeWithin: () => never }));
    await vi.advanceTimersByTimeAsync(600);
    expect(state.settled).toBe(true);
    ending.over();
  });
});
