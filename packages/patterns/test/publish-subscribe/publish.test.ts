/** What a publisher publishes, and what it refuses. */

import { ClosedError, QueueFullError, Subscriber, XPublisher } from "@awaitmq/core";
import { eventually, numbers } from "@awaitmq/testing";
import * as v from "valibot";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import { CodecError, json, type Schema, SchemaError, subscribe, TopicPublisher, text } from "../../src/index.ts";
import { endlessSchema } from "../endless-schema.ts";
import { deadline } from "./counts.ts";

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

  test("ends by its timeout while an asynchronous schema is at work, and then lets those behind it go", async () => {
    await using xpublisher = new XPublisher();
    const { schema } = endlessSchema();
    const once = {
      "~standard": { ...schema["~standard"], validate: () => (checks++ === 0 ? endless() : { value: 2 }) },
    };
    const endless = () => schema["~standard"].validate(1);
    let checks = 0;
    const publisher = new TopicPublisher(xpublisher, { codec: json, schema: once as Schema });
    const first = publisher.publish("n", 1, { timeout: 300 }).catch((error) => error);
    const behind = publisher.publish("n", 2, { timeout: 100 }).catch((error) => error);
    await publisher.publish("n", 2);
    expect(await first).toMatchObject({
      code: "ERR_TIMEOUT",
      message: expect.stringMatching(/^The schema did not check a value within/),
    });
    expect((await behind).message).toMatch(/^The schema did not check the values published before within/);
  });

  test("rejects ClosedError when it closes while an asynchronous schema is at work, and so do those behind it", async () => {
    await using xpublisher = new XPublisher();
    const endless = endlessSchema();
    const publisher = new TopicPublisher(xpublisher, { codec: json, schema: endless.schema });
    const outcomes = Promise.allSettled([publisher.publish("n", 1 as never), publisher.publish("n", 2 as never)]);
    await eventually(() => endless.checking === 2);
    await publisher.close();
    for (const outcome of await outcomes)
      expect(outcome).toMatchObject({
        reason: { code: "ERR_CLOSED", message: "Cannot publish: the publisher is closed" },
      });
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
