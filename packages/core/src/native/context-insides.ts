/** What is inside a context, for the sockets that share it. */

import type { NativeContext } from "./native.ts";

export interface ContextInsides {
  readonly native: NativeContext;
  /** This thread's connections by `inproc://` name, which libzmq does not tell. */
  readonly inproc: Map<string, number>;
  /** Whether it has had a socket, with which its threads begin. */
  started: boolean;
}
