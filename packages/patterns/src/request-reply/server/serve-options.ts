/** The options of `serve`, its counters, and what handlers get. */

import type { Message, MessagingError, Sendable } from "@awaitmq/core";
import {
  bound,
  type Checked,
  callback,
  milliseconds,
  number,
  oneOf,
  option,
  type Rules,
  readOptions,
} from "@awaitmq/core/internals";
import { runningRules } from "../../concurrency/running.ts";
import type { EnvelopeError } from "../../errors.ts";
import type { Failure } from "../../message/error-reply.ts";
import type { Answer } from "../../streams/answer.ts";
import { checkWindow, type Window } from "../../streams/window.ts";
import { type ValueOptions, valueRules } from "../../value/values.ts";
import type { Exposure } from "../../wire/error-body.ts";
import type { Metadata } from "../../wire/metadata.ts";

/**
 * What a handler gets besides the request.
 *
 * @category Request and reply
 */
export interface RequestContext<Item = Message> {
  /**
   * Aborts when nobody waits for the reply any more. Its reason says why:
   *
   * - the client cancelled (`CancelledError`),
   * - the client's time ran out (core's `TimeoutError`),
   * - the client disconnected (`DisconnectedError`),
   * - the server shuts down (`UnavailableError`, or the reason of `signal`).
   */
  readonly signal: AbortSignal;
  /**
   * Aborts when the server begins to shut down: `stop` was called, its `signal` aborted, or its socket closed. The
   * reason says which: `UnavailableError`, the reason of that signal, or `ClosedError`.
   *
   * After `stop`, `signal` follows when `grace` is over. Until then a stream can end in order, so an endless stream
   * should end when this aborts. For a request that begins during the shutdown, it has already aborted. It does not
   * abort when only the client leaves.
   *
   * All requests of a server share this signal, so a handler should remove the listeners that it adds.
   */
  readonly stopping: AbortSignal;
  /**
   * The routing id of the connection that the request came by: the client's, or that of the nearest proxy. It tells
   * connections apart while they last.
   *
   * It is no proof of identity. A client may choose any id, even one that another client used before. Do not give it to
   * others: with an id they can take its owner's place.
   */
  readonly peer: Buffer;
  /** The priority that the client asked for, -128 to 127. 0 if it asked for none. */
  readonly priority: number;
  /** What the client says about this call besides its message. Frozen, without a prototype. Empty on a Reply socket. */
  readonly metadata: Metadata;
  /** Milliseconds until the client times out, now. Infinity if it does not, and on a Reply socket. */
  readonly remaining: number;
  /**
   * What the client streams: messages or, with a codec, values. Empty for a plain request. It can be read once.
   *
   * The client sends nothing before the first read, and then at most the `window` of the server ahead. Leaving the loop
   * tells the client to stop, and the call goes on. If the call ends early, the loop throws the reason of `signal`.
   */
  readonly input: AsyncIterableIterator<Item, undefined>;
}

/**
 * Answers a request with a message of one frame or several, or with a stream of messages, or throws.
 *
 * @category Request and reply
 */
export type RequestHandler = (message: Message, context: RequestContext) => Answer<Sendable>;

/**
 * Answers a request with a value or a stream of values, for a server with a codec.
 *
 * @category Request and reply
 */
export type ValueHandler<Request, Reply> = (request: Request, context: RequestContext<Request>) => Answer<Reply>;

/**
 * Limits, timeouts, error handling and shutdown of a server.
 *
 * @category Request and reply
 */
export interface ServeOptions {
  /** Handlers that run at once, 1 or more. @default Infinity */
  readonly concurrency?: number | undefined;
  /**
   * Requests that may wait for a handler, 0 or more. One more is refused: its client gets an `OverloadedError` at once.
   * @default 1_000
   */
  readonly maxQueued?: number | undefined;
  /**
   * Unanswered requests per peer, 1 or more, including replies that the peer has not collected. One more is refused.
   *
   * To ZeroMQ a proxy is one peer. Behind a proxy each client counts separately, by the first half of its correlation
   * id. A plain REQ there counts by its routing id at the proxy.
   *
   * @default 1_000
   */
  readonly maxQueuedPerPeer?: number | undefined;
  /**
   * Unanswered requests of all clients of one proxy together, 1 or more. One more is refused. This limit is there
   * because a stranger may act as a proxy with any number of clients. @default 10_000
   */
  readonly maxQueuedPerProxy?: number | undefined;
  /**
   * Milliseconds that `stop` and disposal give running handlers before their signals abort, 0 or more. @default 5_000
   */
  readonly grace?: number | undefined;
  /**
   * Milliseconds after that abort until the server ends without the handlers that still run, 0 or more.
   *
   * It then emits a process warning with the code `AWAITMQ_STILL_RUNNING`. Clients of those handlers get an error, and
   * what the handlers return is dropped. Goodbyes, and messages that were sent but have not left yet, get another 500
   * ms.
   *
   * @default 5_000
   */
  readonly force?: number | undefined;
  /**
   * Milliseconds that a reply waits for a client that does not collect it. Then it is dropped and counted as
   * `undeliverable`. @default 10_000
   */
  readonly replyTimeout?: number | undefined;
  /** What the server lets each client stream ahead of its handler, per call. @default 256 items and 1 MiB */
  readonly window?: Window | undefined;
  /**
   * Milliseconds between checks whether the clients of running handlers are still connected. Infinity means never. It
   * is for sockets on which libzmq cannot report disconnects, such as a Router that already has endpoints.
   *
   * @default 20; Infinity where libzmq reports disconnects
   */
  readonly probeInterval?: number | undefined;
  /**
   * Shuts the server down when aborted, as `stop({ grace: 0 })` does. The signals of handlers abort at once, with its
   * reason.
   */
  readonly signal?: AbortSignal | undefined;
  /**
   * What clients get of an error that a handler throws:
   *
   * - `"message"`: its name, message and code.
   * - `"stack"`: its stack too.
   * - `"none"`: the code `ERR_REMOTE` and an id, which `onError` gets with the error.
   *
   * A message may reveal files, hosts and queries to strangers.
   *
   * @default "message"
   */
  readonly exposeErrors?: Exposure | undefined;
  /**
   * Returns the reply to a failed request of a client without the envelope's header, such as a plain REQ.
   *
   * A request fails if its handler threw or it was refused. Other clients get the error itself, as far as
   * `exposeErrors` allows. If this throws, or returns something that cannot be sent, a process warning is emitted, and
   * the reply is one empty frame. It is not called for an error that a contract of `@awaitmq/rpc` declares: that error
   * is the reply.
   *
   * @default () => null, one empty frame
   */
  readonly errorReply?:
    | ((error: unknown, message: Message, failure: Failure) => Sendable | Promise<Sendable>)
    | undefined;
  /**
   * Called for each failed request: its handler threw, or it was refused. Its result is ignored. If it throws, that
   * emits a process warning.
   */
  readonly onError?: ((error: unknown, message: Message, failure: Failure) => unknown) | undefined;
  /**
   * Called for each message that is not a request in the envelope format. It is dropped and counted as `invalid`. If
   * this throws, that emits a process warning.
   */
  readonly onInvalid?: ((error: EnvelopeError, frames: Message) => unknown) | undefined;
  /**
   * Called for each dropped reply, and each dropped item of a stream, with its frames. The error says why:
   *
   * - its client disconnected (`UnroutableError`, `DisconnectedError`),
   * - its client did not collect it in time (`TimeoutError`),
   * - the server ended before it (`UnavailableError`).
   *
   * It is not called for a reply whose client had given up, nor on a Reply socket, which cannot report this. Its result
   * is ignored. If it throws, that emits a process warning.
   */
  readonly onUndeliverable?: ((message: Message, error: MessagingError) => unknown) | undefined;
}

/**
 * Counters since the start of the server. The first two are current values.
 *
 * @category Request and reply
 */
export interface ServerStats {
  /** Handlers that run now. */
  readonly running: number;
  /** Requests that wait for a handler now. */
  readonly queued: number;
  /** Handlers that returned a reply, or streamed all of theirs. */
  readonly served: number;
  /** Handlers that threw, streams that the server ended, and requests that the codec or the schema refused. */
  readonly failed: number;
  /** Requests that were refused: over a limit, or during shutdown. */
  readonly refused: number;
  /** Requests that timed out, were cancelled, or broke the rules of streams before a handler began. */
  readonly dropped: number;
  /**
   * Replies that their client did not get: it disconnected, did not collect them in time, or had already got an error
   * because of the shutdown.
   */
  readonly undeliverable: number;
  /** Messages that were not requests in the envelope format. */
  readonly invalid: number;
}

type ErrorReply = NonNullable<ServeOptions["errorReply"]>;

const serveRules = {
  concurrency: bound(1, Number.POSITIVE_INFINITY),
  maxQueued: bound(0, 1_000),
  maxQueuedPerPeer: bound(1, 1_000),
  maxQueuedPerProxy: bound(1, 10_000),
  ...runningRules,
  replyTimeout: milliseconds(10_000),
  window: option<Window>(checkWindow),
  probeInterval: number(1, Number.POSITIVE_INFINITY),
  exposeErrors: oneOf<Exposure>(["none", "message", "stack"], "message"),
  errorReply: callback<ErrorReply>(() => null),
  onError: callback<NonNullable<ServeOptions["onError"]>>(),
  onInvalid: callback<NonNullable<ServeOptions["onInvalid"]>>(),
  onUndeliverable: callback<NonNullable<ServeOptions["onUndeliverable"]>>(),
  ...valueRules,
} satisfies Rules<ServeOptions>;

/** Options with their defaults. */
export type CheckedServeOptions = Checked<typeof serveRules>;

/** @throws TypeError, RangeError */
export function readServeOptions(options: ServeOptions & ValueOptions): CheckedServeOptions {
  return readOptions("serve", serveRules, options);
}
