/** What a send may be told beside the message. */

import { checkSignal, checkTimeout, type WaitOptions } from "./wait-options.ts";

/** How long a send may wait, and who owns its memory. */
export interface SendOptions extends WaitOptions {
  /**
   * Whether bytes are copied, so that the caller may reuse them at once. With `false` libzmq reads the memory itself at
   * a later time: leave it unchanged for good. @default true
   */
  readonly copy?: boolean | undefined;
}

/** @throws TypeError, RangeError */
export function checkSendOptions({ signal, timeout, copy }: SendOptions): void {
  if (signal !== undefined) checkSignal(signal);
  if (timeout !== undefined) checkTimeout(timeout);
  if (copy !== undefined && typeof copy !== "boolean")
    throw new TypeError(`copy must be true or false, got ${typeof copy}`);
}
