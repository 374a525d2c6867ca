/** Bytes as they were given: seen as a Buffer, and as the key of a map. */

/** The same memory. */
export function asBuffer(bytes: ArrayBufferView | ArrayBuffer): Buffer {
  if (!ArrayBuffer.isView(bytes)) return Buffer.from(bytes);
  return Buffer.from(bytes.buffer as ArrayBuffer, bytes.byteOffset, bytes.byteLength);
}

/** A routing id, a topic, or other bytes, all or from `start` to `end`, as a key: a character a byte. */
export function toKey(bytes: Buffer, start?: number, end?: number): string {
  return bytes.toString("latin1", start, end);
}

/** The bytes that a key was made of. */
export function fromKey(key: string): Buffer {
  return Buffer.from(key, "latin1");
}
