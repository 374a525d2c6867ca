/** A server on a Reply socket: one request at a time, in the lock step of REQ and REP. */

import type { Message, Reply, Sendable } from "@awaitmq/core";
import { longestTimer } from "@awaitmq/core/internals";
import { claim } from "../../concurrency/claim.ts";
import { UnavailableError } from "../../errors.ts";
import { serverTrace } from "../trace.ts";
import {
  type CheckedServeOptions,
  checkServeOptions,
  type RequestHandler,
  type ServeOptions,
  type ServerStats,
} from "./serve-options.ts";
import type { Server } from "./server.ts";

const nobody = Buffer.alloc(0);

/**
 * A Reply socket keeps the envelope to itself: so its clients' priorities, deadlines and cancellations are unknown here, `peer` is
 * empty, and an error is told to all of them by what `onError` returns.
 */
export class ReplyServer implements Server {
  readonly done: Promise<void>;
  readonly endpoints: readonly string[] = [];
  readonly #reply: Reply;
  readonly #handler: RequestHandler;
  readonly #options: CheckedServeOptions;
  readonly #reading = new AbortController();
  readonly #handling = new AbortController();
  readonly #release: () => void;
  /** Nothing waits here, and nobody is refused: requests are read one by one. */
  readonly #count = {
    running: 0,
    queued: 0,
    served: 0,
    failed: 0,
    refused: 0,
    dropped: 0,
    undelivered: 0,
    invalid: 0,
  };

  constructor(reply: Reply, handler: RequestHandler, options: ServeOptions) {
    this.#options = checkServeOptions(options);
    this.#release = claim(reply, "serve");
    this.#reply = reply;
    this.#handler = handler;
    this.done = this.#serve(options.signal);
  }

  get stats(): ServerStats {
    return { ...this.#count };
  }

  async stop(): Promise<void> {
    this.#reading.abort();
    const end = () => this.#handling.abort(new UnavailableError("The server ends"));
    const timer = setTimeout(end, Math.min(this.#options.grace, longestTimer));
    await this.done;
    clearTimeout(timer);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop();
  }

  async #serve(signal: AbortSignal | undefined): Promise<void> {
    const abort = () => {
      this.#handling.abort(signal?.reason);
      this.#reading.abort();
    };
    if (signal?.aborted) abort();
    signal?.addEventListener("abort", abort);
    try {
      while (!this.#reading.signal.aborted) {
        const message = await this.#reply.receive({ signal: this.#reading.signal, timeout: Number.POSITIVE_INFINITY });
        await this.#answer(message);
      }
    } catch {
      // It was stopped, or the socket was closed or failed for good.
    } finally {
      signal?.removeEventListener("abort", abort);
      this.#release();
    }
  }

  async #answer(message: Message): Promise<void> {
    const tell = serverTrace.start(message);
    this.#count.running = 1;
    try {
      const context = { signal: this.#handling.signal, peer: nobody, priority: 0 };
      await this.#reply.send(await this.#handler(message, context));
      this.#count.served += 1;
      tell?.();
    } catch (error) {
      if (this.#reply.closed) throw error;
      this.#count.failed += 1;
      tell?.({ error });
      await this.#reply.send(await this.#errorReply(error, message)).catch(() => this.#reply.send(null));
    } finally {
      this.#count.running = 0;
    }
  }

  async #errorReply(error: unknown, message: Message): Promise<Sendable> {
    try {
      return await this.#options.onError(error, message);
    } catch {
      return null;
    }
  }
}
