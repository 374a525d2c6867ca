/** Names of peers in errors. */

import { isUtf8 } from "node:buffer";
import { asBuffer } from "./bytes.ts";

/** Letters, digits, punctuation, symbols and spaces. */
const printable = /^[\p{L}\p{N}\p{P}\p{S} ]+$/u;

/** A routing id: printable text in quotation marks, other bytes in hexadecimal, a number as it is. */
export function peerName(routingId: Uint8Array | number): string {
  if (typeof routingId === "number") return String(routingId);
  const bytes = asBuffer(routingId);
  const text = isUtf8(bytes) ? bytes.toString() : "";
  return printable.test(text) ? JSON.stringify(text) : bytes.toString("hex");
}
