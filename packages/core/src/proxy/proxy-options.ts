/** What `proxy` takes beside its sockets, and what it counts. */

import type { QueueFullError, UnroutableError } from "../errors.ts";
import type { Message } from "../message/message.ts";
import type { SendingSocket } from "../socket/socket.ts";
import { bound, type Checked, callback, milliseconds, option, type Rules, signal } from "../waiting/option-table.ts";

/** Where a proxy copies what it passes on, how much waits for those that do not read, and what ends it. */
export interface ProxyOptions {
  /** A socket that is sent a copy of every message that was passed on. One that does not keep up misses some, see `maxQueued`. */
  readonly capture?: Pick<SendingSocket, "send"> | undefined;
  /**
   * Messages that wait here for each peer of a Router whose queue is full, and for `capture`, a whole number, 1 or more, or Infinity. Past it the
   * proxy waits, as long as that peer takes something within `patience`; then it drops what is new for it. No more wait on a socket than its
   * `maxPendingSends`. @default 1_000
   */
  readonly maxQueued?: number | undefined;
  /**
   * Milliseconds, 0 or more, for which a peer that has `maxQueued` messages waiting may take none and delay the others. Infinity never drops.
   * @default 100
   */
  readonly patience?: number | undefined;
  /** Milliseconds that `stop` gives messages which wait to be sent, 0 or more. Then they are received again. @default 5_000 */
  readonly grace?: number | undefined;
  /** Ends the proxy at once, in good order. No message is lost: those that waited to be sent are received again. */
  readonly signal?: AbortSignal | undefined;
  /**
   * Told of a message that was dropped: an `UnroutableError` where its addressee is gone, such as the client of a reply, and a
   * `QueueFullError` where it, or the one on `capture`, does not read. It changes nothing; what it throws is a process warning.
   */
  readonly onUndeliverable?: ((message: Message, error: UnroutableError | QueueFullError) => unknown) | undefined;
}

export const proxyRules = {
  capture: option<ProxyOptions["capture"]>(checkCapture),
  maxQueued: bound(1, 1_000),
  patience: milliseconds(100),
  grace: milliseconds(5_000),
  signal: signal(),
  onUndeliverable: callback<ProxyOptions["onUndeliverable"]>(),
} satisfies Rules<ProxyOptions>;

/** The options with their defaults. */
export type CheckedProxyOptions = Checked<typeof proxyRules>;

/** What became of the messages. */
export interface ProxyStats {
  /** Passed on from front to back. */
  readonly forward: number;
  /** Passed on from back to front. */
  readonly back: number;
  /** Dropped, since their addressees were gone or did not read. */
  readonly undeliverable: number;
  /** Copies that `capture` missed, since nobody read them. */
  readonly uncaptured: number;
}

function checkCapture(name: string, value: unknown): void {
  if (typeof (value as Partial<SendingSocket> | null)?.send !== "function")
    throw new TypeError(`${name} must be a socket that sends`);
}
