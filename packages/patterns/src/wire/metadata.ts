/** The metadata of a call: a flat map of names to values, and its bytes. docs/protocols/envelope.md specifies them. */

import { inspect } from "node:util";
import { EnvelopeError } from "../errors.ts";
import { isWellFormed } from "../value/codec.ts";

/**
 * What a call says about itself besides its message, such as a tenant or the id of a trace: names and values.
 *
 * Names have lower-case ASCII letters, digits and `!#$%&'*+.^_|~-`. All names and values together have at most 8 KiB.
 *
 * @category Request and reply
 */
export type Metadata = Readonly<Record<string, string>>;

/** The most bytes of all names and values together, in UTF-8. */
export const mostMetadata = 8_192;
/** The characters of a token of HTTP, without capital letters. */
const name = /^[a-z0-9!#$%&'*+.^_`|~-]{1,255}$/;
const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

export const noMetadata: Metadata = Object.freeze(Object.create(null));

/**
 * Checks the metadata that a program gives.
 *
 * @throws TypeError for anything but a map of strings; RangeError if it is too long
 */
export function checkMetadata(option: string, value: unknown): void {
  if (typeof value !== "object" || value === null || Symbol.iterator in value)
    throw new TypeError(`${option} must be an object of strings, got ${inspect(value, { depth: 0 })}`);
  let sum = 0;
  for (const [key, text] of Object.entries(value)) {
    if (!name.test(key))
      throw new TypeError(
        `${option} has the name ${inspect(key)}: a name has 1 to 255 characters of ASCII, no capital letters and no spaces`,
      );
    if (typeof text !== "string")
      throw new TypeError(`${option}[${inspect(key)}] must be a string, got ${inspect(text, { depth: 0 })}`);
    if (!isWellFormed(text))
      throw new TypeError(`${option}[${inspect(key)}] has a lone surrogate, which UTF-8 cannot encode`);
    sum += key.length + Buffer.byteLength(text);
  }
  if (sum > mostMetadata)
    throw new RangeError(`${option} must have at most ${mostMetadata} bytes in all, got ${sum} bytes`);
}

/** The bytes of metadata that has been checked: per entry, the length and bytes of its name, then of its value. */
export function encodeMetadata(metadata: Metadata): Buffer {
  const parts: Buffer[] = [];
  for (const [key, text] of Object.entries(metadata)) {
    const value = Buffer.from(text);
    const lengths = Buffer.allocUnsafe(3);
    lengths[0] = key.length;
    lengths.writeUInt16BE(value.length, 1);
    parts.push(lengths, Buffer.from(key, "latin1"), value);
  }
  return Buffer.concat(parts);
}

/** @throws EnvelopeError */
export function decodeMetadata(bytes: Buffer): Metadata {
  if (bytes.length === 0) return noMetadata;
  const metadata: Record<string, string> = Object.create(null);
  let sum = 0;
  for (let at = 0; at < bytes.length; ) {
    const start = at + 3;
    const middle = start + (bytes[at] as number);
    if (start > bytes.length) throw cutOff();
    const end = middle + bytes.readUInt16BE(at + 1);
    if (end > bytes.length) throw cutOff();
    const key = bytes.toString("latin1", start, middle);
    if (!name.test(key)) throw new EnvelopeError(`Cannot read metadata: the name ${inspect(key)} is not allowed`);
    if (key in metadata) throw new EnvelopeError(`Cannot read metadata: it has the name ${inspect(key)} twice`);
    sum += end - start;
    if (sum > mostMetadata)
      throw new EnvelopeError(`Cannot read metadata: it has more than ${mostMetadata} bytes of names and values`);
    metadata[key] = utf8(bytes.subarray(middle, end));
    at = end;
  }
  return Object.freeze(metadata);
}

function utf8(bytes: Buffer): string {
  try {
    return decoder.decode(bytes);
  } catch (cause) {
    throw new EnvelopeError("Cannot read metadata: a value is not UTF-8", { cause });
  }
}

function cutOff(): EnvelopeError {
  return new EnvelopeError("Cannot read metadata: an entry is cut off");
}
