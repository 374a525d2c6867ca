/** Replies of a worker that cannot be sent: they are dropped, and the worker serves on. */

import { Dealer, QueueFullError, Router, TimeoutError } from "@awaitmq/core";
import { eventually, freshTcp, numbers } from "@awaitmq/testing";
import { describe, expect, test } from "vitest";
import { type ServeBalancedOptions, serveBalanced } from "../../src/index.ts";
import { tag } from "./by-hand.ts";

type DealerOptions = ConstructorParameters<typeof Dealer>[0];

/** A worker that holds three requests, "0" to "2", of a broker that went away. */
async function orphaned(socket: DealerOptions, options: ServeBalancedOptions) {
  const endpoint = await freshTcp();
  const replies: (() => void)[] = [];
  const dealer = new Dealer({ reconnectInterval: 10, linger: 0, ...socket });
  dealer.connect(endpoint);
  const worker = serveBalanced(
    dealer,
    ([body]) => new Promise((resolve) => replies.push(() => resolve(`re: ${body}`))),
    { concurrency: 3, ...options },
  );
  const broker = new Router({ receiveTimeout: 100_000 });
  await broker.bind(endpoint);
  const [id] = await broker.receive();
  for (const n of numbers(3)) await broker.send([id, "", tag(n), "", `${n}`]);
  await eventually(() => replies.length === 3);
  await broker.close({ linger: 0 });
  // Until the dealer knows that the broker is away, a reply would still leave.
  await eventually(() =>
    dealer.send("", { timeout: 0 }).then(
      () => false,
      () => true,
    ),
  );
  return {
    worker,
    replies,
    /** What the worker replies to the next broker. */
    async nextReply(): Promise<string> {
      await using next = new Router({ receiveTimeout: 100_000 });
      await next.bind(endpoint);
      const [who] = await next.receive();
      const before = replies.length;
      await next.send([who, "", tag(9), "", "next"]);
      await eventually(() => replies.length > before);
      replies.at(-1)?.();
      return await eventually(async () => {
        const reply = String((await next.receive()).at(-1));
        return reply === "re: next" ? reply : "";
      });
    },
    async [Symbol.asyncDispose]() {
      await dealer.close();
      await worker.done.catch(() => {});
    },
  };
}

describe("a reply that cannot be sent is dropped, onError is notified, and the worker serves the next broker", () => {
  test("when the sendTimeout of the socket is over", async () => {
    const told: [unknown, string][] = [];
    await using scene = await orphaned(
      { sendTimeout: 50 },
      { onError: (error, [body]) => told.push([error, `${body}`]), errorReply: () => "never sent" },
    );
    for (const reply of scene.replies) reply();
    await eventually(() => told.length === 3);
    expect(told.map(([error]) => error)).toEqual(numbers(3).map(() => expect.any(TimeoutError)));
    expect(new Set(told.map(([, body]) => body))).toEqual(new Set(["0", "1", "2"]));
    expect(scene.worker.stats).toMatchObject({ running: 0, served: 0, failed: 3 });
    expect(await scene.nextReply()).toBe("re: next");
    expect(told.length).toBe(3);
  });

  test("when maxPendingSends messages wait already", async () => {
    const told: [unknown, string][] = [];
    await using scene = await orphaned(
      { maxPendingSends: 1 },
      { onError: (error, [body]) => told.push([error, `${body}`]) },
    );
    for (const reply of scene.replies) reply();
    await eventually(() => told.length === 1);
    expect(told.map(([error]) => error)).toEqual([expect.any(QueueFullError)]);
    expect(scene.worker.stats).toMatchObject({ running: 2, served: 0, failed: 1 });
    expect(await scene.nextReply()).toBe("re: next");
    await eventually(() => scene.worker.stats.served === 3);
  });
});
