/** What `packed` takes beside its socket. */

import { checkWhole } from "../check.ts";
import { flag, option, type Rules, signal } from "../waiting/option-table.ts";
import { longestTimer } from "../waiting/wait-options.ts";

/** How large a frame may get, and how long a message may wait for others. */
export interface PackedOptions {
  /** Bytes of a frame, 64 to 1 GiB. A message that does not fit travels in a frame of its own. @default 65_536 */
  readonly maxBytes?: number | undefined;
  /**
   * Whether the bytes of messages of 16 KiB or more are copied. With `false` each travels in a frame of its own, which libzmq reads at
   * a later time: leave its bytes unchanged for good. Smaller messages are always copied. @default true
   */
  readonly copy?: boolean | undefined;
  /**
   * Milliseconds that a message may wait for others, 0 or more, whole. With 0 it leaves at the end of this turn of the event loop at the
   * latest; the first after a pause leaves at once.
   *
   * @default 0
   */
  readonly maxDelay?: number | undefined;
  /** Ends the writing when aborted: what libzmq has not accepted is dropped, and all that waits rejects `signal.reason`. */
  readonly signal?: AbortSignal | undefined;
}

/** The options with their defaults. */
export const packedRules = {
  maxBytes: option((name, value) => checkWhole(name, value, 64, 2 ** 30), 65_536),
  maxDelay: option((name, value) => checkWhole(name, value, 0, longestTimer), 0),
  copy: flag(true),
  signal: signal(),
} as const satisfies Rules<PackedOptions>;
