/** How the types of sockets differ. */

import type { NativeClass } from "../native/native.ts";
import type { Sender } from "./send-rules.ts";

/** How one socket type differs from the others. */
export interface SocketKind {
  readonly name: string;
  readonly native: NativeClass;
  /** Options whose defaults differ from libzmq's. */
  readonly defaults?: Readonly<Record<string, unknown>>;
  /** How it sends, if not as most. */
  readonly sender?: Sender;
  /** What `writable` must come with to mean that there is a peer, on sockets where it can mean that. */
  readonly writableWith?: "immediate" | "mandatory";
  /** Whether it deals what it sends to its peers in turn, and receives as well. */
  readonly deals?: boolean;
  readonly publishes?: boolean;
  /** Whether it gets nothing before it has asked for something. */
  readonly subscribes?: boolean;
  /** Whether a request waits for the reply to the one before. */
  readonly asks?: boolean;
}
