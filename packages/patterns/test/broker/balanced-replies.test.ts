/** Clients that are gone or do not read, and a frontend that brings more than there is room for. */

import { Dealer, Router, UnroutableError } from "@awaitmq/core";
import { eventually, numbers } from "@awaitmq/testing";
import { describe, expect, test } from "vitest";
import { balance, serveBalanced } from "../../src/index.ts";
import { answerTo, broker, client, rawWorker, silentClient } from "./raw.ts";

describe("balance under load", () => {
  test("reads no more of the frontend when its queue is full, and loses nothing", async () => {
    const frontend = new Router({ receiveHighWaterMark: 5 });
    const backend = new Router();
    const ending = new AbortController();
    const running = balance(frontend, backend, { maxQueued: 10, signal: ending.signal });
    const clientEnd = await frontend.bind("tcp://127.0.0.1:*");
    const workerEnd = await backend.bind("tcp://127.0.0.1:*");
    await using asking = new Dealer({ sendHighWaterMark: 5, linger: 0 });
    asking.connect(clientEnd);
    const padding = Buffer.alloc(64 * 1_024);
    const count = 1_000;
    let sent = 0;
    const sending = asking.sendAll(
      (function* () {
        for (; sent < count; sent++) yield ["", `${sent}`, padding];
      })(),
    );
    let seen = -1;
    await eventually(
      () => {
        const still = sent === seen;
        seen = sent;
        return still && sent > 0;
      },
      { interval: 300 },
    );
    expect(sent).toBeLessThan(count / 2);
    await using worker = new Dealer();
    worker.connect(workerEnd);
    const serving = serveBalanced(worker, ([body]) => body, { concurrency: 8, signal: ending.signal });
    const replies = new Set<number>();
    for (const _ of numbers(count)) replies.add(Number((await asking.receive({ timeout: 100_000 }))[1]));
    expect(replies.size).toBe(count);
    expect(await sending).toBe(count);
    ending.abort();
    await Promise.allSettled([running.done, serving.done]);
    await Promise.all([frontend.close(), backend.close()]);
  });

  test("drops the reply to a client that is gone, tells it, and serves the others", async () => {
    const dropped: [string, string][] = [];
    await using between = await broker({ onUndeliverable: ([id], error) => dropped.push([String(id), error.name]) });
    await using worker = await rawWorker(between.workerEnd, "READY 10");
    const gone = new Dealer({ routingId: "gone", linger: 0 });
    gone.connect(between.clientEnd);
    await gone.send(["", "question"]);
    const request = await worker.receive();
    await gone.close();
    await eventually(() =>
      between.frontend.send(["gone", "x"]).then(
        () => false,
        (error) => error instanceof UnroutableError,
      ),
    );
    await worker.send(answerTo(request, "too late"));
    await eventually(() => dropped.length > 0);
    expect(dropped).toEqual([["gone", "UnroutableError"]]);
    await using other = client(between.clientEnd);
    await other.send(["", "question"]);
    await worker.send(answerTo(await worker.receive(), "answer"));
    expect((await other.receive()).map(String)).toEqual(["", "answer"]);
  });

  test("drops replies to a client that does not read for too long, tells it, and serves the others meanwhile", async () => {
    const dropped: [string, string][] = [];
    await using between = await broker(
      { replyTimeout: 300, onUndeliverable: ([id], error) => dropped.push([String(id), error.name]) },
      { sendHighWaterMark: 1 },
    );
    const ending = new AbortController();
    await using worker = new Dealer();
    worker.connect(between.workerEnd);
    const big = Buffer.alloc(1_024 * 1_024);
    const serving = serveBalanced(worker, ([body]) => (String(body) === "big" ? big : body), {
      concurrency: 4,
      signal: ending.signal,
    });
    try {
      await using silent = new Dealer({ routingId: "silent", receiveHighWaterMark: 1, linger: 0 });
      silent.connect(between.clientEnd);
      await silent.sendAll(numbers(100).map(() => ["", "big"]));
      await using other = client(between.clientEnd);
      for (const n of numbers(100)) {
        await other.send(["", `${n}`]);
        expect(String((await other.receive())[1])).toBe(`${n}`);
      }
      await eventually(() => dropped.length > 0);
      expect(new Set(dropped.map(String))).toEqual(new Set(["silent,TimeoutError"]));
    } finally {
      ending.abort();
      await serving.done;
    }
  });
});

test("balance drops at once what is beyond the maxQueuedReplies of a client that does not read", async () => {
  const dropped: [string, string][] = [];
  await using between = await broker(
    { maxQueuedReplies: 3, onUndeliverable: ([id], error) => dropped.push([String(id), error.name]) },
    { sendHighWaterMark: 1 },
  );
  await using worker = await rawWorker(between.workerEnd, "READY 10");
  await using _silent = await silentClient(between.clientEnd, worker);
  await eventually(() => dropped.length > 0);
  expect(new Set(dropped.map(String))).toEqual(new Set(["silent,QueueFullError"]));
  await using other = client(between.clientEnd);
  await other.send(["", "question"]);
  await worker.send(answerTo(await worker.receive(), "answer"));
  expect(String((await other.receive())[1])).toBe("answer");
});
