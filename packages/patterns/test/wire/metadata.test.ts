/** The metadata of a call: what a program may give, and its bytes. */

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { EnvelopeError } from "../../src/errors.ts";
import { checkMetadata, decodeMetadata, encodeMetadata, mostMetadata, noMetadata } from "../../src/wire/metadata.ts";
import { bytesOf, vectors } from "./vectors.ts";

const letters = [..."abcdefghijklmnopqrstuvwxyz0123456789!#$%&'*+.^_`|~-"];
const anyName = fc.string({ unit: fc.constantFrom(...letters), minLength: 1, maxLength: 60 });
const anyMetadata = fc.dictionary(anyName, fc.string({ unit: "grapheme", maxLength: 40 }), { maxKeys: 8 });

function entry(name: string | Uint8Array, value: string | Uint8Array): Buffer {
  const [key, text] = [Buffer.from(name as string), Buffer.from(value as string)];
  const lengths = Buffer.alloc(3);
  lengths[0] = key.length;
  lengths.writeUInt16BE(text.length, 1);
  return Buffer.concat([lengths, key, text]);
}

describe("metadata", () => {
  test("has a name and a value of any length that fits", () => {
    const name = "n".repeat(255);
    const value = "v".repeat(mostMetadata - 255);
    const metadata = { [name]: value };
    checkMetadata("metadata", metadata);
    expect(encodeMetadata(metadata).equals(entry(name, value))).toBe(true);
    expect(Object.entries(decodeMetadata(entry(name, value)))).toEqual([[name, value]]);
  });

  test("counts bytes of UTF-8 of names and values, without their lengths", () => {
    const euros = { a: "€".repeat(2_730), b: "" };
    checkMetadata("metadata", { ...euros, b: "" });
    expect(() => checkMetadata("metadata", { ...euros, b: "x" })).toThrow(RangeError);
    expect(Object.keys(decodeMetadata(encodeMetadata(euros)))).toEqual(["a", "b"]);
  });

  test("of more than 8 192 bytes is refused, in one entry or in many", () => {
    const one = entry("a", "v".repeat(mostMetadata));
    expect(() => decodeMetadata(one)).toThrow(EnvelopeError);
    const many = Array.from({ length: 1_000 }, (_, index) => entry(`name-${index}`, "value"));
    expect(() => decodeMetadata(Buffer.concat(many))).toThrow("8192");
  });

  test("that is too long is refused before the rest of it is read", () => {
    const many = Array.from({ length: 3 }, (_, index) => entry(`${index}`, "v".repeat(4_000)));
    expect(() => decodeMetadata(Buffer.concat([...many, entry("NOT A NAME", "")]))).toThrow("8192");
  });

  test("cannot be changed, and inherits nothing", () => {
    const metadata = decodeMetadata(entry("a", "b")) as Record<string, string>;
    expect(() => {
      metadata.a = "c";
    }).toThrow(TypeError);
    expect(metadata.tostring ?? metadata.toString).toBeUndefined();
    expect(noMetadata.constructor).toBeUndefined();
    expect(decodeMetadata(Buffer.alloc(0))).toBe(noMetadata);
  });

  test("keeps a byte order mark and a zero byte in a value", () => {
    const metadata = { a: "\ufeffx", b: "\0" };
    expect(Object.entries(decodeMetadata(encodeMetadata(metadata)))).toEqual(Object.entries(metadata));
  });

  test.each([
    ["no object", "x"],
    ["null", null],
    ["an array", ["a"]],
    ["a map", new Map([["a", "b"]])],
    ["an empty name", { "": "b" }],
    ["a capital letter", { Tenant: "b" }],
    ["a space", { "a b": "b" }],
    ["a line feed at its end", { "a\n": "b" }],
    ["a letter beyond ASCII", { é: "b" }],
    ["a name of 256 characters", { ["n".repeat(256)]: "b" }],
    ["a value that is no string", { a: 1 }],
    ["an undefined value", { a: undefined }],
  ])("that a program gives is refused for %s", (_, value) => {
    expect(() => checkMetadata("metadata", value)).toThrow(TypeError);
  });

  test("gives what was written", () => {
    fc.assert(
      fc.property(anyMetadata, (metadata) => {
        checkMetadata("metadata", metadata);
        expect(Object.entries(decodeMetadata(encodeMetadata(metadata)))).toEqual(Object.entries(metadata));
      }),
    );
  });

  test("that is read can be given again, and has the same bytes", () => {
    for (const { bytes, header } of vectors.headers) {
      if (header.metadata === undefined) continue;
      const entries = bytesOf(bytes).subarray(header.credit === undefined ? 18 : 26);
      const metadata = decodeMetadata(entries);
      checkMetadata("metadata", metadata);
      expect(encodeMetadata(metadata).equals(entries)).toBe(true);
    }
  });

  test("cut off anywhere but between entries is refused", () => {
    fc.assert(
      fc.property(anyMetadata, fc.nat(), (metadata, at) => {
        const bytes = encodeMetadata(metadata);
        const ends = new Set([0]);
        let end = 0;
        for (const [name, value] of Object.entries(metadata)) {
          end += entry(name, value).length;
          ends.add(end);
        }
        const length = at % (bytes.length + 1);
        const cut = bytes.subarray(0, length);
        if (ends.has(length)) decodeMetadata(cut);
        else expect(() => decodeMetadata(cut)).toThrow(EnvelopeError);
      }),
    );
  });

  test("is read or refused, whatever the bytes", () => {
    const parts = fc.oneof(
      fc
        .tuple(fc.constantFrom("a", "b", "A"), fc.uint8Array({ maxLength: 4 }))
        .map(([name, value]) => entry(name, value)),
      fc.uint8Array({ maxLength: 8 }),
    );
    let read = 0;
    let refused = 0;
    for (const some of fc.sample(fc.array(parts, { maxLength: 4 }), 20_000)) {
      try {
        checkMetadata("metadata", decodeMetadata(Buffer.concat(some)));
        read += 1;
      } catch (error) {
        expect(error).toBeInstanceOf(EnvelopeError);
        refused += 1;
      }
    }
    expect(read).toBeGreaterThan(1_000);
    expect(refused).toBeGreaterThan(1_000);
  });
});
