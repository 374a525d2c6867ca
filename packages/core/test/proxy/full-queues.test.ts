/** A proxy with a client that does not read. */

import { setTimeout as sleep } from "node:timers/promises";
import { eventually, FlakyLink, numbers } from "@awaitmq/testing";
import { describe, expect, test } from "vitest";
import {
  Dealer,
  type Message,
  type ProxyOptions,
  Pull,
  Push,
  proxy,
  QueueFullError,
  Router,
  UnroutableError,
} from "../../src/index.ts";
import { oneWay } from "./one-way.ts";

const body = Buffer.alloc(20_000);
const total = 300;
const small = { sendHighWaterMark: 5, receiveHighWaterMark: 5, sendBufferSize: 4_096, receiveBufferSize: 4_096 };
const numberOf = (message: Message) => message[1]!.readUInt32LE();

/** Numbered messages, some 6 MB in all, which no queue of a small socket holds. */
function numbered(count = total): Buffer[] {
  return Array.from({ length: count }, (_, number) => {
    const bytes = Buffer.from(body);
    bytes.writeUInt32LE(number);
    return bytes;
  });
}

/** A proxy whose front is a Router. One of its two clients stops reading at once, and sends nothing more. */
async function withFrozenClient(options: ProxyOptions = {}) {
  const front = new Router({ ...small, linger: 0 });
  const back = new Dealer({ linger: 0 });
  const server = new Dealer({ linger: 0 });
  const frozen = new Dealer({ ...small, routingId: "frozen", linger: 0 });
  const other = new Dealer({ routingId: "other", linger: 0 });
  const link = await FlakyLink.open(await front.bind("tcp://127.0.0.1:*"));
  server.connect(await back.bind("tcp://127.0.0.1:*"));
  frozen.connect(link.address);
  other.connect(front.endpoints[0]!);
  const controller = new AbortController();
  const running = proxy(front, back, { ...options, signal: controller.signal });
  for (const client of [frozen, other]) {
    await client.send("hello");
    await server.receive();
  }
  link.stall();
  const sockets = [front, back, server, frozen, other];
  return {
    front,
    back,
    server,
    frozen,
    other,
    link,
    controller,
    running,
    async [Symbol.asyncDispose]() {
      await Promise.all(sockets.map((socket) => socket.close()));
      await link[Symbol.asyncDispose]();
      await running.done;
    },
  };
}

describe("a client that does not read", () => {
  test("delays no other, and what is more than may wait for it is dropped, reported and counted", async () => {
    const dropped: number[] = [];
    await using all = await withFrozenClient({
      maxQueued: 20,
      onUndeliverable(message, error) {
        expect(error).toBeInstanceOf(QueueFullError);
        expect(error.message).toContain('Cannot send to peer "frozen"');
        dropped.push(numberOf(message));
      },
    });
    for (const [index, bytes] of numbered().entries()) {
      await all.server.send(["frozen", bytes]);
      if (index % 10 === 0) await all.server.send(["other", bytes]);
    }
    for (let number = 0; number < total; number += 10)
      expect((await all.other.receive({ timeout: 100_000 }))[0].readUInt32LE()).toBe(number);

    await eventually(() => dropped.at(-1) === total - 1);
    all.link.resume();
    const passed = numbers(total).filter((number) => !dropped.includes(number));
    for (const number of passed)
      expect((await all.frozen.receive({ timeout: 100_000 }))[0].readUInt32LE()).toBe(number);
    await all.back.close();
    await all.running.done;
    expect(all.running.stats).toEqual({
      forward: 2,
      back: passed.length + total / 10,
      undeliverable: dropped.length,
      uncaptured: 0,
    });
  });

  test("loses nothing when the proxy is aborted: what waited is received again, in order", async () => {
    await using all = await withFrozenClient();
    await all.server.sendAll(numbered().map((bytes) => ["frozen", bytes]));
    await all.server.send(["other", "last"]);
    expect(String(await all.other.receive({ timeout: 100_000 }))).toBe("last");
    all.controller.abort("enough");
    await all.running.done;

    const again: number[] = [];
    const first = numberOf(await all.back.receive({ timeout: 100_000 }));
    for (let number = first + 1; number < total; number++)
      again.push(numberOf(await all.back.receive({ timeout: 100_000 })));
    expect(again).toEqual(Array.from({ length: total - first - 1 }, (_, number) => first + 1 + number));
    all.link.resume();
    for (let number = 0; number < first; number++)
      expect((await all.frozen.receive({ timeout: 100_000 }))[0].readUInt32LE()).toBe(number);
  });

  test("that reads again within the grace of a stop gets what waits for it, and no more is taken", async () => {
    await using all = await withFrozenClient();
    await all.server.sendAll(numbered().map((bytes) => ["frozen", bytes]));
    await all.server.send(["other", "last"]);
    await all.other.receive({ timeout: 100_000 });
    const stopping = all.running.stop({ grace: 20_000 });
    await all.server.send(["other", "too late"]);
    all.link.resume();
    for (let number = 0; number < total; number++)
      expect((await all.frozen.receive({ timeout: 100_000 }))[0].readUInt32LE()).toBe(number);
    await stopping;
    expect(all.running.stats).toMatchObject({ back: total + 1, undeliverable: 0 });
    expect((await all.back.receive({ timeout: 100_000 })).map(String)).toEqual(["other", "too late"]);
  });

  test("that does not within the grace of a stop ends it no later, and what waited is received again", async () => {
    await using all = await withFrozenClient();
    await all.server.sendAll(numbered().map((bytes) => ["frozen", bytes]));
    await all.server.send(["other", "last"]);
    await all.other.receive({ timeout: 100_000 });
    await all.running.stop({ grace: 20 });
    const { back } = all.running.stats;
    // The one for the other passed them.
    const first = back - 1;
    for (let number = first; number < total; number++)
      expect(numberOf(await all.back.receive({ timeout: 100_000 }))).toBe(number);
  });

  test("gets what waits for it later also where the proxy ended since its source closed", async () => {
    await using all = await withFrozenClient();
    await all.server.sendAll(numbered().map((bytes) => ["frozen", bytes]));
    await all.server.send(["other", "last"]);
    await all.other.receive({ timeout: 100_000 });
    await all.back.close();
    await all.running.done;
    all.link.resume();
    for (let number = 0; number < total; number++)
      expect((await all.frozen.receive({ timeout: 100_000 }))[0].readUInt32LE()).toBe(number);
  });

  test("that reads again within its patience loses nothing, and is waited for", async () => {
    await using all = await withFrozenClient({ maxQueued: 1, patience: 20_000 });
    const sending = all.server.sendAll(numbered().map((bytes) => ["frozen", bytes]));
    setTimeout(() => all.link.resume(), 50);
    for (let number = 0; number < total; number++)
      expect((await all.frozen.receive({ timeout: 100_000 }))[0].readUInt32LE()).toBe(number);
    await sending;
    await all.back.close();
    await all.running.done;
    expect(all.running.stats).toMatchObject({ back: total, undeliverable: 0 });
  });

  test("and then goes has its messages counted as undeliverable", async () => {
    const unroutable: number[] = [];
    await using all = await withFrozenClient({
      maxQueued: total,
      onUndeliverable(message, error) {
        expect(error).toBeInstanceOf(UnroutableError);
        unroutable.push(numberOf(message));
      },
    });
    await all.server.sendAll(numbered().map((bytes) => ["frozen", bytes]));
    await all.server.send(["other", "last"]);
    await all.other.receive({ timeout: 100_000 });
    await all.frozen.close();
    await all.link.cut();
    await eventually(() => unroutable.at(-1) === total - 1);
    await all.back.close();
    await all.running.done;
    expect(all.running.stats.undeliverable).toBe(unroutable.length);
    expect(unroutable).toEqual([...unroutable].sort((a, b) => a - b));
  });
});

test("a client that takes a message within its patience again and again, for much longer than that, loses nothing", async () => {
  await using front = new Router({ ...small, linger: 0 });
  await using back = new Pull();
  await using source = new Push();
  await using slow = new Dealer({ ...small, routingId: "slow" });
  source.connect(await back.bind("tcp://127.0.0.1:*"));
  slow.connect(await front.bind("tcp://127.0.0.1:*"));
  await slow.send("here");
  await front.receive();
  const running = proxy(back, front, { maxQueued: 5, patience: 800 });
  const count = 100;
  const sending = source.sendAll(numbered(count).map((bytes) => ["slow", bytes]));
  for (let number = 0; number < count; number++) {
    expect((await slow.receive({ timeout: 100_000 }))[0].readUInt32LE()).toBe(number);
    if (number < 40) await sleep(40);
  }
  await sending;
  await back.close();
  await running.done;
  expect(running.stats).toMatchObject({ forward: count, undeliverable: 0 });
});

test("a worker behind a Router that does not read delays no other", async () => {
  await using front = new Pull();
  await using back = new Router({ ...small, linger: 0 });
  await using source = new Push({ linger: 0 });
  await using frozen = new Dealer({ ...small, routingId: "frozen" });
  await using other = new Dealer({ routingId: "other" });
  source.connect(await front.bind("tcp://127.0.0.1:*"));
  await using link = await FlakyLink.open(await back.bind("tcp://127.0.0.1:*"));
  frozen.connect(link.address);
  other.connect(back.endpoints[0]!);
  await Promise.all([frozen.send("here"), other.send("here")]);
  for (const _ of [1, 2]) await back.receive();
  link.stall();
  const running = proxy(front, back, { maxQueued: 10 });
  await source.sendAll(numbered().map((bytes) => ["frozen", bytes]));
  await source.send(["other", "work"]);
  expect(String(await other.receive({ timeout: 100_000 }))).toBe("work");
  await front.close();
  await running.done;
  const { forward, undeliverable } = running.stats;

  // All but the 10 that may wait, of which the link may still take some.
  expect(undeliverable).toBeGreaterThan(total / 2);
  expect(forward + undeliverable).toBeGreaterThanOrEqual(total + 1 - 10);
  expect(forward + undeliverable).toBeLessThanOrEqual(total + 1);
});

test("a capture that nobody reads does not stop the proxy: it misses what is more than may wait for it", async () => {
  let missed = 0;
  await using capture = new Push({ linger: 0 });
  await using sockets = await oneWay();
  const { front, back, push: source } = sockets;
  await using sink = new Pull();
  sink.connect(back.endpoints[0]!);
  await capture.bind("tcp://127.0.0.1:*");
  const running = proxy(front, back, { capture, maxQueued: 10, patience: 50, onUndeliverable: () => missed++ });
  const sending = source.sendAll(Array.from({ length: 100 }, (_, number) => String(number)));
  for (let number = 0; number < 100; number++)
    expect(String(await sink.receive({ timeout: 100_000 }))).toBe(String(number));
  await sending;
  await front.close();
  await running.done;
  expect(running.stats).toEqual({ forward: 100, back: 0, undeliverable: 0, uncaptured: 90 });
  expect(missed).toBe(90);

  await using captured = new Pull();
  captured.connect(capture.endpoints[0]!);
  for (let number = 0; number < 10; number++)
    expect(String(await captured.receive({ timeout: 100_000 }))).toBe(String(number));
});
