/** One peer of a Router: what it says, and a way to answer. */

import {
  ClosedError,
  type Message,
  type Router,
  type Sendable,
  type SendOptions,
  type StreamOptions,
  type WaitOptions,
} from "@awaitmq/core";
import { asFrames } from "../message/as-frames.ts";
import { type Channel, ChannelStream } from "./channel.ts";

/** One peer of a Router: what it sends, as a stream that ends when it goes, and a way to answer. */
export class Peer implements AsyncIterable<Message, undefined> {
  /** The routing id: bytes, of which the automatic ones are no text. */
  readonly id: Buffer;
  readonly #router: Router;
  readonly #channel: Channel<Message>;

  /** @internal */
  constructor(id: Buffer, router: Router, channel: Channel<Message>) {
    this.id = id;
    this.#router = router;
    this.#channel = channel;
  }

  /** Whether nothing more comes, but for what has come already. */
  get gone(): boolean {
    return this.#channel.ended;
  }

  /**
   * The next message of this peer, without its routing id. Calls are served in their order; one that gives up loses nothing.
   *
   * @throws ClosedError when the peer is gone or the router is closed, QueueFullError when the peer was dropped, TimeoutError,
   * `signal.reason`, the reason of the route's own signal
   */
  receive(options?: WaitOptions): Promise<Message> {
    return this.#channel.take(options);
  }

  /** The messages of this peer until it is gone. Leaving the loop takes nothing away; throws as `receive` otherwise does. */
  messages({ signal }: StreamOptions = {}): AsyncIterableIterator<Message, undefined> {
    return new ChannelStream(this.#channel, signal, (error) => error instanceof ClosedError);
  }

  /** The messages of this peer, without its routing id, until it goes. */
  [Symbol.asyncIterator](): AsyncIterableIterator<Message, undefined> {
    return this.messages();
  }

  /** Sends to this peer, as `Router.send` does. @throws UnroutableError when it is gone, TypeError, TimeoutError, QueueFullError, ClosedError */
  async send(message: Sendable, options?: SendOptions): Promise<void> {
    await this.#router.send([this.id, ...asFrames(message)], options);
  }
}
