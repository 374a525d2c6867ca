/** A running proxy: its two directions, and their end. */

import { checkSignal } from "../check.ts";
import { ClosedError, type QueueFullError } from "../errors.ts";
import { internals } from "../internals-key.ts";
import type { Message } from "../message/message.ts";
import { DuplexSocket } from "../socket/duplex-socket.ts";
import { ReceivingSocket } from "../socket/receiving-socket.ts";
import { SendingSocket } from "../socket/sending-socket.ts";
import type { Socket } from "../socket/socket.ts";
import { type Handle, type StopOptions, stopRules } from "../waiting/handle.ts";
import { readOptions } from "../waiting/option-table.ts";
import { tell } from "../waiting/tell.ts";
import { longestTimer } from "../waiting/wait-options.ts";
import { ProxyCapture } from "./capture.ts";
import { type Passing, passOn, type Readable, type Undeliverable, type Writable } from "./direction.ts";
import type { CheckedProxyOptions, ProxyStats } from "./proxy-options.ts";

/** The abort reason of a direction that ends on purpose. */
const ended = new Error("The proxy was stopped");

export class RunningProxy implements Handle<ProxyStats> {
  readonly done: Promise<void>;
  /** None, since the caller opened the sockets. */
  readonly endpoints: readonly string[] = [];
  readonly #front: Socket;
  readonly #back: Socket;
  readonly #options: CheckedProxyOptions;
  readonly #count = { forward: 0, back: 0, undeliverable: 0, uncaptured: 0 };
  /** Aborted to stop reading. */
  readonly #reading = new AbortController();
  /** Aborted to put unsent messages back. */
  readonly #sending = new AbortController();
  readonly #timers = new Set<NodeJS.Timeout>();
  #isOver = false;
  #failure: { readonly error: unknown } | undefined;

  /** @throws TypeError for sockets that cannot be joined */
  constructor(front: Socket, back: Socket, options: CheckedProxyOptions) {
    this.#front = front;
    this.#back = back;
    this.#options = options;
    for (const { signal } of [this.#reading, this.#sending]) checkSignal(signal);
    const { signal } = options;
    const directions = this.#directions();
    if (signal?.aborted) this.#end();
    signal?.addEventListener("abort", this.#end);
    this.done = this.#run(directions);
  }

  get stats(): ProxyStats {
    return { ...this.#count };
  }

  async stop(options: StopOptions = {}): Promise<void> {
    const { grace = this.#options.grace } = readOptions("stop", stopRules, options);
    this.#reading.abort(ended);
    if (!this.#isOver && grace <= longestTimer) this.#timers.add(setTimeout(this.#end, grace));
    await this.done;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop();
  }

  #directions(): Promise<void>[] {
    const [front, back, count] = [this.#front, this.#back, this.#count];
    const passing = this.#passing();
    const directions: Promise<void>[] = [];
    if (isReadable(front) && isWritable(back))
      directions.push(passOn(front, back, passing, () => void count.forward++));
    if (isReadable(back) && isWritable(front)) directions.push(passOn(back, front, passing, () => void count.back++));
    if (directions.length === 0)
      throw new TypeError(
        `Cannot forward between ${typeOf(front)} and ${typeOf(back)}: a proxy needs a socket that receives and another that sends`,
      );
    return directions;
  }

  #passing(): Passing {
    const { capture, maxQueued, patience, onUndeliverable } = this.#options;
    const drop = (message: Message, error: Undeliverable) =>
      tell("onUndeliverable of proxy", onUndeliverable, message, error);
    const miss = (message: Message, error: QueueFullError) => {
      this.#count.uncaptured += 1;
      drop(message, error);
    };
    return {
      bounds: { maxQueued, patience },
      capture: capture && new ProxyCapture(capture, maxQueued, miss, this.#fail),
      reading: this.#reading.signal,
      sending: this.#sending.signal,
      fail: this.#fail,
      drop: (message, error) => {
        this.#count.undeliverable += 1;
        drop(message, error);
      },
    };
  }

  async #run(directions: readonly Promise<void>[]): Promise<void> {
    await Promise.all(directions.map((direction) => direction.then(this.#end, this.#fail)));
    this.#isOver = true;
    for (const timer of this.#timers) clearTimeout(timer);
    this.#options.signal?.removeEventListener("abort", this.#end);
    if (this.#failure !== undefined) throw this.#failure.error;
  }

  /** Ends both directions at once. */
  readonly #end = (): void => {
    this.#reading.abort(ended);
    this.#sending.abort(ended);
  };

  /** Closing one of the two sockets is not a failure. Closing the capture socket is. */
  readonly #fail = (error: unknown): void => {
    if (error === ended) return;
    if (!(error instanceof ClosedError && (this.#front.closed || this.#back.closed))) this.#failure ??= { error };
    this.#end();
  };
}

function isReadable(socket: Socket): socket is Readable {
  return socket instanceof ReceivingSocket;
}

function isWritable(socket: Socket): socket is Writable {
  return socket instanceof SendingSocket || socket instanceof DuplexSocket;
}

/** The type of a socket, or of a value that is none. */
function typeOf(socket: Socket): string {
  return socket?.[internals]?.name ?? typeof socket;
}
