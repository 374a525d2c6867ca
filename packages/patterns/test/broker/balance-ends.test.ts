/** How a broker ends, what it gives back, and its own endpoints. */

import { getEventListeners } from "node:events";
import { AddressError, Dealer, Router } from "@awaitmq/core";
import { internals } from "@awaitmq/core/internals";
import { eventually, freshInproc, freshTcp, numbers } from "@awaitmq/testing";
import { describe, expect, test } from "vitest";
import { balance, InUseError, serve, TooLateError } from "../../src/index.ts";
import { answerTo, broker, client, rawWorker, silentClient } from "./raw.ts";

describe("balance ends", () => {
  test("by its signal, at once, and gives requests without an answer back to the frontend in order", async () => {
    await using between = await broker();
    await using asking = client(between.clientEnd);
    await using worker = await rawWorker(between.workerEnd, "READY 3");
    await asking.sendAll(numbers(10).map((n) => ["hop", "", `${n}`]));
    const held = [await worker.receive(), await worker.receive(), await worker.receive()];
    await worker.send(answerTo(held[1]!, "answered"));
    expect((await asking.receive()).map(String)).toEqual(["hop", "", "answered"]);
    between.ending.abort();
    await between.running.done;
    expect(between.running.stats).toMatchObject({ waiting: 0, held: 0, unanswered: 9 });
    const left: string[] = [];
    for (const _ of numbers(9)) left.push((await between.frontend.receive({ timeout: 100_000 })).slice(1).join("|"));
    expect(left).toEqual([0, 2, 3, 4, 5, 6, 7, 8, 9].map((n) => `hop||${n}`));
  });

  test("when a socket closes, even while its queue is full", async () => {
    await using between = await broker({ maxQueued: 1 });
    await using asking = client(between.clientEnd);
    await asking.sendAll(["1", "2", "3"]);
    await between.backend.close();
    await between.running.done;
    expect(between.running.stats).toMatchObject({ given: 0, answered: 0 });
    expect(String((await between.frontend.receive({ timeout: 100_000 }))[1])).toBe("1");
  });

  test("when a socket closes, without replies that clients do not read within force", async () => {
    await using between = await broker({ replyTimeout: 600_000, force: 20 }, { sendHighWaterMark: 1 });
    await using worker = await rawWorker(between.workerEnd, "READY 10");
    await using _silent = await silentClient(between.clientEnd, worker);
    await eventually(() => between.running.stats.held === 0);
    const began = performance.now();
    await between.backend.close();
    await between.running.done;
    expect(performance.now() - began).toBeLessThan(60_000);
    expect(between.running.stats.undeliverable).toBeGreaterThan(0);
  });

  test("when its frontend closes while its queue is full", async () => {
    await using between = await broker({ maxQueued: 1 });
    await using asking = client(between.clientEnd);
    await asking.sendAll(["1", "2", "3"]);
    await eventually(() => between.frontend[internals].inbox.ready); // it is not read any more
    await between.frontend.close();
    await between.running.done;
    expect(between.running.stats).toMatchObject({ given: 0, answered: 0 });
  });

  test("and leaves nothing at its sockets, which serve the next one", async () => {
    await using frontend = new Router();
    await using backend = new Router();
    const listeners = () => getEventListeners(frontend[internals].closing, "abort").length;
    const before = listeners();
    for (let round = 0; round < 5; round++) {
      const ending = new AbortController();
      const running = balance(frontend, backend, { signal: ending.signal });
      ending.abort(new Error("enough"));
      await running.done;
    }
    expect(listeners()).toBe(before);
  });

  test("before it begins where a socket has another reader, and leaves the other one free", async () => {
    await using frontend = new Router();
    await using busy = new Router();
    await using free = new Router();
    await using server = serve(busy, () => "");
    expect(() => balance(frontend, busy)).toThrow(InUseError);
    expect(() => balance(frontend, frontend)).toThrow(TypeError);
    const running = balance(frontend, free);
    await frontend.close();
    await running.done;
    await server.stop();
  });

  test("before it begins where its arguments are wrong", async () => {
    await using frontend = new Router();
    await using backend = new Router({ mandatory: false });
    expect(() => balance(frontend, backend)).toThrow("mandatory: true");
    expect(() => balance(frontend, frontend)).toThrow("got the same one twice");
    for (const options of [
      { maxQueued: 0 },
      { credit: 0.5 },
      { maxAttempts: 0 },
      { replyTimeout: -1 },
      { maxQueuedReplies: 0 },
      { linkTimeout: 999 },
      { grace: -1 },
      { force: Number.NaN },
    ])
      expect(() => balance(frontend, frontend, options)).toThrow(RangeError);
    for (const options of [{ linkTimeout: "1" }, { onUndeliverable: 1 }, { signal: {} }])
      expect(() => balance(frontend, frontend, options as never)).toThrow(TypeError);
  });

  test("before it begins where its signal is aborted, and reads nothing", async () => {
    await using frontend = new Router();
    await using backend = new Router();
    await using asking = client(await frontend.bind("tcp://127.0.0.1:*"));
    await asking.send(["", "stays"]);
    await balance(frontend, backend, { signal: AbortSignal.abort() }).done;
    expect(String((await frontend.receive()).at(-1))).toBe("stays");
  });

  test("with TooLateError before it begins where the backend has an endpoint, unless it had it from a former broker", async () => {
    await using frontend = new Router();
    await using backend = new Router();
    await balance(frontend, backend).stop();
    const endpoint = await backend.bind("tcp://127.0.0.1:*");
    await balance(frontend, backend).stop();
    await using late = new Router();
    await late.bind("tcp://127.0.0.1:*");
    expect(() => balance(frontend, late)).toThrow(TooLateError);
    // Neither is taken.
    await backend.unbind(endpoint);
    await balance(frontend, backend).stop();
  });
});

describe("a broker that is stopped", () => {
  test("has workers answer what was read, reads no more, and then ends at once", async () => {
    await using between = await broker();
    await using asking = client(between.clientEnd);
    await using worker = await rawWorker(between.workerEnd);
    await asking.sendAll(["1", "2"].map((body) => ["", body]));
    const first = await worker.receive();
    await eventually(() => between.running.stats.waiting === 1);
    const stopping = between.running.stop({ grace: 60_000 });
    await asking.send(["", "3"]);
    await worker.send(answerTo(first, "one"));
    await worker.send(answerTo(await worker.receive(), "two"));
    await stopping;
    expect((await asking.receive()).map(String)).toEqual(["", "one"]);
    expect((await asking.receive()).map(String)).toEqual(["", "two"]);
    expect(between.running.stats).toMatchObject({ given: 2, answered: 2, unanswered: 0, waiting: 0, held: 0 });
    expect(String((await between.frontend.receive()).at(-1))).toBe("3");
  });

  test("gives back what no worker has answered within the grace", async () => {
    await using between = await broker({ grace: 20 });
    await using asking = client(between.clientEnd);
    await using worker = await rawWorker(between.workerEnd);
    await asking.sendAll(["1", "2"].map((body) => ["", body]));
    await worker.receive();
    await eventually(() => between.running.stats.waiting === 1);
    await between.running.stop();
    expect(between.running.stats).toMatchObject({ given: 1, answered: 0, unanswered: 2 });
    for (const body of ["1", "2"]) expect(String((await between.frontend.receive()).at(-1))).toBe(body);
  });

  test("drops replies that clients do not read within force", async () => {
    const dropped: string[] = [];
    await using between = await broker(
      { replyTimeout: 600_000, onUndeliverable: (_, error) => dropped.push(error.message) },
      { sendHighWaterMark: 1 },
    );
    await using worker = await rawWorker(between.workerEnd, "READY 10");
    await using _silent = await silentClient(between.clientEnd, worker);
    await eventually(() => between.running.stats.held === 0);
    await between.running.stop({ grace: 0, force: 20 });
    const { answered, undeliverable, unanswered } = between.running.stats;
    expect(undeliverable).toBeGreaterThan(0);
    expect({ all: answered + undeliverable, unanswered }).toEqual({ all: 10, unanswered: 0 });
    expect(dropped[0]).toContain("the broker shut down, and the client did not read within");
  });
});

describe("a broker with endpoints of its own", () => {
  test("binds them, tells them in their order, and unbinds them in the end", async () => {
    const running = balance("tcp://127.0.0.1:*", ["tcp://127.0.0.1:*", freshInproc()]);
    expect(running.endpoints).toHaveLength(3);
    const [clientEnd, workerEnd] = running.endpoints as [string, string];
    await using asking = client(clientEnd);
    await using worker = await rawWorker(workerEnd);
    await asking.send(["", "question"]);
    await worker.send(answerTo(await worker.receive(), "answer"));
    expect(String((await asking.receive())[1])).toBe("answer");
    await running.stop();
    await using next = new Router();
    const [front, ...back] = running.endpoints as [string, ...string[]];
    next.bindSync(front);
    // The close of a socket that is bound over inproc as well is not watched: libzmq gives its ports back a moment later.
    for (const endpoint of back) await eventually(() => next.bind(endpoint));
  });

  test("counts what is lost with them", async () => {
    const running = balance("tcp://127.0.0.1:*", "tcp://127.0.0.1:*");
    await using asking = client(running.endpoints[0]!);
    await asking.send(["", "nobody answers"]);
    await eventually(() => running.stats.waiting === 1);
    await running.stop({ grace: 0 });
    expect(running.stats).toMatchObject({ unanswered: 1, waiting: 0 });
  });

  test("connects where it is to, with the options of the sockets", async () => {
    await using client = new Dealer({ routingId: "client" });
    await using worker = new Dealer({ receiveTimeout: 100_000 });
    await using running = balance(
      { connect: await client.bind("tcp://127.0.0.1:*") },
      { connect: await worker.bind("tcp://127.0.0.1:*"), socket: { routingId: "broker" } },
    );
    expect(running.endpoints).toEqual([]);
    await client.send(["", "question"]);
    await worker.send(["", "READY"]);
    await worker.send(answerTo(await worker.receive(), "answer"));
    expect(String((await client.receive())[1])).toBe("answer");
  });

  test("leaves nothing open where one can't be bound", async () => {
    await using taken = new Router();
    const endpoint = await taken.bind("tcp://127.0.0.1:*");
    const free = await freshTcp();
    expect(() => balance(free, endpoint)).toThrow(AddressError);
    await using next = new Router();
    await eventually(() => next.bind(free));
    expect(next.endpoints).toEqual([free]);
  });
});
