/** A worker of a pipeline: takes tasks from one socket, and sends results to another. */

import { type Handle, type Message, Pull, Push, ReceivingSocket, type Sending } from "@awaitmq/core";
import { checkFunction, readOptions } from "@awaitmq/core/internals";
import { LaneWork } from "../concurrency/lane-work.ts";
import { Running } from "../concurrency/running.ts";
import type { Endpoints, Opening } from "../opening/opened-socket.ts";
import { OpenedSockets } from "../opening/opened-sockets.ts";
import { type ByCodec, type BySchema, type FramesOnly, valuesOf } from "../value/values.ts";
import { type PullOptions, type TaskHandler, type WorkOptions, type WorkStats, workRules } from "./work-options.ts";
import { Worker } from "./worker.ts";

/**
 * Takes tasks from a socket, does at most `concurrency` at once, and sends their results.
 *
 * A task is taken from the socket only when a handler is free, and begins at once. So the worker itself never holds a
 * waiting task. Without a codec, tasks are messages and results are anything that can be sent.
 *
 * Shutdown: the worker ends when it is stopped, its signal aborts, its socket closes, or a task stops it with an error,
 * with which `done` then rejects. Running handlers end first, and their results are sent. They have `grace` and then
 * `force`; after an abort, only `force`. The worker begins no more tasks; one that is just arriving goes back to the
 * socket, for the next reader. A handler that gives up because of the abort has failed, but `done` does not reject. Its
 * task is lost unless `onTaskError` handles it. A handler must not await `stop()`: that rejects with `DeadlockError`.
 *
 * Prefetch: ZeroMQ moves tasks to a worker before the worker asks for them. Per connection, that is up to the puller's
 * `receiveHighWaterMark` plus the pusher's `sendHighWaterMark` (1 000 messages each by default). Both TCP buffers and
 * libzmq's own (8 KiB each way) hold more, for small tasks far more. These tasks are lost if the worker's process dies.
 * To make a slow worker hold few tasks, set both marks to 1, and `sendBufferSize` and `receiveBufferSize` to a few KiB
 * on both sides, before they bind or connect. A few KiB of tasks remain. If that is too much, use {@link balance},
 * which sends a task only to a worker that asked for it.
 *
 * A Pull that `work` opened closes at the end. Tasks that have arrived and not begun are then lost, even after a
 * graceful `stop`: PUSH and PULL cannot give tasks back, and pushers keep sending while the socket is open. To keep
 * those tasks for the next reader, pass in a socket of your own, which stays open.
 *
 * @category Push and pull
 * @param tasks a socket that receives, or endpoints for a Pull, which connects to them unless they are given as
 * `{ bind }`
 * @param handler does a task and returns its result; undefined sends nothing
 * @param options concurrency, results, failures, shutdown, and a codec for values
 * @throws TypeError, RangeError for wrong arguments
 * @throws AddressError (`ERR_ADDRESS_...`) for an endpoint that cannot be connected or bound
 * @example
 * ```ts
 * import { Push } from "@awaitmq/core";
 * import { collect, work } from "@awaitmq/patterns";
 *
 * const tasks = new Push();
 * const endpoint = await tasks.bind("tcp://127.0.0.1:*");
 * const results = collect("tcp://127.0.0.1:*", { count: 3 });
 * const worker = work(endpoint, ([word]) => `${word}`.toUpperCase(), {
 *   results: results.endpoints,
 * });
 *
 * for (const word of ["one", "two", "three"]) await tasks.send(word);
 * const words: string[] = [];
 * for await (const [word] of results) words.push(`${word}`);
 * console.log(words.join(" ")); // ONE TWO THREE
 *
 * await worker.stop();
 * await tasks.close();
 * ```
 */
export function work<In, Out>(
  tasks: ReceivingSocket | Endpoints<PullOptions>,
  handler: TaskHandler<In, NoInfer<Out>>,
  options: WorkOptions<Message, NoInfer<Out>> & BySchema<In, Out>,
): Handle<WorkStats>;
export function work<Decoded, Out, In extends Decoded = Decoded>(
  tasks: ReceivingSocket | Endpoints<PullOptions>,
  handler: TaskHandler<In, NoInfer<Out>>,
  options: WorkOptions<Message, NoInfer<Out>> & ByCodec<Decoded, Out>,
): Handle<WorkStats>;
export function work<M>(
  tasks: ReceivingSocket<M>,
  handler: TaskHandler<NoInfer<M>>,
  options?: WorkOptions<NoInfer<M>> & FramesOnly,
): Handle<WorkStats>;
export function work(
  tasks: ReceivingSocket | Endpoints<PullOptions>,
  handler: TaskHandler,
  options?: WorkOptions & FramesOnly,
): Handle<WorkStats>;
export function work(tasks: unknown, handler: unknown, options: object = {}): Handle<WorkStats> {
  const checked = readOptions("work", workRules, options);
  checkFunction("handler", handler);
  const values = valuesOf(checked);
  const sockets = new OpenedSockets();
  const pull = sockets.open<ReceivingSocket>(tasks as ReceivingSocket | Endpoints, taskSocket);
  const results = checked.results === undefined ? undefined : sockets.open(checked.results, resultSocket);
  sockets.begin();
  const worker = new Worker(results, handler as TaskHandler<unknown, unknown>, values, checked);
  return new Running("worker", new LaneWork(pull, checked.concurrency, worker, sockets), checked);
}

const taskSocket: Opening<ReceivingSocket> = {
  takes: "work takes a socket that receives,",
  habit: "connect",
  isSocket: (given) => given instanceof ReceivingSocket,
  open: (options) => new Pull(options),
};

const resultSocket: Opening<Pick<Sending, "send">> = {
  takes: "results takes a socket that sends,",
  habit: "connect",
  isSocket: (given): given is Pick<Sending, "send"> => typeof Object(given).send === "function",
  open: (options) => new Push(options),
};
