/** Reads published values from a Subscriber, which it alone reads meanwhile. */

import type { Message, Subscriber } from "@awaitmq/core";
import { toKey } from "@awaitmq/core/internals";
import { claim } from "../concurrency/claim.ts";
import { over } from "../concurrency/taking.ts";
import type { OpenedSocket } from "../opening/opened-socket.ts";
import { unreadable, type ValueReader } from "../value/value-reader.ts";
import { readValue } from "../value/values.ts";
import type { TopicMessage } from "./subscribe-options.ts";
import { readTopic, type TopicFilter } from "./topic.ts";

export class TopicReader {
  readonly #source: OpenedSocket<Subscriber>;
  readonly #filter: TopicFilter;
  readonly #reader: ValueReader;
  readonly #release: () => void;
  #messages: AsyncIterator<Message, undefined> | undefined;

  /**
   * Subscribes, and binds or connects a new socket.
   *
   * @throws TypeError, InUseError, ClosedError, AddressError; then everything is undone
   */
  constructor(source: OpenedSocket<Subscriber>, filter: TopicFilter, reader: ValueReader) {
    this.#source = source;
    this.#filter = filter;
    this.#reader = reader;
    const { socket } = source;
    try {
      if (socket.invertMatching) throw new TypeError("subscribe needs a Subscriber without invertMatching");
      this.#release = claim(socket, "subscribe");
    } catch (error) {
      void source.close();
      throw error;
    }
    try {
      socket.subscribe(...filter.prefixes);
      source.begin();
    } catch (error) {
      void this.leave();
      throw error;
    }
  }

  /**
   * Resolves to the next message that matches and can be read. The signal is the same each time. @throws `over` when
   * the socket is closed
   */
  readonly take = async (signal: AbortSignal): Promise<TopicMessage<unknown>> => {
    this.#messages ??= this.#source.socket.messages({ signal });
    for (;;) {
      const step = await this.#messages.next();
      if (step.done) throw over;
      const message = step.value;
      if (!this.#filter.takes(toKey(message[0]))) continue;
      const read = await this.#reader.read(
        message,
        () => this.#valueOf(message),
        () => ({ signal }),
      );
      if (read !== unreadable) return read;
    }
  };

  /** Cancels the subscriptions, and closes a socket that was opened. */
  readonly leave = async (): Promise<void> => {
    this.#release();
    const { isOwned, socket } = this.#source;
    if (!isOwned && !socket.closed) socket.unsubscribe(...this.#filter.prefixes);
    await this.#source.close();
  };

  #valueOf([frame, ...frames]: Message): TopicMessage<unknown> | Promise<TopicMessage<unknown>> {
    const topic = readTopic(frame);
    const value = readValue(this.#reader.values, frames, `on topic ${topic}`);
    return value instanceof Promise ? value.then((checked) => ({ topic, value: checked })) : { topic, value };
  }
}
