/** How a socket stands: what decides whether it receives, sends, and keeps the process alive. */

import { closedError, withClassicErrors } from "./errors.ts";

export class Standing {
  /** From the call of `close` on. */
  closed = false;
  paused = false;
  /** Whether the process may end although the socket has endpoints: after `unref`. */
  detached = false;
  /** How many endpoints there are. */
  endpoints = 0;
  /** Binds and unbinds that are still to be done. */
  busy = 0;
  /** Called after each change. */
  onChange = (): void => {};

  change(change: Partial<Standing>): void {
    Object.assign(this, change);
    this.onChange();
  }

  /** @throws TypeError if the socket is closed */
  checkOpen(): void {
    if (this.closed) throw closedError();
  }

  /** Uses core's socket. @throws TypeError if it is closed, and whatever `use` throws, as the classic package gave it */
  whileOpen<T>(use: () => T): T {
    this.checkOpen();
    return withClassicErrors(use);
  }
}
