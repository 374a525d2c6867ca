/** What a link needs to know of a request. */

import type { Frame } from "@awaitmq/core";
import type { Sending } from "../wire/sending.ts";

/** A request to one server. */
export interface LinkRequest {
  readonly call: {
    readonly frames: readonly Frame[];
    readonly priority: number;
    /** When nobody waits for the reply any more, as `performance.now()` tells it. */
    readonly deadline: number;
  };
  /** The number in the header. */
  readonly request: number;
  /** The `Connection.session` that it leaves by, or one before. */
  readonly session: number;
  readonly sending: Sending;
}
