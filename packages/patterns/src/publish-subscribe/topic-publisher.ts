/** Publishing values under topics, and waiting for subscribers. */

import { setMaxListeners } from "node:events";
import { type CloseOptions, QueueFullError, type SendOptions, XPublisher } from "@awaitmq/core";
import { checkGiven, closedError, closeRules, orAbort, readOptions, sendRules } from "@awaitmq/core/internals";
import { type Endpoints, OpenedSocket, type Opening } from "../opening/opened-socket.ts";
import { type Encoder, encodeValue } from "../value/codec.ts";
import { inTime, timeLeft } from "../value/in-time.ts";
import { applySchema, type Schema } from "../value/schema.ts";
import {
  publisherRules,
  type SubscribedOptions,
  subscribedRules,
  type TopicPublisherOptions,
  type XPublisherOptions,
} from "./publisher-options.ts";
import { SubscriptionLedger } from "./subscription-ledger.ts";
import { checkTopic } from "./topic.ts";

/** Bytes. The frames of a handshake must fit too; those of CURVE with a routing id take some 600. */
const longestSubscription = 1_024;

const opening: Opening<XPublisher> = {
  takes: "TopicPublisher takes an XPublisher,",
  habit: "bind",
  isSocket: (given) => given instanceof XPublisher,
  open: (options) => new XPublisher(options),
};

/**
 * Publishes values under topics. A message is the topic as its first frame, then the frames of the value.
 *
 * An XPublisher that was passed in stays open; the caller closes it. Its receiving side belongs to this class, which
 * reads subscriptions there and sets `verbosity` to get them all. So do not set `manual`, and pass the socket in before
 * `bind` or `connect`; otherwise some subscriptions would be missed. Several TopicPublishers may share a socket.
 *
 * A socket without a `maxMessageSize` gets one of 1 024 bytes. A publisher receives only subscriptions, and libzmq
 * needs some 53 bytes of memory for each of their bytes. A peer that subscribes to a prefix of 980 bytes or more is
 * disconnected. For longer topics, set the socket's own `maxMessageSize`. The number of subscriptions per peer has no
 * limit.
 *
 * @category Publish and subscribe
 * @example
 * ```ts
 * import { json, subscribe, TopicPublisher } from "@awaitmq/patterns";
 *
 * const publisher = new TopicPublisher("tcp://127.0.0.1:*", { codec: json });
 * const prices = subscribe(publisher.endpoints, ["prices."], { codec: json });
 *
 * await publisher.subscribed("prices.EUR"); // waits for a subscriber
 * await publisher.publish("prices.EUR", { price: 1.1 });
 * for await (const { topic, value } of prices) {
 *   console.log(topic, value); // prices.EUR { price: 1.1 }
 *   break;
 * }
 * await publisher.close();
 * ```
 */
export class TopicPublisher<T> implements AsyncDisposable {
  readonly #opened: OpenedSocket<XPublisher>;
  readonly #socket: XPublisher;
  readonly #encoder: Encoder<T>;
  readonly #schema: Schema<T, unknown> | undefined;
  readonly #signal: AbortSignal | undefined;
  readonly #ledger: SubscriptionLedger;
  /** Aborted when it is closed. */
  readonly #end = new AbortController();
  /** Calls that wait for an asynchronous schema, or for one before them that does. */
  #waiting = 0;
  #last: Promise<unknown> = Promise.resolve();

  /**
   * @param target endpoints to bind, `{ bind }` or `{ connect }` with socket options, or an XPublisher
   * @param options the codec, schema and signal
   * @throws TypeError for wrong arguments
   * @throws AddressError (`ERR_ADDRESS_...`) for an endpoint that cannot be bound or connected
   * @throws TooLateError (`ERR_TOO_LATE`) for a socket that already has endpoints, and no TopicPublisher yet
   * @throws ClosedError (`ERR_CLOSED`) if the socket is closed
   */
  constructor(
    target: XPublisher | Endpoints<XPublisherOptions>,
    options: Omit<TopicPublisherOptions<T>, "schema"> & { readonly schema?: undefined },
  );
  constructor(
    target: XPublisher | Endpoints<XPublisherOptions>,
    options: Omit<TopicPublisherOptions<T>, "codec"> & { readonly codec: Encoder<NoInfer<T>> },
  );
  constructor(target: XPublisher | Endpoints<XPublisherOptions>, options: TopicPublisherOptions<T>) {
    const { codec, schema, signal } = readOptions("TopicPublisher", publisherRules, options);
    this.#opened = OpenedSocket.of<XPublisher>(target, opening);
    const { socket } = this.#opened;
    this.#socket = socket;
    this.#encoder = codec;
    this.#schema = schema as Schema<T, unknown> | undefined;
    this.#signal = signal;
    // After bind or connect it would have no effect, and zeromq would warn.
    if (socket.maxMessageSize === -1 && socket.endpoints.length === 0) socket.maxMessageSize = longestSubscription;
    this.#ledger = SubscriptionLedger.of(socket);
    setMaxListeners(0, this.#end.signal);
    this.#opened.begin();
    signal?.addEventListener("abort", this.#abort);
    if (signal?.aborted) this.#abort();
  }

  /** The endpoints that it bound itself, with `*` and port 0 resolved. */
  get endpoints(): readonly string[] {
    return this.#opened.endpoints;
  }

  /**
   * Publishes a value, and resolves when libzmq has accepted it.
   *
   * Concurrent calls are sent in order, even if an asynchronous schema checks a later value sooner. Do not change a
   * value until such a schema has checked it. `timeout` and `signal` cover the check and the sending. The schema only
   * checks: the value is sent as it was given, and transforming it is up to the subscriber.
   *
   * A subscriber that has not joined yet misses the message: see {@link subscribed}. So does a slow subscriber. When
   * its queue is full (`sendHighWaterMark` here, `receiveHighWaterMark` there, and the TCP buffers between), libzmq
   * drops further messages for that subscriber only. With the socket's option `noDrop` this call waits for it instead,
   * and so do all other subscribers.
   *
   * @param topic any string without a lone surrogate
   * @param value what the codec encodes
   * @param options the timeout and signal of this call
   * @throws TypeError, RangeError for wrong arguments
   * @throws SchemaError (`ERR_SCHEMA`) if the schema refuses the value
   * @throws CodecError (`ERR_CODEC`) if the codec cannot encode it
   * @throws QueueFullError (`ERR_QUEUE_FULL`) if `maxPendingSends` values are already being checked or sent
   * @throws TimeoutError, ClosedError, `signal.reason`. If this rejects, nothing was sent
   */
  async publish(topic: string, value: T, options: SendOptions = {}): Promise<void> {
    checkTopic(topic);
    checkGiven("publish", sendRules, options);
    options.signal?.throwIfAborted();
    this.#checkOpen("publish");
    const sending = this.#checkAndSend(topic, value, options);
    const reading = this.#ledger.keepUp();
    if (reading === undefined) return sending;
    try {
      await sending;
    } finally {
      await reading;
    }
  }

  /**
   * Resolves when at least `count` subscriptions match the topic, so that the next message arrives.
   *
   * A subscription matches if the topic begins with its prefix. For "prices.", subscriptions to "prices.", "prices" and
   * "" match. One to "prices.EUR" does not, because it does not take all that begins with "prices.".
   *
   * libzmq reports subscriptions, not subscribers:
   *
   * - A socket that subscribes to "" and "prices." counts twice for "prices.EUR".
   * - A socket that subscribes twice to the same prefix counts twice, but only one is removed when it disconnects. A
   * loop of `subscribe` never does that.
   * - A proxy counts once for all subscribers behind it.
   * - A dead subscriber counts until the end of its connection is detected. Where the network does not report that, set
   * `heartbeatInterval`.
   * - A loop with `match: "segments"` still subscribes to a prefix: "prices" also counts for "pricesOld".
   *
   * @throws TimeoutError (`ERR_TIMEOUT`) if there are fewer after `timeout`
   * @throws ClosedError (`ERR_CLOSED`) if the publisher or its socket is closed
   * @throws TypeError, RangeError for wrong arguments; `signal.reason`
   */
  async subscribed(topic: string, options: SubscribedOptions = {}): Promise<void> {
    checkTopic(topic);
    const { count, ...wait } = readOptions("subscribed", subscribedRules, options);
    wait.signal?.throwIfAborted();
    this.#checkOpen("wait for subscribers");
    await this.#ledger.reaches(topic, count, wait, this.#end.signal);
  }

  /**
   * Stops publishing, and closes the socket if the publisher opened it.
   *
   * Later calls reject with `ClosedError`. So do calls that wait for subscribers or for a schema. A socket that was
   * passed in stays open.
   *
   * @throws TypeError, RangeError for wrong options; then it stays open
   */
  async close(options: CloseOptions = {}): Promise<void> {
    checkGiven("close", closeRules, options);
    await this.#close(options, undefined);
  }

  /** The same as `close()`. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  readonly #abort = (): void => {
    void this.#close(undefined, this.#signal?.reason);
  };

  async #close(options: CloseOptions | undefined, cause: unknown): Promise<void> {
    this.#signal?.removeEventListener("abort", this.#abort);
    this.#end.abort(closedError("wait for subscribers", "publisher", { cause }));
    await this.#opened.close(options);
  }

  #checkOpen(what: string): void {
    if (this.#end.signal.aborted) throw closedError(what, "publisher", { cause: this.#signal?.reason });
  }

  async #checkAndSend(topic: string, value: T, options: SendOptions): Promise<void> {
    if (this.#waiting > 0 && this.#waiting >= this.#socket.maxPendingSends)
      throw new QueueFullError(`Cannot publish: ${this.#waiting} values are already being checked (maxPendingSends)`);
    const checked = this.#schema && applySchema(this.#schema, value, where(topic));
    const send = (wait: SendOptions) =>
      this.#socket.send([topic, ...encodeValue(this.#encoder, value, where(topic))], wait);
    if (this.#waiting > 0 || checked instanceof Promise) await this.#inTurn(checked, send, options);
    else await send(options);
  }

  /** Sends when the value is checked and the calls before this one have sent or given up. */
  async #inTurn(checked: unknown, send: (wait: SendOptions) => Promise<void>, options: SendOptions): Promise<void> {
    const before = this.#last;
    const left = timeLeft(options);
    const turn = this.#turn(checked, before, left).then(() => ({ sent: send(left()) }));
    // A call that gives up lets later calls go on, but not before the calls ahead of it have sent.
    this.#last = Promise.allSettled([turn, before]).then(() => undefined);
    this.#waiting += 1;
    const { sent } = await turn.finally(() => {
      this.#waiting -= 1;
    });
    await sent;
  }

  /** @throws TimeoutError, `signal.reason`, SchemaError, or ClosedError if the publisher closes first */
  async #turn(checked: unknown, before: Promise<unknown>, left: () => SendOptions): Promise<void> {
    const end = this.#end.signal;
    try {
      if (checked instanceof Promise) await inTime(orAbort(checked, end), left());
      const wait = left();
      const late = () =>
        `The schema did not check the values published before within the ${wait.timeout} ms that were left`;
      await inTime(orAbort(before, end), wait, late);
    } catch (error) {
      if (error === end.reason) this.#checkOpen("publish");
      throw error;
    }
  }
}

function where(topic: string): string {
  return `on topic ${topic}`;
}
