/** The inner state of a context, for the sockets that share it. */

import type { NativeContext } from "./native.ts";

export interface ContextInsides {
  readonly native: NativeContext;
  /** Number of this thread's connections per `inproc://` name, which libzmq does not report. */
  readonly inproc: Map<string, number>;
  /** Whether it has had a socket, which starts its threads. */
  started: boolean;
}
