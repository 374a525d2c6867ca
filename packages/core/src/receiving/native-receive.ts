/** The one receive that a native socket allows at a time: how long it waits, how it hurries in a flood, and why it ended. */

import { noteFrameSize } from "../message/heap-hint.ts";
import type { Message } from "../message/message.ts";
import type { NativeSocket } from "../native/native.ts";
import { Poll } from "../native/poll.ts";
import { isOutOfTurn } from "../native/refusal.ts";

/** Milliseconds after which a native receive that every reader has left ends, so that it no longer holds the process. */
const abandonedReceive = 1_000;
/** So many messages within a millisecond make a flood: from then on, ask libzmq for the next without polling first. */
const floodMessages = 64;

export class NativeReceive {
  readonly #native: NativeSocket;
  /** For sockets that can't be waited on. */
  readonly #poll: Poll | undefined;
  /** What the native `receiveTimeout` is set to: -1 wait, 0 a flood (do not poll), else a bounded wait. */
  #timeout = -1;
  #floodCount = 0;
  #floodBegan = 0;

  constructor(native: NativeSocket) {
    this.#native = native;
    this.#poll = native.threadSafe ? new Poll() : undefined;
  }

  /** Whether a message is there. */
  get readable(): boolean {
    return this.#native.readable;
  }

  /** Waits for a message: for ever, or with `bounded` for as long as it may hold a process that no longer wants it. */
  wait(bounded: boolean, wanted: () => boolean): Promise<unknown> {
    if (this.#poll !== undefined) return this.#waitByPolling(this.#poll, wanted);
    return this.#receive(this.#timeout === 0 ? 0 : bounded ? abandonedReceive : -1);
  }

  /** The message that is there; rejects if there is none. */
  take(): Promise<unknown> {
    return this.#receive(0);
  }

  /** To be told of each message that `wait` gave. */
  note(message: unknown): void {
    if (this.#timeout === 0) return;
    this.#watchForFlood();
    noteFrameSize((message as Message).at(-1)?.length);
  }

  /** After a rejection: whether that is no more than the end of a flood. Then the next `wait` waits again. */
  endFlood(): boolean {
    if (this.#timeout !== 0) return false;
    this.#floodCount = 0;
    this.#setTimeout(-1);
    return true;
  }

  /** Something was sent, and an answer may come soon. */
  hurry(): void {
    this.#poll?.hurry();
  }

  async #waitByPolling(poll: Poll, wanted: () => boolean): Promise<unknown> {
    if (!this.#native.readable) await poll.until(() => this.#native.readable || !wanted());
    return this.take();
  }

  /** The native receive; unlike that this never throws. */
  #receive(timeout: number): Promise<unknown> {
    try {
      this.#setTimeout(timeout);
      return this.#native.receive();
    } catch (error) {
      return Promise.reject(error);
    }
  }

  /**
   * In a flood the native `receiveTimeout` is 0: libzmq then hands out what it has without looking for commands from
   * its I/O threads each time, which costs a system call a message. The first miss ends it.
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

/** Whether a native receive ended because nothing has come, or because it is not this socket's turn in its lock step. */
export function isMiss(error: unknown): boolean {
  return (error as NodeJS.ErrnoException).code === "EAGAIN" || isOutOfTurn(error);
}
