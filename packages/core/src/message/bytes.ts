/** Bytes as a Buffer, and as the key of a Map. */

/** A Buffer over the same memory. */
export function asBuffer(bytes: ArrayBufferView | ArrayBuffer): Buffer {
  if (!ArrayBuffer.isView(bytes)) return Buffer.from(bytes);
  return Buffer.from(bytes.buffer as ArrayBuffer, bytes.byteOffset, bytes.byteLength);
}

/** Bytes, such as a routing id or topic, as a key with one character per byte. */
export function toKey(bytes: Buffer, start?: number, end?: number): string {
  return bytes.toString("latin1", start, end);
}

/** The bytes of a key. */
export function fromKey(key: string): Buffer {
  return Buffer.from(key, "latin1");
}
