/** What travels as a value: codecs, schemas, and messages that can not be read. */

import type { Message } from "@awaitmq/core";
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
  json,
  SchemaError,
  subscribe,
  type TopicMessage,
  TopicPublisher,
  text,
} from "../../src/index.ts";
import { warnings } from "../warnings.ts";
import { deadline, pair, take, untilNobody } from "./subscribing.ts";

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

  test("is told of by a process warning where onInvalid throws, and the loop goes on", async () => {
    await using at = await pair();
    using warned = warnings();
    const onInvalid = async () => {
      throw new Error("that is too much");
    };
    const stream = subscribe(at.subscriber, ["a"], { codec: json, onInvalid });
    await at.scene.subscribed("a", deadline);
    await at.xpublisher.send(["a", "{"]);
    await at.xpublisher.send(["a", "1"]);
    expect(await take(stream, 1)).toEqual([{ topic: "a", value: 1 }]);
    await eventually(() => warned.seen.length === 1);
    expect(warned.seen[0]).toContain("AWAITMQ_CALLBACK: onInvalid of subscribe threw: Error: that is too much");
  });
});
