/** One call of a client, over all its attempts. */

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
  /** When it times out, in the time of `performance.now()`. */
  readonly deadline: number;
  /** Whether it waits while no server is connected. */
  readonly waitsForServer: boolean;
  readonly resolve: (reply: Message | Promise<never>) => void;
  /** Publishes its outcome to those who trace requests. */
  readonly told: ((failure?: { readonly error: unknown }) => void) | undefined;
  /** Attempts that may still be answered. There is rarely more than one. */
  attempts: readonly Attempt[];
  /** How many attempts were made. */
  made: number;
  /** Whether it had its one free retry, which each call has when its server disconnects. */
  moved: boolean;
  /** The link of the last attempt. The next one uses another, if possible. */
  last: Link | undefined;
  /** Its neighbours in the queue of calls that wait for a link. */
  previous: Call | undefined;
  next: Call | undefined;
  /** Timers of the next retry, the second attempt and the end of an attempt. Created on demand. */
  timers: Set<NodeJS.Timeout> | undefined;
  /** Stops listening to its signal. */
  release: () => void;
}

/** One transmission of the request of a call. */
export interface Attempt extends LinkRequest {
  readonly call: Call;
  readonly link: Link;
}

/**
 * Runs an action after this many milliseconds, unless the call settles first and clears its timers. Delays beyond the
 * limit of timers never end.
 */
export function after(call: Call, delay: number, action: () => void): void {
  if (delay > longestTimer) return;
  const timer = setTimeout(() => {
    call.timers?.delete(timer);
    action();
  }, delay);
  call.timers ??= new Set();
  call.timers.add(timer);
}
