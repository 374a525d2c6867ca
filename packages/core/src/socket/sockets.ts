/** The stable socket types; see zmq_socket(3) for what each does with its peers. */

import type { ConnectOptions } from "../connecting/connect-options.ts";
import { internals } from "../internals-key.ts";
import { defineConflate } from "../kinds/conflate.ts";
import type { LockStep } from "../kinds/lock-step.ts";
import type { Frames } from "../kinds/send-rules.ts";
import { asBuffer } from "../message/bytes.ts";
import type { Frame, NativeFrame } from "../message/message.ts";
import { nativeClasses } from "../native/native.ts";
import { defineOption, defineOptions } from "../options/option-accessors.ts";
import type {
  CommonOptions,
  ConflateOption,
  InvertMatchingOption,
  ProbeRouterOption,
  PublisherOptions,
  ReceivingOptions,
  RequestOptions,
  RouterOptions,
  RoutingIdOption,
  SendingOptions,
  Settable,
  StreamSocketOptions,
  XPublisherOptions,
} from "../options/options.ts";
import { makeStrict } from "../options/strict-properties.ts";
import { type ContextOption, DuplexSocket, ReceivingSocket, SendingSocket } from "./socket.ts";

type Base = CommonOptions & ContextOption;

/**
 * ZMQ_SNDHWM of zmq_setsockopt(3). Subscriptions leave by the queue that it bounds, and libzmq drops silently what finds that queue full: by
 * default all beyond the first 1 000, at each connection anew. Hence no bound on the sockets that subscribe.
 */
const sendHighWaterMark = 23;
/** ZMQ_ROUTER_HANDOVER of zmq_setsockopt(3). A REP is a ROUTER beneath, for which zeromq has no such option. */
const routerHandover = 56;

/** PUSH: hands each message to one of its peers in turn, and waits while none has room. */
export class Push extends SendingSocket {
  constructor(options?: Settable<Base & SendingOptions & ConflateOption>) {
    super(
      { name: "Push", native: nativeClasses.Push, defaults: { immediate: true }, writableWith: "immediate" },
      options,
    );
  }
}
export interface Push extends ConflateOption {}

/** PULL: receives from all its peers in turn. */
export class Pull extends ReceivingSocket {
  constructor(options?: Settable<Base & ReceivingOptions & ConflateOption>) {
    super({ name: "Pull", native: nativeClasses.Pull }, options);
  }
}
export interface Pull extends ConflateOption {}

/**
 * PUB: sends each message to every subscriber that asked for its beginning. A subscriber whose queue is full misses it,
 * unless `noDrop` is set; one that has not joined yet misses it too, see `ready`. Subscriptions are all that it is sent, and take some 53 bytes
 * of memory for each byte: bound them by `maxMessageSize: 1_024` where strangers may connect.
 */
export class Publisher extends SendingSocket {
  constructor(options?: Settable<Base & SendingOptions & ConflateOption & InvertMatchingOption & PublisherOptions>) {
    super({ name: "Publisher", native: nativeClasses.Publisher, publishes: true }, options);
  }
}
export interface Publisher extends ConflateOption, InvertMatchingOption, PublisherOptions {}

/** SUB: receives what it subscribed to. Without a subscription that is nothing. */
export class Subscriber extends ReceivingSocket {
  constructor(options?: Settable<Base & ReceivingOptions & ConflateOption & InvertMatchingOption>) {
    super({ name: "Subscriber", native: nativeClasses.Subscriber, subscribes: true, defaults: { linger: 0 } }, options);
    this[internals].native.setInt32Option(sendHighWaterMark, 0);
  }

  /** Asks for messages that begin with any of the prefixes; without one, for all messages. */
  subscribe(...prefixes: (string | Buffer)[]): void {
    this[internals].checkOpen("subscribe");
    checkPrefixes(prefixes);
    this[internals].native.subscribe(...prefixes);
    this[internals].hasSubscribed = true;
  }

  /** Takes back as many subscriptions; one that was made twice has to be taken back twice. */
  unsubscribe(...prefixes: (string | Buffer)[]): void {
    this[internals].checkOpen("unsubscribe");
    checkPrefixes(prefixes);
    this[internals].native.unsubscribe(...prefixes);
  }
}
export interface Subscriber extends ConflateOption, InvertMatchingOption {}

/**
 * XPUB: a publisher that receives the subscriptions: one frame, 1 or 0 and then the prefix. A prefix takes some 53 bytes of memory for each
 * of its bytes: bound it by `maxMessageSize: 1_024` where strangers may connect, or by what XSubscribers send here if that is more.
 */
export class XPublisher extends DuplexSocket {
  constructor(options?: Settable<Base & SendingOptions & ReceivingOptions & InvertMatchingOption & XPublisherOptions>) {
    super({ name: "XPublisher", native: nativeClasses.XPublisher, publishes: true }, options);
  }
}
export interface XPublisher extends InvertMatchingOption, XPublisherOptions {}

/**
 * XSUB: a subscriber that sends its subscriptions: one frame, 1 or 0 and then the prefix. Its `send` never waits: what is beyond
 * `sendHighWaterMark` libzmq drops silently, subscriptions too, also those that it makes again for a new connection. Hence its default
 * here is 0, no limit.
 */
export class XSubscriber extends DuplexSocket {
  constructor(options?: Settable<Base & SendingOptions & ReceivingOptions>) {
    const defaults = { linger: 0, sendHighWaterMark: 0 };
    super({ name: "XSubscriber", native: nativeClasses.XSubscriber, subscribes: true, defaults }, options);
  }
}

/**
 * REQ: a request, its reply, the next request. A second `send` waits until a receive has had the reply to the first.
 *
 * A lost reply is waited for as long as the receive waits for it: give that a `timeout`. The next `send` then goes out, and the reply
 * before it, should it still come, is dropped: replies and requests never get mixed up. A `receive` in place of that `send` still
 * gets the reply. Several receives get the replies in the order of their calls, and each only one to a request whose `send` was
 * called no earlier than its own. See the options `relaxed` and `correlate`.
 */
export class Request extends DuplexSocket {
  constructor(
    options?: Settable<Base & SendingOptions & ReceivingOptions & RoutingIdOption & ProbeRouterOption & RequestOptions>,
  ) {
    super(
      {
        name: "Request",
        native: nativeClasses.Request,
        defaults: { immediate: true },
        writableWith: "immediate",
        deals: true,
        asks: true,
      },
      options,
    );
  }
}
export interface Request extends RoutingIdOption, ProbeRouterOption, RequestOptions {}
for (const name of ["relaxed", "correlate"] as const) {
  defineOption(Request.prototype, name, (request, value) => {
    (request[internals].lockStep as LockStep)[name] = value as boolean;
  });
}

/**
 * REP: a request, its reply, the next request. A `send` waits for the request that it answers. A stranger who may connect can end the process:
 * see the guide's page on security. A Request that comes under a routing id which another connection still has takes it over, as on a Router.
 */
export class Reply extends DuplexSocket {
  constructor(options?: Settable<Base & SendingOptions & ReceivingOptions & RoutingIdOption>) {
    super({ name: "Reply", native: nativeClasses.Reply }, options);
    this[internals].native.setInt32Option(routerHandover, 1);
  }
}
export interface Reply extends RoutingIdOption {}

/**
 * DEALER: sends to its peers in turn, and waits while none has room; receives from all. Of several endpoints, one whose connection has broken
 * gets its turn as well, and its messages wait for it; see `immediate`.
 */
export class Dealer extends DuplexSocket {
  constructor(
    options?: Settable<Base & SendingOptions & ReceivingOptions & RoutingIdOption & ProbeRouterOption & ConflateOption>,
  ) {
    super(
      {
        name: "Dealer",
        native: nativeClasses.Dealer,
        defaults: { immediate: true },
        writableWith: "immediate",
        deals: true,
      },
      options,
    );
  }
}
export interface Dealer extends RoutingIdOption, ProbeRouterOption, ConflateOption {}

/**
 * ROUTER: what it receives begins with the routing id of the sender, what it sends with that of the receiver. To an
 * unknown peer `send` rejects `UnroutableError` at once; the queue of a full peer delays that peer's messages only.
 *
 * Routing ids prove nothing: those of nameless peers can be guessed, and a peer may claim any other. One that claims an id which is in use
 * takes it over, see `handover`. One that claims the id which libzmq 4.3.5 is to give next ends the process, by an assertion. Keep
 * strangers out: see the guide's page on security.
 */
export class Router extends DuplexSocket {
  constructor(
    options?: Settable<Base & SendingOptions & ReceivingOptions & RoutingIdOption & ProbeRouterOption & RouterOptions>,
  ) {
    super(
      {
        name: "Router",
        native: nativeClasses.Router,
        defaults: { mandatory: true, handover: true },
        writableWith: "mandatory",
        sender: { route: firstFrame, check: checkRouted },
      },
      options,
    );
  }

  override connect(address: string, options?: ConnectOptions): void {
    this[internals].endpoints.connect(address, options);
  }
}
export interface Router extends RoutingIdOption, ProbeRouterOption, RouterOptions {}

/** PAIR: one peer, both ways. Meant for `inproc://`; over TCP it does not reconnect reliably. */
export class Pair extends DuplexSocket {
  constructor(options?: Settable<Base & SendingOptions & ReceivingOptions>) {
    super({ name: "Pair", native: nativeClasses.Pair, writableWith: "immediate", deals: true }, options);
  }
}

/**
 * STREAM: plain TCP. Messages are a connection's routing id and bytes; no bytes mean, received, that the connection
 * opened or closed and, sent, that it is to be closed (which happens while the program goes on receiving).
 */
export class Stream extends DuplexSocket<
  [routingId: Buffer, bytes: Buffer],
  readonly [routingId: Frame, bytes: Frame]
> {
  constructor(options?: Settable<Base & SendingOptions & ReceivingOptions & StreamSocketOptions>) {
    super({ name: "Stream", native: nativeClasses.Stream, sender: { route: firstFrame, check: checkStream } }, options);
  }

  override connect(address: string, options?: ConnectOptions): void {
    this[internals].endpoints.connect(address, options);
  }
}
export interface Stream extends StreamSocketOptions {}

const types = {
  Push,
  Pull,
  Publisher,
  Subscriber,
  XPublisher,
  XSubscriber,
  Request,
  Reply,
  Dealer,
  Router,
  Pair,
  Stream,
};
makeStrict(...Object.values(types));
for (const { prototype } of [Pull, Subscriber, Dealer]) defineConflate(prototype, "receives");
for (const { prototype } of [Push, Publisher]) defineConflate(prototype, "sends");
for (const [name, type] of Object.entries(types)) {
  defineOptions(type.prototype, nativeClasses[name as keyof typeof types].prototype);
}

function firstFrame(frames: Frames): Buffer {
  const frame: NativeFrame | undefined = Array.isArray(frames) ? frames[0] : frames;
  if (Buffer.isBuffer(frame)) return frame;
  if (typeof frame === "string") return Buffer.from(frame);
  if (frame === null || frame === undefined) return Buffer.alloc(0);
  return asBuffer(frame);
}

/** libzmq takes a routing id without a message for nothing, silently. */
function checkRouted(frames: Frames): void {
  if (!Array.isArray(frames) || frames.length < 2)
    throw new TypeError("A Router sends a routing id and at least one more frame");
}

function checkStream(frames: Frames): void {
  if (!Array.isArray(frames) || frames.length !== 2)
    throw new TypeError("A Stream sends exactly two frames: a routing id and bytes");
}

function checkPrefixes(prefixes: unknown[]): void {
  for (const prefix of prefixes) {
    if (typeof prefix !== "string" && !Buffer.isBuffer(prefix))
      throw new TypeError("A subscription is a string or a Buffer");
  }
}
