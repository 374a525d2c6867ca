/** One peer of a Router: what it says, and a way to answer. */

import type { Message, Router, Sendable, SendOptions, StreamOptions, WaitOptions } from "@awaitmq/core";
import { checkGiven, type ItemSource, ItemStream, type Mailbox, streamRules, waitRules } from "@awaitmq/core/internals";
import { Taking } from "../concurrency/taking.ts";
import { asFrames } from "../message/as-frames.ts";
import { type Codec, encodeValue } from "../value/codec.ts";
import type { ValueReader } from "../value/value-reader.ts";

/** Reads what peers say; its codec writes what they are told as well. */
export type PeerReader = ValueReader<Codec<unknown>>;

/** One peer of a Router: what it sends, as a stream that ends when it goes, and a way to answer. */
export class RoutedPeer<In = Message, Out = Sendable> implements AsyncIterable<In, undefined> {
  /**
   * The routing id: bytes, of which the automatic ones are no text. It proves nothing: automatic ones can be guessed, and a peer may claim any
   * other. Do not hand it out, and do not take it for a user.
   */
  readonly id: Buffer;
  readonly #router: Router;
  readonly #channel: Mailbox<Message>;
  /** Undefined where messages are frames. */
  readonly #reader: PeerReader | undefined;

  /** @internal */
  constructor(id: Buffer, router: Router, channel: Mailbox<Message>, reader?: PeerReader) {
    this.id = id;
    this.#router = router;
    this.#channel = channel;
    this.#reader = reader;
  }

  /** Whether nothing more comes, but for what has come already. */
  get gone(): boolean {
    return this.#channel.ended;
  }

  /**
   * The next message of this peer, without its routing id, or what the codec makes of it. Calls are served in their order; one that gives up loses
   * nothing, but for a message whose schema is at work then. A message that the codec or the schema refuses rejects, unless `onInvalid` is told of
   * it, and the next call gets the one behind it.
   *
   * @throws ClosedError when the peer is gone, the router closed or the route ended, QueueFullError when the peer was dropped, TimeoutError,
   * CodecError, SchemaError, `signal.reason`
   */
  async receive(options: WaitOptions = {}): Promise<In> {
    checkGiven("receive", waitRules, options);
    const take = (wait: WaitOptions) => this.#channel.take(wait);
    return (await (this.#reader === undefined ? take(options) : this.#reader.next(take, "of a peer", options))) as In;
  }

  /** The messages of this peer until it is gone. Leaving the loop takes nothing away; throws as `receive` otherwise does. */
  messages(options: StreamOptions = {}): AsyncIterableIterator<In, undefined> {
    checkGiven("messages", streamRules, options);
    const source = this.#reader === undefined ? this.#channel : new Taking((signal) => this.receive({ signal }));
    return new ItemStream(source as ItemSource<In>, options.signal);
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
    const values = this.#reader?.values;
    const frames =
      values === undefined ? asFrames(message as Sendable) : encodeValue(values.codec, message, "for a peer");
    await this.#router.send([this.id, ...frames], options);
  }
}
