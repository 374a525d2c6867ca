/** The header of a message, held to the protocol's test vectors. */

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { EnvelopeError } from "../../src/errors.ts";
import {
  answering,
  correlationOf,
  decodeHeader,
  delimiterIn,
  encodeHeader,
  flagsOf,
  headerLength,
  isExtended,
  isHeader,
  messageTypes,
  positionOf,
  requestFlags,
  streamHeader,
  typeOf,
} from "../../src/wire/envelope.ts";
import { bytesOf, fieldsOf, type HeaderVector, vectors } from "./vectors.ts";

/** Types whose header has a position. */
const positioned = new Set<HeaderVector["header"]["type"]>(["item", "items", "end", "credit", "enough"]);
const ofStreams = vectors.headers.filter(({ header }) => header.position !== undefined);
const others = vectors.headers.filter(({ header }) => header.position === undefined);
const anyRequest = { type: messageTypes.request, flags: 0, priority: 0, remaining: 0, client: 7, request: 11 };

const anyType = fc.constantFrom(...Object.values(messageTypes));
const anyWord = fc.integer({ min: 0, max: 0xffff_ffff });

describe("the header of the envelope", () => {
  test.each(others)("is written and read as $bytes", ({ bytes, header }) => {
    const whole = bytesOf(bytes);
    const extension = whole.length > headerLength ? whole.subarray(headerLength) : undefined;
    const given = fieldsOf(header);
    expect(encodeHeader({ ...given, extension }).toString("hex")).toBe(bytes);
    expect(decodeHeader(whole)).toEqual(given);
    expect(isExtended(whole)).toBe(extension !== undefined);
  });

  test.each(ofStreams)("of a stream's message is written and read as $bytes", ({ bytes, header }) => {
    const { type, flags, position, client, request } = header;
    const open = encodeHeader({ ...anyRequest, type: messageTypes.open, priority: 9, remaining: 500, client, request });
    expect(streamHeader(open, messageTypes[type], flags, position as number).toString("hex")).toBe(bytes);
    const whole = bytesOf(bytes);
    expect(decodeHeader(whole)).toMatchObject({ type: messageTypes[type], flags, priority: 0, client, request });
    expect(positionOf(whole)).toBe(position);
    expect(isExtended(whole)).toBe(false);
  });

  test("is shown in every type, with a position where it has one", () => {
    expect(new Set(vectors.headers.map(({ header }) => header.type))).toEqual(new Set(Object.keys(messageTypes)));
    expect(new Set(ofStreams.map(({ header }) => header.type))).toEqual(positioned);
  });

  test.each(vectors.refused)("is refused with $why", ({ bytes }) => {
    const header = bytesOf(bytes);
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
    expect(decodeHeader(encodeHeader({ ...anyRequest, remaining: 0.2 })).remaining).toBe(1);
    expect(decodeHeader(encodeHeader({ ...anyRequest, remaining: -5 })).remaining).toBe(0);
    expect(decodeHeader(encodeHeader({ ...anyRequest, remaining: 1e12 })).remaining).toBe(0xffff_fffe);
  });

  test("counts positions modulo 2^32", () => {
    const open = encodeHeader({ ...anyRequest, type: messageTypes.open });
    expect(positionOf(streamHeader(open, messageTypes.items, 0, 2 ** 32 + 5))).toBe(5);
    expect(positionOf(streamHeader(open, messageTypes.end, 0, 2 ** 32 - 1))).toBe(2 ** 32 - 1);
  });

  test("of an answer has the same correlation id and no extension", () => {
    const extension = Buffer.from("0100016162", "hex");
    const request = encodeHeader({ ...anyRequest, flags: requestFlags.ask, extension });
    const id = correlationOf(request);
    const answer = answering(Buffer.from(request), messageTypes.reply);
    expect(answer).toHaveLength(headerLength);
    expect({ type: typeOf(answer), flags: flagsOf(answer), id: correlationOf(answer) }).toEqual({
      type: messageTypes.reply,
      flags: 0,
      id,
    });
    expect(correlationOf(streamHeader(request, messageTypes.item, 0, 0))).toBe(id);
  });

  test("gives what was written, for any fields", () => {
    const fields = fc.record({
      type: anyType,
      flags: fc.integer({ min: 0, max: 255 }),
      priority: fc.integer({ min: -128, max: 127 }),
      remaining: fc.oneof(fc.integer({ min: 0, max: 0xffff_fffe }), fc.constant(Number.POSITIVE_INFINITY)),
      client: anyWord,
      request: anyWord,
    });
    fc.assert(
      fc.property(fields, (given) => {
        expect(decodeHeader(encodeHeader(given))).toEqual(given);
      }),
    );
  });

  test("is extended in requests and opens alone, and says so", () => {
    const mayBe = new Set<number>([messageTypes.request, messageTypes.open]);
    fc.assert(
      fc.property(anyType, fc.uint8Array({ minLength: 1, maxLength: 40 }), (type, rest) => {
        const header = encodeHeader({ ...anyRequest, type, extension: Buffer.from(rest) });
        expect(flagsOf(header) & requestFlags.extended).toBe(requestFlags.extended);
        if (mayBe.has(type)) expect(typeOf(header)).toBe(type);
        else expect(() => typeOf(header)).toThrow(EnvelopeError);
        header[4] = 0;
        expect(() => typeOf(header)).toThrow(EnvelopeError);
      }),
    );
  });

  test("is read or refused, whatever the bytes", () => {
    const lengths = fc
      .constantFrom(13, 14, 15, 20, 40)
      .chain((length) => fc.uint8Array({ maxLength: length, minLength: length }));
    const marked = fc.tuple(fc.constantFrom("f56d0101", "f56d010a", "f56d01", "f56d", ""), lengths);
    let read = 0;
    let refused = 0;
    for (const [start, rest] of fc.sample(marked, 20_000)) {
      const frame = Buffer.concat([bytesOf(start), rest]);
      try {
        decodeHeader(frame);
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

describe("the delimiter", () => {
  test("is the first empty frame within the limit of 1 024 frames", () => {
    const frames = (count: number) => Array.from({ length: count }, () => Buffer.from("x"));
    const empty = Buffer.alloc(0);
    expect(delimiterIn([empty, Buffer.from("x"), empty, empty], 1)).toBe(2);
    expect(delimiterIn([...frames(1_023), empty], 1)).toBe(1_023);
    expect(delimiterIn([...frames(1_024), empty], 1)).toBe(-1);
    expect(delimiterIn(frames(3), 1)).toBe(-1);
  });
});
