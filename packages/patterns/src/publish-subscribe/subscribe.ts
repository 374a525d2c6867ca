/** Reading published values. */

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
 * Subscribes, from this call on, and gives what arrives, until the loop is left, the signal aborts or the socket closes. Values come from a
 * Subscriber, or from endpoints, which are connected to unless they come as `{ bind }`.
 *
 * A Subscriber that was handed in stays open after the loop. That takes back its own subscriptions; those that the program made on the socket
 * itself stay, for libzmq counts them. What had arrived and was not read then is still there, for a next loop that takes it; a message whose
 * schema was at work is dropped. A socket that was opened for endpoints is closed when the loop ends; who does not loop to the end disposes of it.
 * When a connection breaks, or the publisher starts anew, libzmq subscribes again by itself; what is published meanwhile is lost.
 *
 * A Subscriber has one such loop at a time, which reads everything that arrives there: a second call throws `InUseError`, and
 * what its filters do not take, such as late messages of a loop before it, is dropped. Where two loops are wanted, open two
 * sockets. The socket's `receiveTimeout` bounds each wait for a message.
 *
 * @param filters which topics, at least one; see the option `match`. `[""]` takes all.
 * @throws TypeError, AddressError, InUseError, ClosedError; the loop throws CodecError, SchemaError or `signal.reason`
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
