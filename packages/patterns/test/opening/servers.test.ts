/** Sets of servers that change while a socket is connected. */

import { eventually } from "@awaitmq/testing";
import { expect, test } from "vitest";
import { follow, type Servers } from "../../src/opening/servers.ts";
import { warnings } from "../warnings.ts";

/** Notes what it is told to do. */
function connecting(refused = "") {
  const calls: string[] = [];
  return {
    calls,
    connect(endpoint: string) {
      if (endpoint === refused) throw new Error(`${endpoint} is refused`);
      calls.push(`+${endpoint}`);
    },
    disconnect: (endpoint: string) => calls.push(`-${endpoint}`),
  };
}

/** Gives sets one by one, each when the one before has been dealt with, and what was left by return(). */
function source(...sets: unknown[]) {
  const state = { given: 0, returned: 0 };
  const servers = {
    [Symbol.asyncIterator]: () => ({
      async next() {
        const value = sets[state.given++];
        if (value instanceof Error) throw value;
        if (state.given > sets.length) return new Promise<never>(() => {});
        return value === "end" ? { value: undefined, done: true as const } : { value, done: false as const };
      },
      async return() {
        state.returned += 1;
        return { value: undefined, done: true as const };
      },
    }),
  } as Servers;
  return { state, servers };
}

test.each([
  ["one", "a", ["+a"]],
  ["several", ["a", "b"], ["+a", "+b"]],
] as const)("%s that stay are connected to at once, and left by whoever connects", (_, servers, calls) => {
  const link = connecting();
  const leave = follow(servers, link);
  expect(link.calls).toEqual(calls);
  leave();
  expect(link.calls).toEqual(calls);
});

test("an endpoint that is refused and is to stay is the caller's error", () => {
  expect(() => follow(["a", "b"], connecting("b"))).toThrow("b is refused");
});

test("of sets that come and go the new ones are connected to, and those that are gone left", async () => {
  const link = connecting();
  const { servers, state } = source("a", ["a", "b"], ["b", "b", "c"], ["c"], "a");
  const leave = follow(servers, link);
  await eventually(() => state.given === 6);
  expect(link.calls).toEqual(["+a", "+b", "+c", "-a", "-b", "+a", "-c"]);
  leave();
  await eventually(() => state.returned === 1);
});

test("an empty set leaves all", async () => {
  using emitted = warnings();
  const link = connecting();
  const { servers, state } = source(["a", "b"], [], ["b"]);
  follow(servers, link);
  await eventually(() => state.given === 4);
  expect(link.calls).toEqual(["+a", "+b", "-a", "-b", "+b"]);
  expect(emitted.seen).toEqual([]);
});

test.each([
  ["throws", (): unknown => raise()],
  ["rejects", async () => raise()],
])("a server that can't be left, since it is gone already, stops nothing: it %s", async (_, disconnect) => {
  using emitted = warnings();
  const link = { ...connecting(), disconnect };
  const { servers, state } = source(["a"], ["b"], ["c", "d"]);
  follow(servers, link);
  await eventually(() => state.given === 4);
  expect(link.calls).toEqual(["+a", "+b", "+c", "+d"]);
  expect(emitted.seen).toEqual([]);
});

test("a source that can is told that it keeps no process alive", () => {
  let unrefs = 0;
  const iterator = { next: () => new Promise<never>(() => {}), unref: () => unrefs++ };
  follow({ [Symbol.asyncIterator]: () => iterator }, connecting())();
  expect(unrefs).toBe(1);
});

test("a source that ends leaves the last set as it is", async () => {
  using emitted = warnings();
  const link = connecting();
  const { servers, state } = source(["a", "b"], "end");
  follow(servers, link);
  await eventually(() => state.given === 2);
  await new Promise(setImmediate);
  expect(link.calls).toEqual(["+a", "+b"]);
  expect(emitted.seen).toEqual([]);
});

test("one that throws does too, with a warning", async () => {
  using emitted = warnings();
  const link = connecting();
  const { servers } = source(["a"], new Error("no such name"));
  follow(servers, link);
  await eventually(() => emitted.seen.length === 1);
  expect(emitted.seen).toEqual([
    "AWAITMQ_SERVERS: The source of endpoints failed. Its last set stays in use: no such name",
  ]);
  expect(link.calls).toEqual(["+a"]);
});

test("a set that is none, or has an endpoint that is refused, is a warning, and the next one counts", async () => {
  using emitted = warnings();
  const link = connecting("x");
  const { servers, state } = source(["a"], 5, ["b", 5], ["b", "x", "c"], ["c"]);
  follow(servers, link);
  await eventually(() => state.given === 6);
  await eventually(() => emitted.seen.length === 3);
  expect(emitted.seen).toEqual([
    expect.stringContaining("A set of servers must be an endpoint or an array of endpoints, got a number"),
    expect.stringContaining("got a number at index 1"),
    expect.stringContaining("An endpoint is left out, and is retried with the next set: x is refused"),
  ]);
  expect(link.calls).toEqual(["+a", "+b", "+c", "-a", "-b"]);
});

test("an endpoint that is refused holds up no other of its set, and is tried again with the next; one warning tells of it", async () => {
  using emitted = warnings();
  const link = connecting();
  let refusals = 5;
  const connect = (endpoint: string) => {
    if (endpoint !== "x" || refusals-- <= 0) return link.connect(endpoint);
    link.calls.push("?x");
    throw new Error("x is refused");
  };
  const { servers, state } = source(["x", "a"], ["x", "b"], ["b"], ["c", "x", "b"], ["x"], ["x", "d"], ["x", "e"]);
  follow(servers, { ...link, connect });
  await eventually(() => state.given === 8);
  const bySet = ["?x +a", "?x +b -a", "", "+c ?x", "?x -b -c", "?x +d", "+x +e -d"];
  expect(link.calls.join(" ")).toEqual(bySet.filter((calls) => calls !== "").join(" "));
  // Of the first set, and of the fourth: the third did not name it.
  await eventually(() => emitted.seen.length === 2);
  await new Promise(setImmediate);
  expect(emitted.seen).toHaveLength(2);
});

test("what a source gives after the end is not followed, and its failure is nobody's any more", async () => {
  using emitted = warnings();
  const link = connecting();
  let give = (_: string) => {};
  let fail = (_: Error) => {};
  const sets = [
    new Promise<string>((resolve) => {
      give = resolve;
    }),
    new Promise<string>((_, reject) => {
      fail = reject;
    }),
  ];
  for (const set of sets) {
    const leave = follow(
      (async function* () {
        yield await set;
      })(),
      link,
    );
    leave();
  }
  const returns = follow(
    {
      [Symbol.asyncIterator]: () => ({
        next: () => new Promise<never>(() => {}),
        return: async () => Promise.reject(new Error("of return")),
      }),
    },
    link,
  );
  returns();
  give("a");
  fail(new Error("too late"));
  await new Promise(setImmediate);
  expect(link.calls).toEqual([]);
  expect(emitted.seen).toEqual([]);
});

function raise(): never {
  throw new Error("no such server");
}
