/** What a worker tells its broker, when its queue is full and when no broker is there. */

import { Worker } from "node:worker_threads";
import { Dealer, Router } from "@awaitmq/core";
import { eventually, fixture, freshTcp } from "@awaitmq/testing";
import { describe, expect, test } from "vitest";
import { serveBalanced } from "../../src/index.ts";
import { tag } from "./by-hand.ts";

/** Less than one farewell of 2 s. */
const atOnce = 1_500;

async function timeToStop(worker: { stop(): Promise<void> }): Promise<number> {
  const began = performance.now();
  await worker.stop();
  return performance.now() - began;
}

describe("a worker announces itself", () => {
  test("to a restarted broker although its replies filled the queue, and to each later one", async () => {
    const endpoint = await freshTcp();
    const replies: (() => void)[] = [];
    await using dealer = new Dealer({ maxPendingSends: 2, reconnectInterval: 10, linger: 0 });
    dealer.connect(endpoint);
    const serving = serveBalanced(dealer, () => new Promise((resolve) => replies.push(() => resolve("reply"))), {
      concurrency: 2,
    });
    const first = new Router({ receiveTimeout: 100_000 });
    await first.bind(endpoint);
    const [id, , ready] = await first.receive();
    expect(String(ready)).toBe("READY 2");
    for (const n of [0, 1]) await first.send([id, "", tag(n), "", "?"]);
    await eventually(() => replies.length === 2);
    await first.close({ linger: 0 });
    // Until the dealer knows that its broker is gone, a send would still leave.
    await eventually(() =>
      dealer.send("probe", { timeout: 0 }).then(
        () => false,
        () => true,
      ),
    );
    for (const reply of replies) reply();
    for (const _ of "12") {
      await using next = new Router({ receiveTimeout: 100_000 });
      await next.bind(endpoint);
      expect(await eventually(async () => String((await next.receive()).at(-1)) === "READY 2")).toBe(true);
    }
    await dealer.close();
    await serving.done;
  });
});

describe("a worker without a broker leaves at once", () => {
  test("where the broker is to connect to it", async () => {
    expect(await timeToStop(serveBalanced({ bind: "tcp://127.0.0.1:*" }, () => null))).toBeLessThan(atOnce);
  });

  test("in a worker thread", async () => {
    const thread = new Worker(fixture("leaves-no-broker.mjs", import.meta.url), { workerData: await freshTcp() });
    const took = await new Promise<number>((resolve, reject) => {
      thread.once("message", resolve);
      thread.once("error", reject);
    });
    expect(took).toBeLessThan(atOnce);
    await thread.terminate();
  });
});

test("a worker that cannot tell whether a broker is there waits once, not once per message", async () => {
  await using dealer = new Dealer({ linger: 0 });
  // libzmq has no events of inproc.
  await dealer.bind("inproc://worker-without-a-broker");
  expect(await timeToStop(serveBalanced(dealer, () => null))).toBeLessThan(3_500); // one farewell of 2 s
});
