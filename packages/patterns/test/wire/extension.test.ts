/** What follows a header in its frame, held to the protocol's test vectors. */

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { EnvelopeError } from "../../src/errors.ts";
import { decodeHeader, encodeHeader, headerLength, messageTypes, typeOf } from "../../src/wire/envelope.ts";
import { encodeExtension, extensionOf } from "../../src/wire/extension.ts";
import { noMetadata } from "../../src/wire/metadata.ts";
import { bytesOf, fieldsOf, vectors } from "./vectors.ts";

const extended = vectors.headers.filter(({ bytes }) => bytes.length > 2 * headerLength);
const short = vectors.headers.filter(({ header }) => header.credit === undefined && header.metadata === undefined);
const request = { type: messageTypes.request, flags: 0, priority: 0, remaining: 0, client: 7, request: 11 };
const open = { ...request, type: messageTypes.open };
const anyNumber = fc.integer({ min: 0, max: 0xffff_ffff });
const anyCredit = fc.record({ items: anyNumber, bytes: anyNumber });

describe("the extension of a header", () => {
  test("is shown for a request and an open, with and without metadata", () => {
    const kinds = extended.map(({ header: { type, metadata } }) => `${type} ${metadata !== undefined}`);
    expect(new Set(kinds)).toEqual(new Set(["request true", "open false", "open true"]));
  });

  test.each(extended)("is written and read as $bytes", ({ bytes, header }) => {
    const { credit, metadata } = header;
    const extension = encodeExtension(credit, metadata);
    expect(encodeHeader({ ...fieldsOf(header), extension }).toString("hex")).toBe(bytes);
    const read = extensionOf(bytesOf(bytes));
    expect(read.credit).toEqual(credit);
    expect(Object.entries(read.metadata)).toEqual(Object.entries(metadata ?? {}));
  });

  test.each(short)("is not there in $bytes", ({ bytes }) => {
    expect(extensionOf(bytesOf(bytes))).toEqual({ credit: undefined, metadata: noMetadata });
  });

  test.each(vectors.refusedExtensions)("is refused for $why", ({ bytes }) => {
    const header = bytesOf(bytes);
    expect(decodeHeader(header).request).toBe(11);
    expect(() => extensionOf(header)).toThrow(EnvelopeError);
  });

  test("is nothing without a header, and for a request with nothing to say", () => {
    expect(extensionOf(undefined)).toEqual({ credit: undefined, metadata: noMetadata });
    expect(encodeExtension(undefined, undefined)).toBeUndefined();
    expect(encodeExtension(undefined, {})).toBeUndefined();
    expect(encodeExtension({ items: 1, bytes: 2 }, {})?.toString("hex")).toBe("0000000100000002");
  });

  test("may be empty in a request that announces one", () => {
    const header = encodeHeader({ ...request, extension: Buffer.alloc(0) });
    expect(typeOf(header)).toBe(messageTypes.request);
    expect(extensionOf(header)).toEqual({ credit: undefined, metadata: noMetadata });
  });

  test("gives the credit and the metadata that were written", () => {
    const anyMetadata = fc.dictionary(fc.stringMatching(/^[a-z-]{1,20}$/), fc.string({ unit: "grapheme" }));
    fc.assert(
      fc.property(fc.option(anyCredit, { nil: undefined }), anyMetadata, (credit, metadata) => {
        const extension = encodeExtension(credit, metadata);
        const read = extensionOf(encodeHeader({ ...(credit === undefined ? request : open), extension }));
        expect(read.credit).toEqual(credit);
        expect(Object.entries(read.metadata)).toEqual(Object.entries(metadata));
      }),
    );
  });

  test("is read or refused, whatever the bytes", () => {
    const any = fc.tuple(fc.constantFrom(request, open), fc.uint8Array({ maxLength: 24 }));
    let refused = 0;
    let read = 0;
    for (const [header, rest] of fc.sample(any, 20_000)) {
      try {
        extensionOf(encodeHeader({ ...header, extension: Buffer.from(rest) }));
        read += 1;
      } catch (error) {
        expect(error).toBeInstanceOf(EnvelopeError);
        refused += 1;
      }
    }
    expect(read).toBeGreaterThan(100);
    expect(refused).toBeGreaterThan(1_000);
  });
});
