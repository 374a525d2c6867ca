/** Messages that wait in the program for libzmq, oldest first, including one whose last frame is still to come. */

import type { Callback } from "./handlers.ts";

/** A frame that is independent of the caller's memory. */
type OwnFrame = string | Buffer;

export interface Batch {
  /** A message of one frame is that frame, which saves an array. */
  readonly frames: OwnFrame | OwnFrame[];
  /** The send that made this message, or an array of several. */
  readonly callbacks: Callback | Callback[] | undefined;
}

/** The largest frame that zeromq copies itself, in bytes. */
const longestCopied = 128;
/** Messages after which the empty front of the array is removed. */
const longestGap = 1_024;

export class Outgoing {
  // Two arrays instead of one array of objects, so that a long burst leaves the garbage collector no objects to move.
  #frames: Batch["frames"][] = [];
  #callbacks: Batch["callbacks"][] = [];
  #head = 0;
  /** Frames of an open message, sent with `ZMQ_SNDMORE`. */
  #open: { readonly frames: OwnFrame[]; readonly callbacks: Callback[] } | undefined;
  /** The last copied buffer, in this turn or while messages wait. If it is sent again unchanged, its copy is reused. */
  #last: { readonly buffer: Uint8Array; readonly copy: Buffer } | undefined;
  #forgetting = false;
  #shares = true;

  /** Number of complete waiting messages. */
  get size(): number {
    return this.#frames.length - this.#head;
  }

  /** Adds frames to the open message, if any. Returns the message if these are its last frames. */
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

  /** Puts back the message that was taken last. */
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

  /** Takes the open message, whose last frame was never sent. */
  takeOpen(): Batch | undefined {
    const open = this.#open;
    this.#open = undefined;
    return open;
  }

  /**
   * From now on no two messages share memory. A receiver over `inproc://` gets the sent memory itself, and may write to it.
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
