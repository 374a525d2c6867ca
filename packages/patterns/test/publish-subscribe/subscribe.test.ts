import { ClosedError, type Message, Publisher, Subscriber, TimeoutError, XPublisher } from "@awaitmq/core";
import { eventually } from "@awaitmq/testing";
import { pack, unpack } from "msgpackr";
import * as v from "valibot";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import {
  bytes,
  type Codec,
  CodecError,
  codec,
  InUseError,
  json,
  SchemaError,
  subscribe,
  type TopicMessage,
  TopicPublisher,
  text,
} from "../../src/index.ts";

const deadline = { timeout: 100_000 };

interface Pair extends AsyncDisposable {
  readonly xpublisher: XPublisher;
  readonly subscriber: Subscriber;
  /** For setting the scene: waits for subscriptions. */
  readonly scene: TopicPublisher<string>;
}

async function pair(options: ConstructorParameters<typeof XPublisher>[0] = {}): Promise<Pair> {
  const xpublisher = new XPublisher(options);
  const subscriber = new Subscriber();
  const scene = new TopicPublisher(xpublisher, { codec: text });
  subscriber.connect(await xpublisher.bind("tcp://127.0.0.1:*"));
  return {
    xpublisher,
    subscriber,
    scene,
    async [Symbol.asyncDispose]() {
      await Promise.all([xpublisher.close(), subscriber.close()]);
    },
  };
}

async function take<T>(stream: AsyncIterable<TopicMessage<T>>, count: number): Promise<TopicMessage<T>[]> {
  const taken: TopicMessage<T>[] = [];
  for await (const message of stream) if (taken.push(message) === count) break;
  return taken;
}

async function untilNobody(publisher: TopicPublisher<string>, topic: string): Promise<void> {
  await eventually(async () => {
    const error: unknown = await publisher.subscribed(topic, { timeout: 0 }).catch((reason) => reason);
    return error instanceof TimeoutError;
  });
}

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

describe("codecs", () => {
  async function pass<T>(of: Codec<T>, value: T): Promise<TopicMessage<T>> {
    await using at = await pair();
    const publisher = new TopicPublisher<T>(at.xpublisher, { codec: of });
    const stream = subscribe<T>(at.subscriber, [""], { codec: of });
    await publisher.subscribed("", deadline);
    await publisher.publish("topic", value);
    const [message] = await take(stream, 1);
    return message!;
  }

  test("json, text and bytes, which gives a Buffer", async () => {
    expect(await pass(json, { bid: [1.1, null, "é"] })).toEqual({ topic: "topic", value: { bid: [1.1, null, "é"] } });
    expect(await pass(text, "")).toEqual({ topic: "topic", value: "" });
    const { value } = await pass<Buffer>(bytes, Buffer.from([1, 0, 255]));
    expect(Buffer.isBuffer(value)).toBe(true);
    expect(value).toEqual(Buffer.from([1, 0, 255]));
  });

  test("msgpackr", async () => {
    const value = { bid: 1.1, at: new Date(5), raw: Buffer.from([0, 255]), big: 2n ** 60n };
    expect((await pass(codec<unknown>(pack, unpack), value)).value).toEqual(value);
  });

  test("one of one's own with several frames a value, of which some are empty", async () => {
    const frames: Codec<Buffer[]> = { encode: (value) => value, decode: (message) => message };
    const value = ["", "a", "", "bc"].map((frame) => Buffer.from(frame));
    expect((await pass(frames, value)).value).toEqual(value);
  });

  test("memory may be reused at once after publish was called", async () => {
    await using at = await pair();
    const publisher = new TopicPublisher(at.xpublisher, { codec: bytes });
    const stream = subscribe(at.subscriber, [""], { codec: bytes });
    await publisher.subscribed("", deadline);
    const memory = Buffer.alloc(10_000);
    const published = Array.from({ length: 100 }, (_, n) => publisher.publish("n", memory.fill(n)));
    await Promise.all(published);
    const taken = await take(stream, 100);
    expect(taken.map(({ value }, n) => value.equals(Buffer.alloc(10_000, n))).every(Boolean)).toBe(true);
  });
});

describe("schemas", () => {
  test.each([
    ["zod", z.object({ bid: z.string().transform(Number), tags: z.array(z.string()).default([]) })],
    ["valibot", v.object({ bid: v.pipe(v.string(), v.transform(Number)), tags: v.optional(v.array(v.string()), []) })],
    [
      "an asynchronous one",
      z.object({ bid: z.string().transform(async (bid) => Number(bid)), tags: z.array(z.string()).default([]) }),
    ],
  ])("the input type travels and the output type arrives: %s", async (_, schema) => {
    await using at = await pair();
    const publisher = new TopicPublisher<{ bid: string }>(at.xpublisher, { codec: json, schema });
    const raw = subscribe(at.subscriber, [""], { codec: json });
    await publisher.subscribed("", deadline);
    await publisher.publish("a", { bid: "1.5" });
    expect(await take(raw, 1)).toEqual([{ topic: "a", value: { bid: "1.5" } }]);
    // The publisher may still know of the subscription that has just ended, and not yet of the next.
    await untilNobody(at.scene, "");
    const checked = subscribe(at.subscriber, [""], { codec: json, schema });
    await publisher.subscribed("", deadline);
    await publisher.publish("a", { bid: "1.5" });
    expect(await take(checked, 1)).toEqual([{ topic: "a", value: { bid: 1.5, tags: [] } }]);
  });

  test("concurrent calls of next get the messages in order, whichever is checked first, and those left out confuse nothing", async () => {
    await using at = await pair();
    const schema = z.coerce.number().refine(async (value) => {
      if (value % 2 === 0) await new Promise(setImmediate);
      return value % 5 !== 0;
    });
    const stream = subscribe(at.subscriber, ["n"], { codec: text, schema, match: "segments", onInvalid: () => {} });
    const numbers = Array.from({ length: 16 }, () => stream.next());
    await at.scene.subscribed("n", deadline);
    for (let n = 0; n < 20; n++) {
      await at.scene.publish("nothing", "0");
      await at.scene.publish("n", `${n}`);
    }
    const values = (await Promise.all(numbers)).map(({ value }) => value?.value);
    expect(values).toEqual(Array.from({ length: 20 }, (_, n) => n).filter((n) => n % 5 !== 0));
    await stream.return();
  });

  test("a schema that never ends is left by abort and by return", async () => {
    await using at = await pair();
    let checking = 0;
    const forever = z.string().refine(() => new Promise<boolean>(() => checking++));
    const stop = new AbortController();
    const aborted = subscribe(at.subscriber, [""], { codec: text, schema: forever, signal: stop.signal });
    const rejected = expect(aborted.next()).rejects.toBe("enough");
    await at.scene.subscribed("", deadline);
    await at.scene.publish("a", "b");
    await eventually(() => checking > 0);
    stop.abort("enough");
    await rejected;

    checking = 0;
    const left = subscribe(at.subscriber, [""], { codec: text, schema: forever });
    const next = left.next();
    await at.scene.subscribed("", deadline);
    await at.scene.publish("a", "b");
    await eventually(() => checking > 0);
    await left.return();
    expect(await next).toEqual({ value: undefined, done: true });
  });
});

describe("a message that can't be read", () => {
  const schema = z.object({ bid: z.number() });
  /** One for each way to fail, then a good one. */
  const sent: (readonly (string | Buffer)[])[] = [
    ["a", "{"],
    ["a", '{"bid":"1"}'],
    ["a"],
    ["a", "{}", "{}"],
    [Buffer.from([97, 0xff]), "{}"],
    ["a", '{"bid":1}'],
  ];

  test("makes the loop throw a typed error, and then nothing is left of it", async () => {
    await using at = await pair();
    for (const [message, type] of [
      [sent[0], CodecError],
      [sent[1], SchemaError],
      [sent[2], CodecError],
      [sent[3], CodecError],
      [sent[4], CodecError],
    ] as const) {
      const stream = subscribe(at.subscriber, ["a"], { codec: json, schema });
      await at.scene.subscribed("a", deadline);
      await at.xpublisher.send(message!);
      await expect(take(stream, 1)).rejects.toBeInstanceOf(type);
      expect(await stream.next()).toEqual({ value: undefined, done: true });
      await untilNobody(at.scene, "a");
    }
    const stream = subscribe(at.subscriber, ["a"], { codec: json, schema });
    await at.scene.subscribed("a", deadline);
    await at.xpublisher.send(sent[5]!);
    expect(await take(stream, 1)).toEqual([{ topic: "a", value: { bid: 1 } }]);
  });

  test("is told of, with its frames, and the loop goes on", async () => {
    await using at = await pair();
    const told: [CodecError | SchemaError, Message][] = [];
    const stream = subscribe(at.subscriber, ["a"], {
      codec: json,
      schema,
      onInvalid: (...given) => void told.push(given),
    });
    await at.scene.subscribed("a", deadline);
    for (const message of sent) await at.xpublisher.send(message);
    expect(await take(stream, 1)).toEqual([{ topic: "a", value: { bid: 1 } }]);
    expect(told.map(([error]) => error.code)).toEqual([
      "ERR_CODEC",
      "ERR_SCHEMA",
      "ERR_CODEC",
      "ERR_CODEC",
      "ERR_CODEC",
    ]);
    expect(told.map(([, message]) => message)).toEqual(
      sent.slice(0, -1).map((frames) => frames.map((frame) => Buffer.from(frame))),
    );
    expect(told[1]?.[0]).toMatchObject({ issues: [{ path: ["bid"] }] });
    expect(told[1]?.[0].message).toContain("on topic a: bid: ");
  });

  test("ends the loop by what onInvalid throws", async () => {
    await using at = await pair();
    const failure = new Error("that is too much");
    const onInvalid = () => {
      throw failure;
    };
    const stream = subscribe(at.subscriber, ["a"], { codec: json, onInvalid });
    await at.scene.subscribed("a", deadline);
    await at.xpublisher.send(["a", "{"]);
    await expect(stream.next()).rejects.toBe(failure);
    await untilNobody(at.scene, "a");
  });
});

describe("leaving", () => {
  test("takes the loop's own subscriptions back, and leaves those that the program made", async () => {
    await using at = await pair();
    at.subscriber.subscribe("own", "both");
    const stream = subscribe(at.subscriber, ["both", "loop"], { codec: text });
    await at.scene.subscribed("loop", deadline);
    await at.scene.publish("loop", "1");
    await take(stream, 1);
    await untilNobody(at.scene, "loop");
    await at.scene.publish("loop", "nobody gets this");
    await at.scene.publish("both", "2");
    await at.scene.publish("own", "3");
    expect((await at.subscriber.receive(deadline)).map(String)).toEqual(["both", "2"]);
    expect((await at.subscriber.receive(deadline)).map(String)).toEqual(["own", "3"]);
  });

  test("by abort throws the reason, whether the loop waits or works, and leaves the socket usable", async () => {
    await using at = await pair();
    const reason = new Error("enough");
    for (const when of ["waiting", "working", "before"]) {
      const stop = new AbortController();
      const { signal } = stop;
      if (when === "before") stop.abort(reason);
      const stream = subscribe(at.subscriber, ["a"], { codec: text, signal });
      if (when === "waiting") setImmediate(() => stop.abort(reason));
      if (when === "working") {
        await at.scene.subscribed("a", deadline);
        await at.scene.publish("a", "1");
        await at.scene.publish("a", "2");
      }
      const values: string[] = [];
      const looping = (async () => {
        for await (const { value } of stream) {
          values.push(value);
          stop.abort(reason);
        }
      })();
      await expect(looping).rejects.toBe(reason);
      expect(values).toEqual(when === "working" ? ["1"] : []);
      await untilNobody(at.scene, "a");
    }
    const stream = subscribe(at.subscriber, ["a"], { codec: text });
    await at.scene.subscribed("a", deadline);
    await at.scene.publish("a", "3");
    expect((await take(stream, 2)).map(({ value }) => value)).toEqual(["2", "3"]);
  });

  test("by abort takes back the subscription also of a loop that never began", async () => {
    await using at = await pair();
    const stop = new AbortController();
    subscribe(at.subscriber, ["a"], { codec: text, signal: stop.signal });
    await at.scene.subscribed("a", deadline);
    stop.abort();
    await untilNobody(at.scene, "a");
    const again = subscribe(at.subscriber, ["a"], { codec: text });
    await again[Symbol.asyncDispose]();
    await untilNobody(at.scene, "a");
  });

  test("while calls of next wait lets them be done", async () => {
    await using at = await pair();
    const stream = subscribe(at.subscriber, ["a"], { codec: text });
    const waiting = [stream.next(), stream.next()];
    await stream.return();
    expect(await Promise.all(waiting)).toEqual(Array(2).fill({ value: undefined, done: true }));
    expect(await stream.next()).toEqual({ value: undefined, done: true });
  });

  test("happens by itself when the socket closes", async () => {
    await using at = await pair();
    const stream = subscribe(at.subscriber, ["a"], { codec: text });
    const next = stream.next();
    await at.subscriber.close();
    expect(await next).toEqual({ value: undefined, done: true });
    expect(() => subscribe(at.subscriber, ["a"], { codec: text })).toThrow(ClosedError);
  });

  test("many loops under one signal is no leak", async () => {
    await using at = await pair();
    const warnings: Error[] = [];
    const warn = (warning: Error) => warnings.push(warning);
    process.on("warning", warn);
    const { signal } = new AbortController();
    for (let round = 0; round < 30; round++) {
      const stream = subscribe(at.subscriber, [`${round}`], { codec: text, signal });
      if (round % 2 === 0) await stream.return();
      else await Promise.all([stream.next(), stream.return()]);
    }
    const waits = Array.from({ length: 30 }, () => at.scene.subscribed("0", { count: 1, signal, ...deadline }));
    subscribe(at.subscriber, ["0"], { codec: text, signal });
    await Promise.all(waits);
    await new Promise(setImmediate);
    process.off("warning", warn);
    expect(warnings).toEqual([]);
  });
});

describe("a second loop on one socket", () => {
  test("is refused, disturbs the first by nothing, and may begin when that was left", async () => {
    await using at = await pair();
    const first = subscribe(at.subscriber, ["a"], { codec: text });
    expect(() => subscribe(at.subscriber, ["b"], { codec: text })).toThrow(InUseError);
    await at.scene.subscribed("a", deadline);
    await at.scene.publish("b", "nobody asked");
    await at.scene.publish("a", "1");
    expect(await take(first, 1)).toEqual([{ topic: "a", value: "1" }]);
    const second = subscribe(at.subscriber, ["b"], { codec: text });
    await at.scene.subscribed("b", deadline);
    await first.return();
    expect(() => subscribe(at.subscriber, ["c"], { codec: text })).toThrow(InUseError);
    await at.scene.publish("b", "2");
    expect(await take(second, 1)).toEqual([{ topic: "b", value: "2" }]);
  });

  test("gets nothing that was meant for the one before it", async () => {
    await using at = await pair();
    const first = subscribe(at.subscriber, ["a", "end"], { codec: text });
    await at.scene.subscribed("a", deadline);
    await at.scene.subscribed("end", deadline);
    for (const value of ["1", "2", "3"]) await at.scene.publish("a", value);
    await take(first, 1);
    const second = subscribe(at.subscriber, ["b"], { codec: text });
    await at.scene.subscribed("b", deadline);
    await at.scene.publish("b", "4");
    expect(await take(second, 1)).toEqual([{ topic: "b", value: "4" }]);
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
