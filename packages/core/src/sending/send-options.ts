/** The options of a send. */

import { checkGiven, flag, type Rules } from "../waiting/option-table.ts";
import { type WaitOptions, waitRules } from "../waiting/wait-options.ts";

/**
 * Options of a send: how long to wait, and whether to copy the bytes.
 *
 * @category Sending
 */
export interface SendOptions extends WaitOptions {
  /**
   * Whether bytes are copied, so that the caller may reuse them at once. With `false` libzmq reads the memory later: never change it
   * again. @default true
   */
  readonly copy?: boolean | undefined;
}

/** How a message that is sent without order waits. */
export interface UnorderedOptions extends WaitOptions {
  /** Whether it goes before those that already wait. */
  readonly isUrgent?: boolean | undefined;
}

export const sendRules = { ...waitRules, copy: flag(true) } satisfies Rules<SendOptions>;

/** @throws TypeError, RangeError */
export function checkSendOptions(options: SendOptions): void {
  checkGiven("send", sendRules, options);
}
