/** What may follow a header in its frame: the first credit of an open, then the metadata of the call. */

import { type Credit, creditLength, decodeCredit, encodeCredit } from "./credit.ts";
import { headerLength, messageTypes } from "./envelope.ts";
import { decodeMetadata, encodeMetadata, type Metadata, noMetadata } from "./metadata.ts";

export interface Extension {
  /** What the client lets the server send at first. Undefined for a request, which does not stream. */
  readonly credit: Credit | undefined;
  readonly metadata: Metadata;
}

const none: Extension = { credit: undefined, metadata: noMetadata };

/** Undefined if there is nothing to say. */
export function encodeExtension(credit: Credit | undefined, metadata: Metadata | undefined): Buffer | undefined {
  const entries = metadata === undefined ? undefined : encodeMetadata(metadata);
  if (credit === undefined) return entries?.length === 0 ? undefined : entries;
  return entries === undefined ? encodeCredit(credit) : Buffer.concat([encodeCredit(credit), entries]);
}

/** @throws EnvelopeError */
export function extensionOf(header: Buffer | undefined): Extension {
  if (header === undefined) return none;
  const extension = header.length === headerLength ? undefined : header.subarray(headerLength);
  if (header[3] !== messageTypes.open)
    return extension === undefined ? none : { credit: undefined, metadata: decodeMetadata(extension) };
  return { credit: decodeCredit(extension), metadata: decodeMetadata((extension as Buffer).subarray(creditLength)) };
}
