/** Credit for items and bytes, held to the protocol's test vectors. */

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { EnvelopeError } from "../../src/errors.ts";
import { creditLength, decodeCredit, encodeCredit, mostCredit, sumOf } from "../../src/wire/credit.ts";
import { bytesOf, vectors } from "./vectors.ts";

const anyNumber = fc.integer({ min: 0, max: mostCredit });

describe("a credit", () => {
  test.each(vectors.credits)("is written and read as $bytes", ({ bytes, credit }) => {
    expect(encodeCredit(credit).toString("hex")).toBe(bytes);
    expect(decodeCredit(bytesOf(bytes))).toEqual(credit);
  });

  test.each(vectors.refusedCredits)("is refused with $why", ({ bytes }) => {
    expect(() => decodeCredit(bytesOf(bytes))).toThrow(EnvelopeError);
  });

  test("is refused in a message without a body", () => {
    expect(() => decodeCredit(undefined)).toThrow("0 of 8 bytes");
  });

  test("gives what was written", () => {
    fc.assert(
      fc.property(anyNumber, anyNumber, (items, bytes) => {
        expect(decodeCredit(encodeCredit({ items, bytes }))).toEqual({ items, bytes });
      }),
    );
  });

  test("adds up to at most 2^32 - 1 items and bytes", () => {
    const most = { items: mostCredit, bytes: mostCredit };
    expect(sumOf({ items: mostCredit - 1, bytes: 0 }, { items: 1, bytes: mostCredit })).toEqual(most);
    expect(() => sumOf(most, { items: 1, bytes: 0 })).toThrow(EnvelopeError);
    expect(() => sumOf(most, { items: 0, bytes: 1 })).toThrow(EnvelopeError);
  });

  test("is read from any bytes that are enough, and refused from fewer", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 12 }), (any) => {
        const bytes = Buffer.from(any);
        if (bytes.length < creditLength) expect(() => decodeCredit(bytes)).toThrow(EnvelopeError);
        else expect(encodeCredit(decodeCredit(bytes)).equals(bytes.subarray(0, creditLength))).toBe(true);
      }),
    );
  });
});
