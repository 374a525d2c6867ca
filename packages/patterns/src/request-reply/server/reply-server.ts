/** A server on a Reply socket: one request at a time, in the lock step of REQ and REP. */

import { randomUUID } from "node:crypto";
import { type Message, type Reply, type Sendable, UnsupportedError } from "@awaitmq/core";
import { internals, tell } from "@awaitmq/core/internals";
import { claim } from "../../concurrency/claim.ts";
import type { End } from "../../concurrency/ending.ts";
import type { Runs } from "../../concurrency/running.ts";
import { Stopping } from "../../concurrency/stopping.ts";
import { UnavailableError } from "../../errors.ts";
import { errorReplyOf } from "../../message/error-reply.ts";
import { mostFrames, tooManyFrames } from "../../message/frame-count.ts";
import { isAsyncIterable } from "../../streams/answer.ts";
import { ServedInput } from "../../streams/served-input.ts";
import { noMetadata } from "../../wire/metadata.ts";
import { serverTrace } from "../trace.ts";
import type { Handling } from "./handling.ts";
import type { CheckedServeOptions, ServerStats } from "./serve-options.ts";
import { warnOfRunning } from "./warn-of-running.ts";

const nobody = Buffer.alloc(0);

/**
 * A Reply socket hides the envelope. So priorities, deadlines, metadata and cancellations are unknown here, and `peer` is
 * empty. All clients get what `errorReply` returns instead of an error.
 */
export class ReplyServer implements Runs<ServerStats> {
  readonly done: Promise<void>;
  readonly endpoints: readonly string[] = [];
  readonly stopping = new Stopping();
  readonly #reply: Reply;
  readonly #handling: Handling;
  readonly #options: CheckedServeOptions;
  readonly #reading = new AbortController();
  readonly #aborting = new AbortController();
  readonly #release: () => void;
  /** Goes on without what the server waits for: the handler, or `errorReply`. */
  #giveUp: (() => void) | undefined;
  /** Set before anything can end. */
  #end!: End;
  /** Settles when the handler or `errorReply` has ended. */
  #outcome: Promise<void> | undefined;
  /** Nothing is queued or refused here, because requests are read one by one. */
  readonly #count = {
    running: 0,
    queued: 0,
    served: 0,
    failed: 0,
    refused: 0,
    dropped: 0,
    undeliverable: 0,
    invalid: 0,
  };

  /** @throws InUseError, ClosedError */
  constructor(reply: Reply, handling: Handling, options: CheckedServeOptions) {
    this.#options = options;
    this.#release = claim(reply, "serve");
    this.#reply = reply;
    this.#handling = handling;
    this.done = this.#serve();
  }

  get stats(): ServerStats {
    return { ...this.#count };
  }

  start(end: End): void {
    this.#end = end;
  }

  retire(): void {
    this.#reading.abort();
  }

  abort(reason: unknown): void {
    this.#aborting.abort(reason);
  }

  abandon(): void {
    this.#giveUp?.();
    // `errorReply` may still use this turn of the event loop to return the reply.
    setImmediate(() => this.#giveUp?.());
  }

  outcomes(): Iterable<Promise<void>> {
    return this.#outcome === undefined ? [] : [this.#outcome];
  }

  async #serve(): Promise<void> {
    const { signal } = this.#reading;
    const closing: AbortSignal = this.#reply[internals].closing;
    const closed = () => this.#end.now(closing.reason);
    closing.addEventListener("abort", closed);
    // If the signal has already aborted, nothing is read.
    await Promise.resolve();
    try {
      while (!signal.aborted) {
        const message = await this.#reply.receive({ signal, timeout: Number.POSITIVE_INFINITY });
        await this.#answer(message);
      }
    } catch (error) {
      if (!signal.aborted && !this.#reply.closed) throw error;
    } finally {
      closing.removeEventListener("abort", closed);
      this.#release();
    }
  }

  async #answer(message: Message): Promise<void> {
    if (message.length > mostFrames) return this.#refuse(message);
    const traced = serverTrace.start(message);
    this.#count.running = 1;
    try {
      const reply = await this.#orGivenUp(() => this.#handle(message), message);
      this.#count.running = 0;
      await this.#reply.send(reply);
      this.#count.served += 1;
      traced?.();
    } catch (error) {
      if (this.#reply.closed) throw error;
      this.#count.failed += 1;
      traced?.({ error });
      await this.#reply.send(await this.#errorReply(error, message)).catch(() => this.#reply.send(null));
    } finally {
      this.#count.running = 0;
    }
  }

  async #handle(message: Message): Promise<Sendable> {
    const answer = await this.#handling.answer(message, {
      signal: this.#aborting.signal,
      stopping: this.stopping.signal,
      peer: nobody,
      priority: 0,
      metadata: noMetadata,
      remaining: Number.POSITIVE_INFINITY,
      input: new ServedInput(),
    });
    return isAsyncIterable(answer) ? this.#onlyOf(answer) : answer;
  }

  /** @throws UnsupportedError unless there is exactly one item: a Reply socket sends one message per request */
  async #onlyOf(items: AsyncIterable<unknown>): Promise<Sendable> {
    const found: unknown[] = [];
    for await (const item of items) if (found.push(item) > 1) break;
    if (found.length !== 1)
      throw new UnsupportedError(
        `Cannot send ${found.length === 0 ? "no reply" : "several replies"} to a request on a Reply socket. Serve endpoints or a Router to stream replies`,
      );
    return this.#handling.encode(found[0]) as Sendable;
  }

  /** An invalid request must also be answered, because otherwise no next one comes. */
  async #refuse(message: Message): Promise<void> {
    this.#count.invalid += 1;
    await this.#reply.send(await this.#errorReply(tooManyFrames(message), message)).catch(() => this.#reply.send(null));
  }

  async #errorReply(error: unknown, message: Message): Promise<Sendable> {
    const { onError, errorReply } = this.#options;
    const failure = { id: randomUUID() };
    tell("onError of serve", onError, error, message, failure);
    try {
      return await this.#orGivenUp(() => errorReplyOf("serve", errorReply, error, message, failure), message);
    } catch {
      return null;
    }
  }

  /** Resolves to the result of `answer`, unless the server shuts down without it. */
  #orGivenUp(answer: () => Sendable | Promise<Sendable>, message: Message): Promise<Sendable> {
    return new Promise((resolve, reject) => {
      this.#giveUp = () => {
        warnOfRunning([{ peer: nobody, body: message }]);
        reject(new UnavailableError("The server shut down before its handler finished"));
      };
      const waiting = async () => answer();
      // `resolve` is wrapped, because V8 would follow it to the promise made here.
      this.#outcome = waiting().then((reply) => resolve(reply), reject);
    }).finally(() => {
      this.#giveUp = undefined;
      this.#outcome = undefined;
    }) as Promise<Sendable>;
  }
}
