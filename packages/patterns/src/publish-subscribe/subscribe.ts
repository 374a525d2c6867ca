/** Subscribing to published values: the public function. */

import { Subscriber } from "@awaitmq/core";
import { readOptions } from "@awaitmq/core/internals";
import { Taking } from "../concurrency/taking.ts";
import { Loop } from "../opening/loop.ts";
import { type Endpoints, OpenedSocket, type Opening } from "../opening/opened-socket.ts";
import { ValueReader } from "../value/value-reader.ts";
import type { ReadingByCodec, ReadingBySchema } from "../value/values.ts";
import {
  type SubscribeOptions,
  type SubscriberOptions,
  type SubscribeSettings,
  type Subscription,
  subscribeRules,
} from "./subscribe-options.ts";
import { TopicFilter } from "./topic.ts";
import { TopicReader } from "./topic-reader.ts";

/**
 * Subscribes at once, and gives each value that arrives, until the loop ends, the signal aborts or the socket closes.
 *
 * When a connection breaks or the publisher restarts, libzmq subscribes again by itself. Values published in between
 * are lost.
 *
 * A Subscriber that was passed in stays open after the loop. The loop cancels its own subscriptions. Those that the
 * program made on the socket itself stay, because libzmq counts them. Messages that arrived and were not read are still
 * there, for the next loop that takes them. A message that an asynchronous schema is checking at that moment is
 * dropped. A socket that `subscribe` opened closes when the loop ends. If you do not loop to the end, dispose of the
 * loop.
 *
 * A Subscriber has one such loop at a time: a second call throws `InUseError`. The loop reads all that arrives, and
 * drops what its filters do not match, such as late messages of an earlier loop. For two loops, open two sockets. The
 * socket's `receiveTimeout` limits each wait for a message.
 *
 * @category Publish and subscribe
 * @param source endpoints to connect to, `{ bind }` or `{ connect }` with socket options, or a Subscriber
 * @param filters the topics, at least one; `[""]` matches all. See the option `match`
 * @param options the codec, which topics match, and what ends the loop
 * @throws TypeError for wrong arguments
 * @throws AddressError (`ERR_ADDRESS_...`) for an endpoint that cannot be connected or bound
 * @throws InUseError (`ERR_IN_USE`) if another loop reads the Subscriber
 * @throws ClosedError (`ERR_CLOSED`) if the Subscriber is closed
 * @throws CodecError, SchemaError in the loop, for a message that cannot be read, unless there is an `onInvalid`
 * @throws `signal.reason` in the loop
 * @example
 * ```ts
 * import { subscribe, text, TopicPublisher } from "@awaitmq/patterns";
 *
 * const publisher = new TopicPublisher("tcp://127.0.0.1:*", { codec: text });
 * const news = subscribe(publisher.endpoints, ["news."], { codec: text });
 *
 * await publisher.subscribed("news.local");
 * await publisher.publish("sports", "not for this subscriber");
 * await publisher.publish("news.local", "The bridge is open");
 * for await (const { topic, value } of news) {
 *   console.log(`${topic}: ${value}`); // news.local: The bridge is open
 *   break;
 * }
 * await publisher.close();
 * ```
 */
export function subscribe<T>(
  source: Subscriber | Endpoints<SubscriberOptions>,
  filters: readonly string[],
  options: SubscribeSettings & ReadingBySchema<T>,
): Subscription<T>;
export function subscribe<T>(
  source: Subscriber | Endpoints<SubscriberOptions>,
  filters: readonly string[],
  options: SubscribeSettings & ReadingByCodec<T>,
): Subscription<T>;
export function subscribe<T>(
  source: Subscriber | Endpoints<SubscriberOptions>,
  filters: readonly string[],
  options: SubscribeOptions<T>,
): Subscription<T>;
export function subscribe(
  source: Subscriber | Endpoints<SubscriberOptions>,
  filters: readonly string[],
  options: SubscribeOptions<unknown>,
): Subscription<unknown> {
  const checked = readOptions("subscribe", subscribeRules, options);
  const filter = new TopicFilter(filters, checked.match);
  const reader = new ValueReader("subscribe", checked, checked.onInvalid);
  const opened = OpenedSocket.of<Subscriber>(source, opening);
  const topics = new TopicReader(opened, filter, reader);
  return new Loop(opened, new Taking(topics.take, topics.leave), checked.signal);
}

const opening: Opening<Subscriber> = {
  takes: "subscribe takes a Subscriber,",
  habit: "connect",
  isSocket: (given) => given instanceof Subscriber,
  open: (options) => new Subscriber(options),
};
