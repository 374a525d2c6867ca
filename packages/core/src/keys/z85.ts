/** Z85, the text form of binary keys: 4 bytes as 5 printable characters. Source: RFC 32, https://rfc.zeromq.org/spec/32/ */

const alphabet = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ.-:+=^!/*?&<>()[]{}@%$#";
const values = new Map([...alphabet].map((character, value) => [character, value]));

/**
 * Z85, the text encoding of CURVE keys: 4 bytes become 5 characters. See https://rfc.zeromq.org/spec/32/
 *
 * @example
 * ```ts
 * import { z85 } from "@awaitmq/core";
 *
 * const text = z85.encode(Buffer.from("864fd26fb559f75b", "hex"));
 * console.log(text); // HelloWorld
 * console.log(z85.decode(text).toString("hex")); // 864fd26fb559f75b
 * ```
 *
 * @category Keys
 */
export const z85 = {
  /**
   * Encodes bytes as text.
   *
   * @param bytes of a length that is a multiple of 4
   * @throws RangeError for another length; TypeError for something that is not bytes
   */
  encode(bytes: Uint8Array): string {
    if (!(bytes instanceof Uint8Array))
      throw new TypeError(
        `Cannot encode Z85: expected a Buffer or Uint8Array, got ${bytes === null ? "null" : typeof bytes}`,
      );
    if (bytes.length % 4 !== 0)
      throw new RangeError(`Cannot encode Z85: the number of bytes must be a multiple of 4, got ${bytes.length}`);
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    let text = "";
    for (let offset = 0; offset < bytes.length; offset += 4) {
      const word = view.getUint32(offset);
      for (let power = 85 ** 4; power >= 1; power /= 85) text += alphabet[Math.floor(word / power) % 85];
    }
    return text;
  },

  /**
   * Decodes text to bytes.
   *
   * @param text of a length that is a multiple of 5
   * @throws RangeError for another length, other characters, or a group of 5 that encodes more than 32 bits; TypeError for something that
   * is not a string
   */
  decode(text: string): Buffer {
    if (typeof text !== "string")
      throw new TypeError(`Cannot decode Z85: expected a string, got ${text === null ? "null" : typeof text}`);
    if (text.length % 5 !== 0)
      throw new RangeError(`Cannot decode Z85: the number of characters must be a multiple of 5, got ${text.length}`);
    const bytes = Buffer.alloc((text.length / 5) * 4);
    for (let offset = 0; offset < text.length; offset += 5) {
      let word = 0;
      for (const character of text.slice(offset, offset + 5)) {
        const value = values.get(character);
        if (value === undefined)
          throw new RangeError(`Cannot decode Z85: it has no character ${JSON.stringify(character)}`);
        word = word * 85 + value;
      }
      if (word >= 2 ** 32)
        throw new RangeError(
          `Cannot decode Z85: ${JSON.stringify(text.slice(offset, offset + 5))} encodes more than 32 bits`,
        );
      bytes.writeUInt32BE(word, (offset / 5) * 4);
    }
    return bytes;
  },
};
