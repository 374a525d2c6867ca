/** Streams that are left: the handler has finished before the reader goes on. */

import { setTimeout as pause } from "node:timers/promises";
import { type Message, TimeoutError } from "@awaitmq/core";
import { eventually, freshTcp, gate, numbers } from "@awaitmq/testing";
import { afterEach, describe, expect, test } from "vitest";
import { CancelledError, type ReplyStream, type RequestContext, type ServeOptions } from "../../../src/index.ts";
import { aborted, client, closeAll, connected, served } from "../pair.ts";
import { take } from "./reading.ts";

afterEach(closeAll);

/** A server that streams without end, and what its handlers did: "began", "left", and why their signals aborted. */
function endless(options?: ServeOptions) {
  const did: unknown[] = [];
  const server = served(async function* (_: Message, { signal }: RequestContext) {
    did.push("began");
    signal.addEventListener("abort", () => did.push(signal.reason));
    try {
      for (let number = 0; ; number++) yield String(number);
    } finally {
      // What it cleans up takes some turns of the event loop.
      for (const _ of numbers(5)) await new Promise((resolve) => setTimeout(resolve, 2));
      did.push("left");
    }
  }, options);
  return { server, did };
}

const ways: Record<string, (stream: ReplyStream<Message>) => Promise<unknown>> = {
  "a break": async (stream) => {
    for await (const [item] of stream) if (String(item) === "3") break;
  },
  "an error in the loop": async (stream) => {
    const loop = async () => {
      for await (const _ of stream) throw new Error("mine");
    };
    await expect(loop()).rejects.toThrow("mine");
  },
  "return()": async (stream) => {
    await take(stream, 2);
    expect(await stream.return()).toEqual({ value: undefined, done: true });
  },
  "throw()": async (stream) => {
    await take(stream, 2);
    await expect(stream.throw(new Error("mine"))).rejects.toThrow("mine");
  },
  "await using": async (stream) => {
    await using left = stream;
    await take(left, 2);
  },
};

describe("the handler's finally has run before the reader goes on", () => {
  test.each(Object.keys(ways))("after %s", async (way) => {
    const { server, did } = endless();
    const asking = client(server);
    const stream = asking.stream("?");
    await ways[way]?.(stream);
    expect(did).toEqual(["began", expect.any(CancelledError), "left"]);
    expect(await stream.next()).toEqual({ value: undefined, done: true });
    await eventually(() => server.stats.running === 0);
    // Its items that came late are none of another call's.
    expect(String((await asking.stream("?").next()).value?.[0])).toBe("0");
    expect(asking.stats).toMatchObject({ failed: 0, invalid: 0, late: 0 });
  });

  test("although it was left before its server answered", async () => {
    const { server, did } = endless();
    const asking = client(server);
    const stream = asking.stream("?");
    const first = stream.next();
    await eventually(() => did.length > 0);
    await stream.return();
    expect(did).toEqual(["began", expect.any(CancelledError), "left"]);
    await first;
  });

  test("although it was left in the turn of the first next(), when nothing is sent", async () => {
    const { server, did } = endless();
    const asking = client(server);
    await take(asking.stream("?"), 1);
    did.length = 0;
    const stream = asking.stream("?");
    const first = stream.next();
    await stream.return();
    expect(await first).toEqual({ value: undefined, done: true });
    await take(asking.stream("?"), 1);
    expect(did).toEqual(["began"]);
  });

  test("and pending calls of next() get the end", async () => {
    const server = served(async function* (_, { signal }) {
      yield "one";
      await new Promise((resolve) => signal.addEventListener("abort", resolve));
    });
    const stream = client(server).stream("?");
    await take(stream, 1);
    const pending = numbers(3).map(() => stream.next());
    await stream.return();
    for (const { done } of await Promise.all(pending)) expect(done).toBe(true);
  });

  test("of each, when many are left at once", async () => {
    const { server, did } = endless();
    const asking = client(server);
    const streams = numbers(50).map(() => asking.stream("?"));
    await Promise.all(streams.map((stream) => take(stream, 1)));
    await Promise.all(streams.map((stream) => stream.return()));
    expect(did.filter((each) => each === "left")).toHaveLength(50);
  });
});

describe("a handler that ignores its signal", () => {
  test.each([0, 50])("holds up its reader for the grace of %i ms at most", async (grace) => {
    const opening = gate();
    let isAborted = false;
    const server = served(async function* (_, { signal }) {
      signal.addEventListener("abort", () => {
        isAborted = true;
      });
      yield "one";
      await opening.opened;
    });
    const stream = client(server).stream("?", { grace });
    await take(stream, 1);
    await stream.return();
    expect(server.stats.running).toBe(1);
    await eventually(() => isAborted);
    opening.open();
    await eventually(() => server.stats.running === 0);
  });

  test("holds up no reader whose client disconnects from its server", async () => {
    const opening = gate();
    const server = served(async function* () {
      yield "one";
      await opening.opened;
    });
    const asking = client(server);
    const stream = asking.stream("?", { grace: Number.POSITIVE_INFINITY });
    await take(stream, 1);
    const returned = stream.return();
    await asking.disconnect(server.endpoints[0] as string);
    await returned;
    expect(server.stats.running).toBe(1);
    opening.open();
  });

  test("that is no generator is waited for too", async () => {
    const opening = gate();
    let hasEnded = false;
    const server = served(async () => {
      await opening.opened;
      hasEnded = true;
      return "late";
    });
    const stream = client(server).stream("?");
    const first = stream.next();
    await eventually(() => server.stats.running === 1);
    const returned = stream.return();
    opening.open();
    await returned;
    expect(hasEnded).toBe(true);
    expect(await first).toEqual({ value: undefined, done: true });
  });

  test("whose cleaning up throws is over all the same", async () => {
    const told: unknown[] = [];
    const server = served(
      async function* () {
        try {
          yield "one";
          yield "two";
        } finally {
          await Promise.reject(new Error("in cleaning up"));
        }
      },
      { onError: (error) => told.push(error) },
    );
    const stream = client(server).stream("?", { window: { items: 1 } });
    await take(stream, 1);
    await stream.return();
    expect(told).toEqual([expect.objectContaining({ message: "in cleaning up" })]);
    expect(server.stats).toMatchObject({ running: 0, failed: 1 });
  });
});

describe("onError hears of a handler that fails after its stream was left", () => {
  test.each<[string, boolean, (signal: AbortSignal) => Promise<unknown>]>([
    ["for a reason of its own", true, async (signal) => aborted(signal).then(() => Promise.reject(new Error("mine")))],
    [
      "but not with the reason of its signal",
      false,
      async (signal) => aborted(signal).then((why) => Promise.reject(why)),
    ],
    ["but not with an AbortError of Node", false, (signal) => pause(100_000, undefined, { signal })],
  ])("%s", async (_, isTold, wait) => {
    const told: unknown[] = [];
    const server = served(
      async function* (_message, { signal }) {
        yield "one";
        await wait(signal);
        yield "never";
      },
      { onError: (error) => told.push(error) },
    );
    for await (const _item of client(server).stream("?")) break;
    expect(told).toEqual(isTold ? [expect.objectContaining({ message: "mine" })] : []);
    expect(server.stats).toMatchObject({ running: 0, failed: isTold ? 1 : 0, served: isTold ? 0 : 1 });
  });
});

describe("a stream is cancelled at its server", () => {
  test("by its signal: the read rejects with the reason, and items that wait are dropped", async () => {
    const { server, did } = endless();
    const aborting = new AbortController();
    const asking = client(server);
    const stream = asking.stream("?", { signal: aborting.signal });
    await take(stream, 2);
    aborting.abort(new Error("enough"));
    await expect(stream.next()).rejects.toThrow("enough");
    expect(await stream.next()).toEqual({ value: undefined, done: true });
    await stream.return();
    expect(did).toEqual(["began", expect.any(CancelledError), "left"]);
    expect(asking.stats).toMatchObject({ failed: 1, inFlight: 0 });
  });

  test("by its signal while a read waits", async () => {
    const server = served(async function* (_, { signal }) {
      await new Promise((resolve) => signal.addEventListener("abort", resolve));
    });
    const aborting = new AbortController();
    const stream = client(server).stream("?", { signal: aborting.signal });
    const first = stream.next();
    await eventually(() => server.stats.running === 1);
    aborting.abort(new Error("enough"));
    await expect(first).rejects.toThrow("enough");
    await eventually(() => server.stats.running === 0);
  });

  test("by its timeout, between two items", async () => {
    const { server, did } = endless();
    const stream = client(server).stream("?", { timeout: 200 });
    const read = async () => {
      for await (const _ of stream) await new Promise((resolve) => setImmediate(resolve));
    };
    const error = await read().catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(TimeoutError);
    expect(String(error)).toContain("did not end within 200 ms");
    await eventually(() => did.at(-1) === "left");
  });

  test("by its idleTimeout, which counts only while a read waits", async () => {
    const opening = gate();
    const server = served(async function* (_, { signal }) {
      yield* ["one", "two"];
      await opening.opened;
      yield "three";
      await new Promise((resolve) => signal.addEventListener("abort", resolve));
    });
    const stream = client(server).stream("?", { idleTimeout: 150 });
    expect(await take(stream, 1)).toEqual(["one"]);
    // The reader takes longer than that for an item.
    await new Promise((resolve) => setTimeout(resolve, 200));
    opening.open();
    expect(await take(stream, 2)).toEqual(["two", "three"]);
    const error = await stream.next().catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(TimeoutError);
    expect(String(error)).toContain("No item came within 150 ms (idleTimeout)");
    await eventually(() => server.stats.running === 0);
  });

  test("by client.close(), with which the read rejects", async () => {
    const { server, did } = endless();
    const asking = client(server);
    const stream = asking.stream("?");
    await take(stream, 1);
    await asking.close();
    await expect(stream.next()).rejects.toMatchObject({ code: "ERR_CLOSED" });
    await eventually(() => did.at(-1) === "left");
    expect(await stream.return()).toEqual({ value: undefined, done: true });
  });

  test("at a deadline of which the server knows: its signal aborts by itself", async () => {
    const { server, did } = endless();
    const stream = client(server).stream("?", { timeout: 300 });
    await take(stream, 1);
    await eventually(() => did.includes("left"));
    expect(did[1]).toMatchObject({ code: expect.stringMatching(/^ERR_(TIMEOUT|CANCELLED)$/) });
  });
});

describe("leaving waits for nothing", () => {
  test("when no server is there", async () => {
    const asking = connected({ connect: await freshTcp() });
    const stream = asking.stream("?");
    const first = stream.next();
    await stream.return();
    expect(await first).toEqual({ value: undefined, done: true });
    expect(asking.stats).toMatchObject({ waiting: 0, inFlight: 0 });
  });

  test("when the stream waits in the queue of its server, where no handler begins", async () => {
    const { server, did } = endless({ concurrency: 1 });
    const asking = client(server);
    const running = asking.stream("?");
    await take(running, 1);
    const waiting = asking.stream("?", { grace: 100_000 });
    const first = waiting.next();
    await eventually(() => server.stats.queued === 1);
    await waiting.return();
    expect(await first).toEqual({ value: undefined, done: true });
    await running.return();
    await eventually(() => server.stats.running + server.stats.queued === 0);
    expect(did).toEqual(["began", expect.any(CancelledError), "left"]);
    expect(server.stats.dropped).toBe(1);
  });

  test("when the stream has ended", async () => {
    const stream = client(served(async function* () {})).stream("?", { grace: 100_000 });
    expect((await stream.next()).done).toBe(true);
    await stream.return();
  });
});
