/** Several loops over one socket, each of which handles one message at a time. */

import { setMaxListeners } from "node:events";
import { TimeoutError } from "@awaitmq/core";
import type { Ends } from "./ending.ts";

/**
 * Handles a message. When it rejects, no further message begins. `signal` is for the handler, `late` for what it sends
 * afterwards.
 */
export type Perform<M> = (message: M, signal: AbortSignal, late: AbortSignal) => Promise<void>;

/** Where messages come from. */
export interface LaneSource<M> {
  /** The messages, for as long as a handle runs. Any number of loops share them. */
  messages(signal: AbortSignal): AsyncIterable<M>;
  /** Leaves messages to the next reader, oldest first. */
  putBack(messages: readonly M[]): void;
}

/** Takes a message only when a lane is free, so that further messages stay with their source. */
export class Lanes<M> implements Ends {
  /**
   * Settles when the socket has closed or no more is to begin, and all begun work has ended. Rejects with the first
   * failure before the signals of handlers aborted.
   */
  readonly done: Promise<void>;
  readonly #source: LaneSource<M>;
  readonly #perform: Perform<M>;
  /** Aborted when no more is to begin. */
  readonly #reading = new AbortController();
  /** Aborted when handlers are to stop. */
  readonly #handling = new AbortController();
  /** Aborted when nothing is waited for any more. */
  readonly #abandoning = new AbortController();
  readonly #performing = new Set<Promise<void>>();
  readonly #failed: () => void;
  /** Messages that arrived when no more was to begin, oldest first. */
  #unread: M[] = [];
  #failure: { readonly error: unknown } | undefined;
  #forsake = () => {};

  /**
   * @param count how many messages are handled at once
   * @param failed called after a failure, when others may still run
   */
  constructor(source: LaneSource<M>, count: number, perform: Perform<M>, failed = () => {}) {
    this.#source = source;
    this.#perform = perform;
    this.#failed = failed;
    // There is one listener per lane, which Node would report as a leak.
    for (const { signal } of [this.#reading, this.#handling, this.#abandoning]) setMaxListeners(0, signal);
    this.done = this.#run(count);
  }

  /** How many messages are being handled. */
  get running(): number {
    return this.#performing.size;
  }

  retire(): void {
    this.#reading.abort();
  }

  abort(reason: unknown): void {
    this.#handling.abort(reason);
  }

  /** Aborts waiting sends. A turn later it goes on without the rest, with a process warning. */
  abandon(): void {
    if (this.#abandoning.signal.aborted) return;
    this.#abandoning.abort(
      new TimeoutError("Cannot send the message: it found no room before the worker had to end (force)"),
    );
    setImmediate(() => {
      if (this.running > 0) warnOfRunning(this.running);
      this.#forsake();
    });
  }

  outcomes(): Iterable<Promise<void>> {
    return this.#performing;
  }

  async #run(count: number): Promise<void> {
    const forsaken = new Promise<void>((resolve) => {
      this.#forsake = resolve;
    });
    await Promise.race([Promise.all(Array.from({ length: count }, () => this.#lane())), forsaken]);
    this.#putBack();
    if (this.#failure !== undefined) throw this.#failure.error;
  }

  async #lane(): Promise<void> {
    const { signal } = this.#reading;
    try {
      for await (const message of this.#source.messages(signal)) {
        if (signal.aborted) {
          this.#leave(message);
          return;
        }
        await this.#begin(message);
      }
    } catch (error) {
      if (!signal.aborted) this.#fail(error);
    }
  }

  /**
   * Leaves a message to the next reader, together with those that other lanes get in this turn. One by one, they would
   * go back in reverse.
   */
  #leave(message: M): void {
    this.#unread.push(message);
    if (this.#unread.length === 1) process.nextTick(this.#putBack);
  }

  readonly #putBack = (): void => {
    if (this.#unread.length > 0) this.#source.putBack(this.#unread);
    this.#unread = [];
  };

  /**
   * Resolves when the handler has ended. This is a promise of its own, because nobody may await those of `outcomes`.
   */
  #begin(message: M): Promise<void> {
    return new Promise((resolve) => {
      const leave = () => {
        this.#performing.delete(outcome);
        resolve();
      };
      const outcome = this.#perform(message, this.#handling.signal, this.#abandoning.signal).then(leave, (error) => {
        this.#fail(error);
        leave();
      });
      this.#performing.add(outcome);
    });
  }

  /** A handler that fails after the abort has not failed. */
  #fail(error: unknown): void {
    if (!this.#handling.signal.aborted) this.#failure ??= { error };
    this.#reading.abort();
    this.#failed();
  }
}

function warnOfRunning(count: number): void {
  process.emitWarning(
    `The worker shut down while ${count} of its handlers still run, although their signals aborted. ` +
      "Make them stop on `signal`, or raise `force`.",
    { type: "awaitmq", code: "AWAITMQ_STILL_RUNNING" },
  );
}
