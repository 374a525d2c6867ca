/** Z85 encodes and decodes. */

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { curveKeyPair, z85 } from "../../src/index.ts";

describe("z85", () => {
  test("encodes and decodes the test vector of RFC 32", () => {
    const bytes = Buffer.from([0x86, 0x4f, 0xd2, 0x6f, 0xb5, 0x59, 0xf7, 0x5b]);
    expect(z85.encode(bytes)).toBe("HelloWorld");
    expect(z85.decode("HelloWorld")).toEqual(bytes);
  });

  test("encodes the test key of RFC 32 and back", () => {
    const key = Buffer.from("8e0bdd697628b91d8f245587ee95c5b04d48963f79259877b49cd9063aead3b7", "hex");
    expect(z85.encode(key)).toBe("JTKVSB%%)wK0E.X)V>+}o?pNmC{O&4W4b!Ni{Lh6");
    expect(z85.decode("JTKVSB%%)wK0E.X)V>+}o?pNmC{O&4W4b!Ni{Lh6")).toEqual(key);
  });

  test("gives back whatever it encoded", () => {
    const words = fc
      .uint8Array({ maxLength: 256 })
      .map((bytes) => bytes.subarray(0, bytes.length - (bytes.length % 4)));
    fc.assert(
      fc.property(words, (bytes) => {
        const text = z85.encode(bytes);
        expect(text).toHaveLength((bytes.length / 4) * 5);
        expect(new Uint8Array(z85.decode(text))).toEqual(new Uint8Array(bytes));
      }),
    );
  });

  test("encodes a view of part of a buffer", () => {
    const bytes = new Uint8Array([0, 0x86, 0x4f, 0xd2, 0x6f, 0xb5, 0x59, 0xf7, 0x5b, 0]);
    expect(z85.encode(bytes.subarray(1, 9))).toBe("HelloWorld");
  });

  test("covers the least and the greatest word, and nothing", () => {
    expect(z85.encode(Buffer.alloc(4))).toBe("00000");
    expect(z85.encode(Buffer.alloc(4, 0xff))).toBe("%nSc0");
    expect(z85.decode("%nSc0")).toEqual(Buffer.alloc(4, 0xff));
    expect(z85.encode(Buffer.alloc(0))).toBe("");
    expect(z85.decode("")).toEqual(Buffer.alloc(0));
  });

  test("refuses any text that stands for no bytes with a RangeError", () => {
    for (const text of ["Hell", "HelloW", "Hell~", "Hell ", "Hellö", "%nSc1", "#####", "😀abc"])
      expect(() => z85.decode(text), text).toThrow(RangeError);
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 20 }), (text) => {
        try {
          return z85.encode(z85.decode(text)) === text;
        } catch (error) {
          return error instanceof RangeError;
        }
      }),
    );
  });

  test("refuses a number of bytes that is no multiple of 4, and what is no bytes", () => {
    expect(() => z85.encode(Buffer.alloc(5))).toThrow(RangeError);
    expect(() => z85.encode("HelloWorld" as unknown as Uint8Array)).toThrow(TypeError);
    expect(() => z85.decode(Buffer.from("HelloWorld") as unknown as string)).toThrow(TypeError);
  });
});

describe("curveKeyPair", () => {
  test("gives two different keys of 32 bytes as Z85, new ones each time", () => {
    const first = curveKeyPair();
    const second = curveKeyPair();
    const keys = [first.publicKey, first.secretKey, second.publicKey, second.secretKey];
    for (const key of keys) expect(z85.decode(key)).toHaveLength(32);
    expect(new Set(keys).size).toBe(4);
  });
});
