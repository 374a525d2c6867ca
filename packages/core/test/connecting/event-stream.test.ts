/** Loops over `events()`: order, readers and end. */

import { eventually, freshTcp } from "@awaitmq/testing";
import { describe, expect, test } from "vitest";
import { Pull, Push, type SocketEvent } from "../../src/index.ts";

async function nextOfType(events: AsyncIterable<SocketEvent>, type: SocketEvent["type"]): Promise<SocketEvent> {
  for await (const event of events) if (event.type === type) return event;
  throw new Error(`The stream ended without ${type}`);
}

describe("events()", () => {
  test("tells of a connection's life on both sides, in order", async () => {
    const pull = new Pull();
    const push = new Push();
    const pullTypes: string[] = [];
    const pushTypes: string[] = [];
    const watching = [
      (async () => {
        for await (const { type } of pull.events()) pullTypes.push(type);
      })(),
      (async () => {
        for await (const { type } of push.events()) pushTypes.push(type);
      })(),
    ];
    push.connect(await pull.bind("tcp://127.0.0.1:*"));
    await push.ready();
    await eventually(() => pullTypes.includes("handshake"));
    await push.close();
    await eventually(() => pullTypes.includes("disconnect"));
    await pull.close();
    await Promise.all(watching);
    expect(pullTypes).toEqual(["bind", "accept", "handshake", "disconnect", "close", "end"]);
    expect(pushTypes.filter((type) => type !== "connect:delay")).toEqual(
      expect.arrayContaining(["connect", "handshake", "end"]),
    );
    expect(pushTypes.at(-1)).toBe("end");
  });

  test("begins at its call: what comes before the loop is not missed", async () => {
    await using pull = new Pull();
    const events = pull.events();
    const endpoint = await pull.bind("tcp://127.0.0.1:*");
    await using push = new Push();
    push.connect(endpoint);
    await push.ready();
    expect(await nextOfType(events, "bind")).toEqual({ type: "bind", address: endpoint });
  });

  test("gives every reader every event", async () => {
    await using pull = new Pull();
    const streams = [pull.events(), pull.events(), pull.events()];
    const endpoint = await pull.bind("tcp://127.0.0.1:*");
    for (const stream of streams) expect((await stream.next()).value).toEqual({ type: "bind", address: endpoint });
  });

  test("serves several waiting calls in their order", async () => {
    await using pull = new Pull();
    const events = pull.events();
    const waiting = [events.next(), events.next()];
    const endpoints = [await pull.bind("tcp://127.0.0.1:*"), await pull.bind("tcp://127.0.0.1:*")];
    const results = await Promise.all(waiting);
    expect(results.map(({ value }) => value)).toEqual(endpoints.map((address) => ({ type: "bind", address })));
  });

  test("of a failed bind is an event too, and of nothing else that the program did not do", async () => {
    await using owner = new Pull();
    await using pull = new Pull();
    const taken = await owner.bind("tcp://127.0.0.1:*");
    const events = pull.events();
    await expect(pull.bind(taken)).rejects.toThrow("in use");
    await pull.bind("tcp://127.0.0.1:*");
    await pull.close();
    const types: string[] = [];
    const addresses = new Set<string>();
    for await (const event of events) {
      types.push(event.type);
      if (event.type === "bind:error") addresses.add(event.address);
    }
    expect(types.filter((type) => type !== "close")).toEqual(["bind:error", "bind", "end"]);
    // libzmq leaves out the transport here.
    expect([...addresses]).toEqual([taken.slice("tcp://".length)]);
  });

  test("keeps 1 000 for a slow reader: the oldest go, and a dropped event tells how many", async () => {
    await using push = new Push({ reconnectInterval: 1, linger: 0 });
    const slow = push.events();
    const quick = push.events();
    push.connect(await freshTcp());
    const seen: SocketEvent[] = [];
    for await (const event of quick) {
      seen.push(event);
      if (seen.length === 1_300) break;
    }
    const dropped = (await slow.next()).value;
    expect(dropped).toEqual({ type: "dropped", count: expect.any(Number) });
    const { count } = dropped as { count: number };

    expect(count).toBeGreaterThanOrEqual(300);
    expect(count).toBeLessThan(1_300);
    for (const event of seen.slice(count)) expect((await slow.next()).value).toEqual(event);
  });

  test("left by break, again and again, goes on for the next loop and the socket", async () => {
    await using pull = new Pull();
    for (let n = 0; n < 5; n++) {
      const events = pull.events();
      const endpoint = await pull.bind("tcp://127.0.0.1:*");
      for await (const event of events) {
        expect(event).toEqual({ type: "bind", address: endpoint });
        break;
      }
      expect(await events.next()).toEqual({ value: undefined, done: true });
    }
  });

  test("ended by its signal throws the reason, in a wait and before the next", async () => {
    await using pull = new Pull();
    const controller = new AbortController();
    const events = pull.events({ signal: controller.signal });
    const waiting = events.next();
    controller.abort("enough");
    await expect(waiting).rejects.toBe("enough");
    expect(await events.next()).toEqual({ value: undefined, done: true });

    const second = new AbortController();
    const others = pull.events({ signal: second.signal });
    await pull.bind("tcp://127.0.0.1:*");
    second.abort("late");
    await expect(others.next()).rejects.toBe("late");
    expect(await others.next()).toEqual({ value: undefined, done: true });
    await expect(pull.events({ signal: AbortSignal.abort("early") }).next()).rejects.toBe("early");
    expect(() => pull.events({ signal: {} as AbortSignal })).toThrow(TypeError);
  });

  test("aborted while several calls wait rejects the first and ends the others", async () => {
    await using pull = new Pull();
    const controller = new AbortController();
    const events = pull.events({ signal: controller.signal });
    const waiting = [events.next(), events.next()];
    controller.abort("enough");
    const [first, second] = await Promise.allSettled(waiting);
    expect(first).toEqual({ status: "rejected", reason: "enough" });
    expect(second).toEqual({ status: "rejected", reason: "enough" });
  });

  test("ends with `end` when the socket closes, with and without a reader that waits", async () => {
    const pull = new Pull();
    const waiting = pull.events();
    const idle = pull.events();
    const address = await pull.bind("tcp://127.0.0.1:*");
    expect(await waiting.next()).toEqual({ value: { type: "bind", address }, done: false });
    const next = waiting.next();
    await pull.close();
    expect(await next).toEqual({ value: { type: "close", address }, done: false });
    expect(await waiting.next()).toEqual({ value: { type: "end" }, done: false });
    expect(await waiting.next()).toEqual({ value: undefined, done: true });
    const types = [];
    for await (const { type } of idle) types.push(type);
    expect(types).toEqual(["bind", "close", "end"]);
  });

  test("of a socket without an endpoint ends as well", async () => {
    const push = new Push();
    const events = push.events();
    const next = events.next();
    await push.close();
    expect(await next).toEqual({ value: { type: "end" }, done: false });
  });

  test("tells how long until the next try to connect", async () => {
    await using push = new Push({ reconnectInterval: 30, linger: 0 });
    const events = push.events();
    push.connect(await freshTcp());
    const event = await nextOfType(events, "connect:retry");
    expect(event).toMatchObject({ type: "connect:retry", interval: expect.any(Number), address: expect.any(String) });
  });
});
