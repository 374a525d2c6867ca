/** The options of `packed`. */

import { checkWhole } from "../check.ts";
import { flag, option, type Rules, signal } from "../waiting/option-table.ts";
import { longestTimer } from "../waiting/wait-options.ts";

/**
 * Options of `packed`: how large a frame may get, and how long a message may wait for others.
 *
 * @category Options
 */
export interface PackedOptions {
  /** The largest frame in bytes, 64 to 1 GiB. A message that does not fit gets its own frame. @default 65_536 */
  readonly maxBytes?: number | undefined;
  /**
   * Whether messages of 16 KiB or more are copied. Smaller messages are always copied.
   *
   * With `false` each such message gets its own frame, which libzmq reads later: never change its bytes again.
   *
   * @default true
   */
  readonly copy?: boolean | undefined;
  /**
   * Milliseconds that a message may wait for others, a whole number of 0 or more. With 0 it leaves by the end of the current turn of the event
   * loop, and the first message after a pause leaves at once.
   *
   * @default 0
   */
  readonly maxDelay?: number | undefined;
  /** Ends the writing when aborted. Messages that libzmq has not accepted are dropped, and pending calls reject with `signal.reason`. */
  readonly signal?: AbortSignal | undefined;
}

/** The options with their defaults. */
export const packedRules = {
  maxBytes: option((name, value) => checkWhole(name, value, 64, 2 ** 30), 65_536),
  maxDelay: option((name, value) => checkWhole(name, value, 0, longestTimer), 0),
  copy: flag(true),
  signal: signal(),
} as const satisfies Rules<PackedOptions>;
