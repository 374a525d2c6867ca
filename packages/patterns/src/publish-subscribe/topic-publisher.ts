/** Publishing values under topics, and knowing that somebody listens. */

import { setMaxListeners } from "node:events";
import { type CloseOptions, QueueFullError, type SendOptions, XPublisher } from "@awaitmq/core";
import { checkGiven, closedError, closeRules, readOptions, sendRules } from "@awaitmq/core/internals";
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

/** Bytes. The frames of a handshake have to fit as well, of which those of CURVE with a routing id take some 600. */
const longestSubscription = 1_024;

const opening: Opening<XPublisher> = {
  takes: "TopicPublisher takes an XPublisher,",
  habit: "bind",
  isSocket: (given) => given instanceof XPublisher,
  open: (options) => new XPublisher(options),
};

/**
 * Publishes values: a message is the topic as its first frame, then the frames of the value. They leave by an XPublisher, or by endpoints,
 * which are bound unless they come as `{ connect }`.
 *
 * An XPublisher that was handed in stays its opener's, who closes it. Its receiving side belongs to this class, which reads the subscriptions there,
 * and sets `verbosity` to be told of all: do not set `manual`, and hand it in before `bind` or `connect`, for later some subscriptions
 * would not be told of. Several of these may share a socket.
 *
 * A socket without a `maxMessageSize` gets one of 1 024 bytes: what comes to a publisher are subscriptions, and each byte of one takes
 * libzmq some 53 bytes of memory. A peer that asks for a longer prefix, of 980 bytes or more, is disconnected. Set the socket's own
 * `maxMessageSize` for longer topics. How many subscriptions a peer makes has no bound.
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

  /** @throws TypeError, AddressError, ClosedError, and TooLateError for a socket that has endpoints already and no TopicPublisher yet */
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
    // Later it would count for nothing, and zeromq would warn.
    if (socket.maxMessageSize === -1 && socket.endpoints.length === 0) socket.maxMessageSize = longestSubscription;
    this.#ledger = SubscriptionLedger.of(socket);
    setMaxListeners(0, this.#end.signal);
    this.#opened.begin();
    signal?.addEventListener("abort", this.#abort);
    if (signal?.aborted) this.#abort();
  }

  /** The endpoints that it has bound itself, with `*` and port 0 resolved. */
  get endpoints(): readonly string[] {
    return this.#opened.endpoints;
  }

  /**
   * Publishes a value; resolves when libzmq has accepted it. Concurrent calls are sent in their order, also where an
   * asynchronous schema checks one faster than the one before it. With such a schema leave the value unchanged until then.
   * The options `timeout` and `signal` bound the check as well as the sending.
   *
   * The schema checks the value, and what travels is the value as it was given: a transformation is the subscriber's.
   *
   * A subscriber that has not joined yet misses the message, see {@link subscribed}. So does one that reads too slowly: when its
   * queue is full (`sendHighWaterMark` here, `receiveHighWaterMark` there, and what TCP holds between them), libzmq drops what
   * comes next for this subscriber, and for this one alone. With the socket's option `noDrop` this call waits for it instead,
   * and with it all the others wait.
   *
   * @throws TypeError for a topic that is no string or has a lone surrogate, SchemaError, CodecError, what `send` throws, and
   * QueueFullError when `maxPendingSends` values are being checked. Nothing was sent then.
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
   * Resolves when at least `count` subscriptions take what is published under this topic, and so the first message arrives.
   * Those count whose prefix the topic begins with: for "prices.", subscriptions to "prices.", "prices" and "", not one to
   * "prices.EUR", which does not take all that begins with "prices.".
   *
   * What libzmq tells of are subscriptions, not subscribers. A socket that subscribes to "" and "prices." counts twice for
   * "prices.EUR". One that subscribes twice to the same prefix counts twice, and only once less when it goes; a loop of
   * `subscribe` never does. A proxy counts once for all behind it. A subscriber that died counts until the end of its
   * connection is noticed; the option `heartbeatInterval` helps where the network does not tell. One that filters by segments
   * asks for a prefix all the same: "prices" counts for "pricesOld" too.
   *
   * @throws TimeoutError, ClosedError, `signal.reason`
   */
  async subscribed(topic: string, options: SubscribedOptions = {}): Promise<void> {
    checkTopic(topic);
    const { count, ...wait } = readOptions("subscribed", subscribedRules, options);
    wait.signal?.throwIfAborted();
    this.#checkOpen("wait for subscribers");
    await this.#ledger.reaches(topic, count, wait, this.#end.signal);
  }

  /**
   * Publishes no more: calls from now on, and those that wait for subscribers, reject `ClosedError`. Closes what was opened for endpoints, as
   * the `close` of a socket; a socket that was handed in stays open.
   *
   * @throws TypeError, RangeError for wrong options; then it stays open
   */
  async close(options: CloseOptions = {}): Promise<void> {
    checkGiven("close", closeRules, options);
    await this.#close(options, undefined);
  }

  /** As `close()`. */
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
      throw new QueueFullError(`Cannot publish: ${this.#waiting} values are being checked already (maxPendingSends)`);
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
    const turn = inTime(Promise.all([checked, before]), left()).then(() => ({ sent: send(left()) }));
    // Who gives up gives way, but not to a place before those that were there first.
    this.#last = Promise.allSettled([turn, before]).then(() => undefined);
    this.#waiting += 1;
    const { sent } = await turn.finally(() => {
      this.#waiting -= 1;
    });
    await sent;
  }
}

function where(topic: string): string {
  return `on topic ${topic}`;
}
