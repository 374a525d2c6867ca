/** One peer of a Router: what it says, and a way to answer. */

import type { Message, Router, Sendable, SendOptions, StreamOptions, WaitOptions } from "@awaitmq/core";
import { checkGiven, ItemStream, type Mailbox, streamRules } from "@awaitmq/core/internals";
import { asFrames } from "../message/as-frames.ts";
import { encodeValue } from "../value/codec.ts";
import { readValue, type Values } from "../value/values.ts";
import { ValueSource } from "./value-source.ts";

/** One peer of a Router: what it sends, as a stream that ends when it goes, and a way to answer. */
export class RoutedPeer<In = Message, Out = Sendable> implements AsyncIterable<In, undefined> {
  /**
   * The routing id: bytes, of which the automatic ones are no text. It proves nothing: automatic ones can be guessed, and a peer may claim any
   * other. Do not hand it out, and do not take it for a user.
   */
  readonly id: Buffer;
  readonly #router: Router;
  readonly #channel: Mailbox<Message>;
  readonly #values: Values | undefined;

  /** @internal */
  constructor(id: Buffer, router: Router, channel: Mailbox<Message>, values?: Values) {
    this.id = id;
    this.#router = router;
    this.#channel = channel;
    this.#values = values;
  }

  /** Whether nothing more comes, but for what has come already. */
  get gone(): boolean {
    return this.#channel.ended;
  }

  /**
   * The next message of this peer, without its routing id, or what the codec makes of it. Calls are served in their order; one that gives up loses
   * nothing. A message that the codec or the schema refuses rejects, and the next call gets the one behind it.
   *
   * @throws ClosedError when the peer is gone, the router closed or the route ended, QueueFullError when the peer was dropped, TimeoutError,
   * CodecError, SchemaError, `signal.reason`
   */
  async receive(options?: WaitOptions): Promise<In> {
    const frames = await this.#channel.take(options);
    return (this.#values === undefined ? frames : await readValue(this.#values, frames, where)) as In;
  }

  /** The messages of this peer until it is gone. Leaving the loop takes nothing away; throws as `receive` otherwise does. */
  messages(options: StreamOptions = {}): AsyncIterableIterator<In, undefined> {
    checkGiven("messages", streamRules, options);
    const { signal } = options;
    const source = this.#values === undefined ? this.#channel : new ValueSource(this.#channel, this.#values, where);
    return new ItemStream(source, signal) as AsyncIterableIterator<unknown, undefined> as AsyncIterableIterator<
      In,
      undefined
    >;
  }

  /** The messages of this peer, without its routing id, until it goes. */
  [Symbol.asyncIterator](): AsyncIterableIterator<In, undefined> {
    return this.messages();
  }

  /**
   * Sends to this peer, as `Router.send` does.
   *
   * @throws UnroutableError when it is gone, TypeError, TimeoutError, QueueFullError, ClosedError, CodecError
   */
  async send(message: Out, options?: SendOptions): Promise<void> {
    const values = this.#values;
    const frames =
      values === undefined ? asFrames(message as Sendable) : encodeValue(values.codec, message, "for a peer");
    await this.#router.send([this.id, ...frames], options);
  }
}

const where = "of a peer";
