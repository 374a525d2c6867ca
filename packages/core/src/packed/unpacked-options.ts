/** The options of `unpacked`. */

import type { Message } from "../message/message.ts";
import { callback, flag, type Rules, signal } from "../waiting/option-table.ts";
import type { PackedError } from "./format.ts";

/**
 * Options of `unpacked`: its end, copies, and damaged frames.
 *
 * @category Options
 */
export interface UnpackedOptions {
  /** Ends the loop when aborted: it throws `signal.reason`. No message is lost. */
  readonly signal?: AbortSignal | undefined;
  /**
   * Whether each message is copied. Without it a message is a view of its frame: keeping one message keeps the whole frame in memory, 64 KiB by
   * default. @default false
   */
  readonly copy?: boolean | undefined;
  /**
   * Called for each damaged frame, after its good messages were delivered. Then the loop continues with the next frame. If the callback throws,
   * that is a process warning.
   *
   * @default the loop throws the `PackedError`; another loop over the same socket continues after that frame
   */
  readonly onError?: ((error: PackedError, message: Message) => unknown) | undefined;
}

/** The options with their defaults. */
export const unpackedRules = {
  signal: signal(),
  copy: flag(false),
  onError: callback<NonNullable<UnpackedOptions["onError"]>>(),
} satisfies Rules<UnpackedOptions>;
