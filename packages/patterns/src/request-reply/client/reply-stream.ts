/** The stream of a call, for the program that reads it. */

import type { StreamCall } from "./stream-call.ts";

/**
 * The replies of a streaming call, one per item. Leaving the loop cancels the call, and waits until the server's handler
 * has finished.
 *
 * @category Request and reply
 */
export interface ReplyStream<Reply> extends AsyncIterableIterator<Reply, undefined>, AsyncDisposable {
  /**
   * Resolves to the next reply. The first call sends the request. Any number of calls may wait.
   *
   * @throws the errors of `RequestClient.stream`
   */
  next(): Promise<IteratorResult<Reply, undefined>>;
  /** Leaves the stream: the call is cancelled. Resolves when the server's handler has finished, or after `grace`. */
  return(): Promise<IteratorResult<Reply, undefined>>;
  /** Leaves the stream as `return` does, then rejects with the error. */
  throw(error?: unknown): Promise<IteratorResult<Reply, undefined>>;
  /** The stream itself. */
  [Symbol.asyncIterator](): ReplyStream<Reply>;
}

/** Begins the call. Returns the function that leaves it, or why it cannot begin. */
export type BeginStream = () => (() => void) | { readonly error: unknown };

const done = { value: undefined, done: true } as const;

export class CallReplies<Reply> implements ReplyStream<Reply> {
  readonly #stream: StreamCall;
  readonly #begin: BeginStream;
  /** Undefined before the call has begun. */
  #leave: (() => void) | undefined;

  /** @param now whether the call begins before the first read */
  constructor(stream: StreamCall, begin: BeginStream, now: boolean) {
    this.#stream = stream;
    this.#begin = begin;
    if (now) this.#start();
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  next(): Promise<IteratorResult<Reply, undefined>> {
    if (this.#leave === undefined) this.#start();
    return this.#stream.replies.next() as Promise<IteratorResult<Reply, undefined>>;
  }

  async return(): Promise<IteratorResult<Reply, undefined>> {
    this.#stream.replies.leave();
    this.#leave ??= () => this.#stream.settle(undefined);
    this.#leave();
    await this.#stream.over;
    return done;
  }

  async throw(error?: unknown): Promise<IteratorResult<Reply, undefined>> {
    await this.return();
    throw error;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.return();
  }

  #start(): void {
    const begun = this.#begin();
    if (typeof begun === "function") this.#leave = begun;
    else {
      this.#leave = nothing;
      this.#stream.settle(Promise.reject(begun.error));
    }
  }
}

function nothing(): void {}
