/** A loop over so many messages. */

import { ClosedError, type Message, type Receiving } from "@awaitmq/core";
import type { Checked } from "@awaitmq/core/internals";
import { CodecError, SchemaError } from "../errors.ts";
import type { OpenedSocket } from "../opening/opened-socket.ts";
import { decodeValue } from "../value/codec.ts";
import { applySchema } from "../value/schema.ts";
import type { collectRules } from "./collect-options.ts";

const done = { value: undefined, done: true } as const;

/** One loop. Who does not loop over it to its end disposes of it, or calls `return`. */
export class Collection<T> implements AsyncIterableIterator<T, undefined>, AsyncDisposable {
  readonly #source: OpenedSocket<Receiving>;
  readonly #options: Checked<typeof collectRules>;
  /** Ends the receives that wait. */
  readonly #stop = new AbortController();
  #asked = 0;
  #given = 0;
  /** Settles when what was opened for the loop is closed. */
  #closing: Promise<void> | undefined;

  /** @internal */
  constructor(source: OpenedSocket<Receiving>, options: Checked<typeof collectRules>) {
    this.#source = source;
    this.#options = options;
    if (options.count === 0) this.#end();
    else options.signal?.addEventListener("abort", this.#abort);
  }

  /** The endpoints that it has bound itself, with `*` and port 0 resolved. */
  get endpoints(): readonly string[] {
    return this.#source.endpoints;
  }

  /** The loop itself. */
  [Symbol.asyncIterator](): this {
    return this;
  }

  /** The next message. Any number of calls may wait; each gets one of its own. */
  async next(): Promise<IteratorResult<T, undefined>> {
    if (this.#closing !== undefined) return this.#over();
    const { count, signal } = this.#options;
    if (signal?.aborted) {
      this.#end();
      throw signal.reason;
    }
    if (this.#asked === count) return done;
    this.#asked += 1;
    try {
      const value = await this.#take();
      this.#given += 1;
      if (this.#given === count) this.#end();
      return { value, done: false };
    } catch (error) {
      return this.#fail(error);
    }
  }

  /** Ends the loop: calls of `next` that wait are done. */
  async return(): Promise<IteratorResult<T, undefined>> {
    this.#end();
    return this.#over();
  }

  /** As `return()`. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.return();
  }

  /** What the next message holds that can be read. */
  async #take(): Promise<T> {
    const { timeout, codec, schema, onInvalid } = this.#options;
    for (;;) {
      const message = await this.#source.socket.receive({ signal: this.#stop.signal, timeout });
      if (codec === undefined) return message as T;
      try {
        const value = decodeValue(codec, message, "for a result");
        return (schema === undefined ? value : await applySchema(schema, value, "for a result")) as T;
      } catch (error) {
        if (onInvalid === undefined || !(error instanceof CodecError || error instanceof SchemaError)) throw error;
        await onInvalid(error, message as Message);
      }
    }
  }

  async #fail(error: unknown): Promise<typeof done> {
    if (this.#closing !== undefined) return this.#over();
    this.#end();
    const { count } = this.#options;
    if (!(error instanceof ClosedError)) throw error;
    if (count === Number.POSITIVE_INFINITY) return this.#over();
    throw new ClosedError(`The socket closed before ${count} messages were collected`, { cause: error });
  }

  async #over(): Promise<typeof done> {
    await this.#closing;
    return done;
  }

  readonly #abort = (): void => {
    this.#stop.abort(this.#options.signal?.reason);
  };

  /** Whoever else waits gets the end of the loop. */
  #end(): void {
    if (this.#closing !== undefined) return;
    this.#options.signal?.removeEventListener("abort", this.#abort);
    this.#closing = this.#source.close();
    this.#stop.abort();
  }
}
