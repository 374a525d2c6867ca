/** The warning of a server that shuts down without some of its handlers. */

import { peerName } from "@awaitmq/core/internals";
import type { Job } from "./job.ts";

type Named = Pick<Job, "peer" | "body">;

/** The most requests to name. */
const mostNamed = 5;

/**
 * Emits a process warning with the code `AWAITMQ_STILL_RUNNING`. It contains no message contents, which may be secret.
 */
export function warnOfRunning(jobs: readonly Named[]): void {
  const named = jobs.slice(0, mostNamed).map(nameOf);
  if (jobs.length > mostNamed) named.push("...");
  process.emitWarning(
    `The server shut down while ${jobs.length} of its handlers still run, although their signals aborted: ${named.join(", ")}. ` +
      "Make them stop on `signal`, or raise `force`.",
    { type: "awaitmq", code: "AWAITMQ_STILL_RUNNING" },
  );
}

function nameOf({ peer, body }: Named): string {
  return `a request of peer ${peer.length === 0 ? "unknown" : peerName(peer)} (${body.map(({ length }) => length).join(" + ")} bytes)`;
}
