/** The differences between socket types. */

import type { NativeClass } from "../native/native.ts";
import type { Sender } from "./send-rules.ts";

/** How one socket type differs from the others. */
export interface SocketKind {
  readonly name: string;
  readonly native: NativeClass;
  /** Options whose defaults differ from libzmq's. */
  readonly defaults?: Readonly<Record<string, unknown>>;
  /** How it sends, if it differs from most types. */
  readonly sender?: Sender;
  /** The option with which `writable` means that there is a peer, on types where it can. */
  readonly writableWith?: "immediate" | "mandatory";
  /** Whether it sends to its peers in turn, and also receives. */
  readonly deals?: boolean;
  readonly publishes?: boolean;
  /** Whether it must subscribe to receive. */
  readonly subscribes?: boolean;
  /** Whether a request waits for the reply to the previous one. */
  readonly asks?: boolean;
}
