/** What a link needs to know about a request. */

import type { Frame } from "@awaitmq/core";
import type { Sending } from "../../wire/sending.ts";

/** A request to one server. */
export interface LinkRequest {
  readonly call: {
    readonly frames: readonly Frame[];
    /** What follows the header. */
    readonly extension: Buffer | undefined;
    /** Set for a streaming call. */
    readonly stream: { readonly hasInput: boolean } | undefined;
    readonly priority: number;
    /** When the call times out, in the time of `performance.now()`. */
    readonly deadline: number;
  };
  /** Its number in the header. */
  readonly request: number;
  /** The `Connection.session` that it leaves by, or an earlier one. */
  readonly session: number;
  readonly sending: Sending;
  /** Whether the server has answered to a stream: it understands streams. */
  isAccepted: boolean;
}
