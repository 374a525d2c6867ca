/** What a publisher takes and a subscriber gets, checked by the compiler alone. */

import type { Subscriber, XPublisher } from "@awaitmq/core";
import { pack, unpack } from "msgpackr";
import * as v from "valibot";
import { expectTypeOf } from "vitest";
import { z } from "zod";
import {
  bytes,
  type Codec,
  codec,
  json,
  type SubscribeOptions,
  subscribe,
  TopicPublisher,
  type TopicPublisherOptions,
  text,
} from "../../src/index.ts";

declare const xpublisher: XPublisher;
declare const subscriber: Subscriber;

type Published<P extends { publish(topic: string, ...rest: never[]): unknown }> = Parameters<P["publish"]>[1];

async function firstOf<T>(stream: AsyncIterable<{ readonly topic: string; readonly value: T }>): Promise<T> {
  for await (const { value } of stream) return value;
  throw new Error("The stream ended");
}

interface Price {
  bid: number;
}

// ---- Without a schema the codec has the say.

const texts = new TopicPublisher(xpublisher, { codec: text });
expectTypeOf<Published<typeof texts>>().toEqualTypeOf<string>();
const anything = new TopicPublisher(xpublisher, { codec: json });
expectTypeOf<Published<typeof anything>>().toEqualTypeOf<unknown>();
const buffers = new TopicPublisher(xpublisher, { codec: bytes });
expectTypeOf<Published<typeof buffers>>().toEqualTypeOf<NodeJS.ArrayBufferView | ArrayBuffer>();
const packed = new TopicPublisher(xpublisher, { codec: codec<Price>(pack, unpack) });
expectTypeOf<Published<typeof packed>>().toEqualTypeOf<Price>();

expectTypeOf(await firstOf(subscribe(subscriber, [""], { codec: text }))).toEqualTypeOf<string>();
expectTypeOf(await firstOf(subscribe(subscriber, [""], { codec: json }))).toEqualTypeOf<unknown>();
expectTypeOf(await firstOf(subscribe(subscriber, [""], { codec: bytes }))).toEqualTypeOf<Buffer>();
expectTypeOf(await firstOf(subscribe(subscriber, [""], { codec: codec<Price>(pack, unpack) }))).toEqualTypeOf<Price>();

// ---- With one the publisher takes its input and the subscriber gets its output.

const zodSchema = z.object({
  bid: z.number(),
  at: z.string().transform((at) => new Date(at)),
  tags: z.array(z.string()).default([]),
});
const zodPublisher = new TopicPublisher(xpublisher, { codec: json, schema: zodSchema });
expectTypeOf<Published<typeof zodPublisher>>().toEqualTypeOf<{
  bid: number;
  at: string;
  tags?: string[] | undefined;
}>();
expectTypeOf(await firstOf(subscribe(subscriber, [""], { codec: json, schema: zodSchema }))).toEqualTypeOf<{
  bid: number;
  at: Date;
  tags: string[];
}>();

const valibotSchema = v.pipe(v.string(), v.transform(Number));
const valibotPublisher = new TopicPublisher(xpublisher, { codec: text, schema: valibotSchema });
expectTypeOf<Published<typeof valibotPublisher>>().toEqualTypeOf<string>();
expectTypeOf(
  await firstOf(subscribe(subscriber, [""], { codec: text, schema: valibotSchema })),
).toEqualTypeOf<number>();

// ---- Options may come from elsewhere.

declare const options: TopicPublisherOptions<Price>;
expectTypeOf(new TopicPublisher(xpublisher, options)).toEqualTypeOf<TopicPublisher<Price>>();
declare const reading: SubscribeOptions<Price>;
expectTypeOf(await firstOf(subscribe(subscriber, [""], reading))).toEqualTypeOf<Price>();
expectTypeOf(await firstOf(subscribe<Price>(subscriber, [""], reading))).toEqualTypeOf<Price>();

// ---- A type may be said where the codec or the schema gives it.

subscribe<string>(subscriber, [""], { codec: text });
subscribe<Price>(subscriber, [""], { codec: json as Codec<Price>, match: "segments" });
subscribe<number>(subscriber, [""], { codec: text, schema: valibotSchema });
new TopicPublisher<string>(xpublisher, { codec: text });
new TopicPublisher<Price>(xpublisher, { codec: json });

export async function refused() {
  // @ts-expect-error: text gives no number.
  subscribe<number>(subscriber, [""], { codec: text });
  // @ts-expect-error: nothing says what json decodes.
  subscribe<Price>(subscriber, [""], { codec: json });
  // @ts-expect-error: the schema gives no string.
  subscribe<string>(subscriber, [""], { codec: text, schema: valibotSchema });
  // @ts-expect-error: text has no bytes for a number,
  new TopicPublisher<number>(xpublisher, { codec: text });
  // @ts-expect-error: and for what may be one.
  new TopicPublisher<string | number>(xpublisher, { codec: text });
  // @ts-expect-error
  new TopicPublisher<unknown>(xpublisher, { codec: text });
  // @ts-expect-error: the schema wants a number.
  await zodPublisher.publish("prices", { bid: "1", at: "" });
  // @ts-expect-error: text can't carry what the schema takes.
  new TopicPublisher(xpublisher, { codec: text, schema: zodSchema });
  // @ts-expect-error: there is no default codec.
  new TopicPublisher(xpublisher, {});
  // @ts-expect-error: a subscriber has no subscriptions to read.
  new TopicPublisher(subscriber, { codec: text });
  // @ts-expect-error: filters are an array.
  subscribe(subscriber, "prices", { codec: text });
  // @ts-expect-error
  subscribe(subscriber, ["prices"], { codec: text, match: "glob" });
}
