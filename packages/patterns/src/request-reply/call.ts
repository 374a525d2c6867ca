/** One call of a client, over all attempts to have it answered. */

import type { Frame, Message } from "@awaitmq/core";
import type { Attempt, Link } from "./link.ts";

export interface Call {
  readonly frames: readonly Frame[];
  readonly idempotent: boolean;
  readonly priority: number;
  /** When its time is over, as `performance.now()` tells it. */
  readonly deadline: number;
  readonly resolve: (reply: Message) => void;
  readonly reject: (error: unknown) => void;
  /** Attempts that may still be answered. */
  readonly attempts: Set<Attempt>;
  /** How many attempts there were. */
  made: number;
  /** The link of the last attempt: the next one goes elsewhere, if it can. */
  last: Link | undefined;
  /** The end of its time, the next retry, or the second attempt. */
  readonly timers: Set<NodeJS.Timeout>;
  settled: boolean;
  /** Stops heeding its signal. */
  release: () => void;
}
