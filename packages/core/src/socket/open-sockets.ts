/**
 * The sockets that are open in this thread, and their orderly end with it. A natural end of the program waits for what
 * libzmq still has to send, for each socket's `linger`. A worker thread's sockets are closed before the thread is gone,
 * without which Node would abort the whole process.
 */

import { isMainThread } from "node:worker_threads";
import { largestInt32 } from "../check.ts";
import { closeAbandonedMonitors } from "../connecting/monitor.ts";
import type { NativeSocket } from "../native/native.ts";
import { checkGiven, option, type Rules } from "../waiting/option-table.ts";

/** How to close: how long what was sent may take to leave. */
export interface CloseOptions {
  /** Milliseconds that unsent messages are kept, Infinity (or -1) for ever. @default the socket's option `linger` */
  readonly linger?: number | undefined;
}

/** What fits into libzmq's option, and into a timer with a second of grace. */
export const longestLinger: number = largestInt32 - 1_000;

export const closeRules = { linger: option<number>(checkLinger) } satisfies Rules<CloseOptions>;

export interface Closable {
  readonly native: NativeSocket;
  close(options?: CloseOptions): Promise<void>;
  /** Closes at once, from a hook that can't wait, if it is not closed yet. */
  closeNow(): void;
  /** Whether libzmq may still hold memory of this thread, because it has not sent it yet. */
  readonly hasSent: boolean;
  /** Whether libzmq reports events of it to this thread. */
  readonly isWatched: boolean;
  /** Whether libzmq has let go of the socket, once it is closed, as far as it can be told. */
  readonly isGone: boolean;
  /** Lets go of the events, when libzmq has let go of the socket. */
  unwatchNow(): void;
}

/** A worker that exits abruptly stops this long, in milliseconds, to let libzmq send what it has of the worker's memory. */
const graceForSending = 250;
/** Milliseconds for libzmq's threads to let go of what is dropped: of an `inproc://` socket nothing tells when they have. */
const graceForDropping = 50;
/**
 * Milliseconds that a worker waits until libzmq has let go of its sockets, at most. With them go their messages, whose memory is the
 * worker's. Letting go of a socket's events before stops the thread in which libzmq ends sockets, for all sockets of the process. Of a watched
 * socket that has an `inproc://` peer as well, the peer's thread has its part in it.
 */
const longestForEnding = 5_000;
/** Milliseconds between two looks whether it has. */
const betweenLooks = 5;

/** Weak, so that a socket which its program has forgotten is closed, as in zeromq. */
const open = new Set<WeakRef<Closable>>();
const forgotten = new FinalizationRegistry<{ reference: WeakRef<Closable>; native: NativeSocket }>(
  ({ reference, native }) => {
    open.delete(reference);
    native.close();
  },
);
let hooked = false;

/** Notes that a socket is open. Returns what to call when it is closed and nobody waits for its end any more. */
export function opened(socket: Closable): () => void {
  if (!hooked) {
    hooked = true;
    process.on("beforeExit", () => void closeAll());
    if (!isMainThread) process.on("exit", endOfWorker);
  }
  const reference = new WeakRef(socket);
  open.add(reference);
  forgotten.register(socket, { reference, native: socket.native }, reference);
  return () => {
    open.delete(reference);
    forgotten.unregister(reference);
  };
}

function checkLinger(name: string, value: unknown): void {
  if (typeof value !== "number") throw new TypeError(`${name} must be a number of milliseconds, got ${typeof value}`);
  const isWhole = Number.isInteger(value) && (value as number) >= -1 && (value as number) <= longestLinger;
  if (!isWhole && value !== Number.POSITIVE_INFINITY)
    throw new RangeError(
      `${name} is a whole number of milliseconds up to ${longestLinger}, or Infinity or -1 for ever, got ${value}`,
    );
}

function openSockets(): Closable[] {
  return [...open].map((reference) => reference.deref()).filter((socket) => socket !== undefined);
}

/**
 * Closes every socket of this thread. Call it in a worker thread before another thread terminates it: `terminate()` gives
 * the worker no chance to, and Node then aborts the process if one of its sockets waits. Neither does running out of the memory that
 * `resourceLimits` gives: only sockets that are closed, or wait for nothing, outlive that.
 *
 * One thing outlives the sockets of a worker thread. What it sent over `inproc://` as binary frames of more than 128 bytes
 * stays its memory in the hands of the receiver, until the receiver's buffers are collected as garbage, and the process is
 * at the mercy of that if the worker ended before. Text, smaller frames and all other transports have no such limit: from
 * a worker that is to end before its receiver, send large binary frames over `ipc://` or `tcp://`.
 */
export async function closeAll(options: CloseOptions = {}): Promise<void> {
  checkGiven("close", closeRules, options);
  await Promise.all(openSockets().map((socket) => socket.close(options)));
}

/** `process.exit()` or an error in a worker thread: only what is done before this returns is done at all. */
function endOfWorker(): void {
  const sockets = openSockets();
  const senders = sockets.filter((socket) => socket.hasSent);
  const watched = sockets.filter((socket) => socket.isWatched);
  if (senders.length > 0) sleep(graceForSending);
  for (const socket of sockets) socket.closeNow();
  if (senders.some((socket) => socket.isGone)) sleep(graceForDropping);
  for (let waited = 0; waited < longestForEnding && !sockets.every(({ isGone }) => isGone); waited += betweenLooks)
    sleep(betweenLooks);
  for (const socket of watched) socket.unwatchNow();
  closeAbandonedMonitors();
}

function sleep(milliseconds: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, milliseconds);
}
