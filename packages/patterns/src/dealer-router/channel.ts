/** A queue between one writer and any number of readers, which ends. */

import { TimeoutError, type WaitOptions } from "@awaitmq/core";
import { longestTimer } from "@awaitmq/core/internals";
import { checkAbortSignal, checkMilliseconds } from "../concurrency/check.ts";

interface Reader<T> {
  readonly resolve: (item: T) => void;
  readonly reject: (error: unknown) => void;
}

export class Channel<T> {
  #items: T[] = [];
  readonly #readers = new Set<Reader<T>>();
  readonly #onRoom = new Set<() => void>();
  #end: { readonly error: unknown } | undefined;

  /** How many items wait. */
  get size(): number {
    return this.#items.length;
  }

  get ended(): boolean {
    return this.#end !== undefined;
  }

  push(item: T): void {
    if (this.#end !== undefined) return;
    const [reader] = this.#readers;
    if (reader === undefined) this.#items.push(item);
    else reader.resolve(item);
  }

  /** Lets nothing more in. Whoever takes gets what is left, then the error. */
  end(error: unknown): void {
    if (this.#end !== undefined) return;
    this.#end = { error };
    for (const reader of [...this.#readers]) reader.reject(error);
    this.#tellRoom();
  }

  /** Ends at once, and gives what was left. */
  clear(error: unknown): T[] {
    this.end(error);
    this.#end = { error };
    const left = this.#items;
    this.#items = [];
    return left;
  }

  /** The next item, in the order of the calls. One that gives up takes nothing with it. */
  take({ signal, timeout = Number.POSITIVE_INFINITY }: WaitOptions = {}): Promise<T> {
    try {
      checkAbortSignal(signal);
      checkMilliseconds("timeout", timeout);
    } catch (error) {
      return Promise.reject(error);
    }
    if (signal?.aborted) return Promise.reject(signal.reason);
    if (this.#items.length > 0) {
      const item = this.#items.shift() as T;
      this.#tellRoom();
      return Promise.resolve(item);
    }
    if (this.#end !== undefined) return Promise.reject(this.#end.error);
    return new Promise((resolve, reject) => {
      const release = () => {
        this.#readers.delete(reader);
        clearTimeout(timer);
        signal?.removeEventListener("abort", abort);
      };
      const reader: Reader<T> = {
        resolve(item) {
          release();
          resolve(item);
        },
        reject(error) {
          release();
          reject(error);
        },
      };
      const abort = () => reader.reject(signal?.reason);
      const expire = () => reader.reject(new TimeoutError(`No message came within ${timeout} ms`));
      const timer = timeout <= longestTimer ? setTimeout(expire, timeout) : undefined;
      signal?.addEventListener("abort", abort);
      this.#readers.add(reader);
    });
  }

  /** Resolves to true when something was taken, or the channel or the signal has ended; to false after so many milliseconds. */
  room(milliseconds: number, signal: AbortSignal): Promise<boolean> {
    if (signal.aborted) return Promise.resolve(true);
    return new Promise((resolve) => {
      const settle = (found: boolean) => {
        clearTimeout(timer);
        this.#onRoom.delete(tell);
        signal.removeEventListener("abort", tell);
        resolve(found);
      };
      const tell = () => settle(true);
      const timer = milliseconds <= longestTimer ? setTimeout(settle, milliseconds, false) : undefined;
      this.#onRoom.add(tell);
      signal.addEventListener("abort", tell);
    });
  }

  #tellRoom(): void {
    for (const tell of [...this.#onRoom]) tell();
  }
}

/** A loop over a channel, which ends where the channel ends by `over`. Leaving it takes nothing away. */
export class ChannelStream<T> implements AsyncIterableIterator<T, undefined> {
  readonly #channel: Channel<T>;
  readonly #isOver: (error: unknown) => boolean;
  readonly #signal: AbortSignal | undefined;
  readonly #stop = new AbortController();
  #ended = false;

  constructor(channel: Channel<T>, signal: AbortSignal | undefined, isOver: (error: unknown) => boolean) {
    checkAbortSignal(signal);
    this.#channel = channel;
    this.#signal = signal;
    this.#isOver = isOver;
    signal?.addEventListener("abort", this.#abort);
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  async next(): Promise<IteratorResult<T, undefined>> {
    if (this.#ended) return done;
    if (this.#signal?.aborted) {
      this.#finish();
      throw this.#signal.reason;
    }
    try {
      return { value: await this.#channel.take({ signal: this.#stop.signal }), done: false };
    } catch (error) {
      if (this.#ended) return done;
      this.#finish();
      if (this.#isOver(error)) return done;
      throw error;
    }
  }

  async return(): Promise<IteratorResult<T, undefined>> {
    this.#finish();
    return done;
  }

  readonly #abort = (): void => this.#stop.abort(this.#signal?.reason);

  #finish(): void {
    this.#ended = true;
    this.#signal?.removeEventListener("abort", this.#abort);
    this.#stop.abort();
  }
}

const done = { value: undefined, done: true } as const;
