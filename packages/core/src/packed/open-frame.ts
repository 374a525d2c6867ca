/** The open frame of one destination, and the frames that libzmq has not accepted yet. */

import { copied, type NativeFrame } from "../message/message.ts";
import { longestLength, prefixLength, spaceFor, writeLength, writePrefix } from "./format.ts";

/** The first size of a frame in bytes, before it is known whether more messages follow. */
const firstSize = 256;
/** Bytes from which an uncopied message gets its own frame, the tail of the frame that has its length. */
const large = 16_384;

export class PackedLane {
  /** A copy of the peer or topic. Undefined if there is only one destination. */
  readonly to: Buffer | undefined;
  readonly key: string;
  /** Bytes in frames that libzmq has not accepted. */
  waiting = 0;
  /** Calls that wait for room. */
  blocked: { readonly resolve: () => void; readonly reject: (error: unknown) => void }[] = [];
  readonly #most: number;
  #bytes: Buffer | undefined;
  #at = prefixLength;
  #size: number;

  constructor(key: string, to: Buffer | undefined, most: number) {
    this.key = key;
    this.to = to;
    this.#most = most;
    this.#size = Math.min(firstSize, most);
  }

  get isEmpty(): boolean {
    return this.#at === prefixLength;
  }

  /** Adds a message. False if it does not fit into the frame. */
  add(message: NativeFrame): boolean {
    if (typeof message === "string") return this.#addText(message);
    const bytes = message instanceof ArrayBuffer ? new Uint8Array(message) : message;
    const length = bytes === null ? 0 : bytes.byteLength;
    const target = this.#roomFor(spaceFor(length));
    if (target === undefined) return false;
    const from = writeLength(target, this.#at, length);
    if (bytes !== null && length > 0) target.set(bytes as Uint8Array, from);
    this.#at = from + length;
    return true;
  }

  /** Adds the length of a message whose bytes follow as the tail. False if it does not fit. */
  addLength(length: number): boolean {
    const target = this.#roomFor(longestLength);
    if (target === undefined) return false;
    this.#at = writeLength(target, this.#at, length);
    return true;
  }

  /** Returns the frame so far, and begins a new one. */
  take(): Buffer {
    const bytes = this.#bytes as Buffer;
    const frame = bytes.subarray(0, this.#at);
    // If a frame was filled, the next one probably will be too.
    this.#size = this.#at > this.#most / 2 ? this.#most : Math.min(firstSize, this.#most);
    this.#bytes = undefined;
    this.#at = prefixLength;
    return frame;
  }

  #addText(text: string): boolean {
    const length = Buffer.byteLength(text);
    const target = this.#roomFor(spaceFor(length));
    if (target === undefined) return false;
    const from = writeLength(target, this.#at, length);
    target.write(text, from);
    this.#at = from + length;
    return true;
  }

  /** The buffer, if it has this much room or can grow by it. */
  #roomFor(space: number): Buffer | undefined {
    const needed = this.#at + space;
    if (this.#bytes !== undefined && needed <= this.#bytes.length) return this.#bytes;
    if (needed > this.#most) return undefined;
    let size = this.#size;
    while (size < needed) size = Math.min(size * 4, this.#most);
    const grown = Buffer.allocUnsafe(size);
    if (this.#bytes === undefined) writePrefix(grown);
    else this.#bytes.copy(grown, 0, 0, this.#at);
    this.#size = size;
    this.#bytes = grown;
    return grown;
  }
}

/** Whether a message gets its own frame when it is not copied. */
export function isLarge(frame: NativeFrame): boolean {
  return typeof frame === "object" && frame !== null && frame.byteLength >= large;
}

export function bytesOf(frame: NativeFrame, copy: boolean): Uint8Array {
  if (typeof frame === "string") return Buffer.from(frame);
  const bytes = frame instanceof Uint8Array ? frame : new Uint8Array(frame ?? []);
  return copy ? copied(bytes) : bytes;
}
