/** Publishing values under topics, and knowing that somebody listens. */

import { QueueFullError, type SendOptions, type WaitOptions, XPublisher } from "@awaitmq/core";
import { checkOptions } from "@awaitmq/core/internals";
import { checkAbortSignal, checkCount, checkMilliseconds } from "../concurrency/check.ts";
import { type Encoder, encodeValue } from "../message/codec.ts";
import { applySchema, checkSchema, type Schema } from "../message/schema.ts";
import { orAbort } from "./or-abort.ts";
import { SubscriptionLedger } from "./subscription-ledger.ts";
import { checkTopic } from "./topic.ts";

/** How values travel, and what they must be like. */
export interface TopicPublisherOptions<T> {
  /** How values travel: `json`, `text`, `bytes`, or one of your own. */
  readonly codec: Encoder<T>;
  /** What values must be like, by any library that implements Standard Schema. @default anything that the codec takes */
  readonly schema?: Schema<T, unknown> | undefined;
}

/** How many subscriptions to wait for, and for how long. */
export interface SubscribedOptions extends WaitOptions {
  /** How many subscriptions to wait for, a whole number, 1 or more. @default 1 */
  readonly count?: number | undefined;
}

const publisherNames = { codec: true, schema: true } as const;
const sendNames = { copy: true, timeout: true, signal: true } as const;
const subscribedNames = { count: true, timeout: true, signal: true } as const;

/**
 * Publishes values on an XPublisher: a message is the topic as its first frame, then the frames of the value.
 *
 * The socket stays its opener's, who closes it. Its receiving side belongs to this class, which reads the subscriptions there,
 * and sets `verbosity` to be told of all: make it before `bind` or `connect`, and do not set `manual`. Several of these may
 * share a socket.
 */
export class TopicPublisher<T> {
  readonly #socket: XPublisher;
  readonly #encoder: Encoder<T>;
  readonly #schema: Schema<T, unknown> | undefined;
  readonly #ledger: SubscriptionLedger;
  /** Calls that wait for an asynchronous schema, or for one before them that does. */
  #waiting = 0;
  #last: Promise<unknown> = Promise.resolve();

  constructor(socket: XPublisher, options: { readonly codec: Encoder<T>; readonly schema?: undefined });
  constructor(
    socket: XPublisher,
    options: { readonly codec: Encoder<NoInfer<T>>; readonly schema?: Schema<T, unknown> | undefined },
  );
  constructor(socket: XPublisher, options: TopicPublisherOptions<T>) {
    checkOptions("TopicPublisher", options, publisherNames);
    const { codec, schema } = options;
    if (!(socket instanceof XPublisher)) throw new TypeError("A TopicPublisher publishes on an XPublisher");
    if (typeof codec?.encode !== "function") throw new TypeError("codec must have a function encode");
    if (schema !== undefined) checkSchema(schema);
    this.#socket = socket;
    this.#encoder = codec;
    this.#schema = schema;
    this.#ledger = SubscriptionLedger.of(socket);
  }

  /**
   * Publishes a value; resolves when libzmq has accepted it. Concurrent calls are sent in their order, also where an
   * asynchronous schema checks one faster than the one before it. With such a schema leave the value unchanged until then.
   * The option `timeout` is for the sending alone, `signal` for the check as well.
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
    checkOptions("publish", options, sendNames);
    checkAbortSignal(options.signal);
    options.signal?.throwIfAborted();
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
    checkOptions("subscribed", options, subscribedNames);
    const { count = 1, ...wait } = options;
    checkCount("count", count, 1);
    if (wait.timeout !== undefined) checkMilliseconds("timeout", wait.timeout);
    checkAbortSignal(wait.signal);
    await this.#ledger.reaches(topic, count, wait);
  }

  async #checkAndSend(topic: string, value: T, options: SendOptions): Promise<void> {
    if (this.#waiting > 0 && this.#waiting >= this.#socket.maxPendingSends)
      throw new QueueFullError(`Cannot publish: ${this.#waiting} values are being checked already (maxPendingSends)`);
    const checked = this.#schema && applySchema(this.#schema, value, where(topic));
    const send = () => this.#socket.send([topic, ...encodeValue(this.#encoder, value, where(topic))], options);
    if (this.#waiting > 0 || checked instanceof Promise) await this.#inTurn(checked, send, options.signal);
    else await send();
  }

  /** Sends when the value is checked and the calls before this one have sent or given up. */
  async #inTurn(checked: unknown, send: () => Promise<void>, signal: AbortSignal | undefined): Promise<void> {
    const before = this.#last;
    const turn = orAbort(Promise.all([checked, before]), signal).then(() => ({ sent: send() }));
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
