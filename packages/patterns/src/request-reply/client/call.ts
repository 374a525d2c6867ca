/** One call of a client, over all attempts to have it answered. */

import type { Frame, Message } from "@awaitmq/core";
import { longestTimer } from "@awaitmq/core/internals";
import type { Link } from "./link.ts";
import type { LinkRequest } from "./link-request.ts";

export interface Call {
  readonly frames: readonly Frame[];
  readonly idempotent: boolean;
  readonly priority: number;
  /** Milliseconds that it may take. */
  readonly timeout: number;
  /** When they are over, as `performance.now()` tells it. */
  readonly deadline: number;
  /** Whether it waits while no server is connected. */
  readonly waitsForServer: boolean;
  readonly resolve: (reply: Message | Promise<never>) => void;
  /** Tells those who trace requests of its outcome. */
  readonly told: ((failure?: { readonly error: unknown }) => void) | undefined;
  /** Attempts that may still be answered: hardly ever more than one. */
  attempts: readonly Attempt[];
  /** How many attempts there were. */
  made: number;
  /** Whether it was tried again outside the budget, as each may be once whose server went away. */
  moved: boolean;
  /** The link of the last attempt: the next one goes elsewhere, if it can. */
  last: Link | undefined;
  /** Its neighbours in the queue of those that wait for a link. */
  previous: Call | undefined;
  next: Call | undefined;
  /** Those of the next retry, the second attempt, and the end of an attempt; made when there is one. */
  timers: Set<NodeJS.Timeout> | undefined;
  /** Stops heeding its signal. */
  release: () => void;
}

/** One sending of the request of one call. */
export interface Attempt extends LinkRequest {
  readonly call: Call;
  readonly link: Link;
}

/** Does something in so many milliseconds, if the call has not settled by then, which ends its timers. Longer delays than a timer keeps are for ever. */
export function after(call: Call, delay: number, action: () => void): void {
  if (delay > longestTimer) return;
  const timer = setTimeout(() => {
    call.timers?.delete(timer);
    action();
  }, delay);
  call.timers ??= new Set();
  call.timers.add(timer);
}
