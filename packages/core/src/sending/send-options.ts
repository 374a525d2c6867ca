/** What a send may be told beside the message. */

import { checkMilliseconds, checkObject, refuseOption } from "../check.ts";
import { checkSignal, type WaitOptions } from "../waiting/wait-options.ts";

/** How long a send may wait, and who owns its memory. */
export interface SendOptions extends WaitOptions {
  /**
   * Whether bytes are copied, so that the caller may reuse them at once. With `false` libzmq reads the memory itself at
   * a later time: leave it unchanged for good. @default true
   */
  readonly copy?: boolean | undefined;
}

/** @throws TypeError, RangeError */
export function checkSendOptions(options: SendOptions): void {
  checkObject("send", options);
  for (const name in options)
    if (name !== "signal" && name !== "timeout" && name !== "copy") refuseOption("send", options, name);
  const { signal, timeout, copy } = options;
  if (signal !== undefined) checkSignal(signal);
  if (timeout !== undefined) checkMilliseconds("timeout", timeout);
  if (copy !== undefined && typeof copy !== "boolean")
    throw new TypeError(`copy must be true or false, got ${typeof copy}`);
}
