/** The sink of a pipeline: a certain number of messages. */

import { type Message, Pull, type Receiving } from "@awaitmq/core";
import { readOptions } from "@awaitmq/core/internals";
import { type Endpoints, OpenedSocket, type Opening } from "../opening/opened-socket.ts";
import { ValueReader } from "../value/value-reader.ts";
import { type FramesOnly, type ReadingByCodec, type ReadingBySchema, valuesOf } from "../value/values.ts";
import { type Collection, type CollectOptions, collectRules, type ValueCollectOptions } from "./collect-options.ts";
import { Collecting } from "./collection.ts";
import type { PullOptions } from "./work-options.ts";

/**
 * Gives `count` messages and ends. They come from a socket, or from endpoints for a Pull, which are bound unless they come as `{ connect }`.
 *
 * It takes a message only when asked for one, and leaves a socket that it was handed open: whatever ends the loop, the next message is there
 * for the next reader. Only a message whose schema is at work then is lost. What it opened for endpoints it closes when the loop ends, or at once
 * when the signal aborts; who does not loop to the end disposes of it. Where the socket closes before `count` messages came, the loop throws
 * `ClosedError`.
 *
 * @throws TypeError, RangeError, AddressError; the loop throws CodecError or SchemaError, TimeoutError, ClosedError, `signal.reason`
 */
export function collect<T>(
  results: Receiving | Endpoints<PullOptions>,
  options: CollectOptions & ReadingBySchema<T>,
): Collection<T>;
export function collect<T>(
  results: Receiving | Endpoints<PullOptions>,
  options: CollectOptions & ReadingByCodec<T>,
): Collection<T>;
export function collect<T>(results: Receiving | Endpoints<PullOptions>, options: ValueCollectOptions<T>): Collection<T>;
export function collect<M>(results: Receiving<M>, options?: CollectOptions & FramesOnly): Collection<M>;
export function collect(
  results: Receiving | Endpoints<PullOptions>,
  options?: CollectOptions & FramesOnly,
): Collection<Message>;
export function collect(results: unknown, options: object = {}): Collection<unknown> {
  const checked = readOptions("collect", collectRules, options);
  const values = valuesOf(checked, checked.onInvalid);
  const opened = OpenedSocket.of(results as Receiving | Endpoints, opening);
  opened.begin();
  const reader = values && new ValueReader("collect", values, checked.onInvalid);
  return new Collecting(opened, reader, checked);
}

const opening: Opening<Receiving> = {
  takes: "collect takes a socket that receives,",
  habit: "bind",
  isSocket: (given): given is Receiving => typeof Object(given).receive === "function",
  open: (options) => new Pull(options),
};
