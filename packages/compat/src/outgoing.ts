/** Messages that wait in the program for libzmq, oldest first, with those whose last frame is still to come. */

export type SendCallback = (error?: Error) => void;

/** A frame that is independent of the caller's memory. */
type OwnFrame = string | Buffer;

export interface Batch {
  /** A message of one frame is that frame, which spares an array. */
  readonly frames: OwnFrame | OwnFrame[];
  /** One, or an array of several, of the sends that made this message. */
  readonly callbacks: SendCallback | SendCallback[] | undefined;
}

/** Messages after which the emptied front of the array is cut off. */
const longestGap = 1_024;

export class Outgoing {
  #batches: (Batch | undefined)[] = [];
  #head = 0;
  /** Frames of a message that `ZMQ_SNDMORE` has left open. */
  #open: { readonly frames: OwnFrame[]; readonly callbacks: SendCallback[] } | undefined;

  /** How many messages wait that are whole. */
  get size(): number {
    return this.#batches.length - this.#head;
  }

  /** Adds frames to the message that is open, if any. Returns the message when these are its last frames. */
  complete(frames: readonly unknown[], more: boolean, callback: SendCallback | undefined): Batch | undefined {
    if (this.#open === undefined && !more) {
      return { frames: frames.length === 1 ? own(frames[0]) : frames.map(own), callbacks: callback };
    }
    this.#open ??= { frames: [], callbacks: [] };
    for (const frame of frames) this.#open.frames.push(own(frame));
    if (callback !== undefined) this.#open.callbacks.push(callback);
    if (more) return undefined;
    const whole = this.#open;
    this.#open = undefined;
    return whole;
  }

  push(batch: Batch): void {
    this.#batches.push(batch);
  }

  shift(): Batch | undefined {
    if (this.#head === this.#batches.length) return undefined;
    const batch = this.#batches[this.#head];
    this.#batches[this.#head++] = undefined;
    if (this.#head === this.#batches.length) {
      this.#batches = [];
      this.#head = 0;
    } else if (this.#head >= longestGap && this.#head * 2 > this.#batches.length) {
      this.#batches = this.#batches.slice(this.#head);
      this.#head = 0;
    }
    return batch;
  }

  /** Takes the callbacks of a message whose last frame never came. */
  abandonOpen(): SendCallback[] {
    const callbacks = this.#open?.callbacks ?? [];
    this.#open = undefined;
    return callbacks;
  }
}

function own(frame: unknown): OwnFrame {
  if (typeof frame === "string") return frame;
  return frame instanceof Uint8Array ? Buffer.from(frame) : String(frame);
}
