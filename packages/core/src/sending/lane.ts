/** Lanes, in which messages wait until libzmq has room. */

import type { Frames } from "../kinds/send-rules.ts";
import { type Link, Queue } from "../waiting/queue.ts";

/** A message that waits in JavaScript, and its pending call. */
export interface Entry extends Link<Entry> {
  readonly frames: Frames;
  /** Details for draft sockets: a group or a routing id. */
  readonly details: object | undefined;
  /** On a Request: the number of this request. */
  readonly request: number;
  resolve: () => void;
  reject: (error: unknown) => void;
  release: () => void;
  lane: Lane;
  /** Takes over the message when it has to wait for its peer only. */
  readonly keeper: Keeper | undefined;
  /** Whether it goes before those that wait. */
  readonly isUrgent: boolean;
  /** Set when the caller gave up while libzmq had the message. */
  abandoned: { readonly reason: unknown } | undefined;
}

/**
 * Takes over messages for a peer whose queue is full, so that the sender continues with other peers. Their sends then resolve, and no signal
 * or timeout ends the wait.
 */
export interface Keeper {
  began(entry: Entry): void;
  /** libzmq has accepted the message, or refused it with an error. */
  ended(entry: Entry, error?: unknown): void;
}

/** Messages that keep their order among themselves: all of a socket, or those for one full peer of a Router. */
export interface Lane {
  readonly entries: Queue<Entry>;
  /** The peer. Undefined for the lane in which all messages start. */
  readonly peer: string | undefined;
  /** The entry that libzmq has now. */
  sending: Entry | undefined;
  running: boolean;
  /** When libzmq last accepted one of them, by `performance.now()`. At first, when it first refused one. */
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
  isUrgent: boolean,
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
    isUrgent,
    abandoned: undefined,
    previous: undefined,
    next: undefined,
  };
}

/** Hands the message to its keeper, and lets the sender continue. */
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
