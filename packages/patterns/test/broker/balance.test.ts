/** Which worker gets a request, and of which clients. */

import { Dealer, type Message, proxy, Request, Router } from "@awaitmq/core";
import { numbers } from "@awaitmq/testing";
import { describe, expect, test } from "vitest";
import * as zmq from "zeromq";
import { serveBalanced } from "../../src/index.ts";
import { answerTo, broker, client, isQuiet, rawWorker } from "./raw.ts";

describe("balance gives requests", () => {
  test("to workers that are ready only, to each as many as it announced", async () => {
    await using between = await broker();
    await using asking = client(between.clientEnd);
    await using idle = new Dealer({ linger: 0 });
    idle.connect(between.workerEnd);
    await idle.send(["", "HELLO"]);
    await asking.sendAll(numbers(5).map((n) => ["", `${n}`]));
    await using one = await rawWorker(between.workerEnd);
    const first = await one.receive();
    expect(String(first.at(-1))).toBe("0");
    await using three = await rawWorker(between.workerEnd, "READY 3");
    const others: Message[] = [];
    for (const _ of numbers(3)) others.push(await three.receive());
    expect(others.map((frames) => String(frames.at(-1)))).toEqual(["1", "2", "3"]);
    expect(await isQuiet(one)).toBe(true);
    expect(await isQuiet(three)).toBe(true);
    expect(await isQuiet(idle)).toBe(true);
    await one.send(answerTo(first, "zero"));
    expect((await asking.receive()).map(String)).toEqual(["", "zero"]);
    // Its reply made room for one more.
    expect(String((await one.receive()).at(-1))).toBe("4");
  });

  test("to the worker that has waited longest", async () => {
    await using between = await broker();
    await using asking = client(between.clientEnd);
    await using a = await rawWorker(between.workerEnd);
    await asking.send(["", "0"]);
    const first = await a.receive();
    await using b = await rawWorker(between.workerEnd);
    await asking.send(["", "1"]);
    const second = await b.receive();
    await b.send(answerTo(second, "from b"));
    await asking.receive();
    await a.send(answerTo(first, "from a"));
    await asking.receive();
    await asking.send(["", "2"]);
    expect(String((await b.receive()).at(-1))).toBe("2");
    await asking.send(["", "3"]);
    expect(String((await a.receive()).at(-1))).toBe("3");
  });

  test("past a slow worker, which holds one and not its share", async () => {
    await using between = await broker();
    const ending = new AbortController();
    const done = [0, 0, 0, 0];
    const sockets = numbers(4).map(() => new Dealer());
    let release = () => {};
    const released = new Promise<void>((resolve) => {
      release = resolve;
    });
    const serving = sockets.map((socket, n) => {
      socket.connect(between.workerEnd);
      return serveBalanced(
        socket,
        async ([body]) => {
          if (n === 0) await released;
          done[n]! += 1;
          return `${body} done`;
        },
        { signal: ending.signal },
      );
    });
    try {
      await using asking = client(between.clientEnd);
      await asking.sendAll(numbers(400).map((n) => ["", `${n}`]));
      const replies = new Set<string>();
      // All but the one that the slow worker holds; it may also hold none yet.
      for (const _ of numbers(399)) replies.add(String((await asking.receive())[1]));
      expect(done[0]).toBe(0);
      release();
      replies.add(String((await asking.receive())[1]));
      expect(replies).toEqual(new Set(numbers(400).map((n) => `${n} done`)));
      expect(done[0]).toBeLessThanOrEqual(1);
    } finally {
      release();
      ending.abort();
      await Promise.all(serving.map(({ done }) => done));
      await Promise.all(sockets.map((socket) => socket.close()));
    }
  });
});

describe("balance serves clients of every kind", () => {
  test("REQ sockets, DEALERs with a delimiter and without, with headers, and through two proxies", async () => {
    await using between = await broker();
    await using far = new Router();
    await using middle = new Dealer({ linger: 0 });
    await using near = new Router();
    await using inner = new Dealer({ linger: 0 });
    const ending = new AbortController();
    const farEnd = await far.bind("tcp://127.0.0.1:*");
    const nearEnd = await near.bind("tcp://127.0.0.1:*");
    middle.connect(nearEnd);
    inner.connect(between.clientEnd);
    const passing = [proxy(far, middle, { signal: ending.signal }), proxy(near, inner, { signal: ending.signal })];
    await using worker = new Dealer();
    worker.connect(between.workerEnd);
    const serving = serveBalanced(worker, (body) => body.map((frame) => `${frame}!`), { signal: ending.signal });
    try {
      for (const endpoint of [between.clientEnd, farEnd]) {
        await using request = new Request({ receiveTimeout: 100_000 });
        request.connect(endpoint);
        await request.send(["from", "REQ"]);
        expect((await request.receive()).map(String)).toEqual(["from!", "REQ!"]);
        await request.send("");
        expect((await request.receive()).map(String)).toEqual(["!"]);
        await using dealer = client(endpoint);
        await dealer.send(["header", "", "body"]);
        expect((await dealer.receive()).map(String)).toEqual(["header", "", "body!"]);
      }
      // Behind a proxy its routing id can't be told from a body, so there the delimiter is needed.
      await using bare = client(between.clientEnd);
      await bare.send(["no", "delimiter"]);
      expect((await bare.receive()).map(String)).toEqual(["no!", "delimiter!"]);
      await bare.send("");
      expect((await bare.receive()).map(String)).toEqual(["!"]);
    } finally {
      ending.abort();
      await Promise.allSettled([...passing.map(({ done }) => done), serving.done]);
    }
  });

  test("with raw REQ workers of the guide's lruqueue kind and raw REQ clients", async () => {
    await using between = await broker();
    const workers = numbers(3).map(() => new zmq.Request({ linger: 0 }));
    const served = workers.map(async (worker) => {
      worker.connect(between.workerEnd);
      await worker.send("READY");
      let count = 0;
      for await (const [address, empty, request] of worker) {
        expect(empty).toHaveLength(0);
        count += 1;
        await worker.send([address!, "", `OK ${request}`]);
      }
      return count;
    });
    const clients = numbers(10).map(async (n) => {
      const socket = new zmq.Request({ linger: 0, receiveTimeout: 100_000 });
      socket.connect(between.clientEnd);
      for (const m of numbers(20)) {
        await socket.send(`HELLO ${n}-${m}`);
        expect((await socket.receive()).map(String)).toEqual([`OK HELLO ${n}-${m}`]);
      }
      socket.close();
    });
    await Promise.all(clients);
    for (const worker of workers) worker.close();
    const counts = await Promise.all(served);
    expect(counts.reduce((sum, count) => sum + count)).toBe(200);
    for (const count of counts) expect(count).toBeGreaterThan(0);
  });
});
