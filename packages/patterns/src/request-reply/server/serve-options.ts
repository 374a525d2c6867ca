/** What `serve` takes beside the socket and the handler, and what a handler is told. */

import type { Message, MessagingError, Sendable } from "@awaitmq/core";
import {
  bound,
  type Checked,
  callback,
  milliseconds,
  number,
  oneOf,
  type Rules,
  readOptions,
} from "@awaitmq/core/internals";
import { runningRules } from "../../concurrency/running.ts";
import type { EnvelopeError } from "../../errors.ts";
import { type ValueOptions, valueRules } from "../../value/values.ts";
import type { Exposure } from "../wire/error-body.ts";

/** What a handler is told beside the message. */
export interface RequestContext {
  /**
   * Aborts when nobody waits for the reply any more: the client cancelled (`CancelledError`), its time ran out (core's
   * `TimeoutError`), it went away (`DisconnectedError`), or the server ends (`UnavailableError`, or the reason of `signal`).
   */
  readonly signal: AbortSignal;
  /**
   * The routing id of the connection that the request came by: the client's, or that of the proxy nearest to the server. It tells
   * connections apart while they last. It is no identity: a stranger may choose it, also that of somebody who left. Give it to nobody:
   * who knows the id of another may take its place.
   */
  readonly peer: Buffer;
  /** As the client asked for it, -128 to 127; 0 if it did not. */
  readonly priority: number;
}

/** What the server knows a failed request by. */
export interface Failure {
  /** The `id` of the client's `RemoteError`. */
  readonly id: string;
}

/** Answers a request: with one frame or several, or by throwing. */
export type RequestHandler = (message: Message, context: RequestContext) => Sendable | Promise<Sendable>;

/** Answers a request by value, where the server has a codec. */
export type ValueHandler<Request, Reply> = (request: Request, context: RequestContext) => Reply | Promise<Reply>;

/** The bounds of a server, and how it ends. */
export interface ServeOptions {
  /** Handlers that run at once, 1 or more. @default Infinity */
  readonly concurrency?: number | undefined;
  /**
   * Requests that wait beyond those, 0 or more. One more is refused: its client gets `OverloadedError` at once.
   *
   * @default 1_000
   */
  readonly maxQueued?: number | undefined;
  /**
   * Requests of one peer that may be unanswered at a time, 1 or more, replies that the peer does not collect included. One more is
   * refused. To ZeroMQ a proxy is one peer: of those behind it each client counts by itself, by the first half of its correlation id,
   * and a plain REQ by its routing id at the proxy.
   *
   * @default 1_000
   */
  readonly maxQueuedPerPeer?: number | undefined;
  /**
   * Requests of all the clients of one proxy together that may be unanswered at a time, 1 or more: a stranger may act as a proxy with
   * clients without number. One more is refused.
   *
   * @default 10_000
   */
  readonly maxQueuedPerProxy?: number | undefined;
  /** Milliseconds that `stop` and disposal give running handlers before their signals abort, 0 or more. @default 5_000 */
  readonly grace?: number | undefined;
  /**
   * Milliseconds that handlers have from then on, 0 or more. The server ends without those that still run, which is a process
   * warning with the code `AWAITMQ_STILL_RUNNING`; their clients get an error, and what they give is dropped. Goodbyes, and what was sent and
   * has not left, have half a second more.
   *
   * @default 5_000
   */
  readonly force?: number | undefined;
  /**
   * Milliseconds that a reply waits for a client that does not collect it, before it is dropped and counted as `undeliverable`.
   *
   * @default 10_000
   */
  readonly replyTimeout?: number | undefined;
  /**
   * Milliseconds between looks whether the clients of running handlers are still there, where libzmq can't tell that a peer
   * went, as on a Router that has endpoints already. Infinity for never.
   *
   * @default 20, and Infinity where libzmq tells
   */
  readonly probeInterval?: number | undefined;
  /** Ends the server when aborted, as `stop` does with no `grace`: the handlers' signals abort at once, with its reason. */
  readonly signal?: AbortSignal | undefined;
  /**
   * What clients are told of what a handler throws: `"message"`, its name, message and code; `"stack"`, its stack too; `"none"`, the
   * code `ERR_REMOTE` and an id, which `onError` gets with the error. A message may tell a stranger of files, hosts and queries.
   *
   * @default "message"
   */
  readonly exposeErrors?: Exposure | undefined;
  /**
   * What a client without the envelope's header, a plain REQ, gets as the reply when its request failed: a handler threw, or the
   * request was refused. Other clients get the error itself, as far as `exposeErrors` lets them. What it throws itself, or gives
   * that can't be sent, is a process warning, and the reply is one empty frame.
   *
   * @default () => null, one empty frame
   */
  readonly errorReply?:
    | ((error: unknown, message: Message, failure: Failure) => Sendable | Promise<Sendable>)
    | undefined;
  /**
   * Told of each request that failed: a handler threw, or the request was refused. It changes nothing. What it throws is a process warning.
   */
  readonly onError?: ((error: unknown, message: Message, failure: Failure) => unknown) | undefined;
  /**
   * Called for each message that is no request in the form of the envelope. It is dropped, and counted as `invalid`. What this throws is
   * a process warning.
   */
  readonly onInvalid?: ((error: EnvelopeError, frames: Message) => unknown) | undefined;
  /**
   * Told of each reply that was dropped, with its frames: its client went (`UnroutableError`, `DisconnectedError`), or did not collect it in time
   * (`TimeoutError`), or the server ended before it (`UnavailableError`). Not of one whose client had given up. It changes nothing; what it throws is a
   * process warning. A Reply can't tell.
   */
  readonly onUndeliverable?: ((message: Message, error: MessagingError) => unknown) | undefined;
}

/** Counts from the start of the server on, but for the first two. */
export interface ServerStats {
  /** Handlers that run now. */
  readonly running: number;
  /** Requests that wait for their turn now. */
  readonly queued: number;
  /** Handlers that gave a reply. */
  readonly served: number;
  /** Handlers that threw, and requests that the codec or the schema refused. */
  readonly failed: number;
  /** Requests that were refused: too many, or the server was about to end. */
  readonly refused: number;
  /** Requests whose time ran out, or that were cancelled, before a handler began. */
  readonly dropped: number;
  /** Replies that their client did not get: it was gone, did not collect them, or had been told of the end of the server. */
  readonly undeliverable: number;
  /** Messages that were no requests in the form of the envelope. */
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
