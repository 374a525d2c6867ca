/** Streams that end at any moment of their lives: nothing hangs, nothing stays, and other calls go on. */

import { setImmediate as turn } from "node:timers/promises";
import type { Message } from "@awaitmq/core";
import { eventually, numbers } from "@awaitmq/testing";
import { afterEach, describe, expect, test } from "vitest";
import type { ReplyStream, RequestContext } from "../../../src/index.ts";
import { client, closeAll, served } from "../pair.ts";
import { itemsOf } from "./reading.ts";

afterEach(closeAll);

/** Handlers of all kinds, and how many of them are running. */
function serving() {
  const open = { handlers: 0, inputs: 0 };
  const server = served(
    async function* ([how]: Message, { input, signal }: RequestContext) {
      open.handlers += 1;
      try {
        if (String(how) === "echo") yield* input;
        else for (const number of numbers(30)) yield Buffer.alloc(number % 3 === 0 ? 2_000 : 20);
        if (String(how) === "wait") await new Promise((resolve) => signal.addEventListener("abort", resolve));
      } finally {
        await turn();
        open.handlers -= 1;
      }
    },
    { window: { items: 4 } },
  );
  async function* speak() {
    open.inputs += 1;
    try {
      for (const number of numbers(20)) {
        yield Buffer.alloc(number % 3 === 0 ? 2_000 : 20);
        if (number % 5 === 0) await turn();
      }
    } finally {
      open.inputs -= 1;
    }
  }
  return { server, open, speak };
}

type End = (stream: ReplyStream<Message>, aborting: AbortController) => Promise<unknown>;

const ends: Record<string, End> = {
  abort: async (_, aborting) => aborting.abort(new Error("enough")),
  "return()": (stream) => stream.return(),
  "return() twice, and next()": (stream) => Promise.all([stream.return(), stream.next(), stream.return()]),
  "throw()": (stream) => expect(stream.throw(new Error("enough"))).rejects.toThrow("enough"),
};

describe.each(Object.keys(ends))("%s", (end) => {
  test.each(["echo", "count", "wait"])("at every point of a stream of the kind %s", async (how) => {
    const { server, open, speak } = serving();
    const asking = client(server);
    await asking.ready({ timeout: 100_000 });
    for (const turns of numbers(40)) {
      const aborting = new AbortController();
      const input = how === "echo" ? speak() : undefined;
      const stream = asking.stream(how, { input, signal: aborting.signal, window: { items: 5 }, grace: 100_000 });
      const reading = itemsOf(stream).catch((error: Error) => error);
      for (const _ of numbers(turns)) await turn();
      await ends[end]?.(stream, aborting);
      const outcome = await reading;
      if (outcome instanceof Error) expect(outcome.message).toBe("enough");
      // If it was left, the handler has finished before.
      if (end !== "abort") expect(open.handlers).toBe(0);
      await stream.return();
      expect(open.handlers).toBe(0);
      await eventually(() => open.inputs === 0, { interval: 1 });
    }
    expect(await itemsOf(asking.stream("count"))).toHaveLength(30);
    await eventually(() => server.stats.running === 0);
    expect(asking.stats).toMatchObject({ inFlight: 0, invalid: 0 });
    expect(server.stats).toMatchObject({ queued: 0, invalid: 0 });
  });
});

test("close() of the client at every point of a stream", async () => {
  const { server, open, speak } = serving();
  for (const turns of numbers(25)) {
    const asking = client(server);
    await asking.ready({ timeout: 100_000 });
    const stream = asking.stream("echo", { input: speak() });
    const reading = itemsOf(stream).catch((error: unknown) => error);
    for (const _ of numbers(turns)) await turn();
    await asking.close();
    const outcome = await reading;
    if (!Array.isArray(outcome)) expect(outcome).toMatchObject({ code: "ERR_CLOSED" });
    await eventually(() => open.inputs === 0 && open.handlers === 0, { interval: 1 });
  }
});

test("stop() of the server at every point of a stream", async () => {
  for (const turns of numbers(15)) {
    const { server, open, speak } = serving();
    const asking = client(server, { waitForServer: false });
    await asking.ready({ timeout: 100_000 });
    const stream = asking.stream("echo", { input: speak(), waitForServer: false });
    const reading = itemsOf(stream).catch((error: unknown) => error);
    for (const _ of numbers(turns)) await turn();
    await server.stop({ grace: 0 });
    const outcome = await reading;
    if (!Array.isArray(outcome)) expect(outcome).toMatchObject({ code: "ERR_UNAVAILABLE" });
    await eventually(() => open.inputs === 0 && open.handlers === 0, { interval: 1 });
    await asking.close();
  }
});
