/** How the types of sockets differ in sending. */

import type { NativeFrame } from "../message/message.ts";

/** A message as libzmq gets it. */
export type Frames = NativeFrame | NativeFrame[];

/** How one socket type sends. */
export interface Sender {
  /** The peer that a message is for, on sockets that address one; a full peer then delays only its own messages. */
  readonly route?: ((frames: Frames, details: object | undefined) => Buffer | number) | undefined;
  /** @throws TypeError for a message that this type of socket can't send. */
  readonly check?: ((frames: Frames) => void) | undefined;
  /** What becomes of frames right before libzmq gets them. */
  readonly prepare?: ((frames: Frames) => Frames) | undefined;
}
