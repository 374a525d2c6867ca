/** One call of a client, over all attempts to have it answered. */

import type { Frame, Message } from "@awaitmq/core";
import type { Link, LinkRequest } from "./link.ts";

export interface Call {
  readonly frames: readonly Frame[];
  readonly idempotent: boolean;
  readonly priority: number;
  /** Milliseconds that it may take. */
  readonly timeout: number;
  /** When they are over, as `performance.now()` tells it. */
  readonly deadline: number;
  readonly resolve: (reply: Message) => void;
  readonly reject: (error: unknown) => void;
  /** Attempts that may still be answered: hardly ever more than one. */
  attempts: readonly Attempt[];
  /** How many attempts there were. */
  made: number;
  /** Whether it was tried again outside the budget, as each may be once whose server went away. */
  moved: boolean;
  /** The link of the last attempt: the next one goes elsewhere, if it can. */
  last: Link | undefined;
  /** Whether it is in the queue of those that wait for a link, whose neighbours it has here. */
  waits: boolean;
  previous: Call | undefined;
  next: Call | undefined;
  /** Those of the next retry, the second attempt, and the end of an attempt; made when there is one. */
  timers: Set<NodeJS.Timeout> | undefined;
  settled: boolean;
  /** Stops heeding its signal. */
  release: () => void;
}

/** One sending of the request of one call. */
export interface Attempt extends LinkRequest {
  readonly call: Call;
  readonly link: Link;
}
