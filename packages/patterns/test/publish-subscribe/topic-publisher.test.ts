/** Waiting for subscribers: which count, and how a wait ends. */

import { ClosedError, Subscriber, TimeoutError, XPublisher, XSubscriber } from "@awaitmq/core";
import { eventually, fixture, freshInproc, freshIpc, freshTcp, run } from "@awaitmq/testing";
import { describe, expect, test } from "vitest";
import { json, subscribe, TopicPublisher, text } from "../../src/index.ts";
import { countOf, deadline, eventuallyCounts } from "./counts.ts";

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

test("a wait for subscribers is longer than the socket's receiveTimeout", async () => {
  await using xpublisher = new XPublisher({ receiveTimeout: 5 });
  const publisher = new TopicPublisher(xpublisher, { codec: text });
  const error: unknown = await publisher.subscribed("a", { timeout: 60 }).catch((reason) => reason);
  expect(String(error)).toContain("after 60 ms");
});
