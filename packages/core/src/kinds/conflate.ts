/**
 * The option `conflate`. libzmq's own keeps the last frame, not the last message: what comes in several frames is torn, and a receive that finds
 * the first of them without the rest fails an assertion (`!_more`, fq.cpp), which ends the process. It also conflates the
 * subscriptions on their way. So sockets that receive keep the newest message here, and libzmq's is for those that only send.
 */

import { checkBoolean } from "../check.ts";
import { internals } from "../internals-key.ts";
import type { NativeSocket } from "../native/native.ts";
import type { Frames } from "./send-rules.ts";

/** Milliseconds between two looks for newer messages while nobody waits for one. */
const interval = 10;

/** What keeps the newest message only. */
interface Keeper {
  /** Takes what has come, but for the newest message, and leaves that for the next reader. */
  discard(): void;
}

/** Has what comes discarded also while nobody reads. It keeps neither the process nor the socket alive. Returns what ends it. */
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

/** Gives a class the option: of what it receives, or of what it sends. */
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

/** For sockets that send, of whose messages libzmq would keep the last frame. @throws TypeError */
export function checkSingle(frames: Frames): void {
  if (Array.isArray(frames) && frames.length > 1)
    throw new TypeError(`A socket with conflate sends messages of one frame, got ${frames.length}`);
}
