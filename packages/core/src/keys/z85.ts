/** Z85, the text form of binary keys: 4 bytes as 5 printable characters. Source: RFC 32, https://rfc.zeromq.org/spec/32/ */

const alphabet = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ.-:+=^!/*?&<>()[]{}@%$#";
const values = new Map([...alphabet].map((character, value) => [character, value]));

/** Bytes as text and back, four bytes in five characters, as CURVE keys are written. https://rfc.zeromq.org/spec/32/ */
export const z85 = {
  /** @throws RangeError unless the number of bytes is a multiple of 4. */
  encode(bytes: Uint8Array): string {
    if (!(bytes instanceof Uint8Array)) throw new TypeError("Z85 encodes a Buffer or Uint8Array");
    if (bytes.length % 4 !== 0) throw new RangeError(`Z85 encodes a multiple of 4 bytes, got ${bytes.length}`);
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    let text = "";
    for (let offset = 0; offset < bytes.length; offset += 4) {
      const word = view.getUint32(offset);
      for (let power = 85 ** 4; power >= 1; power /= 85) text += alphabet[Math.floor(word / power) % 85];
    }
    return text;
  },

  /** @throws RangeError unless the text is a multiple of 5 characters of Z85 that stand for 32-bit words. */
  decode(text: string): Buffer {
    if (typeof text !== "string") throw new TypeError("Z85 decodes a string");
    if (text.length % 5 !== 0) throw new RangeError(`Z85 decodes a multiple of 5 characters, got ${text.length}`);
    const bytes = Buffer.alloc((text.length / 5) * 4);
    for (let offset = 0; offset < text.length; offset += 5) {
      let word = 0;
      for (const character of text.slice(offset, offset + 5)) {
        const value = values.get(character);
        if (value === undefined) throw new RangeError(`Z85 has no character ${JSON.stringify(character)}`);
        word = word * 85 + value;
      }
      if (word >= 2 ** 32)
        throw new RangeError(`Z85 text ${JSON.stringify(text.slice(offset, offset + 5))} is more than 32 bits`);
      bytes.writeUInt32BE(word, (offset / 5) * 4);
    }
    return bytes;
  },
};
