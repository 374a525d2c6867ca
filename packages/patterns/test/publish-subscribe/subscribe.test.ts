/** What a subscription takes, and the sockets and options that it takes. */

import { Publisher, Subscriber, TimeoutError, XPublisher } from "@awaitmq/core";
import { describe, expect, test } from "vitest";
import { json, subscribe, TopicPublisher, text } from "../../src/index.ts";
import { deadline, pair, take } from "./subscribing.ts";

test("3 000 filters all take what is published under them", async () => {
  // The publisher drops at its high-water mark, which a reader on a busy machine may let it reach.
  await using it = await pair({ sendHighWaterMark: 0 });
  const topics = Array.from({ length: 3_000 }, (_, index) => `t${index}.`);
  const reading = take(subscribe(it.subscriber, topics, { codec: text }), topics.length);
  for (const topic of topics) await it.scene.subscribed(topic, deadline);
  for (const topic of topics) await it.scene.publish(topic, "");
  expect((await reading).map(({ topic }) => topic)).toEqual(topics);
});

test("A Subscriber with conflate gives the newest value, whole", async () => {
  await using publisher = new XPublisher();
  await using subscriber = new Subscriber({ conflate: true });
  const prices = new TopicPublisher<number>(publisher, { codec: json });
  subscriber.connect(await publisher.bind("tcp://127.0.0.1:*"));
  const reading = subscribe(subscriber, ["p.", "q."], { codec: json });
  for (const topic of ["p.", "q."]) await prices.subscribed(topic, deadline);
  for (let value = 1; value <= 100; value++) await prices.publish(value % 2 === 0 ? "p.EUR" : "q.EUR", value);
  for await (const message of reading) {
    expect(message.topic).toBe(Number(message.value) % 2 === 0 ? "p.EUR" : "q.EUR");
    if (message.value === 100) break;
  }
});

describe("filters", () => {
  const topics = ["news", "prices", "pricesOld", "prices.EUR", "price", "prices.é", "", "end"];

  test.each<[string, string[], "prefix" | "segments" | undefined, string[]]>([
    ["by prefix", ["prices"], undefined, ["prices", "pricesOld", "prices.EUR", "prices.é"]],
    [
      "by several prefixes, also such as cover each other",
      ["prices.", "prices.é", "news"],
      "prefix",
      ["news", "prices.EUR", "prices.é"],
    ],
    ["by whole segments", ["prices"], "segments", ["prices", "prices.EUR", "prices.é"]],
    ["for everything, the empty topic too", [""], undefined, topics.slice(0, -1)],
    ["for everything by segments", [""], "segments", topics.slice(0, -1)],
  ])("%s", async (_, filters, match, expected) => {
    await using at = await pair();
    const stream = subscribe(at.subscriber, [...filters, "end"], { codec: text, match });
    await at.scene.subscribed(filters[0] ?? "", deadline);
    await at.scene.subscribed("end", deadline);
    for (const topic of topics) await at.scene.publish(topic, `about ${topic}`);
    const taken: string[] = [];
    for await (const { topic, value } of stream) {
      expect(value).toBe(`about ${topic}`);
      if (topic === "end") break;
      taken.push(topic);
    }
    expect(taken).toEqual(expected);
  });
});

test("a loop drops what only other subscriptions of the socket take", async () => {
  await using at = await pair();
  at.subscriber.subscribe("own");
  const stream = subscribe(at.subscriber, ["a"], { codec: text });
  await at.scene.subscribed("own", deadline);
  await at.scene.subscribed("a", deadline);
  await at.scene.publish("own", "1");
  await at.scene.publish("a", "2");
  expect(await take(stream, 1)).toEqual([{ topic: "a", value: "2" }]);
});

test("a plain Publisher is read as well", async () => {
  await using publisher = new Publisher();
  await using subscriber = new Subscriber();
  const stream = subscribe(subscriber, ["a"], { codec: json });
  subscriber.connect(await publisher.bind("tcp://127.0.0.1:*"));
  await publisher.ready(deadline);
  await publisher.send(["a", "[1]"]);
  expect(await take(stream, 1)).toEqual([{ topic: "a", value: [1] }]);
});

test("a socket of another type, or one that inverts its filters, and impossible options are refused, and nothing is left of them", async () => {
  await using at = await pair();
  await using inverted = new Subscriber({ invertMatching: true });
  expect(() => subscribe(at.xpublisher as never, ["a"], { codec: text })).toThrow(TypeError);
  expect(() => subscribe(inverted, ["a"], { codec: text })).toThrow(TypeError);
  expect(() => subscribe(at.subscriber, [], { codec: text })).toThrow(TypeError);
  expect(() => subscribe(at.subscriber, ["a"], {} as never)).toThrow("codec must have a function decode");
  expect(() => subscribe(at.subscriber, ["a"], { codec: text, match: "glob" as never })).toThrow(
    "match must be 'prefix' or 'segments', got 'glob'",
  );
  expect(() =>
    subscribe({ bind: "tcp://127.0.0.1:*", socket: { invertMatching: true } }, ["a"], { codec: text }),
  ).toThrow("without invertMatching");
  expect(() => subscribe(at.subscriber, ["a"], { codec: text, schema: {} as never })).toThrow(TypeError);
  expect(() => subscribe(at.subscriber, ["a"], { codec: text, signal: {} as never })).toThrow(TypeError);
  const stream = subscribe(at.subscriber, ["b"], { codec: text });
  await at.scene.subscribed("b", deadline);
  await expect(at.scene.subscribed("a", { timeout: 0 })).rejects.toBeInstanceOf(TimeoutError);
  await stream.return();
});
