/**
 * Several small items of a stream in one frame: per item one byte with the number of its frames, then per frame four
 * bytes with its length, and its bytes. docs/protocols/envelope.md specifies it.
 */

import type { Frame, Message } from "@awaitmq/core";
import { EnvelopeError } from "../errors.ts";
import { longestFrame, mostBytes } from "./packet.ts";

/** The most frames of an item that is sent together with others. */
const mostFrames = 255;
/** The most bytes of an item that is sent together with others. */
const longestItem = 1_024;

/** Buffers that no writer uses. New ones would cost more than what they hold. */
const spare: Buffer[] = [];
const mostSpare = 64;

export const noRoom = -1;
export const tooLarge = -2;

/** Collects small items. */
export class ItemsWriter {
  #bytes: Buffer | undefined;
  /** The buffer of the last frame. */
  #lent: Buffer | undefined;
  #length = 0;
  /** How many items it has. */
  count = 0;

  /**
   * Adds an item. Returns the bytes of its frames, {@link noRoom} if there is none now, or {@link tooLarge} if it is too
   * large to be sent together with others.
   */
  add(body: readonly Frame[]): number {
    const most = mostBytes(body);
    if (most > longestItem || body.length > mostFrames) return tooLarge;
    let at = this.#length;
    if (this.#bytes === undefined) this.#bytes = spare.pop() ?? Buffer.allocUnsafeSlow(longestFrame);
    else if (at + 1 + 4 * body.length + most > longestFrame) return noRoom;
    const bytes = this.#bytes;
    let sum = 0;
    bytes[at++] = body.length;
    for (const frame of body) {
      let size = 0;
      if (typeof frame === "string") size = bytes.write(frame, at + 4);
      else if (frame !== null) {
        bytes.set(frame as Uint8Array, at + 4);
        size = frame.byteLength;
      }
      bytes.writeUInt32BE(size, at);
      at += 4 + size;
      sum += size;
    }
    this.#length = at;
    this.count += 1;
    return sum;
  }

  /** Returns the frame, which is valid until {@link release}, and begins an empty one. */
  finish(): Buffer {
    const frame = (this.#bytes as Buffer).subarray(0, this.#length);
    this.#lent = this.#bytes;
    this.#begin();
    return frame;
  }

  /** The last frame was sent. */
  release(): void {
    keep(this.#lent);
    this.#lent = undefined;
  }

  /** Drops the items that no frame has. */
  clear(): void {
    keep(this.#bytes);
    this.#begin();
  }

  #begin(): void {
    this.#bytes = undefined;
    this.#length = 0;
    this.count = 0;
  }
}

function keep(bytes: Buffer | undefined): void {
  if (bytes !== undefined && spare.length < mostSpare) spare.push(bytes);
}

/** What a frame of items has. */
export interface ItemsSize {
  readonly items: number;
  /** The bytes of all items, without lengths. */
  readonly bytes: number;
  /** The bytes of the last item. */
  readonly last: number;
}

/** @throws EnvelopeError if anything is cut off, or if there is no item */
export function sizeOfItems(frame: Buffer | undefined): ItemsSize {
  if (frame === undefined || frame.length === 0) throw new EnvelopeError("Cannot read items: their message has none");
  const { length } = frame;
  let items = 0;
  let bytes = 0;
  let last = 0;
  for (let at = 0; at < length; ) {
    let frames = frame[at++] as number;
    if (frames === 0) throw new EnvelopeError("Cannot read items: one has no frame");
    last = 0;
    for (; frames > 0; frames--) {
      const size = at + 4 <= length ? frame.readUInt32BE(at) : length;
      at += 4 + size;
      if (at > length) throw new EnvelopeError("Cannot read items: one is cut off");
      last += size;
    }
    items += 1;
    bytes += last;
  }
  return { items, bytes, last };
}

/** Reads the items of a frame whose {@link sizeOfItems} is known, one at a time. */
export class ItemsReader {
  readonly #frame: Buffer;
  #at = 0;

  constructor(frame: Buffer) {
    this.#frame = frame;
  }

  get isEmpty(): boolean {
    return this.#at === this.#frame.length;
  }

  /** Returns the next item, whose frames are views. */
  next(): Message {
    const frame = this.#frame;
    const body = new Array<Buffer>(frame[this.#at] as number);
    let at = this.#at + 1;
    for (let index = 0; index < body.length; index++) {
      const end = at + 4 + frame.readUInt32BE(at);
      body[index] = frame.subarray(at + 4, end);
      at = end;
    }
    this.#at = at;
    return body as Message;
  }
}
