/** Makes the calls of a client, whatever its messages stand for. */

import type { Frame, Message, MessagingError, WaitOptions } from "@awaitmq/core";
import { type Checked, closedError, orAbort } from "@awaitmq/core/internals";
import { asAsync } from "../../streams/as-async.ts";
import type { EncodeItem } from "../../streams/item-sender.ts";
import { windowOf } from "../../streams/window.ts";
import { inTime, timeLeft } from "../../value/in-time.ts";
import type { Calls } from "./calls.ts";
import type { CallOptions, streamRules } from "./client-options.ts";
import { type BeginStream, CallReplies, type ReplyStream } from "./reply-stream.ts";
import { StreamCall } from "./stream-call.ts";

/** What the messages of a call stand for. */
export interface CallValues {
  /** Returns what the program gets of a reply or of an item, or a promise of it. */
  readonly read: (message: Message, where: "as a reply" | "as an item") => unknown;
  readonly encode: EncodeItem;
  /** Returns what the call rejects with, of an error that the server sent. */
  readonly explain: (error: MessagingError) => Error;
}

export class Caller {
  readonly #calls: Calls;
  readonly #timeout: number;
  readonly #end: AbortSignal;

  /**
   * @param timeout of requests that do not say, in milliseconds
   * @param end aborted when the client closes, with the reason that its calls reject with
   */
  constructor(calls: Calls, timeout: number, end: AbortSignal) {
    this.#calls = calls;
    this.#timeout = timeout;
    this.#end = end;
  }

  /** @param message for tracing; `frames` is what is sent */
  async request(
    message: unknown,
    frames: readonly Frame[],
    options: CallOptions,
    { read, explain }: CallValues,
  ): Promise<unknown> {
    this.#check(options);
    const left = this.timeLeft(options);
    const reply = await this.#calls.begin({ message, frames, options, explain });
    return this.inTime(read(reply, "as a reply"), left);
  }

  /** As `request`, for a program that takes frames. */
  frames(message: unknown, frames: readonly Frame[], options: CallOptions): Promise<Message> {
    try {
      this.#check(options);
    } catch (error) {
      return Promise.reject(error);
    }
    return this.#calls.begin({ message, frames, options, explain: unchanged });
  }

  /**
   * @param message for tracing; `frames` is what is sent
   * @param options checked, with their defaults
   */
  stream<Reply>(
    message: unknown,
    frames: readonly Frame[],
    options: Checked<typeof streamRules>,
    { read, encode, explain }: CallValues,
  ): ReplyStream<Reply> {
    const { signal, timeout = Number.POSITIVE_INFINITY, input, idleTimeout, grace, window } = options;
    const metadata = options.metadata && { ...options.metadata }; // the program may change it before the call begins
    let left = timeLeft({ signal, timeout });
    const stream = new StreamCall({
      window: windowOf(window),
      input: input === undefined ? undefined : asAsync(input),
      idleTimeout,
      grace,
      encode,
      read: (item) => this.inTime(read(item, "as an item"), left),
    });
    const begin: BeginStream = () => {
      if (this.#end.aborted) return { error: closedError("send a request", "client") };
      if (signal?.aborted) return { error: signal.reason };
      // The call may begin long after it was made.
      left = timeLeft({ signal, timeout });
      return this.#calls.stream({ message, frames, options: { ...options, metadata, timeout }, explain }, stream);
    };
    return new CallReplies<Reply>(stream, begin, input !== undefined);
  }

  /** @throws ClosedError, `signal.reason` */
  #check({ signal }: CallOptions): void {
    if (this.#end.aborted) throw closedError("send a request", "client");
    signal?.throwIfAborted();
  }

  /** Returns a function that gives the rest of a request's time at each call, beginning now. */
  timeLeft({ signal, timeout = this.#timeout }: CallOptions): () => WaitOptions {
    return timeLeft({ signal, timeout });
  }

  /** Returns a value, or a promise of it that settles in time: a schema may take until the call times out. */
  inTime(value: unknown, left: () => WaitOptions, late?: () => string): unknown {
    return value instanceof Promise ? inTime(orAbort(value, this.#end), left(), late) : value;
  }
}

export function unchanged(error: MessagingError): Error {
  return error;
}
