/** A running worker of a broker: how it handles each request, and how it leaves. */

import { randomUUID } from "node:crypto";
import {
  type Dealer,
  type Frame,
  type Message,
  type MessagingError,
  QueueFullError,
  type Sendable,
  type SocketEvent,
  TimeoutError,
  UnsupportedError,
} from "@awaitmq/core";
import { internals, TransientMap, tell, toKey } from "@awaitmq/core/internals";
import type { LaneWorker } from "../concurrency/lane-work.ts";
import { Stopping } from "../concurrency/stopping.ts";
import { DisconnectedError, EnvelopeError, UnavailableError } from "../errors.ts";
import { errorReplyOf, type Failure } from "../message/error-reply.ts";
import { ownFrames } from "../message/own-frames.ts";
import { closeUnread, isAsyncIterable, needsStream } from "../streams/answer.ts";
import { windowOf } from "../streams/window.ts";
import { errorFlags, messageTypes } from "../wire/envelope.ts";
import { encodeError } from "../wire/error-body.ts";
import { Announcement } from "./announcement.ts";
import { BalancedCall } from "./balanced-call.ts";
import { HandlerContext } from "./balanced-context.ts";
import { parseRequest, parseStreamMessage } from "./protocol.ts";
import { RequestSource } from "./request-source.ts";
import type { BalancedHandler, CheckedServeBalancedOptions, ServeBalancedStats } from "./serve-balanced-options.ts";
import { WorkerPort } from "./worker-port.ts";

export class BalancedServer implements LaneWorker<Message, ServeBalancedStats> {
  /** Replies go to the same socket. */
  readonly closes = "now";
  readonly source: RequestSource;
  readonly stopping = new Stopping();
  readonly #dealer: Dealer;
  readonly #handler: BalancedHandler;
  readonly #options: CheckedServeBalancedOptions;
  readonly #announcement: Announcement | undefined;
  /** Stops listening to the events of the socket. */
  readonly #deaf: () => void;
  /** Streaming calls, by tag. */
  readonly #streams = new TransientMap<string, BalancedCall>();
  readonly #count = { served: 0, failed: 0, invalid: 0 };

  /** Announces the worker at once. */
  constructor(dealer: Dealer, handler: BalancedHandler, options: CheckedServeBalancedOptions) {
    this.#dealer = dealer;
    this.#handler = handler;
    this.#options = options;
    this.source = new RequestSource(dealer, this.#takeStreamed, options.concurrency);
    this.#deaf = dealer[internals].monitor.listen(this.#heed);
    if (!options.signal?.aborted) this.#announcement = new Announcement(dealer, options.concurrency);
  }

  stats(running: number): ServeBalancedStats {
    return { running, ...this.#count };
  }

  retire(): void {
    this.#announcement?.withdraw();
  }

  *takings(): Iterable<Promise<unknown>> {
    for (const { stream } of this.#streams.values()) if (stream?.taking !== undefined) yield stream.taking;
  }

  async leave(): Promise<void> {
    this.#deaf();
    await this.#announcement?.leave();
  }

  readonly perform = async (message: Message, signal: AbortSignal, late: AbortSignal): Promise<void> => {
    const request = parseRequest(message);
    if (request === undefined) {
      this.#count.invalid += 1;
      return;
    }
    const { envelope, body } = request;
    const port = new WorkerPort(this.#dealer, envelope, late);
    const hops = envelope.slice(2, -1);
    let call: BalancedCall;
    try {
      call = new BalancedCall(hops, windowOf(this.#options.window), signal, port);
    } catch (error) {
      if (!(error instanceof EnvelopeError)) throw error;
      this.#count.invalid += 1;
      const flags = errorFlags.refused;
      await this.#send(port.error(encodeError(error, { exposure: "message", flags }), flags), late);
      return;
    }
    if (call.stream === undefined) return this.#answer(call, port, body, late);
    const tag = toKey(envelope[1] as Buffer);
    this.#streams.set(tag, call);
    try {
      await this.source.streaming(() => this.#answer(call, port, body, late));
    } finally {
      this.#streams.delete(tag);
      call.end();
    }
  };

  /** A broker that is gone knows no streams any more, even when it is back. */
  readonly #heed = (event: SocketEvent): void => {
    if (event.type !== "disconnect") return;
    for (const call of this.#streams.values()) call.abort(new DisconnectedError("The broker disconnected"));
  };

  readonly #takeStreamed = (message: Message): boolean => {
    const found = parseStreamMessage(message);
    if (found === undefined) return false;
    // Without a call it comes late.
    this.#streams.get(found.tag)?.take(found.header, found.body);
    return true;
  };

  /** Handles a request, and sends what comes of it. */
  async #answer(call: BalancedCall, port: WorkerPort, body: Message, late: AbortSignal): Promise<void> {
    let reply: readonly Frame[] | undefined;
    let failure: { readonly error: unknown; readonly flags: number } | undefined;
    try {
      reply = await this.#handle(call, port, body);
    } catch (error) {
      failure = { error, flags: error === cannotStream || error === noProxy ? errorFlags.own : 0 };
    }
    const { verdict } = call;
    if (call.stream !== undefined && verdict !== undefined) failure = { error: verdict, flags: errorFlags.own };
    const { undelivered } = call.stream ?? {};
    if (undelivered !== undefined) failure = { error: dropped(undelivered), flags: errorFlags.own };
    if (failure !== undefined) {
      this.#count.failed += 1;
      const told = this.#tellError(failure.error, body);
      // The reply would not be sent any more.
      if (late.aborted) return;
      reply = await this.#failureReply(call, port, failure, body, told.id);
    }
    // The last item may have said it already.
    if (call.isCancelled && !call.stream?.isComplete) reply = port.message(messageTypes.end, 0, 0, []);
    const lost = reply === undefined ? undefined : await this.#send(reply, late);
    if (lost !== undefined) this.#tellError(lost, body);
    if (failure === undefined) this.#count[lost === undefined ? "served" : "failed"] += 1;
  }

  #tellError(error: unknown, body: Message): Failure {
    const failure = { id: randomUUID() };
    tell("onError of serveBalanced", this.#options.onError, error, body, failure);
    return failure;
  }

  /** Resolves to the message with the reply. Undefined if the handler has streamed its replies. */
  async #handle(call: BalancedCall, port: WorkerPort, body: Message): Promise<readonly Frame[] | undefined> {
    if (call.isProxied) throw noProxy;
    const answering = this.#handler(body, new HandlerContext(call, this.stopping));
    call.stream?.acknowledge();
    const answer = await answering;
    if (!isAsyncIterable(answer)) return port.reply(ownFrames(answer));
    if (call.stream === undefined) {
      await closeUnread(answer);
      throw cannotStream;
    }
    await call.stream.run(answer, (item) => ownFrames(item as Sendable));
    return undefined;
  }

  async #failureReply(
    { header }: BalancedCall,
    port: WorkerPort,
    { error, flags }: { readonly error: unknown; readonly flags: number },
    body: Message,
    id: string,
  ): Promise<readonly Frame[]> {
    const { exposeErrors: exposure, errorReply } = this.#options;
    if (header !== undefined) return port.error(encodeError(error, { exposure, id, flags }), flags);
    return port.reply(await errorReplyOf("serveBalanced", errorReply, error, body));
  }

  /**
   * Resolves to the reason why a reply was dropped, or undefined. Rejects if the socket fails. A closed socket is no
   * failure here: the worker already knows.
   */
  async #send(reply: readonly Frame[], late: AbortSignal): Promise<MessagingError | undefined> {
    try {
      await this.#dealer.send(reply, { signal: late, copy: false });
    } catch (error) {
      if (this.#dealer.closed) return undefined;
      if (error instanceof TimeoutError || error instanceof QueueFullError) return error;
      throw error;
    }
    return undefined;
  }
}

const cannotStream = needsStream();
const noProxy = new UnsupportedError(
  "Cannot stream through a proxy before the broker: it may give the messages of one call to several brokers",
);

/** What the client of a stream gets when an item could not be sent. */
function dropped(cause: Error): UnavailableError {
  return new UnavailableError(`The worker dropped items of this stream: ${cause.message}`, { cause });
}
