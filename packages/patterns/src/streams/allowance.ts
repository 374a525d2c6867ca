/** What the sender of a stream may still send, as its receiver counts it. */

import { EnvelopeError } from "../errors.ts";
import type { Credit } from "../wire/credit.ts";
import { type MessageType, messageTypes } from "../wire/envelope.ts";
import { type ItemsSize, sizeOfItems } from "../wire/items.ts";

export class Allowance {
  #items = 0;
  #bytes = 0;

  grant({ items, bytes }: Credit): void {
    this.#items += items;
    this.#bytes += bytes;
  }

  /**
   * Takes the items of a message from the allowance. The last one may exceed the bytes.
   *
   * @returns how many items it has
   * @throws EnvelopeError if they were not granted, or are malformed
   */
  charge(type: MessageType, body: readonly Buffer[]): number {
    const { items, bytes, last } = sizeOf(type, body);
    if (items === 0) return 0;
    if (this.#items < items || this.#bytes - (bytes - last) <= 0)
      throw new EnvelopeError(
        `The other side sent ${items} items with ${bytes} bytes, but it had credit for ${this.#items} items and ${this.#bytes} bytes`,
      );
    this.#items -= items;
    this.#bytes -= bytes;
    return items;
  }
}

const none: ItemsSize = { items: 0, bytes: 0, last: 0 };

function sizeOf(type: MessageType, body: readonly Buffer[]): ItemsSize {
  if (type === messageTypes.items) return sizeOfItems(body[0]);
  if (type !== messageTypes.item) return none;
  if (body.length === 0) throw new EnvelopeError("Cannot read an item of a stream: it has no frame");
  const bytes = bytesOf(body);
  return { items: 1, bytes, last: bytes };
}

/** The bytes of all frames. */
export function bytesOf(frames: readonly Buffer[]): number {
  if (frames.length === 1) return (frames[0] as Buffer).length;
  return frames.reduce((sum, { length }) => sum + length, 0);
}
