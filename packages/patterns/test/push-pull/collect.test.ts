import { getEventListeners } from "node:events";
import { ClosedError, Pull, Push, TimeoutError } from "@awaitmq/core";
import { eventually } from "@awaitmq/testing";
import { describe, expect, test } from "vitest";
import { collect } from "../../src/index.ts";

const numbers = (count: number, first = 0) => Array.from({ length: count }, (_, n) => first + n);

async function pair() {
  const pull = new Pull();
  const push = new Push();
  push.connect(await pull.bind("tcp://127.0.0.1:*"));
  return {
    pull,
    push,
    async [Symbol.asyncDispose]() {
      await Promise.all([pull.close(), push.close({ linger: 0 })]);
    },
  };
}

async function read(messages: AsyncIterable<Buffer[]>): Promise<number[]> {
  const found: number[] = [];
  for await (const [body] of messages) found.push(Number(body));
  return found;
}

describe("collect", () => {
  test("gives so many messages and leaves the socket open, with the next message for the next reader", async () => {
    await using ends = await pair();
    await ends.push.sendAll(numbers(25).map(String));
    expect(await read(collect(ends.pull, { count: 10 }))).toEqual(numbers(10));
    expect(await read(collect(ends.pull, { count: 0 }))).toEqual([]);
    expect(await read(collect(ends.pull, { count: 10 }))).toEqual(numbers(10, 10));
    expect(String(await ends.pull.receive())).toBe("20");
    expect(ends.pull.closed).toBe(false);
  });

  test("whose loop is left leaves what it had not taken, also while it waits", async () => {
    await using ends = await pair();
    await ends.push.sendAll(["0", "1", "2"]);
    for await (const [body] of collect(ends.pull, { count: 100 })) if (String(body) === "1") break;
    expect(String(await ends.pull.receive())).toBe("2");
    const messages = collect(ends.pull);
    const waiting = [messages.next(), messages.next()];
    await messages.return?.();
    expect(await Promise.all(waiting)).toEqual([
      { value: undefined, done: true },
      { value: undefined, done: true },
    ]);
    await ends.push.send("3");
    expect(String(await ends.pull.receive())).toBe("3");
  });

  test("rejects with the reason of its signal, while it waits and between two messages, and loses nothing", async () => {
    await using ends = await pair();
    const reason = new Error("enough");
    const waiting = new AbortController();
    const reading = read(collect(ends.pull, { signal: waiting.signal }));
    waiting.abort(reason);
    await expect(reading).rejects.toBe(reason);
    await ends.push.sendAll(["0", "1"]);
    const between = new AbortController();
    const messages = collect(ends.pull, { signal: between.signal });
    expect(String((await messages.next()).value)).toBe("0");
    between.abort(reason);
    await expect(messages.next()).rejects.toBe(reason);
    expect(await messages.next()).toEqual({ value: undefined, done: true });
    await expect(read(collect(ends.pull, { signal: between.signal }))).rejects.toBe(reason);
    expect(String(await ends.pull.receive())).toBe("1");
  });

  test("rejects TimeoutError when a message is late, and loses nothing", async () => {
    await using ends = await pair();
    await ends.push.send("0");
    const messages = collect(ends.pull, { timeout: 300 });
    expect(String((await messages.next()).value)).toBe("0");
    await expect(messages.next()).rejects.toThrow(TimeoutError);
    await ends.push.send("1");
    expect(String(await ends.pull.receive())).toBe("1");
  });

  test("ends when the socket closes, but rejects ClosedError where messages are missing", async () => {
    await using ends = await pair();
    await ends.push.send("0");
    const all = collect(ends.pull);
    expect(String((await all.next()).value)).toBe("0");
    const [unbounded, bounded] = [read(all), read(collect(ends.pull, { count: 3 }))];
    bounded.catch(() => {});
    await ends.pull.close();
    expect(await unbounded).toEqual([]);
    await expect(bounded).rejects.toThrow(ClosedError);
    await expect(bounded).rejects.toThrow("The socket closed before 3 messages were collected");
  });

  test("gives each of several calls of next its own message, and no more than there are to be", async () => {
    await using ends = await pair();
    const messages = collect(ends.pull, { count: 3 });
    const waiting = numbers(5).map(() => messages.next());
    await ends.push.sendAll(["0", "1", "2", "3"]);
    const results = await Promise.all(waiting);
    expect(results.map(({ value }) => value && Number(value[0]))).toEqual([0, 1, 2, undefined, undefined]);
    await eventually(async () => String(await ends.pull.receive({ timeout: 1_000 })) === "3");
  });

  test("heeds its signal as long as a call waits, and not when all were given", async () => {
    await using ends = await pair();
    const aborting = new AbortController();
    const { signal } = aborting;
    const all = collect(ends.pull, { count: 1, signal });
    const [only, next] = [all.next(), all.next()];
    expect(await next).toEqual({ value: undefined, done: true });
    aborting.abort(new Error("enough"));
    await expect(only).rejects.toThrow("enough");
    const other = new AbortController();
    await ends.push.sendAll(["0", "1"]);
    expect(await read(collect(ends.pull, { count: 2, signal: other.signal }))).toEqual([0, 1]);
    expect(await read(collect(ends.pull, { count: 0, signal: other.signal }))).toEqual([]);
    const asked = collect(ends.pull, { count: 2, signal: other.signal });
    const waiting = numbers(3).map(() => asked.next());
    await ends.push.sendAll(["2", "3"]);
    expect((await Promise.all(waiting)).map(({ value }) => value && Number(value[0]))).toEqual([2, 3, undefined]);
    expect(getEventListeners(other.signal, "abort")).toEqual([]);
  });

  test("says what is wrong with its arguments", async () => {
    await using ends = await pair();
    expect(() => collect(ends.pull, { count: -1 })).toThrow("count must be a whole number, 0 or more, got -1");
    expect(() => collect(ends.pull, { count: 1.5 })).toThrow(RangeError);
    expect(() => collect(ends.pull, { timeout: -1 })).toThrow(RangeError);
    expect(() => collect(ends.pull, { timeout: "1" as never })).toThrow(TypeError);
    expect(() => collect(ends.pull, { signal: {} as never })).toThrow("signal must be an AbortSignal");
  });
});
