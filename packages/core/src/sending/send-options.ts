/** What a send may be told beside the message. */

import { checkGiven, flag, type Rules } from "../waiting/option-table.ts";
import { type WaitOptions, waitRules } from "../waiting/wait-options.ts";

/** How long a send may wait, and who owns its memory. */
export interface SendOptions extends WaitOptions {
  /**
   * Whether bytes are copied, so that the caller may reuse them at once. With `false` libzmq reads the memory itself at
   * a later time: leave it unchanged for good. @default true
   */
  readonly copy?: boolean | undefined;
}

export const sendRules = { ...waitRules, copy: flag(true) } satisfies Rules<SendOptions>;

/** @throws TypeError, RangeError */
export function checkSendOptions(options: SendOptions): void {
  checkGiven("send", sendRules, options);
}
