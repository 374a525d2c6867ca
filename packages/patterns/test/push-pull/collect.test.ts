/** `collect`: how many messages it gives, and what it leaves. */

import { getEventListeners } from "node:events";
import { ClosedError, type Message, Pull, Push, TimeoutError } from "@awaitmq/core";
import { eventually, freshTcp, numbers, pair } from "@awaitmq/testing";
import { describe, expect, test } from "vitest";
import { type Collection, collect } from "../../src/index.ts";
import { untilAlone } from "./pipeline.ts";

const sink = () => pair({ pull: new Pull(), push: new Push() });

async function read(messages: AsyncIterable<Buffer[]>): Promise<number[]> {
  const found: number[] = [];
  for await (const [body] of messages) found.push(Number(body));
  return found;
}

describe("collect", () => {
  test("gives so many messages and leaves the socket open, with the next message for the next reader", async () => {
    await using it = await sink();
    await it.push.sendAll(numbers(25).map(String));
    expect(await read(collect(it.pull, { count: 10 }))).toEqual(numbers(10));
    expect(await read(collect(it.pull, { count: 0 }))).toEqual([]);
    expect(await read(collect(it.pull, { count: 10 }))).toEqual(numbers(10, 10));
    expect(String(await it.pull.receive())).toBe("20");
    expect(it.pull.closed).toBe(false);
  });

  test("whose loop is left leaves what it had not taken, also while it waits", async () => {
    await using it = await sink();
    await it.push.sendAll(["0", "1", "2"]);
    for await (const [body] of collect(it.pull, { count: 100 })) if (String(body) === "1") break;
    expect(String(await it.pull.receive())).toBe("2");
    const messages = collect(it.pull);
    const waiting = [messages.next(), messages.next()];
    await messages.return();
    expect(await Promise.all(waiting)).toEqual([
      { value: undefined, done: true },
      { value: undefined, done: true },
    ]);
    await it.push.send("3");
    expect(String(await it.pull.receive())).toBe("3");
  });

  test("rejects with the reason of its signal, while it waits and between two messages, and loses nothing", async () => {
    await using it = await sink();
    const reason = new Error("enough");
    const waiting = new AbortController();
    const reading = read(collect(it.pull, { signal: waiting.signal }));
    waiting.abort(reason);
    await expect(reading).rejects.toBe(reason);
    await it.push.sendAll(["0", "1"]);
    const between = new AbortController();
    const messages = collect(it.pull, { signal: between.signal });
    expect(String((await messages.next()).value)).toBe("0");
    between.abort(reason);
    await expect(messages.next()).rejects.toBe(reason);
    expect(await messages.next()).toEqual({ value: undefined, done: true });
    await expect(read(collect(it.pull, { signal: between.signal }))).rejects.toBe(reason);
    expect(String(await it.pull.receive())).toBe("1");
  });

  test("rejects TimeoutError when a message is late, and loses nothing", async () => {
    await using it = await sink();
    await it.push.send("0");
    const messages = collect(it.pull, { timeout: 300 });
    expect(String((await messages.next()).value)).toBe("0");
    await expect(messages.next()).rejects.toThrow(TimeoutError);
    await it.push.send("1");
    expect(String(await it.pull.receive())).toBe("1");
  });

  test("ends when the socket closes, but rejects ClosedError where messages are missing", async () => {
    await using it = await sink();
    await it.push.send("0");
    const all = collect(it.pull);
    expect(String((await all.next()).value)).toBe("0");
    const [unbounded, bounded] = [read(all), read(collect(it.pull, { count: 3 }))];
    bounded.catch(() => {});
    await it.pull.close();
    expect(await unbounded).toEqual([]);
    await expect(bounded).rejects.toThrow(ClosedError);
    await expect(bounded).rejects.toThrow("The socket closed before 3 messages were collected");
  });

  test("gives each of several calls of next its own message, and no more than there are to be", async () => {
    await using it = await sink();
    const messages = collect(it.pull, { count: 3 });
    const waiting = numbers(5).map(() => messages.next());
    await it.push.sendAll(["0", "1", "2", "3"]);
    const results = await Promise.all(waiting);
    expect(results.map(({ value }) => value && Number(value[0]))).toEqual([0, 1, 2, undefined, undefined]);
    await eventually(async () => String(await it.pull.receive({ timeout: 1_000 })) === "3");
  });

  test("heeds its signal as long as a call waits, and not when all were given", async () => {
    await using it = await sink();
    const aborting = new AbortController();
    const { signal } = aborting;
    const all = collect(it.pull, { count: 1, signal });
    const [only, next] = [all.next(), all.next()];
    expect(await next).toEqual({ value: undefined, done: true });
    aborting.abort(new Error("enough"));
    await expect(only).rejects.toThrow("enough");
    const other = new AbortController();
    await it.push.sendAll(["0", "1"]);
    expect(await read(collect(it.pull, { count: 2, signal: other.signal }))).toEqual([0, 1]);
    expect(await read(collect(it.pull, { count: 0, signal: other.signal }))).toEqual([]);
    const asked = collect(it.pull, { count: 2, signal: other.signal });
    const waiting = numbers(3).map(() => asked.next());
    await it.push.sendAll(["2", "3"]);
    expect((await Promise.all(waiting)).map(({ value }) => value && Number(value[0]))).toEqual([2, 3, undefined]);
    expect(getEventListeners(other.signal, "abort")).toEqual([]);
  });

  test("binds a socket for endpoints, and closes it when the loop ends, however that is", async () => {
    await using push = new Push();
    const endings: ((messages: Collection<Message>) => Promise<unknown>)[] = [
      async (messages) => expect(await read(messages)).toEqual([0]),
      async (messages) => {
        for await (const _ of messages) break;
      },
      (messages) => messages[Symbol.asyncDispose](),
    ];
    const free = await freshTcp();
    for (const end of endings) {
      const messages = collect(free, { count: 1 });
      expect(messages.endpoints).toEqual([free]);
      push.connect(free);
      await push.send("0");
      await end(messages);
      expect(await messages.next()).toEqual({ value: undefined, done: true });
      push.disconnect(free);
      // It is free again.
      await using other = new Pull();
      expect(await other.bind(free)).toBe(free);
      await other.unbind(free);
    }
  });

  test("frees its endpoint at once when it is aborted, also while nobody waits for a message", async () => {
    const free = await freshTcp();
    const reason = new Error("enough");
    await using push = new Push();
    push.connect(free);
    for (const asked of [false, true]) {
      const stop = new AbortController();
      const messages = collect(free, { signal: stop.signal });
      if (asked) {
        await push.send("0");
        expect(String((await messages.next()).value)).toBe("0");
      }
      stop.abort(reason);
      await using other = new Pull();
      await eventually(() =>
        other.bind(free).then(
          () => true,
          () => false,
        ),
      );
      await other.unbind(free);
      await expect(messages.next()).rejects.toBe(reason);
      expect(await messages.next()).toEqual({ value: undefined, done: true });
    }
    // An abort before the call is one, too.
    const late = collect(free, { signal: AbortSignal.abort(reason) });
    await expect(late.next()).rejects.toBe(reason);
    await using other = new Pull();
    await other.bind(free);
  });

  test("connects where that is said, and closes its socket when it is aborted or too late", async () => {
    await using push = new Push();
    const endpoint = await push.bind("tcp://127.0.0.1:*");
    const stop = new AbortController();
    const messages = collect({ connect: endpoint, socket: { receiveHighWaterMark: 1 } }, { signal: stop.signal });
    expect(messages.endpoints).toEqual([]);
    await push.send("0");
    expect(String((await messages.next()).value)).toBe("0");
    const next = messages.next();
    stop.abort(new Error("enough"));
    await expect(next).rejects.toThrow("enough");
    await messages.return();
    await untilAlone(push);
    const late = collect({ connect: endpoint }, { timeout: 20 });
    await expect(late.next()).rejects.toThrow(TimeoutError);
    await late.return();
    await untilAlone(push);
  });

  test("says what is wrong with its arguments", async () => {
    await using it = await sink();
    expect(() => collect(it.pull, { count: -1 })).toThrow("count must be a whole number, 0 or more, got -1");
    expect(() => collect(it.pull, { count: 1.5 })).toThrow(RangeError);
    expect(() => collect(it.pull, { timeout: -1 })).toThrow(RangeError);
    expect(() => collect(it.pull, { timeout: "1" as never })).toThrow(TypeError);
    expect(() => collect(it.pull, { signal: {} as never })).toThrow("signal must be an AbortSignal");
  });
});
