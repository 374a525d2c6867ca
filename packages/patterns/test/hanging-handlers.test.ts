/** Handlers that heed nothing, of all that runs handlers, when their socket is closed or another handler fails: they hold up no `done`. */

import { type Handle, Pull, Push, Reply, Request, Router } from "@awaitmq/core";
import { eventually } from "@awaitmq/testing";
import { describe, expect, test } from "vitest";
import { serve, serveBalanced, work } from "../src/index.ts";
import { byHand } from "./broker/by-hand.ts";
import { warnings } from "./warnings.ts";

/** Far more than grace and force here, on a busy machine. */
const soon = 20_000;
const bounds = { grace: 20, force: 20 };

interface Scene extends AsyncDisposable {
  readonly handle: Handle<{ readonly running: number }>;
  /** Closes the socket under it. */
  close(): Promise<void>;
}

type Handler = (signal: AbortSignal) => Promise<never>;

async function served(socket: Router | Reply, handler: Handler): Promise<Scene> {
  const asking = new Request({ linger: 0 });
  const handle = serve(socket, (_, { signal }) => handler(signal), bounds);
  asking.connect(await socket.bind("tcp://127.0.0.1:*"));
  await asking.send("?");
  return { handle, close: () => socket.close(), [Symbol.asyncDispose]: () => asking.close() };
}

/** Each with a handler that runs. */
const scenes: Record<string, (handler: Handler) => Promise<Scene>> = {
  "serve on a Router": (handler) => served(new Router(), handler),
  "serve on a Reply": (handler) => served(new Reply(), handler),
  serveBalanced: async (handler) => {
    const hand = await byHand("READY 1", (dealer) => serveBalanced(dealer, (_, { signal }) => handler(signal), bounds));
    await hand.ask(0, "?");
    return {
      handle: hand.serving,
      close: () => hand.dealer.close(),
      [Symbol.asyncDispose]: () => hand[Symbol.asyncDispose](),
    };
  },
  work: async (handler) => {
    const [tasks, push] = [new Pull(), new Push({ linger: 0 })];
    push.connect(await tasks.bind("tcp://127.0.0.1:*"));
    await push.send("task");
    const handle = work(tasks, (_, { signal }) => handler(signal), bounds);
    return { handle, close: () => tasks.close(), [Symbol.asyncDispose]: () => push.close() };
  },
};

describe.each(Object.keys(scenes))("%s whose socket closes under a handler", (name) => {
  const begin = scenes[name] as (handler: Handler) => Promise<Scene>;

  test("ends without it past grace and force, and warns", async () => {
    using emitted = warnings();
    const signals: AbortSignal[] = [];
    await using scene = await begin((signal) => {
      signals.push(signal);
      return new Promise(() => {});
    });
    await eventually(() => scene.handle.stats.running === 1);
    const began = performance.now();
    await scene.close();
    await expect(scene.handle.done).resolves.toBeUndefined();
    expect(performance.now() - began).toBeLessThan(soon);
    expect(signals.map(({ aborted }) => aborted)).toEqual([true]);
    await eventually(() => emitted.seen.length > 0);
    expect(emitted.seen).toEqual([expect.stringContaining("AWAITMQ_STILL_RUNNING")]);
  });

  test("aborts its signal, which it heeds without a warning", async () => {
    using emitted = warnings();
    let aborted = false;
    await using scene = await begin(async (signal) => {
      await new Promise((resolve) => signal.addEventListener("abort", resolve));
      aborted = true;
      throw signal.reason;
    });
    await eventually(() => scene.handle.stats.running === 1);
    await scene.close();
    await expect(scene.handle.done).resolves.toBeUndefined();
    expect(aborted).toBe(true);
    await new Promise((resolve) => setImmediate(resolve));
    expect(emitted.seen).toEqual([]);
  });
});

test("work whose task fails ends without another that hangs, and rejects with the failure", async () => {
  using emitted = warnings();
  await using tasks = new Pull();
  await using push = new Push();
  push.connect(await tasks.bind("tcp://127.0.0.1:*"));
  await push.sendAll(["hangs", "fails"]);
  const signals: AbortSignal[] = [];
  const worker = work(
    tasks,
    ([task], { signal }) => {
      if (String(task) === "fails") throw new Error("failed");
      signals.push(signal);
      return new Promise<never>(() => {});
    },
    { ...bounds, concurrency: 2 },
  );
  const began = performance.now();
  await expect(worker.done).rejects.toThrow("failed");
  expect(performance.now() - began).toBeLessThan(soon);
  expect(signals.map(({ aborted }) => aborted)).toEqual([true]);
  await eventually(() => emitted.seen.length > 0);
  expect(emitted.seen).toEqual([expect.stringContaining("1 of its handlers still run")]);
});
