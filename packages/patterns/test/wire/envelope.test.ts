/** The header of a message, held to the protocol's test vectors. */

import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { EnvelopeError } from "../../src/errors.ts";
import { decodeHeader, encodeHeader, type Header, isHeader, messageTypes } from "../../src/wire/envelope.ts";

interface Vectors {
  readonly headers: readonly {
    readonly bytes: string;
    readonly header: Omit<Header, "type" | "remaining"> & {
      readonly type: keyof typeof messageTypes;
      readonly remaining: number | null;
    };
  }[];
  readonly refused: readonly { readonly bytes: string; readonly why: string }[];
}

const file = new URL("../../../../docs/protocols/envelope.json", import.meta.url);
const vectors: Vectors = JSON.parse(readFileSync(file, "utf8"));

describe("the header of the envelope", () => {
  test.each(vectors.headers)("is written and read as $bytes", ({ bytes, header }) => {
    const { type, remaining, ...rest } = header;
    const given = { ...rest, type: messageTypes[type], remaining: remaining ?? Number.POSITIVE_INFINITY };
    expect(encodeHeader(given).toString("hex")).toBe(bytes);
    expect(decodeHeader(Buffer.from(bytes, "hex"))).toEqual(given);
  });

  test("is shown in every type", () => {
    expect(new Set(vectors.headers.map(({ header }) => header.type))).toEqual(new Set(Object.keys(messageTypes)));
  });

  test.each(vectors.refused)("is refused with $why", ({ bytes }) => {
    const header = Buffer.from(bytes, "hex");
    expect(isHeader(header)).toBe(true);
    expect(() => decodeHeader(header)).toThrow(EnvelopeError);
  });

  test("is nothing else", () => {
    for (const frame of [Buffer.alloc(0), Buffer.alloc(18), Buffer.from("õm text"), Buffer.from([0xf5, 0x6d])]) {
      expect(isHeader(frame)).toBe(false);
      expect(() => decodeHeader(frame)).toThrow(EnvelopeError);
    }
  });

  test("has times that it can't hold at its limits", () => {
    const header = { type: messageTypes.request, flags: 0, priority: 0, client: 0, request: 0 };
    expect(decodeHeader(encodeHeader({ ...header, remaining: 0.2 })).remaining).toBe(1);
    expect(decodeHeader(encodeHeader({ ...header, remaining: -5 })).remaining).toBe(0);
    expect(decodeHeader(encodeHeader({ ...header, remaining: 1e12 })).remaining).toBe(0xffff_fffe);
  });
});
