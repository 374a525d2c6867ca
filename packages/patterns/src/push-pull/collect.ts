/** The sink of a pipeline: a certain number of messages from a socket that stays open. */

import { ClosedError, type Message, type Receiving } from "@awaitmq/core";
import { checkOptions } from "@awaitmq/core/internals";
import { checkAbortSignal, checkBound, checkMilliseconds } from "../concurrency/check.ts";

/** When to stop. */
export interface CollectOptions {
  /** How many messages to give, a whole number, 0 or more. @default Infinity: all until the socket closes */
  readonly count?: number | undefined;
  /** Milliseconds to wait for each message, 0 or more; then the loop throws `TimeoutError`. @default Infinity */
  readonly timeout?: number | undefined;
  /** Ends the loop, which throws `signal.reason`. */
  readonly signal?: AbortSignal | undefined;
}

const names = { count: true, timeout: true, signal: true } as const;

/**
 * Gives `count` messages and ends. It takes a message only when asked for one, and leaves the socket open: whatever ends the loop, the next
 * message is there for the next reader. Where the socket closes before `count` messages came, the loop throws `ClosedError`.
 *
 * @throws TypeError, RangeError
 */
export function collect<M = Message>(
  pull: Receiving<M>,
  options: CollectOptions = {},
): AsyncIterableIterator<M, undefined> {
  checkOptions("collect", options, names);
  const { count = Number.POSITIVE_INFINITY, timeout = Number.POSITIVE_INFINITY, signal } = options;
  if (typeof pull?.receive !== "function") throw new TypeError("collect takes messages from a socket that receives");
  checkBound("count", count, 0);
  checkMilliseconds("timeout", timeout);
  checkAbortSignal(signal);
  return new Collection(pull, count, timeout, signal);
}

class Collection<M> implements AsyncIterableIterator<M, undefined> {
  readonly #source: Receiving<M>;
  readonly #count: number;
  readonly #timeout: number;
  readonly #signal: AbortSignal | undefined;
  /** Ends the receives that wait. */
  readonly #stop = new AbortController();
  #asked = 0;
  #given = 0;
  #over = false;

  constructor(source: Receiving<M>, count: number, timeout: number, signal: AbortSignal | undefined) {
    this.#source = source;
    this.#count = count;
    this.#timeout = timeout;
    this.#signal = signal;
    if (count === 0) this.#over = true;
    else signal?.addEventListener("abort", this.#abort);
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  async next(): Promise<IteratorResult<M, undefined>> {
    if (this.#over) return done;
    if (this.#signal?.aborted) {
      this.#end();
      throw this.#signal.reason;
    }
    if (this.#asked === this.#count) return done;
    this.#asked += 1;
    try {
      const value = await this.#source.receive({ signal: this.#stop.signal, timeout: this.#timeout });
      this.#given += 1;
      if (this.#given === this.#count) this.#end();
      return { value, done: false };
    } catch (error) {
      return this.#fail(error);
    }
  }

  async return(): Promise<IteratorResult<M, undefined>> {
    this.#end();
    return done;
  }

  #fail(error: unknown): typeof done {
    if (this.#over) return done;
    this.#end();
    if (!(error instanceof ClosedError)) throw error;
    if (this.#count === Number.POSITIVE_INFINITY) return done;
    throw new ClosedError(`The socket closed before ${this.#count} messages were collected`, { cause: error });
  }

  readonly #abort = (): void => {
    this.#stop.abort(this.#signal?.reason);
  };

  /** Whoever else waits gets the end of the loop. */
  #end(): void {
    this.#over = true;
    this.#signal?.removeEventListener("abort", this.#abort);
    this.#stop.abort();
  }
}

const done = { value: undefined, done: true } as const;
