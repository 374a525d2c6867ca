/** The state of a socket that decides whether it receives, sends, and keeps the process alive. */

import { closedError, withClassicErrors } from "./errors.ts";

export class Standing {
  /** Whether `close` was called. */
  closed = false;
  paused = false;
  /** Whether the process may exit although the socket has endpoints: after `unref`. */
  detached = false;
  /** Number of endpoints. */
  endpoints = 0;
  /** Number of pending binds and unbinds. */
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

  /** Uses core's socket. @throws TypeError if it is closed; the errors of `use`, as classic errors */
  whileOpen<T>(use: () => T): T {
    this.checkOpen();
    return withClassicErrors(use);
  }
}
