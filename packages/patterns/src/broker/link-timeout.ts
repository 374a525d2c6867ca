/** Detects links that have fallen silent. */

import type { Router } from "@awaitmq/core";
import { checkNumber, largestInt32 } from "@awaitmq/core/internals";

/** Milliseconds. */
const shortest = 1_000;
/** ZMQ_HEARTBEAT_TTL holds less than 6_553_600. */
const longest = 6_000_000;

/** @throws TypeError, RangeError */
export function checkLinkTimeout(name: string, value: unknown): void {
  if (value !== Number.POSITIVE_INFINITY) checkNumber(name, value as number, shortest, longest);
}

/**
 * Has libzmq close silent connections of a Router, at both ends: a ping each half of the time, then the other half for
 * the answer.
 *
 * Only for a Router that is read all the time. If a peer's queue is full when its connection breaks, and still full at
 * the next ping, an assertion fails in libzmq (4.3.5, `!_io_error`), which ends the process. So pings are rare, and the
 * queue takes twice the messages that a peer may owe, so no honest peer fills it. Hundreds of dishonest peers that
 * break at once can still end the process.
 */
export function watchLinks(router: Router, linkTimeout: number, owed: number): void {
  if (linkTimeout === Number.POSITIVE_INFINITY || router.endpoints.length > 0 || router.heartbeatInterval !== 0) return;
  const half = Math.ceil(linkTimeout / 2);
  router.heartbeatInterval = half;
  router.heartbeatTimeout = half;
  router.heartbeatTimeToLive = 2 * half;
  if (router.receiveHighWaterMark !== 0)
    router.receiveHighWaterMark = Math.max(router.receiveHighWaterMark, Math.min(2 * owed, largestInt32));
}
