/** The types of packed messages, by socket type. */

import type { Frame } from "../message/message.ts";
import type { Dealer, Router } from "../socket/dealer-router.ts";
import type { Pair } from "../socket/pair-stream.ts";
import type { Publisher, Subscriber, XPublisher } from "../socket/publish-subscribe.ts";
import type { Pull, Push } from "../socket/push-pull.ts";

/** The sockets that can write packed messages. */
export type PackedSocket = Push | Pair | Dealer | Router | Publisher | XPublisher;

/** The sockets that can read packed messages. */
export type UnpackedSocket = Pull | Pair | Dealer | Router | Subscriber;

/**
 * A message to write: one frame. On a Router or publisher, a pair of the peer or topic and one frame.
 *
 * @category Packed
 */
export type PackedMessage<S> = S extends { mandatory: boolean } | { noDrop: boolean }
  ? readonly [to: Frame, frame: Frame]
  : Frame;

/**
 * A message that was read: one frame. From a Router or Subscriber, a pair of the routing id or topic and one frame.
 *
 * @category Packed
 */
export type UnpackedMessage<S> = S extends { mandatory: boolean } | { subscribe: unknown }
  ? [from: Buffer, frame: Buffer]
  : Buffer;
