/** A loop over messages of a socket, which closes at its end the socket that was opened for it. */

import { ItemStream } from "@awaitmq/core/internals";
import { over, type Taking } from "../concurrency/taking.ts";
import type { OpenedSocket } from "./opened-socket.ts";

export class Loop<T> extends ItemStream<T> implements AsyncDisposable {
  readonly #opened: Pick<OpenedSocket<unknown>, "endpoints">;
  readonly #taking: Taking<T>;

  /** @param taking closes the socket that was opened */
  constructor(opened: Pick<OpenedSocket<unknown>, "endpoints">, taking: Taking<T>, signal: AbortSignal | undefined) {
    super(taking, signal, (error) => error === over);
    this.#opened = opened;
    this.#taking = taking;
    if (signal?.aborted) taking.leaveAll(this, signal.reason);
  }

  get endpoints(): readonly string[] {
    return this.#opened.endpoints;
  }

  override async next(): Promise<IteratorResult<T, undefined>> {
    try {
      return await super.next();
    } finally {
      // When the caller sees the end, the socket is already closed.
      if (this.#taking.closed !== undefined) await this.#taking.closed;
    }
  }

  override async return(): Promise<IteratorResult<T, undefined>> {
    const step = await super.return();
    await this.#taking.closed;
    return step;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.return();
  }
}
