/** How a worker handles each task, and what happens when it fails. */

import { setImmediate as nextTurn } from "node:timers/promises";
import type { Message, Sendable, Sending } from "@awaitmq/core";
import { ask, type Checked, orAbort, tell } from "@awaitmq/core/internals";
import type { LaneWorker } from "../concurrency/lane-work.ts";
import { encodeValue } from "../value/codec.ts";
import { readValue, type Values } from "../value/values.ts";
import type { TaskContext, TaskHandler, WorkStats, workRules } from "./work-options.ts";

type Options = Checked<typeof workRules>;

export class Worker implements LaneWorker<Message, WorkStats> {
  /** Results go to another socket. */
  readonly closes = "soon";
  readonly #results: Pick<Sending, "send"> | undefined;
  readonly #handler: TaskHandler<unknown, unknown>;
  /** Undefined if tasks and results are frames. */
  readonly #values: Values | undefined;
  readonly #options: Options;
  #completed = 0;
  #failed = 0;
  #retried = 0;

  constructor(
    results: Pick<Sending, "send"> | undefined,
    handler: TaskHandler<unknown, unknown>,
    values: Values | undefined,
    options: Options,
  ) {
    this.#results = results;
    this.#handler = handler;
    this.#values = values;
    this.#options = options;
  }

  stats(running: number): WorkStats {
    return { running, completed: this.#completed, failed: this.#failed, retried: this.#retried };
  }

  readonly perform = async (task: Message, signal: AbortSignal, late: AbortSignal): Promise<void> => {
    for (let attempt = 1; ; attempt++) {
      const context: TaskContext = { signal, attempt };
      try {
        await this.#attempt(task, context, late);
        this.#completed += 1;
        return;
      } catch (error) {
        if (await this.#isOver(error, task, context, late)) return;
        this.#retried += 1;
        // A handler that fails without awaiting anything would block the event loop.
        await nextTurn();
      }
    }
  };

  async #attempt(task: Message, context: TaskContext, late: AbortSignal): Promise<void> {
    const value = this.#values === undefined ? task : readValue(this.#values, task, "for a task");
    const result = await this.#handler(
      value instanceof Promise ? await orAbort(value, context.signal) : value,
      context,
    );
    if (result !== undefined) await this.#send(result, late);
  }

  /** Resolves to whether a failed task is not retried. @throws the error that ends the worker */
  async #isOver(error: unknown, task: Message, context: TaskContext, late: AbortSignal): Promise<boolean> {
    const { onTaskError, onError } = this.#options;
    let verdict: unknown = "stop";
    tell("onError of work", onError, error, task, context);
    // Nothing more is sent.
    if (late.aborted) verdict = "skip";
    else if (onTaskError !== undefined)
      verdict = await ask<[unknown, unknown, TaskContext], unknown>(
        "onTaskError of work",
        onTaskError,
        "stop",
        error,
        task,
        context,
      );
    if (verdict === "retry" && !context.signal.aborted) return false;
    this.#failed += 1;
    if (verdict === "stop") throw error;
    if (verdict !== "skip" && verdict !== "retry") await this.#sendInstead(verdict, task, context, late);
    return true;
  }

  async #sendInstead(verdict: unknown, task: Message, context: TaskContext, late: AbortSignal): Promise<void> {
    try {
      await this.#send(verdict, late);
    } catch (error) {
      tell("onError of work", this.#options.onError, error, task, context);
      throw error;
    }
  }

  async #send(result: unknown, signal: AbortSignal): Promise<void> {
    const values = this.#values;
    if (this.#results === undefined)
      throw new TypeError("The handler returned a result, but work has no socket for it. Set the option results");
    const message = values === undefined ? (result as Sendable) : encodeValue(values.codec, result, "for a result");
    await this.#results.send(message, { signal });
  }
}
