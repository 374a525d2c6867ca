/** What the handler of a worker gets besides the request, without the worker's data about it. */

import type { Message } from "@awaitmq/core";
import type { Stopping } from "../concurrency/stopping.ts";
import type { Metadata } from "../wire/metadata.ts";
import type { BalancedCall } from "./balanced-call.ts";
import type { BalancedContext } from "./serve-balanced-options.ts";

export class HandlerContext implements BalancedContext {
  readonly #call: BalancedCall;
  readonly #stopping: Stopping;

  constructor(call: BalancedCall, stopping: Stopping) {
    this.#call = call;
    this.#stopping = stopping;
  }

  get signal(): AbortSignal {
    return this.#call.signal;
  }

  get stopping(): AbortSignal {
    return this.#stopping.signal;
  }

  get metadata(): Metadata {
    return this.#call.metadata;
  }

  get remaining(): number {
    return this.#call.remaining;
  }

  get input(): AsyncIterableIterator<Message, undefined> {
    return this.#call.input;
  }
}
