/** The single receive that a native socket allows at a time: its wait, its fast mode in a flood, and why it ended. */

import { noteFrameSize } from "../message/heap-hint.ts";
import type { Message } from "../message/message.ts";
import type { NativeSocket } from "../native/native.ts";
import { Poll } from "../native/poll.ts";
import { isOutOfTurn } from "../native/refusal.ts";

/** Milliseconds after which a native receive without readers ends, so that it no longer keeps the process alive. */
const abandonedReceive = 1_000;
/** Messages within a millisecond that make a flood. Then libzmq is asked for the next message without polling first. */
const floodMessages = 64;

export class NativeReceive {
  readonly #native: NativeSocket;
  /** For sockets without a descriptor to wait on. */
  readonly #poll: Poll | undefined;
  /** The native `receiveTimeout`: -1 waits, 0 is a flood (no polling), other values are a bounded wait. */
  #timeout = -1;
  #floodCount = 0;
  #floodBegan = 0;

  constructor(native: NativeSocket) {
    this.#native = native;
    this.#poll = native.threadSafe ? new Poll() : undefined;
  }

  /** Whether a message is available. */
  get readable(): boolean {
    return this.#native.readable;
  }

  /** Waits for a message: forever, or with `bounded` only as long as it may keep a process alive that no longer needs it. */
  wait(bounded: boolean, wanted: () => boolean): Promise<unknown> {
    if (this.#poll !== undefined) return this.#waitByPolling(this.#poll, wanted);
    return this.#receive(this.#timeout === 0 ? 0 : bounded ? abandonedReceive : -1);
  }

  /** The available message. Rejects if there is none. */
  take(): Promise<unknown> {
    return this.#receive(0);
  }

  /** To be called with each message that `wait` returned. */
  note(message: unknown): void {
    if (this.#timeout === 0) return;
    this.#watchForFlood();
    noteFrameSize((message as Message).at(-1)?.length);
  }

  /** To be called after a rejection. True if it only means the end of a flood. Then the next `wait` waits again. */
  endFlood(): boolean {
    if (this.#timeout !== 0) return false;
    this.#floodCount = 0;
    this.#setTimeout(-1);
    return true;
  }

  /** To be called when a message was sent whose answer may arrive soon. */
  hurry(): void {
    this.#poll?.hurry();
  }

  async #waitByPolling(poll: Poll, wanted: () => boolean): Promise<unknown> {
    if (!this.#native.readable) await poll.until(() => this.#native.readable || !wanted());
    return this.take();
  }

  /** The native receive, but it never throws. */
  #receive(timeout: number): Promise<unknown> {
    try {
      this.#setTimeout(timeout);
      return this.#native.receive();
    } catch (error) {
      return Promise.reject(error);
    }
  }

  /**
   * In a flood the native `receiveTimeout` is 0. Then libzmq returns available messages without checking for commands of its I/O threads, which
   * costs a system call per message. The first miss ends the flood.
   */
  #watchForFlood(): void {
    if (this.#floodCount === 0) this.#floodBegan = performance.now();
    this.#floodCount += 1;
    if (this.#floodCount < floodMessages) return;
    this.#floodCount = 0;
    if (performance.now() - this.#floodBegan < 1) this.#setTimeout(0);
  }

  #setTimeout(timeout: number): void {
    if (this.#timeout === timeout) return;
    this.#timeout = timeout;
    this.#native.receiveTimeout = timeout;
  }
}

/** Whether a native receive ended because no message arrived, or because it is not this socket's turn in its lock step. */
export function isMiss(error: unknown): boolean {
  return (error as NodeJS.ErrnoException).code === "EAGAIN" || isOutOfTurn(error);
}
