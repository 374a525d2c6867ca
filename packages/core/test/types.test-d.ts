/**
 * What the types allow, checked by the compiler alone: every line that should be refused says so by `@ts-expect-error`,
 * which is an error itself where there is nothing to refuse.
 */

import { expectTypeOf } from "vitest";
import type * as zmq from "zeromq";
import type * as zmqDraft from "zeromq/lib/draft.js";
import type * as drafts from "../src/draft.ts";
import * as core from "../src/index.ts";

declare const text: string;
declare const buffer: Buffer;
declare const floats: Float64Array;
declare const view: DataView;
declare const memory: ArrayBuffer;
declare const signal: AbortSignal;

// ---- What `send` takes.

type SendParameter<S extends { send(message: never, ...rest: never[]): Promise<void> }> = Parameters<S["send"]>[0];

expectTypeOf<SendParameter<core.Push>>().toEqualTypeOf<core.Sendable>();
expectTypeOf<SendParameter<core.Publisher>>().toEqualTypeOf<core.Sendable>();
expectTypeOf<SendParameter<core.XPublisher>>().toEqualTypeOf<core.Sendable>();
expectTypeOf<SendParameter<core.XSubscriber>>().toEqualTypeOf<core.Sendable>();
expectTypeOf<SendParameter<core.Request>>().toEqualTypeOf<core.Sendable>();
expectTypeOf<SendParameter<core.Reply>>().toEqualTypeOf<core.Sendable>();
expectTypeOf<SendParameter<core.Dealer>>().toEqualTypeOf<core.Sendable>();
expectTypeOf<SendParameter<core.Router>>().toEqualTypeOf<core.Sendable>();
expectTypeOf<SendParameter<core.Pair>>().toEqualTypeOf<core.Sendable>();
expectTypeOf<SendParameter<core.Stream>>().toEqualTypeOf<readonly [core.Frame, core.Frame]>();
expectTypeOf<SendParameter<drafts.Client>>().toEqualTypeOf<core.Frame | readonly [core.Frame]>();
expectTypeOf<SendParameter<drafts.Scatter>>().toEqualTypeOf<core.Frame | readonly [core.Frame]>();
expectTypeOf<SendParameter<drafts.Channel>>().toEqualTypeOf<core.Frame | readonly [core.Frame]>();
expectTypeOf<SendParameter<drafts.Datagram>>().toEqualTypeOf<readonly [core.Frame, core.Frame]>();

export async function sending(push: core.Push, stream: core.Stream, server: drafts.Server, radio: drafts.Radio) {
  expectTypeOf(push.send(text)).toEqualTypeOf<Promise<void>>();
  await push.send(buffer);
  await push.send(floats);
  await push.send(view);
  await push.send(memory);
  await push.send(null);
  await push.send([text, buffer, floats, view, memory, null]);
  await push.send([text, buffer] as const);
  await push.send(text, { signal, timeout: 5, copy: false });
  await push.send(text, { signal: undefined, timeout: undefined, copy: undefined });
  // @ts-expect-error: zeromq turns numbers to text; here a frame is text or bytes.
  await push.send(5);
  // @ts-expect-error
  await push.send(undefined);
  // @ts-expect-error
  await push.send({ topic: text });
  // @ts-expect-error
  await push.send([[text]]);
  // @ts-expect-error
  await push.send(true);
  // @ts-expect-error
  await push.send([text, undefined]);
  // @ts-expect-error
  await push.send();
  // @ts-expect-error
  await push.send(text, { retries: 5 });

  // @ts-expect-error: a connection and its bytes are two frames.
  await stream.send(text);
  // @ts-expect-error
  await stream.send([buffer]);

  await server.send(text, { routingId: 5 });
  // @ts-expect-error
  await server.send(text);
  // @ts-expect-error
  await server.send(text, { routingId: buffer });
  await radio.send(text, { group: "news" });
  // @ts-expect-error
  await radio.send(text);
  // @ts-expect-error
  await radio.send([text, text], { group: "news" });

  expectTypeOf(push.sendAll([text])).toEqualTypeOf<Promise<number>>();
  // @ts-expect-error
  await push.sendAll([5]);
}

// ---- What each socket yields.

type Received<S extends { receive(): Promise<unknown> }> = Awaited<ReturnType<S["receive"]>>;
type Looped<S> = S extends AsyncIterable<infer M> ? M : never;
type Batched<S> = S extends { batches(): AsyncIterable<infer M> } ? M : never;

expectTypeOf<core.Message>().toExtend<[Buffer, ...Buffer[]]>();
expectTypeOf<[Buffer, ...Buffer[]]>().toExtend<core.Message>();
expectTypeOf<[]>().not.toExtend<core.Message>();
expectTypeOf<Received<core.Pull>>().toEqualTypeOf<core.Message>();
expectTypeOf<Received<core.Subscriber>>().toEqualTypeOf<core.Message>();
expectTypeOf<Received<core.XPublisher>>().toEqualTypeOf<core.Message>();
expectTypeOf<Received<core.XSubscriber>>().toEqualTypeOf<core.Message>();
expectTypeOf<Received<core.Request>>().toEqualTypeOf<core.Message>();
expectTypeOf<Received<core.Reply>>().toEqualTypeOf<core.Message>();
expectTypeOf<Received<core.Dealer>>().toEqualTypeOf<core.Message>();
expectTypeOf<Received<core.Router>>().toEqualTypeOf<core.Message>();
expectTypeOf<Received<core.Pair>>().toEqualTypeOf<core.Message>();
expectTypeOf<Received<core.Stream>>().toEqualTypeOf<[routingId: Buffer, bytes: Buffer]>();
expectTypeOf<Received<drafts.Server>>().toEqualTypeOf<[bytes: Buffer, peer: { readonly routingId: number }]>();
expectTypeOf<Received<drafts.Client>>().toEqualTypeOf<[Buffer]>();
expectTypeOf<Received<drafts.Dish>>().toEqualTypeOf<[bytes: Buffer, origin: { readonly group: Buffer }]>();
expectTypeOf<Received<drafts.Gather>>().toEqualTypeOf<[Buffer]>();
expectTypeOf<Received<drafts.Channel>>().toEqualTypeOf<[Buffer]>();
expectTypeOf<Received<drafts.Datagram>>().toEqualTypeOf<[address: Buffer, bytes: Buffer]>();

expectTypeOf<Looped<core.Pull>>().toEqualTypeOf<core.Message>();
expectTypeOf<Looped<core.Stream>>().toEqualTypeOf<[routingId: Buffer, bytes: Buffer]>();
expectTypeOf<Looped<drafts.Gather>>().toEqualTypeOf<[Buffer]>();
expectTypeOf<Batched<core.Router>>().toEqualTypeOf<core.Message[]>();
expectTypeOf<Batched<drafts.Channel>>().toEqualTypeOf<[Buffer][]>();

export async function receiving(pull: core.Pull) {
  const [topic, body] = await pull.receive();
  expectTypeOf(topic).toEqualTypeOf<Buffer>();
  // Without `noUncheckedIndexedAccess` it is a Buffer: a message has one frame for certain, a second one perhaps.
  expectTypeOf(body).toEqualTypeOf<Buffer | undefined>();
  for await (const message of pull) expectTypeOf(message).toEqualTypeOf<core.Message>();
  for await (const message of pull.messages({ signal })) expectTypeOf(message).toEqualTypeOf<core.Message>();
  for await (const batch of pull.batches({ max: 5 })) expectTypeOf(batch).toEqualTypeOf<core.Message[]>();
  // @ts-expect-error
  await pull.receive({ deadline: 5 });
}

// ---- What a socket type can't do is not there.

expectTypeOf<core.Pull>().not.toHaveProperty("send");
expectTypeOf<core.Pull>().not.toHaveProperty("sendAll");
expectTypeOf<core.Pull>().not.toHaveProperty("maxPendingSends");
expectTypeOf<core.Subscriber>().not.toHaveProperty("send");
expectTypeOf<drafts.Dish>().not.toHaveProperty("send");
expectTypeOf<drafts.Gather>().not.toHaveProperty("send");
expectTypeOf<core.Push>().not.toHaveProperty("receive");
expectTypeOf<core.Push>().not.toHaveProperty("messages");
expectTypeOf<core.Push>().not.toHaveProperty("batches");
expectTypeOf<core.Push>().not.toHaveProperty(Symbol.asyncIterator);
expectTypeOf<core.Publisher>().not.toHaveProperty("receive");
expectTypeOf<core.Publisher>().not.toHaveProperty("subscribe");
expectTypeOf<drafts.Scatter>().not.toHaveProperty("receive");
expectTypeOf<drafts.Radio>().not.toHaveProperty("receive");
expectTypeOf<core.Push>().not.toExtend<AsyncIterable<unknown>>();
expectTypeOf<core.Pull>().toExtend<AsyncIterable<core.Message>>();
expectTypeOf<core.Pull>().toExtend<AsyncDisposable>();

// ---- Options have zeromq's names and types.

/** Where the types differ: ours has its own context, takes bytes that zeromq takes too but does not declare, and adds one. */
type Differing = "context" | "routingId" | "welcomeMessage" | "maxPendingSends";
/** zeromq declares these for every build; ours does as well. */
type Options<Class extends abstract new (...parameters: never[]) => unknown> = NonNullable<
  ConstructorParameters<Class>[0]
>;
type Ours<Class extends abstract new (...parameters: never[]) => unknown> = {
  [K in Exclude<keyof Options<Class>, Differing>]-?: NonUndefined<Options<Class>[K]>;
};
type Theirs<S extends zmq.Socket> = {
  [K in Exclude<keyof zmq.SocketOptions<S>, Differing>]-?: NonUndefined<zmq.SocketOptions<S>[K]>;
};
type NonUndefined<T> = T extends undefined ? never : T;

expectTypeOf<Ours<typeof core.Push>>().toEqualTypeOf<Theirs<zmq.Push>>();
expectTypeOf<Ours<typeof core.Pull>>().toEqualTypeOf<Theirs<zmq.Pull>>();
expectTypeOf<Ours<typeof core.Publisher>>().toEqualTypeOf<Theirs<zmq.Publisher>>();
expectTypeOf<Ours<typeof core.Subscriber>>().toEqualTypeOf<Theirs<zmq.Subscriber>>();
expectTypeOf<Ours<typeof core.XPublisher>>().toEqualTypeOf<Theirs<zmq.XPublisher>>();
expectTypeOf<Ours<typeof core.XSubscriber>>().toEqualTypeOf<Theirs<zmq.XSubscriber>>();
expectTypeOf<Ours<typeof core.Request>>().toEqualTypeOf<Theirs<zmq.Request>>();
expectTypeOf<Ours<typeof core.Reply>>().toEqualTypeOf<Theirs<zmq.Reply>>();
expectTypeOf<Ours<typeof core.Dealer>>().toEqualTypeOf<Theirs<zmq.Dealer>>();
expectTypeOf<Ours<typeof core.Router>>().toEqualTypeOf<Theirs<zmq.Router>>();
expectTypeOf<Ours<typeof core.Pair>>().toEqualTypeOf<Theirs<zmq.Pair>>();
expectTypeOf<Ours<typeof core.Stream>>().toEqualTypeOf<Theirs<zmq.Stream>>();
expectTypeOf<Ours<typeof drafts.Server>>().toEqualTypeOf<Theirs<zmqDraft.Server>>();
expectTypeOf<Ours<typeof drafts.Client>>().toEqualTypeOf<Theirs<zmqDraft.Client>>();
expectTypeOf<Ours<typeof drafts.Radio>>().toEqualTypeOf<Theirs<zmqDraft.Radio>>();
expectTypeOf<Ours<typeof drafts.Dish>>().toEqualTypeOf<Theirs<zmqDraft.Dish>>();
expectTypeOf<Ours<typeof drafts.Scatter>>().toEqualTypeOf<Theirs<zmqDraft.Scatter>>();
expectTypeOf<Ours<typeof drafts.Gather>>().toEqualTypeOf<Theirs<zmqDraft.Gather>>();
expectTypeOf<Ours<typeof drafts.Datagram>>().toEqualTypeOf<Theirs<zmqDraft.Datagram>>();
expectTypeOf<Ours<typeof drafts.Channel>>().toEqualTypeOf<Theirs<zmq.Pair>>();

expectTypeOf<keyof Options<typeof core.Push>>().toEqualTypeOf<keyof zmq.SocketOptions<zmq.Push> | "maxPendingSends">();
expectTypeOf<keyof Options<typeof core.Pull>>().toEqualTypeOf<keyof zmq.SocketOptions<zmq.Pull>>();
expectTypeOf<Options<typeof core.Dealer>["routingId"]>().toEqualTypeOf<string | Buffer | null | undefined>();
expectTypeOf<Options<typeof core.XPublisher>["welcomeMessage"]>().toEqualTypeOf<string | Buffer | null | undefined>();
expectTypeOf<Options<typeof core.Push>["context"]>().toEqualTypeOf<core.Context | undefined>();
expectTypeOf<Options<typeof core.Push>["maxPendingSends"]>().toEqualTypeOf<number | undefined>();
expectTypeOf<
  Required<NonNullable<ConstructorParameters<typeof core.Context>[0]>>
>().toEqualTypeOf<core.ContextOptions>();
expectTypeOf<Pick<core.Context, keyof core.ContextOptions | "maxSocketsLimit">>().toEqualTypeOf<
  Pick<zmq.Context, keyof core.ContextOptions | "maxSocketsLimit">
>();

/** After construction: read as zeromq declares it, and of the status nothing can be set. */
export function options(push: core.Push, dealer: core.Dealer, router: core.Router) {
  expectTypeOf(push.linger).toEqualTypeOf<zmq.Push["linger"]>();
  expectTypeOf(push.securityMechanism).toEqualTypeOf<zmq.Push["securityMechanism"]>();
  expectTypeOf(push.lastEndpoint).toEqualTypeOf<zmq.Push["lastEndpoint"]>();
  expectTypeOf(push.type).toEqualTypeOf<number>();
  expectTypeOf(dealer.routingId).toEqualTypeOf<zmq.Dealer["routingId"]>();
  expectTypeOf(router.mandatory).toEqualTypeOf<boolean>();
  dealer.routingId = buffer;
  // @ts-expect-error
  push.lastEndpoint = text;
  // @ts-expect-error
  push.closed = true;
  // @ts-expect-error
  push.linger = "soon";
  // @ts-expect-error
  new core.Push({ receiveHighWaterMark: 5 });
  // @ts-expect-error
  new core.Pull({ sendHighWaterMark: 5 });
  // @ts-expect-error
  new core.Pull({ maxPendingSends: 5 });
  // @ts-expect-error
  new core.Push({ hwm: 5 });
}

// ---- Around the sockets.

export async function around(push: core.Push, router: core.Router, pull: core.Pull) {
  expectTypeOf(push.bind(text)).toEqualTypeOf<Promise<string>>();
  expectTypeOf(push.bindSync(text)).toEqualTypeOf<string>();
  expectTypeOf(push.connect(text)).toEqualTypeOf<void>();
  expectTypeOf(push.ready({ peers: 2, signal, timeout: 5 })).toEqualTypeOf<Promise<void>>();
  expectTypeOf(push.close({ linger: 0 })).toEqualTypeOf<Promise<void>>();
  expectTypeOf(push.endpoints).toEqualTypeOf<string[]>();
  router.connect(text, { routingId: buffer });
  // @ts-expect-error
  push.connect(text, { routingId: buffer });
  expectTypeOf(core.proxy(pull, push, { capture: push, signal })).toEqualTypeOf<core.Handle<core.ProxyStats>>();
  for await (const event of push.events({ signal })) {
    expectTypeOf(event).toEqualTypeOf<core.SocketEvent>();
    if (event.type === "handshake:error:auth") expectTypeOf(event.error).toEqualTypeOf<core.HandshakeError>();
    else if (event.type === "dropped") expectTypeOf(event.count).toEqualTypeOf<number>();
    else if (event.type === "connect:retry") expectTypeOf(event.interval).toEqualTypeOf<number>();
    else if (event.type === "accept") expectTypeOf(event.address).toEqualTypeOf<string>();
  }
}

expectTypeOf<Exclude<zmq.Event["type"], core.SocketEvent["type"]>>().toEqualTypeOf<never>();
expectTypeOf<Exclude<core.SocketEvent["type"], zmq.Event["type"]>>().toEqualTypeOf<"dropped">();
declare const timedOut: core.TimeoutError;
declare const address: core.AddressError;
declare const error: core.MessagingError;
expectTypeOf(timedOut.code).toEqualTypeOf<"ERR_TIMEOUT">();
expectTypeOf(address.code).toExtend<core.ErrorCode>();
// @ts-expect-error no error has such a code
if (error.code === "ERR_TIMED_OUT") throw error;
expectTypeOf(core.version).toEqualTypeOf<string>();
expectTypeOf(core.z85.decode(text)).toEqualTypeOf<Buffer>();
expectTypeOf(core.z85.encode(buffer)).toEqualTypeOf<string>();
