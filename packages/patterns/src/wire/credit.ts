/** Credit: how many items, and how many bytes of items, a receiver allows the sender of a stream to send. */

import { EnvelopeError } from "../errors.ts";

/** Items and bytes. */
export interface Credit {
  readonly items: number;
  readonly bytes: number;
}

export const noCredit: Credit = { items: 0, bytes: 0 };
/** The bytes of a credit. */
export const creditLength = 8;
/** The largest number of items or bytes that a sender may have left. */
export const mostCredit = 0xffff_ffff;

export function encodeCredit({ items, bytes }: Credit): Buffer {
  const credit = Buffer.allocUnsafe(creditLength);
  credit.writeUInt32BE(items, 0);
  credit.writeUInt32BE(bytes, 4);
  return credit;
}

/** @throws EnvelopeError for less than 8 bytes */
export function decodeCredit(bytes: Buffer | undefined): Credit {
  if (bytes === undefined || bytes.length < creditLength)
    throw new EnvelopeError(`Cannot read a credit: it has ${bytes?.length ?? 0} of ${creditLength} bytes`);
  return { items: bytes.readUInt32BE(0), bytes: bytes.readUInt32BE(4) };
}

/** @throws EnvelopeError if the sum is larger than any window */
export function sumOf(one: Credit, more: Credit): Credit {
  const items = one.items + more.items;
  const bytes = one.bytes + more.bytes;
  if (items > mostCredit || bytes > mostCredit)
    throw new EnvelopeError(
      `The other side granted credit for ${items} items and ${bytes} bytes: the limit is ${mostCredit} of each`,
    );
  return { items, bytes };
}
