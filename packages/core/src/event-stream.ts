/** Socket events as an async iterator. It starts to collect when it is made, so that nothing is missed before the loop. */

import type { Monitor, SocketEvent } from "./monitor.ts";
import type { StreamOptions } from "./stream.ts";
import { checkSignal } from "./wait-options.ts";

/** Events that wait for a slow reader; when there are more the oldest go, and a `dropped` event says how many. */
const longestBacklog = 1_000;

type Result = IteratorResult<SocketEvent, undefined>;

export class EventStream implements AsyncIterableIterator<SocketEvent, undefined> {
  readonly #monitor: Monitor;
  readonly #signal: AbortSignal | undefined;
  readonly #backlog: SocketEvent[] = [];
  readonly #readers: { resolve: (result: Result) => void; reject: (error: unknown) => void }[] = [];
  readonly #stop: () => void;
  #rest: (() => void) | undefined;
  #dropped = 0;
  #ended = false;

  constructor(monitor: Monitor, { signal }: StreamOptions = {}) {
    if (signal !== undefined) checkSignal(signal);
    this.#monitor = monitor;
    this.#signal = signal;
    this.#stop = monitor.listen((event) => this.#take(event));
    signal?.addEventListener("abort", this.#abort);
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  next(): Promise<Result> {
    if (!this.#ended && this.#signal?.aborted) {
      this.#end();
      return Promise.reject(this.#signal.reason);
    }
    if (this.#dropped > 0) {
      const event: SocketEvent = { type: "dropped", count: this.#dropped };
      this.#dropped = 0;
      return Promise.resolve({ value: event, done: false });
    }
    const event = this.#backlog.shift();
    if (event !== undefined) return Promise.resolve({ value: event, done: false });
    if (this.#ended) return Promise.resolve({ value: undefined, done: true });
    this.#rest ??= this.#monitor.attend();
    return new Promise((resolve, reject) => this.#readers.push({ resolve, reject }));
  }

  return(): Promise<Result> {
    this.#backlog.length = 0;
    this.#dropped = 0;
    this.#end();
    return Promise.resolve({ value: undefined, done: true });
  }

  #take(event: SocketEvent): void {
    const reader = this.#readers.shift();
    if (reader !== undefined) reader.resolve({ value: event, done: false });
    else {
      this.#backlog.push(event);
      if (this.#backlog.length > longestBacklog) {
        this.#backlog.shift();
        this.#dropped += 1;
      }
    }
    if (event.type === "end") this.#end();
    else if (this.#readers.length === 0) this.#restSoon();
  }

  /** Between two events of a loop the monitor stays attended; it rests when the loop does not come back for more. */
  #restSoon(): void {
    setImmediate(() => {
      if (this.#readers.length > 0) return;
      this.#rest?.();
      this.#rest = undefined;
    });
  }

  readonly #abort = (): void => {
    this.#backlog.length = 0;
    this.#dropped = 0;
    this.#stop();
    const readers = this.#readers.splice(0);
    for (const reader of readers) reader.reject(this.#signal?.reason);
    // Nobody waiting: the next call of `next` throws the reason.
    if (readers.length > 0) this.#end();
  };

  #end(): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#signal?.removeEventListener("abort", this.#abort);
    this.#stop();
    this.#rest?.();
    for (const reader of this.#readers.splice(0)) reader.resolve({ value: undefined, done: true });
  }
}
