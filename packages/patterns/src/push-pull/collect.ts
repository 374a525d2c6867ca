/** The sink of a pipeline, which takes a given number of messages. */

import { type Message, Pull, type Receiving } from "@awaitmq/core";
import { readOptions } from "@awaitmq/core/internals";
import { type Endpoints, OpenedSocket, type Opening } from "../opening/opened-socket.ts";
import { ValueReader } from "../value/value-reader.ts";
import { type FramesOnly, type ReadingByCodec, type ReadingBySchema, valuesOf } from "../value/values.ts";
import { type Collection, type CollectOptions, collectRules, type ValueCollectOptions } from "./collect-options.ts";
import { Collecting } from "./collection.ts";
import type { PullOptions } from "./work-options.ts";

/**
 * Gives the next `count` messages of a socket, then ends.
 *
 * It takes a message only when asked for one. So when the loop ends, for whatever reason, further messages are still
 * there for the next reader. Only a message that an asynchronous schema is checking at that moment is lost. A socket
 * that was passed in stays open. A socket that `collect` opened closes when the loop ends, and at once when the signal
 * aborts. If you do not loop to the end, dispose of the loop.
 *
 * @category Push and pull
 * @param results a socket that receives, or endpoints for a Pull, which binds them unless they are given as
 * `{ connect }`
 * @param options when to stop, and a codec for values
 * @throws TypeError, RangeError for wrong arguments
 * @throws AddressError (`ERR_ADDRESS_...`) for an endpoint that cannot be bound or connected
 * @throws CodecError, SchemaError in the loop, for a message that cannot be read, unless there is an `onInvalid`
 * @throws TimeoutError (`ERR_TIMEOUT`) in the loop, if a message takes longer than `timeout`
 * @throws ClosedError (`ERR_CLOSED`) in the loop, if the socket closes before `count` messages came
 * @throws `signal.reason` in the loop
 * @example
 * ```ts
 * import { Push } from "@awaitmq/core";
 * import { collect, json } from "@awaitmq/patterns";
 *
 * const numbers = collect("tcp://127.0.0.1:*", { codec: json, count: 3 });
 * const push = new Push();
 * push.connect(numbers.endpoints[0]);
 * for (const number of [1, 2, 3]) await push.send(`${number}`);
 *
 * let sum = 0;
 * for await (const number of numbers) sum += Number(number);
 * console.log(sum); // 6
 * await push.close();
 * ```
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
