/** The frame that is being filled for one destination, and those that libzmq has not accepted yet. */

import type { NativeFrame } from "../message/message.ts";
import { longestLength, prefixLength, spaceFor, writeLength, writePrefix } from "./format.ts";

/** Bytes that a frame begins with, before it is known that there is more to come. */
const firstSize = 256;

export class PackedLane {
  /** The peer or topic, copied; undefined where there is one destination only. */
  readonly to: Buffer | undefined;
  readonly key: string;
  /** Bytes of frames that libzmq has not accepted. */
  waiting = 0;
  /** Those that wait for room. */
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

  /** Adds a message; false when it does not fit in the frame. */
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

  /** Adds the length of a message whose bytes will follow the frame; false when it does not fit. */
  addLength(length: number): boolean {
    const target = this.#roomFor(longestLength);
    if (target === undefined) return false;
    this.#at = writeLength(target, this.#at, length);
    return true;
  }

  /** The frame so far. A new one begins. */
  take(): Buffer {
    const bytes = this.#bytes as Buffer;
    const frame = bytes.subarray(0, this.#at);
    // Who filled a frame fills another one.
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

  /** The buffer, when it has so much room or can grow by it. */
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
