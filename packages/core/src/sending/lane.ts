/** Where messages wait for libzmq to have room. */

import type { Frames } from "../kinds/send-rules.ts";
import { type Link, Queue } from "../waiting/queue.ts";

/** A message that waits in JavaScript, and the call that waits with it. */
export interface Entry extends Link<Entry> {
  readonly frames: Frames;
  /** What a draft socket is told beside the frames: a group or a routing id. */
  readonly details: object | undefined;
  /** On a Request: the number of this one. */
  readonly request: number;
  resolve: () => void;
  reject: (error: unknown) => void;
  release: () => void;
  lane: Lane;
  /** Who takes the message over when it has to wait for its peer alone. */
  readonly keeper: Keeper | undefined;
  /** Set when the caller gave up while libzmq was looking at the message. */
  abandoned: { readonly reason: unknown } | undefined;
}

/**
 * Takes over messages that wait for a peer whose queue is full, so that their sender goes on with those for others: their sends
 * resolve then, and no signal or timeout ends the wait.
 */
export interface Keeper {
  began(entry: Entry): void;
  /** libzmq has it, or an error tells why not. */
  ended(entry: Entry, error?: unknown): void;
}

/** Messages that keep their order among themselves: all of a socket, or those for one full peer of a Router. */
export interface Lane {
  readonly entries: Queue<Entry>;
  /** The peer; undefined for the lane that all messages start in. */
  readonly peer: string | undefined;
  /** The entry that libzmq is looking at. */
  sending: Entry | undefined;
  running: boolean;
  /** When libzmq last took one of them, by `performance.now()`; at first, when it first took none. */
  lastTaken: number;
}

export function newLane(peer: string | undefined): Lane {
  return { entries: new Queue(), peer, sending: undefined, running: false, lastTaken: performance.now() };
}

export function newEntry(
  lane: Lane,
  frames: Frames,
  details: object | undefined,
  request: number,
  keeper: Keeper | undefined,
  resolve: () => void,
  reject: (error: unknown) => void,
): Entry {
  return {
    frames,
    details,
    request,
    resolve,
    reject,
    release: nothing,
    lane,
    keeper,
    abandoned: undefined,
    previous: undefined,
    next: undefined,
  };
}

/** The sender goes on, and its keeper is told of the end. */
export function handOver(entry: Entry): void {
  const { keeper } = entry;
  if (keeper === undefined) return;
  entry.release();
  entry.release = nothing;
  entry.resolve();
  entry.resolve = () => keeper.ended(entry);
  entry.reject = (error) => keeper.ended(entry, error);
  keeper.began(entry);
}

function nothing(): void {}
