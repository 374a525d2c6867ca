/** Socket events as an async iterator. It collects from its construction, so that nothing is missed before the loop. */

import { ClosedError } from "../errors.ts";
import { type ItemSource, ItemStream } from "../waiting/item-stream.ts";
import { Mailbox } from "../waiting/mailbox.ts";
import { checkGiven } from "../waiting/option-table.ts";
import { type StreamOptions, streamRules } from "../waiting/wait-options.ts";
import type { Monitor, SocketEvent } from "./monitor.ts";

/** Events that wait for a slow reader. Beyond that the oldest are dropped, and a `dropped` event has their number. */
const longestBacklog = 1_000;

type Result = IteratorResult<SocketEvent, undefined>;

/** The socket whose events are read. */
interface Watched {
  readonly monitor: Monitor;
}

/** It references its socket. The monitor and the signal, which may outlive both, reference only the collection. */
export class EventStream implements AsyncIterableIterator<SocketEvent, undefined> {
  readonly #socket: Watched;
  readonly #collection: Collection;
  readonly #stream: ItemStream<SocketEvent>;
  readonly #signal: AbortSignal | undefined;

  constructor(socket: Watched, options: StreamOptions = {}) {
    checkGiven("events", streamRules, options);
    const { signal } = options;
    this.#socket = socket;
    this.#signal = signal;
    this.#collection = new Collection(socket.monitor);
    this.#stream = new ItemStream(this.#collection, signal);
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  next(): Promise<Result> {
    if (!this.#signal?.aborted) this.#collection.expect(this.#socket);
    return this.#stream.next();
  }

  return(): Promise<Result> {
    return this.#stream.return();
  }
}

class Collection implements ItemSource<SocketEvent> {
  readonly #monitor: Monitor;
  readonly #events = new Mailbox<SocketEvent>(longestBacklog);
  readonly #ignore: () => void;
  #rest: (() => void) | undefined;
  #dropped = 0;

  constructor(monitor: Monitor) {
    this.#monitor = monitor;
    this.#ignore = monitor.listen((event) => this.#take(event));
  }

  /** To be called before a request. A request that has to wait keeps the socket alive. */
  expect(socket: Watched): void {
    if (this.#dropped === 0 && this.#events.size === 0 && !this.#events.ended)
      this.#rest ??= this.#monitor.attend(socket);
  }

  request(resolve: (event: SocketEvent) => void, reject: (error: unknown) => void, owner: object): void {
    const count = this.#dropped;
    this.#dropped = 0;
    if (count > 0) resolve({ type: "dropped", count });
    else this.#events.request(resolve, reject, owner);
  }

  /** There is one owner, which makes no more requests. */
  leaveAll(owner: object, error: unknown): boolean {
    const left = this.#events.leaveAll(owner, error);
    this.#dropped = 0;
    this.#events.clear(over);
    this.#stop();
    return left;
  }

  #take(event: SocketEvent): void {
    if (this.#events.push(event) !== undefined) this.#dropped += 1;
    if (event.type === "end") {
      this.#events.end(over);
      this.#stop();
    } else if (this.#events.waiting === 0) this.#restSoon();
  }

  /** Between two events of a loop the monitor stays active. It becomes idle when the loop does not ask for more. */
  #restSoon(): void {
    setImmediate(() => {
      if (this.#events.waiting > 0) return;
      this.#rest?.();
      this.#rest = undefined;
    });
  }

  #stop(): void {
    this.#ignore();
    this.#rest?.();
  }
}

const over = new ClosedError("Cannot read events: the stream has ended");
