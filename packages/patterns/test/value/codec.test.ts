/** The codecs `json`, `text` and `bytes`, and own ones. */

import type { Message } from "@awaitmq/core";
import fc from "fast-check";
import { pack, unpack } from "msgpackr";
import { describe, expect, test } from "vitest";
import { bytes, type Codec, CodecError, codec, json, text } from "../../src/index.ts";
import { decodeValue, encodeValue } from "../../src/value/codec.ts";

/** What arrives after a value was sent: a frame as the bytes that ZeroMQ makes of it. */
function travel(frames: readonly unknown[]): Message {
  return frames.map((frame) => (typeof frame === "string" ? Buffer.from(frame) : (frame as Buffer))) as Message;
}

function thereAndBack<T>(of: Codec<T>, value: T): T {
  return decodeValue(of, travel(encodeValue(of, value, "here")), "here");
}

function caught(body: () => unknown): CodecError {
  try {
    body();
  } catch (error) {
    expect(error).toBeInstanceOf(CodecError);
    return error as CodecError;
  }
  throw new Error("Nothing was thrown");
}

test("json gives back every JSON value as it was", () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      expect(thereAndBack(json, value)).toEqual(JSON.parse(JSON.stringify(value)));
    }),
  );
});

test("text gives back every well-formed string, also an empty one and one that begins with a byte order mark", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), (value) => {
      expect(thereAndBack(text, value)).toBe(value);
    }),
  );
  expect(thereAndBack(text, "")).toBe("");
  expect(thereAndBack(text, "\ufeffprices")).toBe("\ufeffprices");
});

test("bytes gives the very buffer that arrived", () => {
  const frame = Buffer.from([0, 1, 255]);
  expect(bytes.decode([frame])).toBe(frame);
  expect(bytes.encode(new Float64Array(2))).toEqual(new Float64Array(2));
});

test("codec makes one of a library's two functions, which get the value and the bytes and nothing else", () => {
  const messagePack = codec<unknown>(pack, unpack);
  const value = { bid: 1.1, at: new Date(0), raw: Buffer.from([1, 2]) };
  expect(thereAndBack(messagePack, value)).toEqual(value);
  const seen: unknown[][] = [];
  const curious = codec<string>(
    (...given) => String(seen.push(given)),
    (...given) => String(seen.push(given)),
  );
  thereAndBack(curious, "value");
  expect(seen).toEqual([["value"], [Buffer.from("1")]]);
});

test("a codec of one's own may have several frames a value", () => {
  const pair: Codec<[string, Buffer]> = {
    encode: ([name, body]) => [name, body],
    decode: ([name, body = Buffer.alloc(0)]) => [String(name), body],
  };
  expect(thereAndBack(pair, ["a", Buffer.from("b")])).toEqual(["a", Buffer.from("b")]);
});

describe("what a codec throws is the cause of a CodecError that says where", () => {
  const failure = new Error("out of order");
  const broken = codec<string>(
    () => {
      throw failure;
    },
    () => {
      throw failure;
    },
  );

  test("encoding", () => {
    const error = caught(() => encodeValue(broken, "", "on topic a"));
    expect(error.cause).toBe(failure);
    expect(error.code).toBe("ERR_CODEC");
    expect(error.message).toBe("Cannot encode a value on topic a: out of order");
  });

  test("decoding", () => {
    const error = caught(() => decodeValue(broken, [Buffer.alloc(0)], "on topic a"));
    expect(error.cause).toBe(failure);
    expect(error.message).toBe("Cannot decode a message on topic a: out of order");
  });
});

test.each<[string, () => unknown]>([
  ["undefined in JSON", () => encodeValue(json, undefined, "")],
  ["a function in JSON", () => encodeValue(json, () => {}, "")],
  ["a BigInt in JSON", () => encodeValue(json, 1n, "")],
  [
    "a circle in JSON",
    () => {
      const circle: Record<string, unknown> = {};
      circle.self = circle;
      return encodeValue(json, circle, "");
    },
  ],
  ["a lone surrogate as text", () => encodeValue(text, "\ud800", "")],
  ["a number as text", () => encodeValue<never>(text, 1 as never, "")],
  ["a string as bytes", () => encodeValue<never>(bytes, "a" as never, "")],
  ["a codec that gives no frames", () => encodeValue({ encode: () => [] }, 1, "")],
  ["a codec that gives what is no frame", () => encodeValue({ encode: () => 5 as never }, 1, "")],
  ["a codec that gives a nested array", () => encodeValue({ encode: () => [["a"]] as never }, 1, "")],
  ["bytes that are no JSON", () => decodeValue(json, [Buffer.from("{")], "")],
  ["bytes that are no UTF-8 as JSON", () => decodeValue(json, [Buffer.from([0x22, 0xff, 0x22])], "")],
  ["bytes that are no UTF-8 as text", () => decodeValue(text, [Buffer.from([0xc3])], "")],
  ["two frames as text", () => decodeValue(text, [Buffer.alloc(0), Buffer.alloc(0)], "")],
  ["two frames as bytes", () => decodeValue(bytes, [Buffer.alloc(0), Buffer.alloc(0)], "")],
  ["two frames for a function", () => decodeValue(codec(String, String), [Buffer.alloc(0), Buffer.alloc(0)], "")],
  ["no frame at all", () => decodeValue(bytes, [], "")],
])("refused: %s", (_, body) => {
  caught(body);
});

test("codec wants two functions", () => {
  expect(() => codec(pack, undefined as never)).toThrow(TypeError);
});
