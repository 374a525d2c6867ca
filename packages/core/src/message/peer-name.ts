/** How errors name a peer. */

import { isUtf8 } from "node:buffer";
import { asBuffer } from "./bytes.ts";

/** Letters, digits, signs and spaces that a reader can tell apart. */
const printable = /^[\p{L}\p{N}\p{P}\p{S} ]+$/u;

/** A routing id as text in quotation marks if it is printable text, else its bytes in hexadecimal, or its number. */
export function peerName(routingId: Uint8Array | number): string {
  if (typeof routingId === "number") return String(routingId);
  const bytes = asBuffer(routingId);
  const text = isUtf8(bytes) ? bytes.toString() : "";
  return printable.test(text) ? JSON.stringify(text) : bytes.toString("hex");
}
