/** One peer of a Router: its messages, and a way to answer. */

import type { Message, Router, Sendable, SendOptions, StreamOptions, WaitOptions } from "@awaitmq/core";
import { checkGiven, type ItemSource, ItemStream, type Mailbox, streamRules, waitRules } from "@awaitmq/core/internals";
import { Taking } from "../concurrency/taking.ts";
import { asFrames } from "../message/as-frames.ts";
import { type Codec, encodeValue } from "../value/codec.ts";
import type { ValueReader } from "../value/value-reader.ts";

/** Reads what peers send. Its codec also encodes what is sent to them. */
export type PeerReader = ValueReader<Codec<unknown>>;

/**
 * One peer of a Router: a stream of its messages that ends when it disconnects, and a way to answer.
 *
 * @category Channels
 * @example
 * ```ts
 * import { Dealer } from "@awaitmq/core";
 * import { route } from "@awaitmq/patterns";
 *
 * const peers = route("tcp://127.0.0.1:*");
 * const dealer = new Dealer();
 * dealer.connect(peers.endpoints[0]);
 * for (const word of ["one", "two", "bye"]) await dealer.send(word);
 *
 * for await (const peer of peers) {
 *   const words: string[] = [];
 *   for await (const [word] of peer) if (words.push(`${word}`) === 3) break;
 *   console.log(words.join(" ")); // one two bye
 *   break; // ends the route
 * }
 * await dealer.close();
 * ```
 */
export class RoutedPeer<In = Message, Out = Sendable> implements AsyncIterable<In, undefined> {
  /**
   * The routing id, as bytes: automatic ids are not text.
   *
   * It is no proof of identity. Automatic ids can be guessed, and a peer may claim any other id. So do not give it to
   * others, and do not use it to recognise a user.
   */
  readonly id: Buffer;
  readonly #router: Router;
  readonly #channel: Mailbox<Message>;
  /** Undefined if messages are frames. */
  readonly #reader: PeerReader | undefined;

  /** @internal */
  constructor(id: Buffer, router: Router, channel: Mailbox<Message>, reader?: PeerReader) {
    this.id = id;
    this.#router = router;
    this.#channel = channel;
    this.#reader = reader;
  }

  /** Whether the peer has ended: nothing more will arrive, though some messages may still be unread. */
  get gone(): boolean {
    return this.#channel.ended;
  }

  /**
   * Resolves to the next message of this peer, without its routing id, or to the value that the codec makes of it.
   *
   * Calls are served in order. A call that gives up loses nothing, except a message that an asynchronous schema is
   * checking at that moment. A message that the codec or the schema refuses rejects the call, unless there is an
   * `onInvalid`. The next call gets the message after it.
   *
   * @throws ClosedError (`ERR_CLOSED`) when the peer disconnected, the router closed or the route ended
   * @throws QueueFullError (`ERR_QUEUE_FULL`) when the peer was dropped
   * @throws TimeoutError (`ERR_TIMEOUT`) after `timeout`; `signal.reason`
   * @throws CodecError, SchemaError for a message that cannot be read
   */
  async receive(options: WaitOptions = {}): Promise<In> {
    checkGiven("receive", waitRules, options);
    const take = (wait: WaitOptions) => this.#channel.take(wait);
    return (await (this.#reader === undefined ? take(options) : this.#reader.next(take, "of a peer", options))) as In;
  }

  /**
   * Gives the messages of this peer until it disconnects. Leaving the loop takes no message away.
   *
   * @throws in the loop, the other errors of `receive`
   */
  messages(options: StreamOptions = {}): AsyncIterableIterator<In, undefined> {
    checkGiven("messages", streamRules, options);
    const source = this.#reader === undefined ? this.#channel : new Taking((signal) => this.receive({ signal }));
    return new ItemStream(source as ItemSource<In>, options.signal);
  }

  /** The same as `messages()`. */
  [Symbol.asyncIterator](): AsyncIterableIterator<In, undefined> {
    return this.messages();
  }

  /**
   * Sends a message to this peer, as `Router.send` does.
   *
   * @throws UnroutableError (`ERR_UNROUTABLE`) when the peer disconnected
   * @throws TypeError for something that cannot be sent; CodecError for a value that the codec cannot encode
   * @throws TimeoutError, QueueFullError, ClosedError, `signal.reason`
   */
  async send(message: Out, options?: SendOptions): Promise<void> {
    const values = this.#reader?.values;
    const frames =
      values === undefined ? asFrames(message as Sendable) : encodeValue(values.codec, message, "for a peer");
    await this.#router.send([this.id, ...frames], options);
  }
}
