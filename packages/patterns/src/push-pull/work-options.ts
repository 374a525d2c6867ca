/** The options and counters of `work`. */

import type { Message, Pull, Push, Sendable, Sending } from "@awaitmq/core";
import { callback, count, option, type Rules } from "@awaitmq/core/internals";
import { runningRules } from "../concurrency/running.ts";
import type { Endpoints } from "../opening/opened-socket.ts";
import { type ByCodec, type BySchema, type ValueOptions, valueRules } from "../value/values.ts";

/** Options of the socket that `work` opens for tasks. */
export type PullOptions = NonNullable<ConstructorParameters<typeof Pull>[0]>;
/** Options of the socket that `work` opens for results. */
type PushOptions = NonNullable<ConstructorParameters<typeof Push>[0]>;

/**
 * What a handler gets besides the task.
 *
 * @category Push and pull
 */
export interface TaskContext {
  /**
   * Aborts when the worker's signal does, and when the `grace` of a stop is over. Handlers that can stop early should
   * then do so.
   */
  readonly signal: AbortSignal;
  /** The number of this attempt at the task: 1, and one more after each "retry" of `onTaskError`. */
  readonly attempt: number;
}

// biome-ignore lint/suspicious/noConfusingVoidType: a handler that returns nothing is of this type
type Result<R> = R | undefined | void;

/**
 * Does a task and returns its result, which is sent unless it is undefined.
 *
 * @category Push and pull
 */
export type TaskHandler<T = Message, R = Sendable> = (task: T, context: TaskContext) => Result<R> | Promise<Result<R>>;

/** How to go on after a failed task. Anything but these words is sent in place of its result. */
type Verdict<R> = "stop" | "skip" | "retry" | R;

/**
 * Concurrency, results, failures and shutdown of a worker.
 *
 * @category Push and pull
 */
export interface WorkOptions<M = Message, R = Sendable> {
  /** Tasks that run at once: a whole number, 1 or more. @default 1 */
  readonly concurrency?: number | undefined;
  /**
   * Where results go: a socket that sends, or endpoints for a Push, which connects to them unless they are given as
   * `{ bind }`. While that socket has no room, no task begins. @default none; a handler that returns a result then
   * fails
   */
  readonly results?: Pick<Sending, "send"> | Endpoints<PushOptions> | undefined;
  /** Shuts the worker down when aborted, and aborts the signals of its handlers. */
  readonly signal?: AbortSignal | undefined;
  /**
   * Milliseconds that running tasks have before their signals abort, 0 or more: after a stop, a closed socket or a
   * failed task. @default 5_000
   */
  readonly grace?: number | undefined;
  /**
   * Milliseconds after that abort until the worker ends without the handlers that still run, 0 or more. A result that
   * still has no room then is dropped, and `onError` gets a `TimeoutError`. Results that were sent but have not left
   * yet get another 500 ms, whatever their `linger`. @default 5_000
   */
  readonly force?: number | undefined;
  /**
   * Decides how to go on when a handler fails or its result cannot be sent:
   *
   * - `"stop"` ends the worker with the error.
   * - `"skip"` continues without a result.
   * - `"retry"` does the task again. To pause first, wait in this function. After the abort of its signal no task is
   * done again.
   * - Anything else is sent in place of the result. To send one of these words, put it in an array.
   *
   * If this throws, a process warning is emitted, and the decision is `"stop"`.
   *
   * @default "stop"
   */
  readonly onTaskError?:
    | ((error: unknown, task: M, context: TaskContext) => Verdict<R> | Promise<Verdict<R>>)
    | undefined;
  /**
   * Called for each failed attempt, and when what replaces a result cannot be sent. Its result is ignored. If it
   * throws, that emits a process warning.
   */
  readonly onError?: ((error: unknown, task: M, context: TaskContext) => unknown) | undefined;
}

/**
 * The options of `work` with a codec, which decodes tasks and encodes results, including those from `onTaskError`.
 *
 * @category Push and pull
 */
export type ValueWorkOptions<T, R> = WorkOptions<Message, R> & (ByCodec<T, R> | BySchema<T, R>);

/**
 * What a worker has done, and what it is doing.
 *
 * @category Push and pull
 */
export interface WorkStats {
  /** Tasks that run, and results that wait for room. */
  readonly running: number;
  /** Tasks that are done, with their results sent. */
  readonly completed: number;
  /** Tasks that failed for good. */
  readonly failed: number;
  /** Attempts after the first of their task. */
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
