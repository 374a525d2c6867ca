/**
 * The option `conflate`. libzmq's own option keeps the last frame, not the last message. It splits messages of several frames. A receive that finds
 * the first frame without the rest fails an assertion (`!_more`, fq.cpp), which crashes the process. It also conflates subscriptions in flight. So
 * sockets that receive keep the newest message here, and only sockets that just send use libzmq's option.
 */

import { checkBoolean } from "../check.ts";
import { internals } from "../internals-key.ts";
import type { NativeSocket } from "../native/native.ts";
import type { Frames } from "./send-rules.ts";

/** Milliseconds between two checks for newer messages while nobody waits for one. */
const interval = 10;

/** A part that keeps only the newest message. */
interface Keeper {
  /** Drops all messages that have arrived, except the newest, which is for the next reader. */
  discard(): void;
}

/** Discards old messages while nobody reads. It keeps neither the process nor the socket alive. Call the result to stop. */
export function discardOld(keeper: Keeper): () => void {
  const reference = new WeakRef(keeper);
  const timer = setInterval(() => {
    const alive = reference.deref();
    if (alive === undefined) clearInterval(timer);
    else alive.discard();
  }, interval).unref();
  return () => clearInterval(timer);
}

/** The parts of a socket that conflate. */
interface Conflating {
  readonly native: NativeSocket;
  readonly inbox: { conflates: boolean };
  readonly outbox: { conflates: boolean };
  checkOpen(action: string): void;
}

/** Defines the option on a class, for the messages that it receives or sends. */
export function defineConflate(prototype: object, direction: "receives" | "sends"): void {
  Object.defineProperty(prototype, "conflate", {
    configurable: true,
    enumerable: true,
    set(this: { readonly [internals]: Conflating }, value: unknown) {
      const core = this[internals];
      core.checkOpen("set conflate");
      checkBoolean("conflate", value);
      if (direction === "receives") core.inbox.conflates = value;
      else {
        core.native.conflate = value;
        core.outbox.conflates = value;
      }
    },
  });
}

/** For sockets that send: libzmq would keep only the last frame of a message. @throws TypeError */
export function checkSingle(frames: Frames): void {
  if (Array.isArray(frames) && frames.length > 1)
    throw new TypeError(`Cannot send ${frames.length} frames: a socket with conflate sends messages of one frame`);
}
