/** What streams give and take, checked by the compiler alone. */

import type { Message, Sendable } from "@awaitmq/core";
import { pack, unpack } from "msgpackr";
import { expectTypeOf } from "vitest";
import { z } from "zod";
import { codec, json, type Metadata, type ReplyStream, RequestClient, serve, text } from "../../../src/index.ts";

const connect = "tcp://127.0.0.1:1";

interface Sum {
  a: number;
  b: number;
}

// ---- Frames.

const frames = new RequestClient({ connect });
expectTypeOf(frames.stream("?")).toEqualTypeOf<ReplyStream<Message>>();
expectTypeOf(frames.stream("?").next()).toEqualTypeOf<Promise<IteratorResult<Message, undefined>>>();
expectTypeOf<ReplyStream<Message>>().toExtend<AsyncIterableIterator<Message, undefined> & AsyncDisposable>();
frames.stream(["several", Buffer.from("frames")], { input: ["text", ["several", "frames"]] });
frames.stream("?", { input: frames.stream("?"), window: { items: 1 }, metadata: { a: "1" } });
// @ts-expect-error A number is no message.
frames.stream("?", { input: [1] });
// @ts-expect-error Metadata is text.
frames.stream("?", { metadata: { a: 1 } });
// @ts-expect-error A request has no input.
void frames.request("?", { input: [] });

serve(connect, async function* (message, { input, metadata, remaining, signal }) {
  expectTypeOf(message).toEqualTypeOf<Message>();
  expectTypeOf(input).toEqualTypeOf<AsyncIterableIterator<Message, undefined>>();
  expectTypeOf(metadata).toEqualTypeOf<Metadata>();
  expectTypeOf(remaining).toEqualTypeOf<number>();
  expectTypeOf(signal).toEqualTypeOf<AbortSignal>();
  yield "text";
  yield* input;
});
serve(connect, async (_, { input }) => input);
serve(connect, () => new Set<Sendable>() as unknown as AsyncIterable<Sendable>);
serve(connect, (_, { metadata }) => {
  // @ts-expect-error Metadata is read-only.
  metadata.a = "1";
  return "";
});
// @ts-expect-error Items are messages.
serve(connect, async function* () {
  yield 1;
});

// ---- Values.

const sums = new RequestClient({ connect, codec: codec<Sum>(pack, unpack) });
expectTypeOf(sums.stream({ a: 1, b: 2 })).toEqualTypeOf<ReplyStream<Sum>>();
sums.stream({ a: 1, b: 2 }, { input: [{ a: 1, b: 2 }] });
// @ts-expect-error Items of the input are values as requests are.
sums.stream({ a: 1, b: 2 }, { input: [{ a: 1 }] });

const checked = new RequestClient({ connect, codec: json, schema: z.object({ c: z.string() }) });
expectTypeOf(checked.stream(1)).toEqualTypeOf<ReplyStream<{ c: string }>>();

serve(
  connect,
  async function* (request, { input }) {
    expectTypeOf(request).toEqualTypeOf<string>();
    for await (const item of input) {
      expectTypeOf(item).toEqualTypeOf<string>();
      yield item;
    }
  },
  { codec: text },
);
serve(
  connect,
  async function* ({ a }, { input }) {
    expectTypeOf(a).toEqualTypeOf<number>();
    for await (const item of input) yield item.a + a;
  },
  { codec: json, schema: z.object({ a: z.number() }) },
);
