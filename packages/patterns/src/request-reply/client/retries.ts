/** Whether a call is tried again, and when. */

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

  /** To be told of each call. */
  earn(): void {
    this.#budget.earn();
  }

  /**
   * Milliseconds until a call whose last attempt failed is tried again; undefined if it is not. Counts against the budget.
   *
   * @param notBegun whether it is known that no handler began
   */
  delay(call: Call, error: Error, notBegun: boolean): number | undefined {
    // Every server would read it in the same way.
    if (error instanceof EnvelopeError) return undefined;
    const { attempts, delay, factor, maxDelay } = this.#options;
    if (call.made >= attempts || !(call.idempotent || notBegun) || !this.#affords(call, error)) return undefined;
    return Math.random() * Math.min(maxDelay, delay * factor ** (call.made - 1));
  }

  /**
   * A call whose server ends is no load to those that are left. It moves for free, as often as servers refuse it because they end: such a
   * one is not asked again soon. Of a death it is unknown how often there will be one, so only the first is free.
   */
  #affords(call: Call, error: Error): boolean {
    if (error instanceof UnavailableError) return true;
    if (call.moved || !(error instanceof DisconnectedError)) return this.#budget.spend();
    call.moved = true;
    return true;
  }
}
