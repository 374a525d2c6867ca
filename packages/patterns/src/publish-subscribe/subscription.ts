/** A loop over published values. */

import type { Message, Subscriber } from "@awaitmq/core";
import { type Checked, orAbort, toKey } from "@awaitmq/core/internals";
import { claim } from "../concurrency/claim.ts";
import { CodecError, SchemaError } from "../errors.ts";
import type { OpenedSocket } from "../opening/opened-socket.ts";
import { decodeValue } from "../value/codec.ts";
import { applySchema, type Schema } from "../value/schema.ts";
import type { subscribeRules } from "./subscribe-options.ts";
import { readTopic, type TopicFilter } from "./topic.ts";

/** A value, and the topic that it was published under. */
export interface TopicMessage<T> {
  readonly topic: string;
  readonly value: T;
}

const left = Symbol("left");
const nothing = () => {};
const done = { value: undefined, done: true } as const;

/** One loop. Who does not loop over it to its end disposes of it, or calls `return`. */
export class Subscription<T> implements AsyncIterableIterator<TopicMessage<T>, undefined>, AsyncDisposable {
  readonly #source: OpenedSocket<Subscriber>;
  readonly #filter: TopicFilter;
  readonly #options: Checked<typeof subscribeRules>;
  readonly #messages: AsyncIterableIterator<Message, undefined>;
  readonly #end = new AbortController();
  readonly #release: () => void;
  /** Settles when a socket that was opened for it is closed. */
  #closing: Promise<void> | undefined;
  /** Settles when the calls of `next` so far are served: one at a time, or a message that is left out would confuse their order. */
  #served: Promise<unknown> = Promise.resolve();

  /** @internal */
  constructor(source: OpenedSocket<Subscriber>, filter: TopicFilter, options: Checked<typeof subscribeRules>) {
    this.#source = source;
    this.#filter = filter;
    this.#options = options;
    const { socket } = source;
    try {
      if (socket.invertMatching) throw new TypeError("subscribe needs a Subscriber without invertMatching");
      this.#release = claim(socket, "subscribe");
    } catch (error) {
      void source.close();
      throw error;
    }
    this.#messages = socket.messages({ signal: this.#end.signal });
    socket.subscribe(...filter.prefixes);
    try {
      source.begin();
    } catch (error) {
      this.#leave(left);
      throw error;
    }
    options.signal?.addEventListener("abort", this.#abort);
    if (options.signal?.aborted) this.#abort();
  }

  /** The endpoints that it has bound itself, with `*` and port 0 resolved. */
  get endpoints(): readonly string[] {
    return this.#source.endpoints;
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
    return this.#served.then(() => this.#closed());
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
    return this.#closed();
  }

  /** What a message holds; undefined for one that is left out. */
  async #read(message: Message): Promise<TopicMessage<T> | undefined> {
    const [frame, ...frames] = message;
    const raw = toKey(frame);
    if (!this.#filter.takes(raw)) return undefined;
    const { codec, schema, onInvalid } = this.#options;
    try {
      const topic = readTopic(frame);
      const where = `on topic ${topic}`;
      const decoded = decodeValue(codec, frames, where);
      if (schema === undefined) return { topic, value: decoded as T };
      const value = applySchema(schema as Schema<unknown, T>, decoded, where);
      return { topic, value: value instanceof Promise ? await orAbort(value, this.#end.signal) : value };
    } catch (error) {
      if (onInvalid === undefined || !(error instanceof CodecError || error instanceof SchemaError)) throw error;
      await onInvalid(error, message);
      return undefined;
    }
  }

  readonly #abort = (): void => this.#leave(this.#options.signal?.reason);

  #leave(reason: unknown): void {
    if (this.#end.signal.aborted) return;
    this.#end.abort(reason);
    this.#options.signal?.removeEventListener("abort", this.#abort);
    this.#release();
    const { isOwned, socket } = this.#source;
    if (!isOwned && !socket.closed) socket.unsubscribe(...this.#filter.prefixes);
    this.#closing = this.#source.close();
  }

  async #closed(): Promise<typeof done> {
    await this.#closing;
    return done;
  }
}
