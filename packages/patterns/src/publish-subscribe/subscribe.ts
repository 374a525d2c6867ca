/** Reading published values. */

import { type Message, Subscriber } from "@awaitmq/core";
import { checkOptions } from "@awaitmq/core/internals";
import { checkAbortSignal, checkFunction } from "../concurrency/check.ts";
import { claim } from "../concurrency/claim.ts";
import { CodecError, SchemaError } from "../errors.ts";
import { type Decoder, decodeValue } from "../message/codec.ts";
import { applySchema, checkSchema, type Schema } from "../message/schema.ts";
import { orAbort } from "./or-abort.ts";
import { readTopic, TopicFilter, type TopicMatch } from "./topic.ts";

/** How values are read, what counts as matching, and what a wrong one does. */
export interface SubscribeOptions<T> {
  /** How values travel, as the publisher has it. */
  readonly codec: Decoder<unknown>;
  /** Checks each value, and gives what it makes of it. It may be asynchronous. @default values as the codec gives them */
  readonly schema?: Schema<unknown, T> | undefined;
  /** @default "prefix" */
  readonly match?: TopicMatch | undefined;
  /** Ends the loop when aborted: it throws `signal.reason`. */
  readonly signal?: AbortSignal | undefined;
  /**
   * Told of each message that can't be read, and the loop goes on with the next. The frames begin with that of the topic. What
   * this throws, the loop throws. @default the loop throws the error
   */
  readonly onError?: ((error: CodecError | SchemaError, message: Message) => unknown) | undefined;
}

/** A value, and the topic that it was published under. */
export interface TopicMessage<T> {
  readonly topic: string;
  readonly value: T;
}

/**
 * Subscribes, from this call on, and gives what arrives, until the loop is left, the signal aborts or the socket closes. Then it
 * takes back its own subscriptions; those that the program made on the socket itself stay, for libzmq counts them. When a
 * connection breaks, or the publisher starts anew, libzmq subscribes again by itself; what is published meanwhile is lost.
 *
 * A Subscriber has one such loop at a time, which reads everything that arrives there: a second call throws `InUseError`, and
 * what its filters do not take, such as late messages of a loop before it, is dropped. Where two loops are wanted, open two
 * sockets. The socket stays open after the loop. What had arrived and was not read then is still there, for a next loop that
 * takes it; a message whose schema was at work is dropped. The socket's `receiveTimeout` bounds each wait for a message.
 *
 * @param filters which topics, at least one; see the option `match`. `[""]` takes all.
 * @throws TypeError, InUseError, ClosedError; the loop throws CodecError, SchemaError or `signal.reason`
 */
export function subscribe<T>(
  subscriber: Subscriber,
  filters: readonly string[],
  options: SubscribeOptions<T> & { readonly schema: Schema<unknown, T> },
): Subscription<T>;
export function subscribe<T>(
  subscriber: Subscriber,
  filters: readonly string[],
  options: SubscribeOptions<T> & { readonly codec: Decoder<T>; readonly schema?: undefined },
): Subscription<T>;
export function subscribe<T>(
  subscriber: Subscriber,
  filters: readonly string[],
  options: SubscribeOptions<T>,
): Subscription<T> {
  return new Subscription(subscriber, filters, options);
}

const names = { codec: true, schema: true, match: true, signal: true, onError: true } as const;
const left = Symbol("left");
const nothing = () => {};
const done = { value: undefined, done: true } as const;

/** One loop. Who does not loop over it to its end disposes of it, or calls `return`. */
export class Subscription<T> implements AsyncIterableIterator<TopicMessage<T>, undefined>, AsyncDisposable {
  readonly #subscriber: Subscriber;
  readonly #filter: TopicFilter;
  readonly #options: SubscribeOptions<T>;
  readonly #messages: AsyncIterableIterator<Message, undefined>;
  readonly #end = new AbortController();
  readonly #release: () => void;
  /** Settles when the calls of `next` so far are served: one at a time, or a message that is left out would confuse their order. */
  #served: Promise<unknown> = Promise.resolve();

  /** @internal */
  constructor(subscriber: Subscriber, filters: readonly string[], options: SubscribeOptions<T>) {
    if (!(subscriber instanceof Subscriber)) throw new TypeError("subscribe reads from a Subscriber");
    checkOptions("subscribe", options, names);
    if (options.onError !== undefined) checkFunction("onError", options.onError);
    if (typeof options.codec?.decode !== "function") throw new TypeError("codec must have a function decode");
    if (options.schema !== undefined) checkSchema(options.schema);
    this.#filter = new TopicFilter(filters, options.match);
    const { signal } = options;
    checkAbortSignal(signal);
    if (subscriber.invertMatching) throw new TypeError("subscribe needs a Subscriber without invertMatching");
    this.#release = claim(subscriber, "subscribe");
    this.#subscriber = subscriber;
    this.#options = options;
    this.#messages = subscriber.messages({ signal: this.#end.signal });
    subscriber.subscribe(...this.#filter.prefixes);
    signal?.addEventListener("abort", this.#abort);
    if (signal?.aborted) this.#abort();
  }

  /** The stream itself. */
  [Symbol.asyncIterator](): this {
    return this;
  }

  /** The next message that matches. Any number of calls may wait; they are served in their order. */
  next(): Promise<IteratorResult<TopicMessage<T>, undefined>> {
    const step = this.#served.then(() => this.#step());
    this.#served = step.then(nothing, nothing);
    return step;
  }

  /** Ends the loop: calls of `next` that wait are done, and the subscriptions are taken back. */
  return(): Promise<IteratorResult<TopicMessage<T>, undefined>> {
    this.#leave(left);
    return this.#served.then(() => done);
  }

  /** As `return()`. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.return();
  }

  async #step(): Promise<IteratorResult<TopicMessage<T>, undefined>> {
    try {
      for (;;) {
        const step = await this.#messages.next();
        if (step.done) break;
        const read = await this.#read(step.value);
        if (read !== undefined) return { value: read, done: false };
      }
    } catch (error) {
      this.#leave(left);
      if (error !== left) throw error;
    }
    this.#leave(left);
    return done;
  }

  /** What a message holds; undefined for one that is left out. */
  async #read(message: Message): Promise<TopicMessage<T> | undefined> {
    const [frame, ...frames] = message;
    const raw = frame.toString("latin1");
    if (!this.#filter.takes(raw)) return undefined;
    const { codec, schema, onError } = this.#options;
    try {
      const topic = readTopic(frame);
      const where = `on topic ${topic}`;
      const decoded = decodeValue(codec, frames, where);
      if (schema === undefined) return { topic, value: decoded as T };
      const value = applySchema(schema, decoded, where);
      return { topic, value: value instanceof Promise ? await orAbort(value, this.#end.signal) : value };
    } catch (error) {
      if (onError === undefined || !(error instanceof CodecError || error instanceof SchemaError)) throw error;
      await onError(error, message);
      return undefined;
    }
  }

  readonly #abort = (): void => this.#leave(this.#options.signal?.reason);

  #leave(reason: unknown): void {
    if (this.#end.signal.aborted) return;
    this.#end.abort(reason);
    this.#options.signal?.removeEventListener("abort", this.#abort);
    this.#release();
    if (!this.#subscriber.closed) this.#subscriber.unsubscribe(...this.#filter.prefixes);
  }
}
