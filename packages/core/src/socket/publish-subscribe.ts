/** PUB, SUB, XPUB and XSUB: each message to all who subscribed to its beginning. */

import { internals } from "../internals-key.ts";
import { defineConflate } from "../kinds/conflate.ts";
import { nativeClasses } from "../native/native.ts";
import type {
  ConflateOption,
  InvertMatchingOption,
  PublisherOptions,
  ReceivingOptions,
  SendingOptions,
  Settable,
  XPublisherOptions,
} from "../options/options.ts";
import { defineType } from "./define-type.ts";
import { DuplexSocket } from "./duplex-socket.ts";
import { ReceivingSocket } from "./receiving-socket.ts";
import { SendingSocket } from "./sending-socket.ts";
import type { BaseOptions } from "./socket.ts";

/**
 * ZMQ_SNDHWM of zmq_setsockopt(3). Subscriptions leave through the queue that it bounds. libzmq silently drops those that find it full: by
 * default all beyond the first 1 000, again for each new connection. So sockets that subscribe have no bound.
 */
const sendHighWaterMark = 23;

/**
 * PUB: sends each message to every subscriber whose prefix it begins with.
 *
 * A subscriber whose queue is full misses the message, unless `noDrop` is set. A subscriber that has not joined yet misses it too: await
 * `ready` first. Subscribers send only subscriptions. These take about 53 bytes of memory for each of their bytes, so set
 * `maxMessageSize: 1_024` where strangers may connect. See PUB in zmq_socket(3).
 *
 * @example
 * ```ts
 * import { Publisher, Subscriber } from "@awaitmq/core";
 *
 * const publisher = new Publisher();
 * const subscriber = new Subscriber();
 * subscriber.connect(await publisher.bind("tcp://127.0.0.1:*"));
 * subscriber.subscribe("news.");
 * await publisher.ready(); // a subscription has arrived
 *
 * await publisher.send(["weather.today", "rain"]); // nobody subscribed
 * await publisher.send(["news.today", "hello"]);
 * const [topic, text] = await subscriber.receive();
 * console.log(`${topic}: ${text}`); // news.today: hello
 * await Promise.all([publisher.close(), subscriber.close()]);
 * ```
 *
 * @category Sockets
 */
export class Publisher extends SendingSocket {
  /** @param options socket options, which are also properties of the socket */
  constructor(
    options?: Settable<BaseOptions & SendingOptions & ConflateOption & InvertMatchingOption & PublisherOptions>,
  ) {
    super({ name: "Publisher", native: nativeClasses.Publisher, publishes: true }, options);
  }
}
export interface Publisher extends ConflateOption, InvertMatchingOption, PublisherOptions {}

/**
 * SUB: receives the messages that begin with one of its prefixes.
 *
 * Without a subscription it receives nothing. See SUB in zmq_socket(3).
 *
 * @example
 * ```ts
 * import { Publisher, Subscriber } from "@awaitmq/core";
 *
 * const publisher = new Publisher();
 * const subscriber = new Subscriber();
 * subscriber.subscribe("prices.EUR", "prices.USD");
 * subscriber.connect(await publisher.bind("tcp://127.0.0.1:*"));
 * await publisher.ready();
 * await publisher.send(["prices.EUR", "1.1"]);
 *
 * for await (const [topic, price] of subscriber) {
 *   console.log(`${topic} ${price}`); // prices.EUR 1.1
 *   break; // the socket stays open
 * }
 * await Promise.all([publisher.close(), subscriber.close()]);
 * ```
 *
 * @category Sockets
 */
export class Subscriber extends ReceivingSocket {
  /** @param options socket options, which are also properties of the socket */
  constructor(options?: Settable<BaseOptions & ReceivingOptions & ConflateOption & InvertMatchingOption>) {
    super({ name: "Subscriber", native: nativeClasses.Subscriber, subscribes: true, defaults: { linger: 0 } }, options);
    this[internals].native.setInt32Option(sendHighWaterMark, 0);
  }

  /**
   * Subscribes to messages that begin with any of the prefixes.
   *
   * @param prefixes text or bytes; without one, all messages match
   * @throws ClosedError `ERR_CLOSED`; TypeError for a prefix of another type
   */
  subscribe(...prefixes: (string | Buffer)[]): void {
    this[internals].checkOpen("subscribe");
    checkPrefixes(prefixes);
    this[internals].native.subscribe(...prefixes);
    this[internals].hasSubscribed = true;
  }

  /**
   * Removes one subscription for each prefix.
   *
   * A prefix that was subscribed to twice must be removed twice.
   *
   * @param prefixes as they were given to `subscribe`; without one, the subscription to all messages
   * @throws ClosedError `ERR_CLOSED`; TypeError for a prefix of another type
   */
  unsubscribe(...prefixes: (string | Buffer)[]): void {
    this[internals].checkOpen("unsubscribe");
    checkPrefixes(prefixes);
    this[internals].native.unsubscribe(...prefixes);
  }
}
export interface Subscriber extends ConflateOption, InvertMatchingOption {}

/**
 * XPUB: a publisher that also receives its peers' subscriptions.
 *
 * A subscription is one frame: a byte, 1 to subscribe or 0 to unsubscribe, then the prefix. A prefix takes about 53 bytes of memory for
 * each of its bytes. So where strangers may connect, set `maxMessageSize: 1_024`, or more if XSubscribers send larger messages here.
 * See XPUB in zmq_socket(3).
 *
 * @example
 * ```ts
 * import { Subscriber, XPublisher } from "@awaitmq/core";
 *
 * const publisher = new XPublisher();
 * const subscriber = new Subscriber();
 * subscriber.subscribe("news.");
 * subscriber.connect(await publisher.bind("tcp://127.0.0.1:*"));
 *
 * const [frame] = await publisher.receive(); // the subscription
 * console.log(frame[0], frame.toString("utf8", 1)); // 1 news.
 * await publisher.send(["news.today", "hello"]);
 * const [topic] = await subscriber.receive();
 * console.log(topic.toString()); // news.today
 * await Promise.all([publisher.close(), subscriber.close()]);
 * ```
 *
 * @category Sockets
 */
export class XPublisher extends DuplexSocket {
  /** @param options socket options, which are also properties of the socket */
  constructor(
    options?: Settable<BaseOptions & SendingOptions & ReceivingOptions & InvertMatchingOption & XPublisherOptions>,
  ) {
    super({ name: "XPublisher", native: nativeClasses.XPublisher, publishes: true }, options);
  }
}
export interface XPublisher extends InvertMatchingOption, XPublisherOptions {}

/**
 * XSUB: a subscriber that sends its subscriptions as messages.
 *
 * A subscription is one frame: a byte, 1 to subscribe or 0 to unsubscribe, then the prefix. `send` never waits: libzmq silently drops
 * messages beyond `sendHighWaterMark`, including subscriptions, and those that it repeats for a new connection. So its default here
 * is 0, no limit. See XSUB in zmq_socket(3).
 *
 * @example
 * ```ts
 * import { Publisher, XSubscriber } from "@awaitmq/core";
 *
 * const publisher = new Publisher();
 * const subscriber = new XSubscriber();
 * subscriber.connect(await publisher.bind("tcp://127.0.0.1:*"));
 *
 * await subscriber.send("\x01news."); // 1 subscribes, 0 unsubscribes
 * await publisher.ready();
 * await publisher.send(["news.today", "hello"]);
 * const [topic] = await subscriber.receive();
 * console.log(topic.toString()); // news.today
 * await Promise.all([publisher.close(), subscriber.close()]);
 * ```
 *
 * @category Sockets
 */
export class XSubscriber extends DuplexSocket {
  /** @param options socket options, which are also properties of the socket */
  constructor(options?: Settable<BaseOptions & SendingOptions & ReceivingOptions>) {
    const defaults = { linger: 0, sendHighWaterMark: 0 };
    super({ name: "XSubscriber", native: nativeClasses.XSubscriber, subscribes: true, defaults }, options);
  }
}

defineConflate(Publisher.prototype, "sends");
defineConflate(Subscriber.prototype, "receives");
defineType(Publisher, nativeClasses.Publisher);
defineType(Subscriber, nativeClasses.Subscriber);
defineType(XPublisher, nativeClasses.XPublisher);
defineType(XSubscriber, nativeClasses.XSubscriber);

function checkPrefixes(prefixes: unknown[]): void {
  for (const prefix of prefixes) {
    if (typeof prefix !== "string" && !Buffer.isBuffer(prefix))
      throw new TypeError(
        `A subscription must be a string or a Buffer, got ${prefix === null ? "null" : typeof prefix}`,
      );
  }
}
