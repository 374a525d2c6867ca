import { ClosedError, QueueFullError, Subscriber, TimeoutError, XPublisher, XSubscriber } from "@awaitmq/core";
import { eventually, fixture, freshInproc, freshIpc, freshTcp, numbers, run } from "@awaitmq/testing";
import * as v from "valibot";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import { CodecError, json, SchemaError, subscribe, TopicPublisher, text } from "../../src/index.ts";

const deadline = { timeout: 100_000 };

/** How many subscriptions take the topic now. */
async function countOf(publisher: TopicPublisher<string>, topic: string): Promise<number> {
  for (let count = 1; ; count++) {
    try {
      await publisher.subscribed(topic, { count, timeout: 0 });
    } catch (error) {
      expect(error).toBeInstanceOf(TimeoutError);
      return count - 1;
    }
  }
}

async function eventuallyCounts(publisher: TopicPublisher<string>, topic: string, count: number): Promise<void> {
  await eventually(async () => (await countOf(publisher, topic)) === count, { message: `${topic} never had ${count}` });
}

describe("after subscribed() the first message arrives, on 20 fresh pairs", () => {
  test.each([
    ["tcp", freshTcp],
    ["ipc", freshIpc],
    ["inproc", freshInproc],
  ])("over %s", async (_, fresh) => {
    for (let round = 0; round < 20; round++) {
      await using xpublisher = new XPublisher();
      await using subscriber = new Subscriber();
      const publisher = new TopicPublisher(xpublisher, { codec: json });
      const endpoint = await xpublisher.bind(await fresh());
      const messages = subscribe(subscriber, ["prices."], { codec: json });
      subscriber.connect(endpoint);
      await publisher.subscribed("prices.", deadline);
      await publisher.publish("prices.EUR", { bid: round });
      expect(await messages.next()).toEqual({ value: { topic: "prices.EUR", value: { bid: round } }, done: false });
      await messages.return();
    }
  });

  test("where the subscriber binds and the publisher connects", async () => {
    for (let round = 0; round < 20; round++) {
      await using xpublisher = new XPublisher();
      await using subscriber = new Subscriber();
      const publisher = new TopicPublisher(xpublisher, { codec: text });
      const messages = subscribe(subscriber, [""], { codec: text });
      const first = messages.next();
      xpublisher.connect(await subscriber.bind("tcp://127.0.0.1:*"));
      await publisher.subscribed("", deadline);
      await publisher.publish("", "first");
      expect((await first).value).toEqual({ topic: "", value: "first" });
    }
  });
});

test("the second subscriber to the same topic counts too, and all get the first message", async () => {
  await using xpublisher = new XPublisher();
  const publisher = new TopicPublisher(xpublisher, { codec: text });
  const endpoint = await xpublisher.bind("tcp://127.0.0.1:*");
  const waiting = publisher.subscribed("prices.EUR", { count: 5, ...deadline });
  const subscribers = Array.from({ length: 5 }, () => new Subscriber());
  const first = subscribers.map(async (subscriber) => {
    subscriber.connect(endpoint);
    for await (const { value } of subscribe(subscriber, ["prices."], { codec: text })) return value;
    return undefined;
  });
  await waiting;
  await publisher.publish("prices.EUR", "first");
  expect(await Promise.all(first)).toEqual(Array(5).fill("first"));
  await Promise.all(subscribers.map((subscriber) => subscriber.close()));
});

test("those count whose prefix the topic begins with", async () => {
  await using xpublisher = new XPublisher();
  await using everything = new Subscriber();
  await using prices = new Subscriber();
  await using euro = new Subscriber();
  const publisher = new TopicPublisher(xpublisher, { codec: text });
  const endpoint = await xpublisher.bind("tcp://127.0.0.1:*");
  everything.subscribe("");
  prices.subscribe("prices.é");
  euro.subscribe("prices.éEUR");
  for (const subscriber of [everything, prices, euro]) subscriber.connect(endpoint);
  await publisher.subscribed("prices.éEUR.bid", { count: 3, ...deadline });
  expect(await countOf(publisher, "prices.éEUR")).toBe(3);
  expect(await countOf(publisher, "prices.é")).toBe(2);
  expect(await countOf(publisher, "prices.")).toBe(1);
  expect(await countOf(publisher, "")).toBe(1);
});

test("one that unsubscribes counts no longer, while another with the same prefix stays", async () => {
  await using xpublisher = new XPublisher();
  await using one = new Subscriber();
  await using other = new Subscriber();
  const publisher = new TopicPublisher(xpublisher, { codec: text });
  const endpoint = await xpublisher.bind("tcp://127.0.0.1:*");
  one.subscribe("a");
  other.subscribe("a");
  one.connect(endpoint);
  other.connect(endpoint);
  await publisher.subscribed("a", { count: 2, ...deadline });
  one.unsubscribe("a");
  await eventuallyCounts(publisher, "a", 1);
  await other.close();
  await eventuallyCounts(publisher, "a", 0);
});

test("a peer that sends what is no subscription, or takes back what it never had, changes nothing", async () => {
  await using xpublisher = new XPublisher();
  await using liar = new XSubscriber();
  const publisher = new TopicPublisher(xpublisher, { codec: text });
  liar.connect(await xpublisher.bind("tcp://127.0.0.1:*"));
  for (const message of ["hello", Buffer.from([2, 97]), Buffer.from([0, 97]), null, Buffer.from([1, 98])])
    await liar.send(message);
  await publisher.subscribed("b", deadline);
  expect(await countOf(publisher, "a")).toBe(0);
  await liar.send(Buffer.from([1, 97]));
  await publisher.subscribed("a", deadline);
  expect(await countOf(publisher, "a")).toBe(1);
});

test("concurrent waits, also by several publishers on one socket, all see every subscription", async () => {
  await using xpublisher = new XPublisher();
  const publishers = Array.from({ length: 3 }, () => new TopicPublisher(xpublisher, { codec: text }));
  const endpoint = await xpublisher.bind("tcp://127.0.0.1:*");
  const waits = publishers.flatMap((publisher) =>
    ["a", "b", "c"].flatMap((topic) => [1, 2].map((count) => publisher.subscribed(topic, { count, ...deadline }))),
  );
  await using one = new Subscriber();
  await using other = new Subscriber();
  for (const subscriber of [one, other]) {
    subscriber.connect(endpoint);
    subscriber.subscribe("a", "b", "c");
  }
  await Promise.all(waits);
});

describe("a wait for subscribers is given up", () => {
  test("after its timeout, telling what it found", async () => {
    await using xpublisher = new XPublisher();
    const publisher = new TopicPublisher(xpublisher, { codec: text });
    const error: unknown = await publisher.subscribed("a", { timeout: 20 }).catch((reason) => reason);
    expect(error).toBeInstanceOf(TimeoutError);
    expect((error as Error).message).toBe('Topic "a" had 0 of 1 subscriptions after 20 ms');
  });

  test("by its signal, before or during it, with the signal's reason; the next wait goes on as ever", async () => {
    await using xpublisher = new XPublisher();
    await using subscriber = new Subscriber();
    const publisher = new TopicPublisher(xpublisher, { codec: text });
    const reason = new Error("enough");
    await expect(publisher.subscribed("a", { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
    const stop = new AbortController();
    const waits = Array.from({ length: 20 }, () => publisher.subscribed("a", { signal: stop.signal }));
    const rejected = expect(Promise.any(waits)).rejects.toMatchObject({ errors: Array(20).fill(reason) });
    setImmediate(() => stop.abort(reason));
    await rejected;
    const next = publisher.subscribed("a", deadline);
    subscriber.subscribe("a");
    subscriber.connect(await xpublisher.bind("tcp://127.0.0.1:*"));
    await next;
  });

  test("when the socket closes, with a ClosedError", async () => {
    const xpublisher = new XPublisher();
    const publisher = new TopicPublisher(xpublisher, { codec: text });
    const waiting = publisher.subscribed("a");
    const rejected = expect(waiting).rejects.toBeInstanceOf(ClosedError);
    setImmediate(() => void xpublisher.close());
    await rejected;
    await expect(publisher.subscribed("a")).rejects.toBeInstanceOf(ClosedError);
    await expect(publisher.publish("a", "b")).rejects.toBeInstanceOf(ClosedError);
  });
});

test("subscriptions that nobody waits for do not pile up in a publisher that publishes", async () => {
  await using xpublisher = new XPublisher();
  await using subscriber = new XSubscriber({ sendHighWaterMark: 0 });
  const publisher = new TopicPublisher(xpublisher, { codec: text });
  subscriber.connect(await xpublisher.bind("tcp://127.0.0.1:*"));
  for (let round = 0; round < 20_000; round++) await subscriber.send(Buffer.from(`\u0001topic ${round % 100}`));
  await subscriber.send(Buffer.from("\u0001end"));
  await eventually(async () => {
    await publisher.publish("end", "");
    return (await subscriber.receive({ timeout: 0 }).catch(() => undefined)) !== undefined;
  });
  // All have come. What the publisher left unread so far is read here, one at a time.
  let unread = -1;
  await eventually(async () => {
    unread += 1;
    await publisher.publish("nobody", "");
    return xpublisher.receive({ timeout: 0 }).then(
      () => false,
      () => true,
    );
  });
  expect(unread).toBeLessThan(500);
});

test.each([
  ["published", []],
  ["subscribed", []],
  ["timeout", ["ERR_TIMEOUT"]],
  ["abort", ["enough"]],
  ["left", []],
])("a program ends by itself when nobody waits any more: %s", async (way, lines) => {
  const { code, stdout, stderr } = await run(fixture("topic-ends.mjs", import.meta.url), { args: [way] });
  expect({ code, stderr, lines: stdout.trim().split("\n") }).toEqual({
    code: 0,
    stderr: "",
    lines: [...lines, "last statement"],
  });
});

describe("publish", () => {
  test("refuses a topic that has no bytes of its own, and a value by its codec or schema, before anything is sent", async () => {
    await using xpublisher = new XPublisher();
    await using subscriber = new Subscriber();
    const schema = z.object({ bid: z.number() });
    const publisher = new TopicPublisher(xpublisher, { codec: json, schema });
    const circular = new TopicPublisher<unknown>(xpublisher, { codec: json });
    const messages = subscribe(subscriber, [""], { codec: json });
    subscriber.connect(await xpublisher.bind("tcp://127.0.0.1:*"));
    await publisher.subscribed("", deadline);
    await expect(publisher.publish("\ud83d", { bid: 1 })).rejects.toBeInstanceOf(TypeError);
    await expect(publisher.publish(5 as never, { bid: 1 })).rejects.toBeInstanceOf(TypeError);
    const refusal: unknown = await publisher.publish("a", { bid: "1" } as never).catch((error) => error);
    expect(refusal).toBeInstanceOf(SchemaError);
    expect((refusal as SchemaError).issues[0]?.path).toEqual(["bid"]);
    await expect(circular.publish("a", 1n)).rejects.toBeInstanceOf(CodecError);
    await publisher.publish("a", { bid: 1 });
    expect((await messages.next()).value).toEqual({ topic: "a", value: { bid: 1 } });
  });

  test("sends concurrent values in the order of the calls, also when an asynchronous schema takes its time or refuses", async () => {
    await using xpublisher = new XPublisher();
    await using subscriber = new Subscriber();
    const checks: (() => void)[] = [];
    const check = (value: number) => new Promise<boolean>((resolve) => checks.push(() => resolve(value !== 13)));
    const schema = v.pipeAsync(v.number(), v.checkAsync(check, "unlucky"));
    const publisher = new TopicPublisher(xpublisher, { codec: json, schema });
    const messages = subscribe(subscriber, [""], { codec: json });
    subscriber.connect(await xpublisher.bind("tcp://127.0.0.1:*"));
    await publisher.subscribed("", deadline);
    const stop = new AbortController();
    const signals = new Map([[7, stop.signal]]);
    const published = Array.from({ length: 20 }, (_, n) => {
      const signal = signals.get(n);
      return publisher.publish("n", n, signal && { signal });
    });
    const outcomes = Promise.allSettled(published);
    stop.abort("seven");
    await eventually(() => checks.length === 20);
    while (checks.length > 0) checks.pop()?.();
    const settled = await outcomes;
    expect(settled.flatMap(({ status }, n) => (status === "rejected" ? n : []))).toEqual([7, 13]);
    expect(settled[7]).toMatchObject({ reason: "seven" });
    expect(settled[13]).toMatchObject({ reason: { code: "ERR_SCHEMA" } });
    const arrived: unknown[] = [];
    for await (const { value } of messages) if (arrived.push(value) === 18) break;
    expect(arrived).toEqual(numbers(20).filter((n) => n !== 7 && n !== 13));
  });

  test("holds no more values than maxPendingSends while they are checked", async () => {
    await using xpublisher = new XPublisher({ maxPendingSends: 3 });
    const open: (() => void)[] = [];
    const check = () => new Promise<boolean>((resolve) => open.push(() => resolve(true)));
    const schema = v.pipeAsync(v.number(), v.checkAsync(check));
    const publisher = new TopicPublisher(xpublisher, { codec: json, schema });
    const published = Array.from({ length: 5 }, (_, n) => publisher.publish("n", n));
    const outcomes = Promise.allSettled(published);
    await eventually(() => open.length === 3);
    for (const finish of open) finish();
    const settled = await outcomes;
    expect(settled.map(({ status }) => status)).toEqual([
      "fulfilled",
      "fulfilled",
      "fulfilled",
      "rejected",
      "rejected",
    ]);
    expect(settled[4]).toMatchObject({ reason: expect.any(QueueFullError) });
  });
});

test("a closed socket is refused with a ClosedError", async () => {
  const xpublisher = new XPublisher();
  await xpublisher.close();
  expect(() => new TopicPublisher(xpublisher, { codec: text })).toThrow(ClosedError);
});

test("a wait for subscribers is longer than the socket's receiveTimeout", async () => {
  await using xpublisher = new XPublisher({ receiveTimeout: 5 });
  const publisher = new TopicPublisher(xpublisher, { codec: text });
  const error: unknown = await publisher.subscribed("a", { timeout: 60 }).catch((reason) => reason);
  expect(String(error)).toContain("after 60 ms");
});

test("a socket of another type, a codec that can't encode and impossible options are refused", async () => {
  await using xpublisher = new XPublisher();
  await using subscriber = new Subscriber();
  expect(() => new TopicPublisher(subscriber as never, { codec: text })).toThrow(TypeError);
  expect(() => new TopicPublisher(xpublisher, { codec: {} as never })).toThrow(TypeError);
  expect(() => new TopicPublisher(xpublisher, { codec: json, schema: {} as never })).toThrow(TypeError);
  const publisher = new TopicPublisher(xpublisher, { codec: text });
  for (const count of [0, 1.5, Number.NaN])
    await expect(publisher.subscribed("a", { count })).rejects.toBeInstanceOf(RangeError);
  await expect(publisher.subscribed("a", { count: "2" as never })).rejects.toBeInstanceOf(TypeError);
  await expect(publisher.subscribed("a", { timeout: -1 })).rejects.toBeInstanceOf(RangeError);
  await expect(publisher.subscribed("a", { signal: {} as never })).rejects.toBeInstanceOf(TypeError);
});
