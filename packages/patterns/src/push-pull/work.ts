/** A worker of a pipeline: takes tasks from one socket, and sends their results to another. */

import type { Message, ReceivingSocket, Sendable, Sending } from "@awaitmq/core";
import { checkOptions } from "@awaitmq/core/internals";
import { checkAbortSignal, checkCount, checkFunction, checkMilliseconds } from "../concurrency/check.ts";
import { inLanes } from "../concurrency/lanes.ts";
import { lingering } from "../concurrency/lingering.ts";

/** What a handler is told besides the task. */
export interface TaskContext {
  /** Aborted when the worker is: a handler that can end early does so, one that ignores it is waited for. */
  readonly signal: AbortSignal;
}

/** What a task comes to: a result that is sent, or none. */
// biome-ignore lint/suspicious/noConfusingVoidType: a handler that returns nothing is of this type
type TaskResult = Sendable | undefined | void;

/** Does a task; what it gives is sent as the result, undefined is not. */
export type TaskHandler<M = Message> = (task: M, context: TaskContext) => TaskResult | Promise<TaskResult>;

/** How many tasks at once, where the results go, what a failure does, and what ends it. */
export interface WorkOptions<M = Message> {
  /** How many tasks run at once, a whole number, 1 or more. @default 1 */
  readonly concurrency?: number | undefined;
  /** Where results go. While it takes no more, no task is begun. @default none; a handler that gives a result then fails */
  readonly results?: Pick<Sending, "send"> | undefined;
  /** Ends the worker. */
  readonly signal?: AbortSignal | undefined;
  /**
   * Milliseconds that results may wait for room after an abort, 0 or more; then they are dropped, and `onError` is told by a
   * `TimeoutError`. @default 2_000
   */
  readonly linger?: number | undefined;
  /**
   * What to do when a handler fails or its result can't be sent: "stop" ends the worker with the error, "skip" goes on without
   * a result, and anything else is sent in place of the result (these two words too, in an array). When the worker is ending already, "stop" has no
   * further effect. What it throws itself ends the worker. @default "stop"
   */
  readonly onError?:
    | ((error: unknown, task: M) => "stop" | "skip" | Sendable | Promise<"stop" | "skip" | Sendable>)
    | undefined;
}

const names = { concurrency: true, results: true, signal: true, linger: true, onError: true } as const;

/**
 * Does the tasks that arrive on `pull`. Resolves when that socket closes, rejects with `signal.reason` when aborted or with
 * the error of a task; each time after the handlers that ran have ended and their results were sent. The sockets stay open.
 *
 * A task is taken from the socket only when one of the `concurrency` handlers is free, and begins at once, so the worker itself
 * never holds one that waits. When it is aborted it begins no more: a task that was just coming goes back to the socket, for the next
 * reader. A handler that gives up because of the signal has failed, and its task is lost unless `onError` sees to it. After the
 * failure of a task the other handlers are not aborted: they end in their own time.
 *
 * Beyond that, ZeroMQ moves tasks to a worker before it asks for them: for each connection up to the puller's
 * `receiveHighWaterMark` and the pusher's `sendHighWaterMark` messages (1 000 each by default), and what fits into both sides' TCP
 * buffers and libzmq's own (8 KiB each way), which for small tasks is far more. They are lost with the worker's process. To have a slow
 * worker hoard little, set both marks to 1 and `sendBufferSize` and `receiveBufferSize` to a few KiB on both sides before they bind or
 * connect; some KiB of tasks remain. Where that is too much, use `balance`, which sends a task to a worker that has asked for it.
 *
 * @throws TypeError, RangeError
 */
export async function work<M = Message>(
  pull: ReceivingSocket<M>,
  handler: TaskHandler<M>,
  options: WorkOptions<M> = {},
): Promise<void> {
  checkOptions("work", options, names);
  const { concurrency = 1, results, signal, linger = 2_000, onError } = options;
  if (typeof pull?.messages !== "function") throw new TypeError("work takes tasks from a socket that receives");
  checkFunction("handler", handler);
  checkCount("concurrency", concurrency, 1);
  checkMilliseconds("linger", linger);
  checkAbortSignal(signal);
  if (onError !== undefined) checkFunction("onError", onError);
  if (results !== undefined && typeof results?.send !== "function")
    throw new TypeError("results must be a socket that sends");
  signal?.throwIfAborted();

  const context: TaskContext = { signal: signal ?? new AbortController().signal };
  const patience = lingering(signal, linger);

  async function send(result: Sendable): Promise<void> {
    if (results === undefined)
      throw new TypeError("The handler gave a result, but work has no socket to send it to (results)");
    await results.send(result, { signal: patience.signal });
  }

  async function perform(task: M): Promise<void> {
    try {
      const result = await handler(task, context);
      if (result !== undefined) await send(result);
    } catch (error) {
      if (onError === undefined) throw error;
      const answer = await onError(error, task);
      if (answer === "stop") throw error;
      if (answer !== "skip") await send(answer);
    }
  }

  try {
    await inLanes(pull, { count: concurrency, perform, signal });
  } finally {
    patience.release();
  }
}
