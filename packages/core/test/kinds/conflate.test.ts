/** The option `conflate`: only the newest message is kept. */

import { fixture, freshInproc, freshTcp, run, spawnProcess } from "@awaitmq/testing";
import { describe, expect, test } from "vitest";
import { Dealer, Publisher, Pull, Push, Router, Subscriber, TimeoutError, XPublisher } from "../../src/index.ts";
import { packed, unpacked } from "../../src/packed.ts";

const inTime = { timeout: 100_000 };
const flood = fixture("two-frames.mjs", import.meta.url);

describe("A socket that receives with conflate", () => {
  test.each([
    ["Subscriber", "Publisher", () => new Subscriber({ conflate: true })],
    ["Pull", "Push", () => new Pull({ conflate: true })],
    ["Dealer", "Router", () => new Dealer({ conflate: true, routingId: "me" })],
  ] as const)("gives whole messages, ever newer ones: a %s that a %s floods", async (_, peer, open) => {
    const endpoint = await freshTcp();
    await using child = spawnProcess(flood, { args: [peer, endpoint] });
    await using socket = open();
    await child.line(/^tcp/);
    if (socket instanceof Subscriber) socket.subscribe("t");
    socket.connect(endpoint);
    let last = -1;
    let skipped = 0;
    for (let count = 0; count < 200; count++) {
      const [topic, value, ...rest] = (await socket.receive(inTime)).map(String);
      expect([topic, value?.[0], rest]).toEqual(["t", "v", []]);
      const number = Number(value?.slice(1));
      expect(number).toBeGreaterThan(last);
      if (last >= 0) skipped += number - last - 1;
      last = number;
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
    expect(skipped).toBeGreaterThan(0);
  });

  test.each([
    ["tcp", freshTcp],
    ["inproc", freshInproc],
  ])("gives the newest of what has come while nobody read, over %s", async (_, fresh) => {
    await using pull = new Pull({ conflate: true });
    await using push = new Push();
    push.connect(await pull.bind(await fresh()));
    // More than fits into the queues: what is old makes room.
    for (let count = 1; count <= 5_000; count++) await push.send(["a", String(count)]);
    for await (const [, value] of pull) if (String(value) === "5000") break;
    await expect(pull.receive({ timeout: 0 })).rejects.toBeInstanceOf(TimeoutError);
    await push.send(["a", "last"]);
    expect((await pull.receive(inTime)).map(String)).toEqual(["a", "last"]);
  });

  test("has all of its subscriptions", async () => {
    await using publisher = new XPublisher();
    await using subscriber = new Subscriber({ conflate: true });
    const topics = Array.from({ length: 50 }, (_, index) => `t${index}.`);
    subscriber.subscribe(...topics);
    subscriber.connect(await publisher.bind("tcp://127.0.0.1:*"));
    void subscriber.receive().catch(() => {});
    const told = new Set<string>();
    while (told.size < topics.length) told.add((await publisher.receive(inTime))[0].subarray(1).toString());
    expect([...told].sort()).toEqual(topics.sort());
  });

  test("gives batches of one message, and puts back no more than one", async () => {
    await using pull = new Pull({ conflate: true });
    await using push = new Push();
    push.connect(await pull.bind("tcp://127.0.0.1:*"));
    const batches = pull.batches();
    for (const value of ["1", "2"]) {
      await push.send(value);
      expect(String((await batches.next()).value)).toBe(value);
    }
    await batches.return?.();
  });

  test("keeps no process", async () => {
    const script = fixture("left-conflating.mjs", import.meta.url);
    expect(await run(script)).toMatchObject({ code: 0, stdout: "2\n" });
  });
});

describe("A socket that sends with conflate", () => {
  test.each([
    ["Push", () => new Push({ conflate: true, linger: 0 })],
    ["Publisher", () => new Publisher({ conflate: true })],
  ])("refuses several frames: a %s", async (_, open) => {
    await using socket = open();
    await expect(socket.send(["topic", "value"])).rejects.toThrow(TypeError);
    await expect(socket.sendAll([["topic", "value"]])).rejects.toThrow("Cannot send 2 frames");
    socket.conflate = false;
    if (socket instanceof Publisher) await socket.send(["topic", "value"]);
  });

  test("sends the newest message of one frame", async () => {
    const endpoint = await freshTcp();
    await using push = new Push({ conflate: true, immediate: false });
    push.connect(endpoint);
    for (let count = 1; count <= 100; count++) await push.send([String(count)]);
    await using pull = new Pull();
    await pull.bind(endpoint);
    expect(String(await pull.receive(inTime))).toBe("100");
  });
});

test("Packed streams refuse a socket with conflate, which would drop frames of many messages", async () => {
  await using push = new Push({ conflate: true });
  await using pull = new Pull({ conflate: true });
  expect(() => packed(push)).toThrow(TypeError);
  expect(() => unpacked(pull)).toThrow(TypeError);
});

test("conflate is true or false", async () => {
  await using router = new Router();
  expect(() => Object.assign(router, { conflate: true })).toThrow(TypeError);
  for (const type of [Pull, Push])
    expect(() => new type({ conflate: 1 as never })).toThrow(
      new TypeError("conflate must be true or false, got number"),
    );
});
