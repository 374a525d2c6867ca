/** What remote functions take and give, checked by the compiler alone. */

import { bytes, codec, json, type ReplyStream, RequestClient, text } from "@awaitmq/patterns";
import { type } from "arktype";
import { pack, unpack } from "msgpackr";
import * as v from "valibot";
import { expectTypeOf } from "vitest";
import { z } from "zod";
import type { Description } from "../../src/index.ts";
import {
  type ClientMiddleware,
  contract,
  introspection,
  type Remote,
  type RemoteCallOptions,
  type RemoteFunction,
  type RemoteStreamOptions,
  remote,
  stream,
  type as typed,
} from "../../src/index.ts";

const connect = "tcp://127.0.0.1:1";
const dated = z.object({ at: z.string().transform((at) => new Date(at)) });
const numeric = v.pipe(v.string(), v.transform(Number));
const market = contract("market", {
  quote: { input: dated, output: numeric },
  watch: { input: type("string.numeric.parse"), output: stream(dated) },
  record: { input: stream(numeric), output: typed<{ count: number }>() },
  trade: { input: stream(dated), output: stream(numeric) },
  ping: {},
  list: { input: z.object({ limit: z.number() }).optional(), output: stream(type({ name: "string" })) },
});
const client = new RequestClient({ connect });
const far = remote(market, client);

// ---- Callers give what a schema accepts, and get what it makes of the output.

expectTypeOf(far).toEqualTypeOf<Remote<typeof market>>();
expectTypeOf(far.quote).toEqualTypeOf<RemoteFunction<typeof market.quote>>();
expectTypeOf(far.quote).toEqualTypeOf<(input: { at: string }, options?: RemoteCallOptions) => Promise<number>>();
expectTypeOf(far.watch).toEqualTypeOf<(input: string, options?: RemoteStreamOptions) => ReplyStream<{ at: Date }>>();
expectTypeOf(far.record).toEqualTypeOf<
  (source: Iterable<string> | AsyncIterable<string>, options?: RemoteStreamOptions) => Promise<{ count: number }>
>();
expectTypeOf(far.trade).toEqualTypeOf<
  (
    source: Iterable<{ at: string }> | AsyncIterable<{ at: string }>,
    options?: RemoteStreamOptions,
  ) => ReplyStream<number>
>();
expectTypeOf(far.ping).toEqualTypeOf<(input?: undefined, options?: RemoteCallOptions) => Promise<void>>();
expectTypeOf(remote(introspection, client).describe()).toEqualTypeOf<Promise<Description>>();

export async function called({ signal }: AbortController) {
  await far.quote({ at: "" }, { signal, timeout: 100, metadata: { token: "?" }, idempotent: true });
  await far.quote({ at: "" }, { codec: { name: "msgpack", encode: pack, decode: unpack } });
  await far.ping();
  await far.ping(undefined, { timeout: 100 });
  for await (const { at } of far.watch("1.5", { window: { items: 10 } })) expectTypeOf(at).toEqualTypeOf<Date>();
  for await (const { name } of far.list()) expectTypeOf(name).toEqualTypeOf<string>();
  far.list({ limit: 5 });
  await far.record(["1.5"], { idleTimeout: 100 });
  await far.record(new Set(["1.5"]));
  await far.record(far.watch("1.5") as unknown as AsyncGenerator<string>);
  await using fills = far.trade([{ at: "" }]);
  expectTypeOf(await fills.next()).toEqualTypeOf<IteratorResult<number, undefined>>();
}

// ---- Whatever the client's own codec and schema are.

remote(market, new RequestClient({ connect, codec: json }));
remote(market, new RequestClient({ connect, codec: text }));
remote(market, new RequestClient({ connect, codec: bytes }));
remote(market, new RequestClient({ connect, codec: codec<Date>(pack, unpack) }));
remote(market, new RequestClient({ connect, codec: json, schema: dated }));

const logging: ClientMiddleware = async ({ method, input, metadata, signal }, next) => {
  expectTypeOf(input).toEqualTypeOf<unknown>();
  expectTypeOf(signal).toEqualTypeOf<AbortSignal | undefined>();
  return next(method.idempotent ? { metadata: { ...metadata, token: "?" } } : undefined);
};
remote(market, client, { use: [logging, (_, next) => next()], validate: "incoming" });

export async function refused() {
  // @ts-expect-error: wrong input.
  await far.quote({ at: 5 });
  // @ts-expect-error: callers give what the schema accepts, which is no Date.
  await far.quote({ at: new Date() });
  // @ts-expect-error: no input.
  await far.quote();
  // @ts-expect-error: an input that the contract does not have.
  await far.ping(5);
  // @ts-expect-error: there is no such method.
  await far.other();
  // @ts-expect-error: one value is no source.
  await far.record(5);
  // @ts-expect-error: a source of wrong items.
  await far.record([5]);
  // @ts-expect-error: a source of wrong items, later.
  far.trade(far.watch("1.5"));
  // @ts-expect-error: a stream is no promise.
  await far.watch("1.5").then(() => {});
  // @ts-expect-error: the source is the first argument.
  far.watch("1.5", { input: [] });
  // @ts-expect-error: one value has no window.
  await far.quote({ at: "" }, { window: { items: 5 } });
  // @ts-expect-error: a client is no address.
  remote(market, connect);
  // @ts-expect-error: an option that there is not.
  remote(market, client, { timeout: 5 });
  // @ts-expect-error: middleware of services is another.
  remote(market, client, { use: [({ user }) => user] });
}
