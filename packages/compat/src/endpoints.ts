/** Binds and connects, at once or after this turn of the event loop, and reports the result to the program. */

import { internals } from "@awaitmq/core/internals";
import { classicError } from "./errors.ts";
import type { Callback, Handlers } from "./handlers.ts";
import type { AnySocket } from "./options/option-kinds.ts";
import { bindAgain, bindSyncAgain, noteLeaving } from "./rebind.ts";
import type { Sending } from "./sending.ts";
import type { Standing } from "./standing.ts";

export class Endpoints {
  readonly #socket: AnySocket;
  readonly #handlers: Handlers;
  readonly #sending: Sending;
  readonly #standing: Standing;
  /** Binds and unbinds, one after the other. */
  #line: Promise<void> = Promise.resolve();

  constructor(socket: AnySocket, handlers: Handlers, sending: Sending, standing: Standing) {
    this.#socket = socket;
    this.#handlers = handlers;
    this.#sending = sending;
    this.#standing = standing;
  }

  bind(address: string, callback: Callback | undefined): void {
    checkAddress(address);
    this.#later("bind", address, callback, async () => {
      await bindAgain(address, () => this.#socket.bind(address));
      this.#gained(address);
    });
  }

  bindSync(address: string): void {
    checkAddress(address);
    this.#standing.whileOpen(() => bindSyncAgain(address, () => this.#socket.bindSync(address)));
    this.#gained(address);
  }

  unbind(address: string, callback: Callback | undefined): void {
    checkAddress(address);
    this.#later("unbind", address, callback, async () => {
      await this.#socket.unbind(address);
      this.#gave();
    });
  }

  unbindSync(address: string): void {
    checkAddress(address);
    const endpoint = this.#standing.whileOpen(() => this.#socket[internals].endpoints.unbindSync(address));
    void noteLeaving([endpoint]);
    this.#gave();
  }

  connect(address: string, callback: Callback | undefined): void {
    checkAddress(address);
    try {
      this.#standing.whileOpen(() => this.#socket.connect(address));
    } catch (error) {
      if (typeof callback !== "function") throw error;
      setImmediate(() => this.#handlers.callBack(callback, error as Error));
      return;
    }
    this.#gained(address);
    if (typeof callback === "function") setImmediate(() => this.#handlers.callBack(callback));
  }

  disconnect(address: string): void {
    checkAddress(address);
    this.#standing.whileOpen(() => this.#socket.disconnect(address));
    this.#gave();
  }

  /** Closes the socket. Without an endpoint, waiting messages can no longer be sent. */
  close(): void {
    const { endpoints } = this.#standing;
    const { bound } = this.#socket[internals].endpoints;
    this.#standing.change({ closed: true, endpoints: 0 });
    const options = endpoints === 0 ? { linger: 0 } : undefined;
    const closed = this.#sending.close(() => this.#socket.close(options));
    void noteLeaving(bound, closed);
  }

  /** Runs a bind or unbind after this turn of the event loop, after earlier ones. */
  #later(event: string, address: string, callback: Callback | undefined, work: () => Promise<void>): void {
    if (callback && typeof callback !== "function") throw new TypeError("Provided callback must be a function");
    this.#standing.checkOpen();
    this.#standing.change({ busy: this.#standing.busy + 1 });
    this.#line = this.#line.then(async () => {
      await new Promise(setImmediate);
      let failure: Error | undefined;
      try {
        this.#standing.checkOpen();
        await work();
      } catch (error) {
        failure = classicError(error);
      }
      this.#standing.change({ busy: this.#standing.busy - 1 });
      if (failure === undefined) {
        this.#handlers.emit(event, address);
        if (callback) this.#handlers.callBack(callback);
      } else if (callback) this.#handlers.callBack(callback, failure);
      else if (!this.#standing.closed) this.#handlers.raise(failure);
    });
  }

  #gained(address: string): void {
    if (address.startsWith("inproc://")) this.#sending.keepApart();
    this.#standing.change({ endpoints: this.#standing.endpoints + 1 });
  }

  #gave(): void {
    this.#standing.change({ endpoints: this.#standing.endpoints - 1 });
  }
}

function checkAddress(address: unknown): void {
  if (typeof address !== "string") throw new TypeError("Address must be a string!");
}
