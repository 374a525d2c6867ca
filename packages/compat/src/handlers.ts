/** Calls to callbacks and listeners of the program. An error that they throw becomes an `error` event, as in the classic package. */

import type { EventEmitter } from "node:events";

/**
 * A callback of an operation. It is called once, with an error if it failed.
 *
 * @category Types
 */
export type Callback = (error?: Error) => void;

export class Handlers {
  readonly #emitter: EventEmitter;

  constructor(emitter: EventEmitter) {
    this.#emitter = emitter;
  }

  callBack(callback: Callback, error?: Error): void {
    try {
      if (error === undefined) callback.call(this.#emitter);
      else callback.call(this.#emitter, error);
    } catch (thrown) {
      this.raise(thrown);
    }
  }

  emit(name: string, ...values: unknown[]): void {
    try {
      this.#emitter.emit(name, ...values);
    } catch (thrown) {
      this.raise(thrown);
    }
  }

  /** Emits an `error` event after the current code. Without a listener it is an uncaught exception. */
  raise(thrown: unknown): void {
    queueMicrotask(() => {
      if (this.#emitter.listenerCount("error") === 0) throw thrown;
      this.#emitter.emit("error", thrown as Error);
    });
  }
}
