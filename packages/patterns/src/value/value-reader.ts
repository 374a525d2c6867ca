/** Reads messages as values within a time limit, and skips those that cannot be read if there is an `onInvalid`. */

import { type Message, TimeoutError, type WaitOptions } from "@awaitmq/core";
import { tell } from "@awaitmq/core/internals";
import { CodecError, SchemaError } from "../errors.ts";
import type { Decoder } from "./codec.ts";
import { inTime, timeLeft } from "./in-time.ts";
import { type OnInvalid, readValue, type Values } from "./values.ts";

/** Stands for the value of a message that is skipped. */
export const unreadable = Symbol("unreadable");

export class ValueReader<C extends Decoder<unknown> = Decoder<unknown>> {
  readonly values: Values<C>;
  readonly #name: string;
  readonly #onInvalid: OnInvalid | undefined;
  #invalid = 0;

  /** @param name the function whose `onInvalid` this is, for warnings */
  constructor(name: string, values: Values<C>, onInvalid: OnInvalid | undefined) {
    this.#name = name;
    this.values = values;
    this.#onInvalid = onInvalid;
  }

  /** How many messages could not be read. */
  get invalid(): number {
    return this.#invalid;
  }

  /**
   * Resolves to the value of the next message that can be read. A message is lost if its schema is still checking when
   * the signal aborts or the time is over.
   *
   * @param receive resolves to the next message
   * @param where ends the sentence of an error
   * @param wait is already checked; its timeout covers everything
   * @throws CodecError, SchemaError, TimeoutError, `signal.reason`, what `receive` rejects with
   */
  async next(receive: (wait: WaitOptions) => Promise<Message>, where: string, wait: WaitOptions): Promise<unknown> {
    const left = timeLeft(wait);
    for (let leftOut = 0; ; leftOut++) {
      const message = await receive(left()).catch((error) => {
        if (leftOut === 0 || !(error instanceof TimeoutError)) throw error;
        const skipped = `${leftOut} ${leftOut === 1 ? "message was" : "messages were"} skipped (onInvalid)`;
        throw new TimeoutError(`No readable message arrived within ${wait.timeout} ms: ${skipped}`, { cause: error });
      });
      const read = this.read(message, () => readValue(this.values, message, where), left);
      // Most values are there at once, and an await takes a while.
      const value = read instanceof Promise ? await read : read;
      if (value !== unreadable) return value;
    }
  }

  /**
   * Returns what `read` makes of a message, or a promise of it. If there is an `onInvalid`, that is called for a
   * message that cannot be read.
   *
   * @throws as `next` rejects; the promise rejects in the same way
   */
  read<T>(
    message: Message,
    read: () => T | Promise<T>,
    left: () => WaitOptions,
  ): T | typeof unreadable | Promise<T | typeof unreadable> {
    try {
      const value = read();
      if (!(value instanceof Promise)) return value;
      return inTime(value, left()).catch((error) => this.#leaveOut(error, message));
    } catch (error) {
      return this.#leaveOut(error, message);
    }
  }

  #leaveOut(error: unknown, message: Message): typeof unreadable {
    if (!(error instanceof CodecError || error instanceof SchemaError)) throw error;
    this.#invalid += 1;
    if (this.#onInvalid === undefined) throw error;
    tell(`onInvalid of ${this.#name}`, this.#onInvalid, error, message);
    return unreadable;
  }
}
