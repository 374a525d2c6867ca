/** What `work` takes and tells. */

import type { Message, Pull, Push, Sendable, Sending } from "@awaitmq/core";
import { callback, count, option, type Rules } from "@awaitmq/core/internals";
import { runningRules } from "../concurrency/running.ts";
import type { Endpoints } from "../opening/opened-socket.ts";
import { type ByCodec, type BySchema, type ValueOptions, valueRules } from "../value/values.ts";

/** Options of the socket that `work` opens for tasks. */
export type PullOptions = NonNullable<ConstructorParameters<typeof Pull>[0]>;
/** Options of the socket that `work` opens for results. */
type PushOptions = NonNullable<ConstructorParameters<typeof Push>[0]>;

/** What a handler is told besides the task. */
export interface TaskContext {
  /** Aborted when the worker is, and at the end of the `grace` of its stop: a handler that can end early does so. */
  readonly signal: AbortSignal;
  /** Which attempt at this task it is: 1, and one more after each "retry" of `onTaskError`. */
  readonly attempt: number;
}

// biome-ignore lint/suspicious/noConfusingVoidType: a handler that returns nothing is of this type
type Result<R> = R | undefined | void;

/** Does a task; what it gives is sent as the result, undefined is not. */
export type TaskHandler<T = Message, R = Sendable> = (task: T, context: TaskContext) => Result<R> | Promise<Result<R>>;

/** What becomes of a task that failed; anything else than these words is sent in place of its result. */
type Verdict<R> = "stop" | "skip" | "retry" | R;

/** How many tasks at once, where the results go, what a failure does, and what ends it. */
export interface WorkOptions<M = Message, R = Sendable> {
  /** How many tasks run at once, a whole number, 1 or more. @default 1 */
  readonly concurrency?: number | undefined;
  /**
   * Where results go: a socket that sends, or endpoints for a Push, which are connected to unless they come as `{ bind }`. While it takes no
   * more, no task is begun. @default none; a handler that gives a result then fails
   */
  readonly results?: Pick<Sending, "send"> | Endpoints<PushOptions> | undefined;
  /** Ends the worker when aborted, and so are the signals of its handlers. */
  readonly signal?: AbortSignal | undefined;
  /** Milliseconds that an end gives to what runs before its signal aborts, 0 or more: a stop, a closed socket, a failed task. @default 5_000 */
  readonly grace?: number | undefined;
  /**
   * Milliseconds from the abort on until the worker ends without what still runs, 0 or more. A result that has no room by then is dropped, and
   * `onError` is told by a `TimeoutError`. What was sent and has not left has half a second more, whatever its `linger`. @default 5_000
   */
  readonly force?: number | undefined;
  /**
   * What becomes of a task whose handler failed, or whose result can't be sent: "stop" ends the worker with the error, "skip" goes on
   * without a result, "retry" does the task again (wait here for a pause before that), and anything else is sent in place of the result
   * (these words too, in an array). After the abort of its signal no task is done again. What this throws is a process warning, and
   * "stop" is what counts. @default "stop"
   */
  readonly onTaskError?:
    | ((error: unknown, task: M, context: TaskContext) => Verdict<R> | Promise<Verdict<R>>)
    | undefined;
  /** Told of each attempt that failed, and of what could not be sent in place of a result. It changes nothing; what it throws is a process warning. */
  readonly onError?: ((error: unknown, task: M, context: TaskContext) => unknown) | undefined;
}

/** The same for tasks and results that are values: the codec decodes tasks and encodes results, also those that `onTaskError` gives. */
export type ValueWorkOptions<T, R> = WorkOptions<Message, R> & (ByCodec<T, R> | BySchema<T, R>);

/** What a worker has done, and does now. */
export interface WorkStats {
  /** Tasks that run, or whose results wait for room. */
  readonly running: number;
  /** Tasks that are done, and their results sent. */
  readonly completed: number;
  /** Tasks that are not. */
  readonly failed: number;
  /** Attempts that were not the first. */
  readonly retried: number;
}

export const workRules = {
  ...runningRules,
  concurrency: count(1, 1),
  results: option<Pick<Sending, "send"> | Endpoints>(() => {}),
  onTaskError: callback<NonNullable<WorkOptions<unknown, unknown>["onTaskError"]>>(),
  onError: callback<NonNullable<WorkOptions<unknown, unknown>["onError"]>>(),
  ...valueRules,
} satisfies Rules<{ [Name in keyof (WorkOptions & ValueOptions)]: unknown }>;
