/** Streams that fail: which items come first, with which error, and what is retried. */

import type { Message } from "@awaitmq/core";
import { eventually, numbers } from "@awaitmq/testing";
import { afterEach, describe, expect, test } from "vitest";
import {
  json,
  OverloadedError,
  RemoteError,
  RequestClient,
  type RequestContext,
  type ServeOptions,
  serve,
} from "../../../src/index.ts";
import { aborted, client, closeAll, served } from "../pair.ts";
import { itemsOf, readAll, take } from "./reading.ts";

afterEach(closeAll);

class Teapot extends Error {
  override readonly name = "Teapot";
  readonly code = "E_TEAPOT";
}

/** A handler that yields so many items, of a size, and throws. */
async function* failAfter([count, size]: Message) {
  for (const number of numbers(Number(count))) yield [String(number), Buffer.alloc(Number(size ?? 0))];
  throw new Teapot("short and stout");
}

describe("an error of a handler comes after all of its items, once", () => {
  test.each([
    [0, 0],
    [1, 0],
    [300, 0],
    [1_000, 10],
    [20, 100_000],
  ])("after %i items of %i bytes", async (count, size) => {
    const told: unknown[] = [];
    const server = served(failAfter, { onError: (error) => told.push(error) });
    const asking = client(server);
    const stream = asking.stream([String(count), String(size)]);
    const { items, error } = await readAll(stream);
    expect(items).toEqual(numbers(count).map(String));
    expect(error).toBeInstanceOf(RemoteError);
    expect(error).toMatchObject({
      code: "ERR_REMOTE",
      message: "short and stout",
      remoteName: "Teapot",
      remoteCode: "E_TEAPOT",
    });
    expect(await stream.next()).toEqual({ value: undefined, done: true });
    expect(told).toEqual([expect.any(Teapot)]);
    expect(server.stats).toMatchObject({ running: 0, served: 0, failed: 1 });
    expect(asking.stats).toMatchObject({ failed: 1, inFlight: 0, late: 0, retried: 0 });
  });

  test("with several pending calls of next(): one rejects, and the rest get the end", async () => {
    const stream = client(served(failAfter)).stream("2");
    const results = await Promise.allSettled(numbers(5).map(() => stream.next()));
    expect(results.map(({ status }) => status)).toEqual([
      "fulfilled",
      "fulfilled",
      "rejected",
      "fulfilled",
      "fulfilled",
    ]);
    expect(results.slice(3)).toEqual(numbers(2).map(() => ({ status: "fulfilled", value: { done: true } })));
  });

  test("of one that throws at once, or rejects, before it streams", async () => {
    const throwing = served(() => {
      throw new Teapot("at once");
    });
    const rejecting = served(() => Promise.reject(new Teapot("later")));
    for (const [server, message] of [
      [throwing, "at once"],
      [rejecting, "later"],
    ] as const)
      await expect(client(server).stream("?").next()).rejects.toMatchObject({ remoteName: "Teapot", message });
  });

  test("has a stack that shows who reads the stream", async () => {
    async function reads() {
      for await (const _ of client(served(failAfter)).stream("0"));
    }
    const error = await reads().catch((reason: Error) => reason);
    expect((error as Error).stack).toContain("reads");
  });

  test("is hidden if the server hides errors", async () => {
    const failures: string[] = [];
    const options: ServeOptions = { exposeErrors: "none", onError: (_, __, { id }) => failures.push(id) };
    const { items, error } = await readAll(client(served(failAfter, options)).stream("2"));
    expect(items).toEqual(["0", "1"]);
    expect(error).toMatchObject({ remoteName: "RemoteError", remoteCode: "ERR_REMOTE", id: failures[0] });
    expect(String(error)).not.toContain("stout");
  });

  test("is never one of this package's own, whatever its code", async () => {
    const server = served(async function* () {
      yield "one";
      throw Object.assign(new Error("mine"), { name: "UnavailableError", code: "ERR_UNAVAILABLE" });
    });
    const { error } = await readAll(client(server).stream("?"));
    expect(error).toBeInstanceOf(RemoteError);
    expect(error).toMatchObject({ remoteCode: "ERR_UNAVAILABLE" });
  });
});

describe("a server that has no room", () => {
  const oneAtATime = { concurrency: 1, maxQueued: 0 };

  /** A handler that streams one item, and waits. */
  async function* hold(_: Message, { signal }: RequestContext) {
    yield "one";
    await aborted(signal);
  }

  test("refuses a stream with OverloadedError, each open stream being one of its limits", async () => {
    for (const options of [oneAtATime, { maxQueuedPerPeer: 1 }]) {
      const server = served(hold, options);
      const asking = client(server, { retry: { attempts: 1 } });
      const running = asking.stream("?");
      await take(running, 1);
      await expect(asking.stream("?").next()).rejects.toBeInstanceOf(OverloadedError);
      expect(server.stats).toMatchObject({ running: 1, refused: 1 });
      await running.return();
      expect(await take(asking.stream("?"), 1)).toEqual(["one"]);
    }
  });

  test("lets a stream wait in its queue, and serves it in its turn", async () => {
    const server = served(hold, { concurrency: 1 });
    const asking = client(server);
    const running = asking.stream("?");
    await take(running, 1);
    const waiting = asking.stream("?");
    const first = waiting.next();
    await eventually(() => server.stats.queued === 1);
    await running.return();
    expect(String((await first).value?.[0])).toBe("one");
  });

  test("is asked again, as the stream has not begun", async () => {
    const server = served(hold, oneAtATime);
    const asking = client(server, { retry: { attempts: 1_000, delay: 5, maxDelay: 5, budget: 1 } });
    const running = asking.stream("?");
    await take(running, 1);
    // Its input was not read, and so nothing of it is lost.
    const again = asking.stream("?", { input: ["item"] });
    const first = again.next();
    await eventually(() => asking.stats.retried > 2);
    await running.return();
    expect(String((await first).value?.[0])).toBe("one");
    expect(asking.stats.failed).toBe(0);
  });
});

describe("a stream", () => {
  test("that nobody reads may fail: nothing is unhandled, and a late reader gets the error", async () => {
    const server = served(async (_, { input }) => {
      await input.next();
      throw new Teapot("unread");
    });
    const asking = client(server);
    const [left, late] = numbers(2).map(() => asking.stream("?", { input: ["item"] }));
    await eventually(() => asking.stats.failed === 2);
    await left?.return();
    await expect(late?.next()).rejects.toMatchObject({ message: "unread" });
  });

  test("is never hedged", async () => {
    const servers = numbers(2).map(() =>
      served(async function* () {
        await new Promise((resolve) => setTimeout(resolve, 50));
        yield "one";
      }),
    );
    const asking = client(servers, { hedge: { after: 5, budget: 1 } });
    await asking.ready({ servers: 2, timeout: 100_000 });
    expect(await itemsOf(asking.stream("?", { idempotent: true }))).toEqual(["one"]);
    expect(asking.stats.hedged).toBe(0);
  });

  test("whose first item does not come within attemptTimeout is asked for elsewhere, and never after it", async () => {
    let calls = 0;
    const server = served(async function* (_, { signal }) {
      calls += 1;
      if (calls === 1) {
        await aborted(signal);
        return;
      }
      yield "first";
      await new Promise((resolve) => setTimeout(resolve, 300));
      yield "second";
    });
    const asking = client(server, { retry: { attempts: 20, attemptTimeout: 200, budget: 1, delay: 1 } });
    expect(await itemsOf(asking.stream("?", { idempotent: true }))).toEqual(["first", "second"]);
    // A busy machine may need more than one.
    expect(asking.stats.retried).toBeGreaterThan(0);
    await eventually(() => server.stats.running === 0);
  });
});

test.each([undefined, json])("a generator that is not async is refused with advice, with codec %o", async (codec) => {
  const handler = function* () {
    yield "one";
  };
  const values = { codec: codec as never };
  await using server = serve("tcp://127.0.0.1:*", handler as never, values);
  await using asking = new RequestClient<string, unknown>({ connect: server.endpoints, ...values });
  await expect(asking.stream("?").next()).rejects.toThrow("write `async function*`");
});

test("a stream of a client that closes says that it cannot be read", async () => {
  const server = served(async function* (_, { signal }) {
    yield "one";
    await aborted(signal);
  });
  const asking = client(server);
  const stream = asking.stream("?");
  await stream.next();
  await asking.close();
  await expect(stream.next()).rejects.toThrow("Cannot read a stream: the client is closed");
});
