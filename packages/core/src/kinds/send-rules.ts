/** How sending differs by socket type. */

import type { NativeFrame } from "../message/message.ts";

/** A message in the form that libzmq is given. */
export type Frames = NativeFrame | NativeFrame[];

/** How one socket type sends. */
export interface Sender {
  /** The peer of a message, on sockets that address peers. A full peer then delays only its own messages. */
  readonly route?: ((frames: Frames, details: object | undefined) => Buffer | number) | undefined;
  /** @throws TypeError for a message that this type of socket cannot send */
  readonly check?: ((frames: Frames) => void) | undefined;
  /** Converts frames right before libzmq gets them. */
  readonly prepare?: ((frames: Frames) => Frames) | undefined;
}
