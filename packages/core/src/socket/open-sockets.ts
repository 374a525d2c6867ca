/**
 * The open sockets of this thread, which are closed before it exits. A program that exits normally first waits, within each socket's
 * `linger`, until libzmq has sent everything. The sockets of a worker thread are closed before it exits: otherwise Node aborts the whole
 * process.
 */

import { isMainThread } from "node:worker_threads";
import { largestInt32 } from "../check.ts";
import { closeAbandonedMonitors } from "../connecting/monitor.ts";
import type { NativeSocket } from "../native/native.ts";
import { checkGiven, option, type Rules } from "../waiting/option-table.ts";

/**
 * Options of `close`: how long unsent messages are kept.
 *
 * @category Lifetime
 */
export interface CloseOptions {
  /** Milliseconds to keep unsent messages, 0 or more, or Infinity (or -1) for no limit. @default the socket's option `linger` */
  readonly linger?: number | undefined;
}

/** The largest value that fits into libzmq's option, and into a timer with a second of grace. */
export const longestLinger: number = largestInt32 - 1_000;

export const closeRules = { linger: option<number>(checkLinger) } satisfies Rules<CloseOptions>;

export interface Closable {
  readonly native: NativeSocket;
  close(options?: CloseOptions): Promise<void>;
  /** Closes at once if still open. For hooks that cannot wait. */
  closeNow(): void;
  /** Whether libzmq may still hold unsent memory of this thread. */
  readonly hasSent: boolean;
  /** Whether libzmq reports events of the socket to this thread. */
  readonly isWatched: boolean;
  /** Whether the closed socket was released by libzmq, as far as is known. */
  readonly isGone: boolean;
  /** Stops watching events, after libzmq has released the socket. */
  unwatchNow(): void;
}

/** Milliseconds that a worker blocks before an abrupt exit, so that libzmq can send messages in the worker's memory. */
const graceForSending = 250;
/** Milliseconds for libzmq's threads to release dropped messages. No event tells when an `inproc://` socket is released. */
const graceForDropping = 50;
/**
 * Milliseconds that a worker waits, at most, until libzmq has released its sockets. Their messages are in the worker's memory. If the worker
 * stops watching events before that, libzmq's thread that closes sockets blocks, for all sockets of the process. If a watched socket also
 * has an `inproc://` peer, the release depends on the peer's thread too.
 */
const longestForEnding = 5_000;
/** Milliseconds between two checks. */
const betweenLooks = 5;

/** Weak references, so that a socket without references is closed when it is collected, as in zeromq. */
const open = new Set<WeakRef<Closable>>();
const forgotten = new FinalizationRegistry<{ reference: WeakRef<Closable>; native: NativeSocket }>(
  ({ reference, native }) => {
    open.delete(reference);
    native.close();
  },
);
let hooked = false;

/** Registers an open socket. Call the result when the socket is closed and nobody waits for its release. */
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
      `${name} is a whole number of milliseconds up to ${longestLinger}, or Infinity or -1 forever, got ${value}`,
    );
}

function openSockets(): Closable[] {
  return [...open].map((reference) => reference.deref()).filter((socket) => socket !== undefined);
}

/**
 * Closes every socket of this thread, and resolves when all are closed.
 *
 * Call it in a worker thread before another thread calls `terminate()`. `terminate()` runs no code in the worker, and Node aborts the
 * process if one of its sockets has a pending receive or send. The same happens when a worker exceeds its `resourceLimits`: it is safe only if all
 * its sockets are closed or idle.
 *
 * Binary frames of more than 128 bytes that a worker sent over `inproc://` stay in the worker's memory, until the receiver's buffers are
 * garbage collected. If the worker exits before that, the process may crash. Text, smaller frames and other transports are safe. So
 * send large binary frames over `ipc://` or `tcp://` if the worker may exit before its receiver.
 *
 * @example
 * ```ts
 * import { closeAll, Pull, Push } from "@awaitmq/core";
 *
 * const pull = new Pull();
 * const push = new Push();
 * push.connect(await pull.bind("tcp://127.0.0.1:*"));
 * await push.send("hello");
 *
 * await closeAll({ linger: 1_000 }); // unsent messages get a second
 * console.log(push.closed, pull.closed); // true true
 * ```
 *
 * @param options how long unsent messages are kept
 * @throws TypeError or RangeError for a wrong `linger`
 * @category Lifetime
 */
export async function closeAll(options: CloseOptions = {}): Promise<void> {
  checkGiven("close", closeRules, options);
  await Promise.all(openSockets().map((socket) => socket.close(options)));
}

/** Runs at `process.exit()` or an error in a worker thread. Nothing runs after it returns, so it is synchronous. */
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
