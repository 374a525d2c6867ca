/** Servers that shut down while streams run. */

import type { Message } from "@awaitmq/core";
import { eventually, gate, numbers } from "@awaitmq/testing";
import { afterEach, describe, expect, test } from "vitest";
import { type RequestContext, serve, UnavailableError } from "../../../src/index.ts";
import { warnings } from "../../warnings.ts";
import { aborted, client, closeAll, connected, served } from "../pair.ts";
import { itemsOf, readAll, take } from "./reading.ts";

afterEach(closeAll);

async function* endless() {
  for (let number = 0; ; number++) yield String(number);
}

describe("stop()", () => {
  test("lets streams run to their end within grace", async () => {
    const more = gate();
    const server = served(async function* () {
      yield "one";
      await more.opened;
      yield* numbers(1_000).map(String);
    });
    const asking = client(server);
    const streams = [asking.stream("?"), asking.stream("?")];
    for (const stream of streams) expect(await take(stream, 1)).toEqual(["one"]);
    const stopped = server.stop({ grace: 100_000 });
    await expect(asking.stream("?", { waitForServer: false }).next()).rejects.toBeInstanceOf(UnavailableError);
    more.open();
    for (const stream of streams) expect(await itemsOf(stream)).toEqual(numbers(1_000).map(String));
    await stopped;
    expect(server.stats).toMatchObject({ served: 2, failed: 0, running: 0, undeliverable: 0 });
  });

  test("aborts them after it: the handler finishes, and the loop throws UnavailableError behind the items", async () => {
    let reason: unknown;
    let isOver = false;
    const server = served(async function* (_, { signal }) {
      try {
        yield* ["one", "two"];
        reason = await aborted(signal);
      } finally {
        isOver = true;
      }
    });
    const stream = client(server).stream("?");
    await take(stream, 1);
    await server.stop({ grace: 50 });
    expect(isOver).toBe(true);
    expect(reason).toBeInstanceOf(UnavailableError);
    const { items, error } = await readAll(stream);
    expect(items).toEqual(["two"]);
    expect(error).toBeInstanceOf(UnavailableError);
    expect(await stream.next()).toEqual({ value: undefined, done: true });
  });

  test.each<[string, (message: Message, context: RequestContext) => AsyncIterable<string> | Promise<string>]>([
    ["a handler that yields without end", endless],
    [
      "one that throws the reason of its signal",
      async function* (_, { signal }) {
        yield "one";
        throw await aborted(signal);
      },
    ],
    [
      "one that reads its input",
      async function* (_, { input }) {
        for await (const [item] of input) yield String(item);
      },
    ],
    [
      "one that reads its input, and takes a while to clean up",
      async function* (_, { input }) {
        try {
          for await (const [item] of input) yield String(item);
        } finally {
          await new Promise((resolve) => setTimeout(resolve, 50));
        }
      },
    ],
    [
      "one that reads its input, and has one reply",
      async (_, { input }) => {
        let count = 0;
        for await (const _ of input) count += 1;
        return String(count);
      },
    ],
    [
      "one that returns at once then",
      async function* (_, { signal }) {
        if (await aborted(signal)) return;
        yield "never";
      },
    ],
  ])("ends the stream of %s with UnavailableError, which is never retried", async (_, handler) => {
    const told: unknown[] = [];
    const server = served(handler, { onError: (error) => told.push(error), window: { items: 20 } });
    const asking = client(server);
    async function* input() {
      for (;;) {
        yield "item";
        await new Promise((resolve) => setImmediate(resolve));
      }
    }
    const stream = asking.stream("?", { input: input() });
    const reading = readAll(stream);
    await eventually(() => server.stats.running === 1);
    // Some of the input is always on its way.
    await new Promise((resolve) => setTimeout(resolve, 20));
    await server.stop({ grace: 0 });
    expect((await reading).error).toBeInstanceOf(UnavailableError);
    expect(asking.stats).toMatchObject({ failed: 1, invalid: 0 });
    for (const error of told) expect(error).toMatchObject({ code: "ERR_UNAVAILABLE" });
  });

  test("goes on without a handler that ignores its signal, after force", async () => {
    using warned = warnings();
    const opening = gate();
    const server = serve(
      "tcp://127.0.0.1:*",
      async function* () {
        yield "one";
        await opening.opened;
        yield "two";
      },
      { grace: 0, force: 50 },
    );
    const asking = client(server);
    const stream = asking.stream("?");
    await take(stream, 1);
    await server.stop();
    await expect(stream.next()).rejects.toBeInstanceOf(UnavailableError);
    await eventually(() => warned.seen.some((text) => text.startsWith("AWAITMQ_STILL_RUNNING")));
    opening.open();
    await eventually(() => server.stats.running === 0);
  });

  test.each(["between its items", "after its first read of input", "when it cleans up"])(
    "that a handler awaits %s rejects with DeadlockError",
    async (when) => {
      const codes: unknown[] = [];
      const stop = () => server.stop({ grace: 50 }).catch((error: { code?: string }) => codes.push(error.code));
      const server = served(async function* (_, { input }) {
        try {
          yield "one";
          if (when.includes("input")) await input.next();
          if (!when.includes("cleans")) await stop();
          yield "two";
        } finally {
          if (when.includes("cleans")) await stop();
        }
      });
      const stream = client(server).stream("?", { window: { items: 1 }, input: ["item"] });
      expect(await take(stream, 1)).toEqual(["one"]);
      if (when.includes("cleans")) await stream.return();
      else expect(await itemsOf(stream)).toEqual(["two"]);
      expect(codes).toEqual(["ERR_DEADLOCK"]);
      await server.done;
    },
  );

  test("refuses streams that wait in its queue, which then run at another server", async () => {
    const first = served(
      async function* (_, { signal }) {
        yield "first";
        await aborted(signal);
      },
      { concurrency: 1 },
    );
    const asking = client(first);
    const running = asking.stream("?");
    await take(running, 1);
    const waiting = asking.stream("?", { input: ["input"] });
    const next = waiting.next();
    await eventually(() => first.stats.queued === 1);
    const second = served(async function* (_, { input }) {
      for await (const [item] of input) yield `second: ${item}`;
    });
    asking.connect(second.endpoints[0] as string);
    await asking.ready({ servers: 2, timeout: 100_000 });
    await first.stop({ grace: 0 });
    expect(String((await next).value?.[0])).toBe("second: input");
    await expect(running.next()).rejects.toBeInstanceOf(UnavailableError);
    expect(asking.stats).toMatchObject({ retried: 1 });
  });

  test("loses no stream of a client that goes on opening them: each runs at one server or the other", async () => {
    const counting = async function* () {
      yield* numbers(20).map(String);
    };
    const servers = [served(counting), served(counting)];
    const asking = client(servers);
    await asking.ready({ servers: 2, timeout: 100_000 });
    const streams: Promise<string[]>[] = [];
    let stopped: Promise<void> | undefined;
    for (const round of numbers(60)) {
      for (const _ of numbers(5)) streams.push(itemsOf(asking.stream("?")));
      if (round === 20) stopped = servers[0]?.stop({ grace: 100_000 });
      await new Promise((resolve) => setImmediate(resolve));
    }
    for (const items of await Promise.all(streams)) expect(items).toHaveLength(20);
    await stopped;
    expect(asking.stats).toMatchObject({ succeeded: 300, failed: 0 });
  });
});

test("a server whose signal aborts ends its streams with UnavailableError, and its handlers with the reason", async () => {
  const aborting = new AbortController();
  let reason: unknown;
  const server = served(
    async function* (_, { signal }) {
      yield "one";
      reason = await aborted(signal);
    },
    { signal: aborting.signal },
  );
  const stream = client(server).stream("?");
  await take(stream, 1);
  aborting.abort(new Error("mine"));
  await server.done;
  expect(reason).toMatchObject({ message: "mine" });
  await expect(stream.next()).rejects.toBeInstanceOf(UnavailableError);
});

test("disconnect() of a client waits for its streams there", async () => {
  const more = gate();
  const server = served(async function* () {
    yield "one";
    await more.opened;
    yield "two";
  });
  const [endpoint] = server.endpoints as [string];
  const asking = connected({ connect: endpoint });
  const stream = asking.stream("?");
  await take(stream, 1);
  const gone = asking.disconnect(endpoint);
  expect(asking.servers[0]?.state).toBe("disconnecting");
  more.open();
  expect(await itemsOf(stream)).toEqual(["two"]);
  await gone;
  expect(asking.servers).toEqual([]);
});
