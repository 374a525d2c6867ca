/** `dns()` ends at once, in a pause and in a look-up. */

import { getEventListeners } from "node:events";
import { DnsServer, fixture, run } from "@awaitmq/testing";
import { describe, expect, test } from "vitest";
import { dns } from "../../src/index.ts";
import { asks, lookingUp, over, queried, setsOf } from "./looking-up.ts";

const warningsOf = lookingUp();

describe.concurrent("the iteration ends at once", () => {
  const patient = { every: 60_000 };

  test("by return(), in a pause", async () => {
    await using server = await DnsServer.listen();
    server.set("a.test", "A", ["10.0.0.1"]);
    const sets = setsOf(server, "tcp://a.test:5555", patient);
    await sets.next();
    const next = sets.next();
    expect(await sets.return?.()).toEqual(over);
    expect(await next).toEqual(over);
    expect(await sets.next()).toEqual(over);
    expect(server.queries).toHaveLength(1);
  });

  test("by return(), in a look-up", async () => {
    await using server = await DnsServer.listen();
    server.set("cut.test", "A", "silence");
    const sets = setsOf(server, "tcp://cut.test:5555", patient);
    const next = sets.next();
    await queried(server, 1);
    const began = performance.now();
    expect(await sets.return?.()).toEqual(over);
    expect(await next).toEqual(over);
    expect(performance.now() - began).toBeLessThan(30_000); // the resolver waits for longer
    expect(warningsOf("cut.test")).toEqual([]);
  });

  test("by return() and an aborted signal, before anything is looked up", async () => {
    await using server = await DnsServer.listen();
    const sets = setsOf(server, "tcp://a.test:5555");
    expect(await sets.return?.()).toEqual(over);
    expect(await sets.next()).toEqual(over);
    const aborted = setsOf(server, "tcp://a.test:5555", { signal: AbortSignal.abort("enough") });
    expect(await aborted.next()).toEqual(over);
    expect(server.queries).toEqual([]);
  });

  test.each([
    ["a pause", 60_000],
    ["a look-up", 20],
  ])("by its signal, in %s, and does not throw", async (_, every) => {
    await using server = await DnsServer.listen();
    server.set("a.test", "A", ["10.0.0.1"]);
    const stop = new AbortController();
    const seen = [];
    const sets = dns("tcp://a.test:5555", { every, signal: stop.signal, resolver: asks(server) });
    const began = performance.now();
    for await (const set of sets) {
      seen.push(set);
      server.set("a.test", "A", "silence");
      // In a pause at the next turn, or in a look-up when that is asked.
      if (every === 20) void queried(server, 1).then(() => stop.abort("enough"));
      else setImmediate(() => stop.abort("enough"));
    }
    expect(seen).toEqual([["tcp://10.0.0.1:5555"]]);
    expect(performance.now() - began).toBeLessThan(30_000);
  });

  test("and is a stream as any other: to be looped over itself, with any number of calls that wait", async () => {
    await using server = await DnsServer.listen();
    server.set("a.test", "A", ["10.0.0.1"]);
    const stop = new AbortController();
    const sets = setsOf(server, "tcp://a.test:5555", { ...patient, signal: stop.signal });
    const waiting = [sets.next(), sets.next(), sets.next()];
    expect(await waiting[0]).toEqual({ value: ["tcp://10.0.0.1:5555"], done: false });
    expect(getEventListeners(stop.signal, "abort")).toHaveLength(1);
    setImmediate(() => stop.abort());
    const seen = [];
    for await (const set of sets as AsyncIterableIterator<readonly string[]>) seen.push(set);
    expect(seen).toEqual([]);
    expect(await Promise.all(waiting.slice(1))).toEqual([over, over]);
    expect(getEventListeners(stop.signal, "abort")).toEqual([]);
  });

  test("and so does the process, which only a loop of its own kept alive", async () => {
    await using server = await DnsServer.listen();
    server.set("a.test", "A", ["127.0.0.1"]);
    const program = fixture("dns-ends.mjs", import.meta.url);
    const finished = await run(program, { args: [server.address] });
    expect(finished).toMatchObject({ code: 0, signal: null, stderr: "" });
    expect(finished.stdout).toBe("followed: tcp://127.0.0.1:5555\nlooped: tcp://127.0.0.1:5555\nlooped: none\n");
  });
});
