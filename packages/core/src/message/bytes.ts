/** Bytes as they were given: seen as a Buffer, and as the key of a map. */

/** The same memory. */
export function asBuffer(bytes: ArrayBufferView | ArrayBuffer): Buffer {
  if (!ArrayBuffer.isView(bytes)) return Buffer.from(bytes);
  return Buffer.from(bytes.buffer as ArrayBuffer, bytes.byteOffset, bytes.byteLength);
}

/** A routing id, or other bytes, as a key: a character a byte. */
export function toKey(bytes: Buffer): string {
  return bytes.toString("latin1");
}

/** The bytes that a key was made of. */
export function fromKey(key: string): Buffer {
  return Buffer.from(key, "latin1");
}
