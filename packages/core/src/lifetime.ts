/**
 * The sockets that are open in this thread, and their orderly end with it. A natural end of the program waits for what
 * libzmq still has to send, for each socket's `linger`. A worker thread's sockets are closed before the thread is gone,
 * without which Node would abort the whole process.
 */

import { isMainThread } from "node:worker_threads";
import type { NativeSocket } from "./native.ts";

/** How to close: how long what was sent may take to leave. */
export interface CloseOptions {
  /** Milliseconds that unsent messages are kept, -1 for ever. @default the socket's option `linger` */
  readonly linger?: number | undefined;
}

export interface Closable {
  readonly native: NativeSocket;
  close(options?: CloseOptions): Promise<void>;
  /** Closes at once, from a hook that can't wait. */
  closeNow(): void;
  /** Whether libzmq may still hold memory of this thread, because it has not sent it yet. */
  readonly hasSent: boolean;
  /** Whether libzmq reports events of it to this thread. */
  readonly isWatched: boolean;
  /** Lets go of the events, when libzmq has had its time to let go of the socket. */
  unwatchNow(): void;
}

/** A worker that exits abruptly stops this long, in milliseconds, to let libzmq send what it has of the worker's memory. */
const graceForSending = 250;
/** Milliseconds that libzmq's threads are given to let go of the sockets, and of what is then dropped. */
const graceForDropping = 50;

/** Weak, so that a socket which its program has forgotten is closed, as in zeromq. */
const open = new Set<WeakRef<Closable>>();
const forgotten = new FinalizationRegistry<{ reference: WeakRef<Closable>; native: NativeSocket }>(
  ({ reference, native }) => {
    open.delete(reference);
    native.close();
  },
);
let hooked = false;

/** Notes that a socket is open. Returns what to call when it is closed. */
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

function openSockets(): Closable[] {
  return [...open].map((reference) => reference.deref()).filter((socket) => socket !== undefined);
}

/**
 * Closes every socket of this thread. Call it in a worker thread before another thread terminates it: `terminate()` gives
 * the worker no chance to, and Node then aborts the process if one of its sockets waits.
 *
 * One thing outlives the sockets of a worker thread. What it sent over `inproc://` as binary frames of more than 128 bytes
 * stays its memory in the hands of the receiver, until the receiver's buffers are collected as garbage, and the process is
 * at the mercy of that if the worker ended before. Text, smaller frames and all other transports have no such limit: from
 * a worker that is to end before its receiver, send large binary frames over `ipc://` or `tcp://`.
 */
export async function closeAll(options?: CloseOptions): Promise<void> {
  await Promise.all(openSockets().map((socket) => socket.close(options)));
}

/** `process.exit()` or an error in a worker thread: only what is done before this returns is done at all. */
function endOfWorker(): void {
  const sockets = openSockets();
  const mayHoldMemory = sockets.some((socket) => socket.hasSent);
  const isWatched = sockets.some((socket) => socket.isWatched);
  if (mayHoldMemory) sleep(graceForSending);
  for (const socket of sockets) socket.closeNow();
  if (mayHoldMemory || isWatched) sleep(graceForDropping);
  for (const socket of sockets) socket.unwatchNow();
}

function sleep(milliseconds: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, milliseconds);
}
