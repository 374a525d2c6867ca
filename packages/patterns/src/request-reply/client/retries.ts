/** Decides whether and when a call is retried. */

import { UnsupportedError } from "@awaitmq/core";
import { DisconnectedError, EnvelopeError, UnavailableError } from "../../errors.ts";
import { Budget } from "./budget.ts";
import type { Call } from "./call.ts";
import type { CheckedClientOptions } from "./client-options.ts";

export class Retries {
  readonly #options: CheckedClientOptions["retry"];
  readonly #budget: Budget;

  constructor(options: CheckedClientOptions["retry"]) {
    this.#options = options;
    this.#budget = new Budget(options.budget);
  }

  /** Call this for each call. */
  earn(): void {
    this.#budget.earn();
  }

  /**
   * Milliseconds until a call is retried after a failed attempt. Undefined if it is not. A retry counts against the
   * budget.
   *
   * @param notBegun whether it is known that no handler began
   */
  delay(call: Call, error: Error, notBegun: boolean): number | undefined {
    // Every server would read it in the same way, so a retry is useless.
    if (error instanceof EnvelopeError || error instanceof UnsupportedError) return undefined;
    if (call.stream?.hasBegun) return undefined;
    const { attempts, delay, factor, maxDelay } = this.#options;
    if (call.made >= attempts || !(call.idempotent || notBegun) || !this.#affords(call, error)) return undefined;
    return Math.random() * Math.min(maxDelay, delay * factor ** (call.made - 1));
  }

  /**
   * A call whose server shuts down is no extra load, so it moves for free, as often as that happens: such a server is
   * not asked again soon. How often servers will die is unknown, so only the first retry after a disconnect is free.
   */
  #affords(call: Call, error: Error): boolean {
    if (error instanceof UnavailableError) return true;
    if (call.moved || !(error instanceof DisconnectedError)) return this.#budget.spend();
    call.moved = true;
    return true;
  }
}
