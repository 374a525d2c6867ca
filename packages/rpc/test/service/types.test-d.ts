/** What handlers get and give, checked by the compiler alone. */

import type { Message } from "@awaitmq/core";
import { type Metadata, serve, serveBalanced, text } from "@awaitmq/patterns";
import { type } from "arktype";
import { pack, unpack } from "msgpackr";
import * as v from "valibot";
import { expectTypeOf } from "vitest";
import { z } from "zod";
import {
  contract,
  type Failure,
  type Handler,
  type HandlerContext,
  type Handlers,
  health,
  implement,
  type Service,
  type ServiceMiddleware,
  services,
  stream,
  type as typed,
} from "../../src/index.ts";

const dated = z.object({ at: z.string().transform((at) => new Date(at)) });
const numeric = v.pipe(v.string(), v.transform(Number));
const errors = { UNKNOWN: z.object({ symbol: z.string() }), CLOSED: z.undefined(), LATE: dated };
const market = contract("market", {
  quote: { input: dated, output: numeric, errors },
  watch: { input: type("string.numeric.parse"), output: stream(dated) },
  record: { input: stream(numeric), output: typed<{ count: number }>() },
  trade: { input: stream(dated), output: stream(numeric) },
  ping: {},
});

// ---- Handlers get what a schema makes of a value, and give what it accepts.

const handlers: Handlers<typeof market> = {
  async quote(input, context) {
    expectTypeOf(input).toEqualTypeOf<{ at: Date }>();
    expectTypeOf(context.signal).toEqualTypeOf<AbortSignal>();
    expectTypeOf(context.stopping).toEqualTypeOf<AbortSignal>();
    expectTypeOf(context.user).toEqualTypeOf<unknown>();
    expectTypeOf(context.metadata).toEqualTypeOf<Metadata>();
    expectTypeOf(context.remaining).toEqualTypeOf<number>();
    expectTypeOf(context.peer).toEqualTypeOf<Buffer | undefined>();
    expectTypeOf(context.priority).toEqualTypeOf<number>();
    return "1.5";
  },
  async *watch(input) {
    expectTypeOf(input).toEqualTypeOf<number>();
    yield { at: "2026-01-01" };
  },
  async record(items) {
    expectTypeOf(items).toEqualTypeOf<AsyncIterableIterator<number, undefined>>();
    return { count: 1 };
  },
  async *trade(items) {
    for await (const item of items) expectTypeOf(item).toEqualTypeOf<{ at: Date }>();
    yield "1.5";
  },
  ping(input) {
    expectTypeOf(input).toEqualTypeOf<undefined>();
  },
};

const service = implement(market, handlers);
expectTypeOf(service).toEqualTypeOf<Service<typeof market>>();
implement(market, { ...handlers, quote: () => "1.5", ping: async () => {} });
// An async iterable of any kind.
implement(market, { ...handlers, watch: async () => dates, trade: () => texts });
declare const dates: AsyncIterable<{ at: string }>;
declare const texts: AsyncIterableIterator<string>;

// ---- One handler by itself, and a class.

const quote: Handler<typeof market.quote> = ({ at }, { fail }) => {
  if (at.getTime() < 0) throw fail("LATE", { at: "2026-01-01" });
  return "1.5";
};
implement(market, { ...handlers, quote });

class Market implements Handlers<typeof market> {
  readonly #last = "1.5";

  quote({ at }: { at: Date }, { fail }: HandlerContext<typeof market.quote>) {
    if (at.getTime() < 0) throw fail("CLOSED");
    return this.#last;
  }

  async *watch() {
    yield* [{ at: this.#last }];
  }

  async record() {
    return { count: this.count() };
  }

  async *trade() {
    yield this.#last;
  }

  ping() {}

  count() {
    return 1;
  }
}
implement(market, new Market());

// ---- Literals need no type of their own, whether a handler has parameters or not.

const Shape = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("circle"), center: z.tuple([z.number(), z.number()]) }),
  z.object({ kind: z.literal("nothing") }),
]);
const shapes = contract("shapes", {
  last: { output: Shape, errors: { NONE: Shape } },
  all: { output: stream(Shape) },
  kinds: { output: stream(z.enum(["circle", "nothing"])) },
});
implement(shapes, {
  last: () => ({ kind: "circle", center: [0, 0] }),
  async *all() {
    yield { kind: "circle", center: [0, 0] };
    yield { kind: "nothing" };
  },
  async *kinds() {
    yield "circle";
    yield "nothing";
  },
});
implement(shapes, {
  async last(_, { fail }) {
    if (Number.NaN) throw fail("NONE", { kind: "circle", center: [0, 0] });
    return { kind: "nothing" };
  },
  all: async function* (_, { signal }) {
    if (!signal.aborted) yield { kind: "circle", center: [0, 0] };
  },
  async kinds() {
    return (async function* () {
      yield "circle" as const;
    })();
  },
});

// ---- Failures.

implement(market, {
  ...handlers,
  quote(_, { fail }) {
    expectTypeOf(fail("UNKNOWN", { symbol: "?" })).toEqualTypeOf<Failure<"UNKNOWN", { symbol: string }>>();
    expectTypeOf(fail("LATE", { at: "" })).toEqualTypeOf<Failure<"LATE", { at: string }>>();
    expectTypeOf(fail("CLOSED")).toEqualTypeOf<Failure<"CLOSED", undefined>>();
    fail("CLOSED", undefined, "Closed until Monday");
    fail("UNKNOWN", { symbol: "?" }, "No such symbol");
    // @ts-expect-error: the contract declares no such code.
    fail("OTHER");
    // @ts-expect-error: wrong data.
    fail("UNKNOWN", { symbol: 5 });
    // @ts-expect-error: missing data.
    fail("UNKNOWN");
    // @ts-expect-error: the handler gives what the schema accepts, which is no Date.
    fail("LATE", { at: new Date() });
    // @ts-expect-error: this code has no data.
    fail("CLOSED", { symbol: "?" });
    return "";
  },
  ping(_, { fail }) {
    // @ts-expect-error: the method declares none.
    fail("CLOSED");
  },
});

// ---- Who calls: said by the program, or by the middleware.

interface User {
  readonly name: string;
}
const logging: ServiceMiddleware = async ({ method, fail }, next) => {
  if (method.kind === "unary") fail("ANY", { data: 1 });
  return next();
};
const signed: ServiceMiddleware<User> = ({ metadata: { name = "" } }, next) => next({ user: { name } });
const aged: ServiceMiddleware<{ readonly age: number }> = (_, next) => next({ user: { age: 1 } });
const named: Handler<typeof market.quote, User> = (_, { user }) => user.name;

implement<typeof market, User>(market, { ...handlers, quote: (_, { user }) => user.name }, { use: [logging, signed] });
implement(market, { ...handlers, quote: (_, { user }) => user.name }, { use: [signed] });
implement(market, { ...handlers, quote: (_, { user }) => user.name }, { use: [logging, signed] });
implement(market, { ...handlers, quote: named, ping }, { use: [signed, logging] });
implement(market, handlers, {
  use: [
    signed,
    (call, next) => {
      expectTypeOf(call.user).toEqualTypeOf<User>();
      return next(call.user.name === "" ? undefined : { user: { name: "Ada" } });
    },
  ],
});
function ping(_: undefined, { user }: { readonly user: unknown }): void {
  expectTypeOf(user).toEqualTypeOf<unknown>();
}

// ---- Where services go.

serve("tcp://*:5555", services(service, health()));
serve("tcp://*:5555", services(service), { concurrency: 5, codec: undefined });
serveBalanced("tcp://127.0.0.1:5555", services(service));
expectTypeOf(services(service)).parameter(0).toEqualTypeOf<Message>();
implement(market, handlers, { codecs: [{ name: "msgpack", encode: pack, decode: unpack }], validate: "incoming" });

async function* numbers() {
  yield 5;
}

async function* made() {
  yield { at: new Date() };
}

export function refused() {
  const { quote: _, ...others } = handlers;
  // @ts-expect-error: a handler is missing.
  implement(market, others);
  // @ts-expect-error: the contract has no such method.
  implement(market, { ...handlers, other() {} });
  // @ts-expect-error: wrong output.
  implement(market, { ...handlers, quote: () => 1.5 });
  // @ts-expect-error: wrong output, later.
  implement(market, { ...handlers, quote: async () => 1.5 });
  // @ts-expect-error: no output.
  implement(market, { ...handlers, async quote() {} });
  // @ts-expect-error: an output that the contract does not have.
  implement(market, { ...handlers, ping: () => 5 });
  // @ts-expect-error: the handler gets what the schema makes of the input.
  implement(market, { ...handlers, quote: ({ at }: { at: string }) => at });
  // @ts-expect-error: a stream for one value.
  implement(market, { ...handlers, async *quote() {} });
  // @ts-expect-error: one value for a stream.
  implement(market, { ...handlers, watch: async () => ({ at: "" }) });
  // @ts-expect-error: an array is no stream.
  implement(market, { ...handlers, watch: () => [{ at: "" }] });
  // @ts-expect-error: wrong items.
  implement(market, { ...handlers, watch: numbers });
  // @ts-expect-error: the schema accepts texts, and makes dates of them.
  implement(market, { ...handlers, watch: made });
  // @ts-expect-error: nobody says who calls.
  implement(market, { ...handlers, quote: named });
  // @ts-expect-error: this middleware says something else of the user.
  implement(market, { ...handlers, quote: named }, { use: [aged] });
  // @ts-expect-error: two that contradict each other.
  implement(market, handlers, { use: [signed, aged] });
  // @ts-expect-error: no such user.
  const wrong: ServiceMiddleware<User> = (_, next) => next({ user: { nam: "" } });
  // @ts-expect-error: an option that there is not.
  implement(market, handlers, { validates: true });
  // @ts-expect-error: one of these is no contract.
  implement({ name: "market" }, handlers);
  // @ts-expect-error: handlers are no service.
  services(handlers);
  // @ts-expect-error: services read frames themselves.
  serve("tcp://*:5555", services(service), { codec: text });
  return wrong;
}
