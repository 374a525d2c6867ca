/** What handlers get and calls give, checked by the compiler alone. */

import type { Handle, Message, Sendable } from "@awaitmq/core";
import { pack, unpack } from "msgpackr";
import * as v from "valibot";
import { expectTypeOf } from "vitest";
import { z } from "zod";
import { bytes, codec, json, RequestClient, type ServerStats, serve, text } from "../../src/index.ts";

const connect = "tcp://127.0.0.1:1";

interface Sum {
  a: number;
  b: number;
}

type Asked<C extends { request(message: never): unknown }> = Parameters<C["request"]>[0];
type Answered<C extends { request(message: never): unknown }> = Awaited<ReturnType<C["request"]>>;

// ---- Without a codec there are frames.

const framed = serve(connect, (message, { signal, stopping }) => {
  expectTypeOf(message).toEqualTypeOf<Message>();
  expectTypeOf(signal).toEqualTypeOf<AbortSignal>();
  expectTypeOf(stopping).toEqualTypeOf<AbortSignal>();
  return message[0];
});
expectTypeOf(framed).toEqualTypeOf<Handle<ServerStats>>();
const frames = new RequestClient({ connect });
expectTypeOf(frames).toEqualTypeOf<RequestClient>();
expectTypeOf<Asked<typeof frames>>().toEqualTypeOf<Sendable>();
expectTypeOf<Answered<typeof frames>>().toEqualTypeOf<Message>();

// ---- Without a schema the codec has the say, and a parameter's type may say more.

serve(
  connect,
  (request) => {
    expectTypeOf(request).toEqualTypeOf<string>();
    return request;
  },
  { codec: text, concurrency: 2 },
);
serve(
  connect,
  async (request) => {
    expectTypeOf(request).toEqualTypeOf<unknown>();
    return request;
  },
  { codec: json },
);
serve(connect, ({ a, b }: Sum) => a + b, { codec: json });
serve(
  connect,
  (request) => {
    expectTypeOf(request).toEqualTypeOf<Buffer>();
    return request;
  },
  { codec: bytes },
);

const texts = new RequestClient({ connect, codec: text });
expectTypeOf(texts).toEqualTypeOf<RequestClient<string, string>>();
const anything = new RequestClient({ connect, codec: json });
expectTypeOf(anything).toEqualTypeOf<RequestClient<unknown, unknown>>();
const buffers = new RequestClient({ connect, codec: bytes });
expectTypeOf<Asked<typeof buffers>>().toEqualTypeOf<NodeJS.ArrayBufferView | ArrayBuffer>();
expectTypeOf<Answered<typeof buffers>>().toEqualTypeOf<Buffer>();
const packed = new RequestClient({ connect, codec: codec<Sum>(pack, unpack) });
expectTypeOf(packed).toEqualTypeOf<RequestClient<Sum, Sum>>();

// ---- With one they get what it makes of a value.

const schema = z.object({ a: z.number(), at: z.string().transform((at) => new Date(at)) });
serve(
  connect,
  (request) => {
    expectTypeOf(request).toEqualTypeOf<{ a: number; at: Date }>();
    return request.a;
  },
  { codec: json, schema },
);
const checked = new RequestClient({ connect, codec: text, schema: v.pipe(v.string(), v.transform(Number)) });
expectTypeOf(checked).toEqualTypeOf<RequestClient<string, number>>();

export async function refused() {
  // @ts-expect-error: text gives no number,
  new RequestClient<string, number>({ connect, codec: text });
  // @ts-expect-error: and has no bytes for one,
  new RequestClient<number, string>({ connect, codec: text });
  // @ts-expect-error: or for what may be one.
  new RequestClient<string | number, string>({ connect, codec: text });
  // @ts-expect-error: nothing says what json decodes.
  new RequestClient<string, number>({ connect, codec: json });
  // @ts-expect-error: the same at the server.
  serve<number, string>(connect, () => "", { codec: text });
  // @ts-expect-error
  serve<string, string | number>(connect, () => 5, { codec: text });
  // @ts-expect-error
  serve<unknown, unknown>(connect, () => 5, { codec: text });
  // @ts-expect-error: text can't carry a number.
  serve(connect, () => 5, { codec: text });
  // @ts-expect-error: text gives no number.
  serve(connect, (request: number) => String(request), { codec: text });
  // @ts-expect-error: the schema gives no string.
  serve(connect, (request: string) => request, { codec: json, schema });
  // @ts-expect-error: a number is no frame.
  serve(connect, () => 5);
  // @ts-expect-error: without a codec replies are frames,
  new RequestClient<Sendable, Sum>({ connect });
  // @ts-expect-error: and so are requests.
  new RequestClient<Sum>({ connect });
  new RequestClient<string>({ connect });
  // @ts-expect-error: a schema needs a codec.
  new RequestClient({ connect, schema });
  // @ts-expect-error: text can't carry a number.
  await texts.request(5);
}
