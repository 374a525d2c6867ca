/** The options and the counters of `proxy`. */

import type { QueueFullError, UnroutableError } from "../errors.ts";
import type { Message } from "../message/message.ts";
import type { SendingSocket } from "../socket/sending-socket.ts";
import { bound, type Checked, callback, milliseconds, option, type Rules, signal } from "../waiting/option-table.ts";

/**
 * Options of `proxy`: capture, bounds for slow peers, and its end.
 *
 * @category Proxy
 */
export interface ProxyOptions {
  /** A socket that gets a copy of every forwarded message. It misses some if it does not keep up, see `maxQueued`. */
  readonly capture?: Pick<SendingSocket, "send"> | undefined;
  /**
   * Messages that wait in the proxy per peer of a Router whose queue is full, and for `capture`: a whole number of 1 or more, or Infinity.
   *
   * At that number the proxy waits, as long as the peer accepts a message within `patience`. Then it drops new messages for that peer. The option
   * `maxPendingSends` of the socket limits their sum.
   *
   * @default 1_000
   */
  readonly maxQueued?: number | undefined;
  /**
   * Milliseconds that a peer with `maxQueued` waiting messages may accept none and delay the others, 0 or more. With Infinity the proxy
   * never drops. @default 100
   */
  readonly patience?: number | undefined;
  /** Milliseconds that `stop` waits for unsent messages, 0 or more. After that they can be received again. @default 5_000 */
  readonly grace?: number | undefined;
  /** Ends the proxy at once when aborted. No message is lost: unsent ones can be received again. */
  readonly signal?: AbortSignal | undefined;
  /**
   * Called for each dropped message. The error is an `UnroutableError` if its receiver has disconnected, such as the client of a reply. It is a
   * `QueueFullError` if the receiver, or the peer of `capture`, does not read, and a `TypeError` if the other socket cannot send the message,
   * such as one frame on a Router. If the callback throws, that is a process warning.
   */
  readonly onUndeliverable?:
    | ((message: Message, error: UnroutableError | QueueFullError | TypeError) => unknown)
    | undefined;
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

/**
 * Counters of a proxy.
 *
 * @category Proxy
 */
export interface ProxyStats {
  /** Messages forwarded from front to back. */
  readonly forward: number;
  /** Messages forwarded from back to front. */
  readonly back: number;
  /** Messages dropped because their receivers had disconnected or did not read, or the other socket could not send them. */
  readonly undeliverable: number;
  /** Copies that `capture` missed because nobody read them. */
  readonly uncaptured: number;
}

function checkCapture(name: string, value: unknown): void {
  if (typeof (value as Partial<SendingSocket> | null)?.send !== "function")
    throw new TypeError(`${name} must be a socket that sends, got ${value === null ? "null" : typeof value}`);
}
