/** Messages that wait in the program for libzmq, oldest first, with those whose last frame is still to come. */

import type { Callback } from "./handlers.ts";

/** A frame that is independent of the caller's memory. */
type OwnFrame = string | Buffer;

export interface Batch {
  /** A message of one frame is that frame, which spares an array. */
  readonly frames: OwnFrame | OwnFrame[];
  /** One, or an array of several, of the sends that made this message. */
  readonly callbacks: Callback | Callback[] | undefined;
}

/** Bytes up to which zeromq copies a frame itself. */
const longestCopied = 128;
/** Messages after which the emptied front of the array is cut off. */
const longestGap = 1_024;

export class Outgoing {
  // Two arrays instead of one of batches: a long burst then leaves the garbage collector no objects to move.
  #frames: Batch["frames"][] = [];
  #callbacks: Batch["callbacks"][] = [];
  #head = 0;
  /** Frames of a message that `ZMQ_SNDMORE` has left open. */
  #open: { readonly frames: OwnFrame[]; readonly callbacks: Callback[] } | undefined;
  /** The buffer that was copied last, in this turn or while messages wait: sent again unchanged, it goes out as the same copy. */
  #last: { readonly buffer: Uint8Array; readonly copy: Buffer } | undefined;
  #forgetting = false;
  #shares = true;

  /** How many messages wait that are whole. */
  get size(): number {
    return this.#frames.length - this.#head;
  }

  /** Adds frames to the message that is open, if any. Returns the message when these are its last frames. */
  complete(frames: readonly unknown[], more: boolean, callback: Callback | undefined): Batch | undefined {
    if (this.#open === undefined && !more) {
      return { frames: frames.length === 1 ? this.#own(frames[0]) : frames.map(this.#own), callbacks: callback };
    }
    this.#open ??= { frames: [], callbacks: [] };
    for (const frame of frames) this.#open.frames.push(this.#own(frame));
    if (callback !== undefined) this.#open.callbacks.push(callback);
    if (more) return undefined;
    const whole = this.#open;
    this.#open = undefined;
    return whole;
  }

  push({ frames, callbacks }: Batch): void {
    this.#frames.push(frames);
    this.#callbacks.push(callbacks);
  }

  shift(): Batch | undefined {
    if (this.size === 0) return undefined;
    const batch = { frames: this.#frames[this.#head] as Batch["frames"], callbacks: this.#callbacks[this.#head] };
    this.#frames[this.#head] = "";
    this.#callbacks[this.#head] = undefined;
    this.#head += 1;
    const emptied = this.size === 0;
    if (emptied || (this.#head >= longestGap && this.#head * 2 > this.#frames.length)) {
      this.#frames = this.#frames.slice(this.#head);
      this.#callbacks = this.#callbacks.slice(this.#head);
      this.#head = 0;
    }
    if (emptied) this.#last = undefined;
    return batch;
  }

  /** Puts a message back that was taken last. */
  unshift({ frames, callbacks }: Batch): void {
    const kept = this.#shares ? frames : this.#copied(frames);
    if (this.#head > 0) {
      this.#head -= 1;
      this.#frames[this.#head] = kept;
      this.#callbacks[this.#head] = callbacks;
    } else {
      this.#frames.unshift(kept);
      this.#callbacks.unshift(callbacks);
    }
  }

  /** Takes the message whose last frame never came. */
  takeOpen(): Batch | undefined {
    const open = this.#open;
    this.#open = undefined;
    return open;
  }

  /**
   * From here on no two messages have memory in common: a receiver over `inproc://` gets the very memory that was sent, and may
   * write to it.
   */
  keepApart(): void {
    if (!this.#shares) return;
    this.#shares = false;
    this.#last = undefined;
    this.#frames = this.#frames.map((frames) => this.#copied(frames));
    if (this.#open !== undefined) this.#open = { ...this.#open, frames: this.#open.frames.map(this.#own) };
  }

  #copied(frames: Batch["frames"]): Batch["frames"] {
    return Array.isArray(frames) ? frames.map(this.#own) : this.#own(frames);
  }

  readonly #own = (frame: unknown): OwnFrame => {
    if (typeof frame === "string") return frame;
    if (!(frame instanceof Uint8Array)) return String(frame);
    if (frame === this.#last?.buffer && this.#last.copy.equals(frame)) return this.#last.copy;
    const copy = Buffer.from(frame);
    if (this.#shares && (this.size > 0 || copy.length > longestCopied)) {
      this.#last = { buffer: frame, copy };
      this.#forgetAfterTurn();
    }
    return copy;
  };

  #forgetAfterTurn(): void {
    if (this.#forgetting) return;
    this.#forgetting = true;
    setImmediate(() => {
      this.#forgetting = false;
      if (this.size === 0) this.#last = undefined;
    });
  }
}
