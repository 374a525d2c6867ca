/** A worker of a pipeline: takes tasks from one socket, and sends their results to another. */

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
 * Does the tasks that arrive. They come from a socket, or from endpoints, which are connected to unless they come as `{ bind }`; what `work`
 * opens for them it closes in the end, and what it was handed stays open. Without a codec tasks are messages, and results what can be sent.
 *
 * A task is taken from the socket only when one of the `concurrency` handlers is free, and begins at once, so the worker itself
 * never holds one that waits. When it is stopped or aborted it begins no more: a task that was just coming goes back to the socket, for the next
 * reader. The handle's `done` resolves when the worker was stopped or aborted or the socket closed, and rejects with the error of a task that
 * stopped it; each time after the handlers that ran have ended and their results were sent. A handler that gives up because of the abort has failed,
 * which ends nothing, and its task is lost unless `onTaskError` sees to it. When its socket closes, or a task
 * fails, the other handlers have `grace` and `force`, as after a stop. A handler must not await `stop()`: that is a `DeadlockError`.
 *
 * Beyond that, ZeroMQ moves tasks to a worker before it asks for them: for each connection up to the puller's
 * `receiveHighWaterMark` and the pusher's `sendHighWaterMark` messages (1 000 each by default), and what fits into both sides' TCP
 * buffers and libzmq's own (8 KiB each way), which for small tasks is far more. They are lost with the worker's process. To have a slow
 * worker hoard little, set both marks to 1 and `sendBufferSize` and `receiveBufferSize` to a few KiB on both sides before they bind or
 * connect; some KiB of tasks remain. Where that is too much, use `balance`, which sends a task to a worker that has asked for it.
 *
 * A Pull that `work` opened for endpoints is closed in the end, and with it go the tasks that had come and were not begun, also after an orderly
 * `stop`: PUSH and PULL have no way to give them back, and pushers go on sending for as long as the socket is open. Hand in a socket of yours to
 * keep them for its next reader.
 *
 * @throws TypeError, RangeError, AddressError
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
