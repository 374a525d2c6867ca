/** Reading published values. */

import { Subscriber } from "@awaitmq/core";
import { readOptions } from "@awaitmq/core/internals";
import { type Endpoints, OpenedSocket, type Opening } from "../opening/opened-socket.ts";
import type { Decoder } from "../value/codec.ts";
import type { Schema } from "../value/schema.ts";
import { type SubscribeOptions, type SubscriberOptions, subscribeRules } from "./subscribe-options.ts";
import { Subscription } from "./subscription.ts";
import { TopicFilter } from "./topic.ts";

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
  options: SubscribeOptions<T> & { readonly schema: Schema<unknown, T> },
): Subscription<T>;
export function subscribe<T>(
  source: Subscriber | Endpoints<SubscriberOptions>,
  filters: readonly string[],
  options: SubscribeOptions<T> & { readonly codec: Decoder<T>; readonly schema?: undefined },
): Subscription<T>;
export function subscribe<T>(
  source: Subscriber | Endpoints<SubscriberOptions>,
  filters: readonly string[],
  options: SubscribeOptions<T>,
): Subscription<T> {
  const checked = readOptions("subscribe", subscribeRules, options);
  const filter = new TopicFilter(filters, checked.match);
  return new Subscription(OpenedSocket.of<Subscriber>(source, opening), filter, checked);
}

const opening: Opening<Subscriber> = {
  takes: "subscribe takes a Subscriber,",
  habit: "connect",
  isSocket: (given) => given instanceof Subscriber,
  open: (options) => new Subscriber(options),
};
