/** Reads messages as values, in the time that there is, and leaves out those that can't be read where somebody is told of them. */

import { type Message, TimeoutError, type WaitOptions } from "@awaitmq/core";
import { onGivingUp, raise, tell } from "@awaitmq/core/internals";
import { CodecError, SchemaError } from "../errors.ts";
import type { Decoder } from "./codec.ts";
import { type OnInvalid, readValue, type Values } from "./values.ts";

/** In place of the value of a message that is left out. */
export const unreadable = Symbol("unreadable");

export class ValueReader<C extends Decoder<unknown> = Decoder<unknown>> {
  readonly values: Values<C>;
  readonly #name: string;
  readonly #onInvalid: OnInvalid | undefined;
  #invalid = 0;

  /** @param name whose `onInvalid` it is, for warnings */
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
   * The value of the next message that can be read. A message is lost whose schema is still at work when the signal aborts or the time is over.
   *
   * @param receive gives the next message
   * @param where completes the sentence of an error
   * @param wait has been checked; its time is for all of it
   * @throws CodecError, SchemaError, TimeoutError, `signal.reason`, what `receive` rejects with
   */
  async next(
    receive: (wait: WaitOptions) => Promise<Message>,
    where: string,
    { signal, timeout = Number.POSITIVE_INFINITY }: WaitOptions,
  ): Promise<unknown> {
    const end = performance.now() + timeout;
    const left = () => ({ signal, timeout: Math.ceil(Math.max(0, end - performance.now())) });
    for (;;) {
      const message = await receive(left());
      const value = await this.read(message, () => readValue(this.values, message, where), left());
      if (value !== unreadable) return value;
    }
  }

  /**
   * What `read` makes of a message. Where there is an `onInvalid`, that is told of one that can't be read.
   *
   * @throws as `next`
   */
  async read<T>(message: Message, read: () => T | Promise<T>, wait: WaitOptions = {}): Promise<T | typeof unreadable> {
    try {
      const value = read();
      return value instanceof Promise ? await inTime(value, wait) : value;
    } catch (error) {
      if (!(error instanceof CodecError || error instanceof SchemaError)) throw error;
      this.#invalid += 1;
      if (this.#onInvalid === undefined) throw error;
      tell(`onInvalid of ${this.#name}`, this.#onInvalid, error, message);
      return unreadable;
    }
  }
}

/** Settles as the value does, or rejects when it takes too long. */
function inTime<T>(value: Promise<T>, wait: WaitOptions): Promise<T> {
  return new Promise((resolve, reject) => {
    if (wait.signal?.aborted) reject(wait.signal.reason);
    const timedOut = () => {
      resolve(raise(new TimeoutError(`The schema did not check a value within the ${wait.timeout} ms that were left`)));
    };
    value.then(resolve, reject).finally(onGivingUp(wait, reject, timedOut));
  });
}
