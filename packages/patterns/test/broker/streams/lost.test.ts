/** A worker, a client or the broker that is killed in the midst of a stream. */

import { Router } from "@awaitmq/core";
import { eventually, FlakyLink, fixture, spawnProcess } from "@awaitmq/testing";
import { afterEach, expect, test } from "vitest";
import { balance, DisconnectedError } from "../../../src/index.ts";
import { messageTypes } from "../../../src/wire/envelope.ts";
import { aborted } from "../../request-reply/pair.ts";
import { HandClient } from "../../request-reply/streams/by-hand.ts";
import { readAll, take } from "../../request-reply/streams/reading.ts";
import { countsOf } from "../counts.ts";
import { brokered, client, closeAll, opens, worker } from "./scene.ts";

afterEach(closeAll);

const child = (name: string, ...args: string[]) => spawnProcess(fixture(name, import.meta.url), { args });

/** What the handlers of a worker were told, and how many have finished. */
function streaming() {
  const reasons: unknown[] = [];
  let finished = 0;
  async function* handler(_: unknown, { signal }: { readonly signal: AbortSignal }) {
    try {
      yield "one";
      reasons.push(await aborted(signal));
    } finally {
      finished += 1;
    }
  }
  return { handler, reasons, finished: () => finished };
}

test("a stream whose worker is killed after the first item throws DisconnectedError, and no other worker gets it", async () => {
  const { running, clientEnd, workerEnd } = brokered();
  await using killed = child("streaming-worker.mjs", workerEnd, "once");
  const asking = client(clientEnd);
  const stream = asking.stream("stream");
  expect(await take(stream, 1)).toEqual(["one"]);
  const { handler, finished } = streaming();
  worker(workerEnd, handler);
  killed.kill("SIGKILL");
  const { items, error } = await readAll(stream);
  expect(items).toEqual([]);
  expect(error).toBeInstanceOf(DisconnectedError);
  const next = asking.stream("another");
  expect(await take(next, 1)).toEqual(["one"]);
  await next.return();
  expect(finished()).toBe(1);
  await countsOf(running, { given: 2, takenBack: 0, held: 0 });
});

test("a stream whose worker is killed before it has answered goes to another", async () => {
  const { running, clientEnd, workerEnd } = brokered();
  await using killed = child("streaming-worker.mjs", workerEnd, "block");
  const stream = client(clientEnd).stream("stream");
  const first = stream.next();
  await killed.line("begun stream");
  const { handler } = streaming();
  worker(workerEnd, handler);
  killed.kill("SIGKILL");
  expect(String((await first).value?.[0])).toBe("one");
  await countsOf(running, { given: 2, takenBack: 1 });
  await stream.return();
});

test("a stream that was left before its worker had answered goes to no other when that is killed", async () => {
  const { running, clientEnd, workerEnd } = brokered();
  await using killed = child("streaming-worker.mjs", workerEnd, "block");
  const asking = client(clientEnd);
  const stream = asking.stream("stream", { grace: 100_000 });
  void stream.next();
  await killed.line("begun stream");
  const seen: string[] = [];
  worker(workerEnd, ([what]) => {
    seen.push(String(what));
    return "reply";
  });
  const left = stream.return();
  // The broker has read the cancellation before this.
  await asking.request("request");
  killed.kill("SIGKILL");
  await left;
  await eventually(() => running.stats.held === 0);
  expect(seen).toEqual(["request"]);
  await countsOf(running, { given: 2, takenBack: 0, waiting: 0 });
});

test("a client that is killed has its stream's handler finish, and the slot is free", async () => {
  const { clientEnd, workerEnd, running } = brokered();
  const { handler, reasons, finished } = streaming();
  const serving = worker(workerEnd, handler);
  await using killed = child("streaming-client.mjs", clientEnd);
  await killed.line("read one");
  const waiting = client(clientEnd).stream("next");
  const next = take(waiting, 1);
  await eventually(() => running.stats.waiting === 1);
  killed.kill("SIGKILL");
  await eventually(() => finished() === 1);
  expect(reasons).toEqual([expect.objectContaining({ code: "ERR_CANCELLED" })]);
  expect(await next).toEqual(["one"]);
  await waiting.return();
  await eventually(() => serving.stats.running === 0);
});

test("a client that is killed while its stream waits for a worker takes that out of the queue", async () => {
  const { clientEnd, running, workerEnd } = brokered();
  await using killed = child("streaming-client.mjs", clientEnd);
  await eventually(() => running.stats.waiting === 1);
  killed.kill("SIGKILL");
  await eventually(() => running.stats.waiting === 0);
  const { handler, finished } = streaming();
  worker(workerEnd, handler);
  const stream = client(clientEnd).stream("stream");
  expect(await take(stream, 1)).toEqual(["one"]);
  await stream.return();
  expect(finished()).toBe(1);
});

test("a link that falls silent ends the stream at both ends, and the worker serves on when it is back", async () => {
  const { clientEnd, workerEnd } = brokered({ linkTimeout: 1_000 });
  await using link = await FlakyLink.open(workerEnd);
  const { handler, reasons, finished } = streaming();
  worker(link.address, handler);
  const asking = client(clientEnd);
  const stream = asking.stream("stream");
  expect(await take(stream, 1)).toEqual(["one"]);
  // A ping tells the worker how long it may wait for the next.
  const { relayed } = link;
  await eventually(() => link.relayed > relayed + 20);
  link.stall();
  expect((await readAll(stream)).error).toBeInstanceOf(DisconnectedError);
  await eventually(() => finished() === 1);
  expect(reasons).toEqual([expect.any(DisconnectedError)]);
  link.resume();
  const next = asking.stream("next");
  expect(await take(next, 1)).toEqual(["one"]);
  await next.return();
});

test("a broker that is killed ends the handler, and the client's loop with DisconnectedError", async () => {
  await using broker = child("broker.mjs");
  const [clientEnd, workerEnd] = (await broker.line("tcp://")).split(" ") as [string, string];
  const { handler, reasons, finished } = streaming();
  const serving = worker(workerEnd, handler);
  const stream = client(clientEnd).stream("stream");
  expect(await take(stream, 1)).toEqual(["one"]);
  broker.kill("SIGKILL");
  const { error } = await readAll(stream);
  expect(error).toBeInstanceOf(DisconnectedError);
  await eventually(() => finished() === 1);
  expect(reasons).toEqual([expect.any(DisconnectedError)]);
  await eventually(() => serving.stats.running === 0);
});

test("a frontend that was bound before has its clients probed, as libzmq does not report those that disconnect", async () => {
  const frontend = opens(new Router());
  const clientEnd = await frontend.bind("tcp://127.0.0.1:*");
  const running = opens(balance(frontend, "tcp://127.0.0.1:*", { grace: 0 }));
  const { handler, finished } = streaming();
  worker(running.endpoints.at(-1) as string, handler);
  const one = new HandClient(clientEnd);
  await one.open({ request: 1 });
  expect((await one.answer(1)).flags).toBe(0);
  const waits = new HandClient(clientEnd);
  await waits.open({ request: 1 });
  await eventually(() => running.stats.waiting === 1);
  await waits[Symbol.asyncDispose]();
  await eventually(() => running.stats.waiting === 0);
  await one[Symbol.asyncDispose]();
  await eventually(() => finished() === 1);
  await using stays = new HandClient(clientEnd);
  await stays.open({ request: 1 });
  // Its items are the last thing before the first probe.
  const seen = new Set<number>();
  while (!seen.has(messageTypes.probe)) seen.add((await stays.next()).type);
  expect(seen).toContain(messageTypes.items);
  await stays.post(1, messageTypes.cancel);
  expect((await stays.answer(1)).type).toBe(messageTypes.end);
  await eventually(() => running.stats.held === 0);
});
