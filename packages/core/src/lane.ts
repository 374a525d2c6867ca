/** Where messages wait for libzmq to have room. */

import { type Link, Queue } from "./queue.ts";
import type { Frames } from "./sender.ts";

/** A message that waits in JavaScript, and the call that waits with it. */
export interface Entry extends Link<Entry> {
  readonly frames: Frames;
  /** What a draft socket is told beside the frames: a group or a routing id. */
  readonly details: object | undefined;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
  release: () => void;
  lane: Lane;
  /** Set when the caller gave up while libzmq was looking at the message. */
  abandoned: { readonly reason: unknown } | undefined;
}

/** Messages that keep their order among themselves: all of a socket, or those for one full peer of a Router. */
export interface Lane {
  readonly entries: Queue<Entry>;
  /** The peer; undefined for the lane that all messages start in. */
  readonly peer: string | undefined;
  /** The entry that libzmq is looking at. */
  sending: Entry | undefined;
  running: boolean;
}

export function newLane(peer: string | undefined): Lane {
  return { entries: new Queue(), peer, sending: undefined, running: false };
}
