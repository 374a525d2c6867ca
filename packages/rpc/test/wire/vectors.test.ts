/** The bytes of calls, values and errors, as the page of the protocol tells them. */

import { readFileSync } from "node:fs";
import { UnsupportedError } from "@awaitmq/core";
import { CodecError, RemoteError, SchemaError } from "@awaitmq/patterns";
import { receivedWith, withReceived } from "@awaitmq/patterns/internals";
import { pack, unpack } from "msgpackr";
import { describe, expect, test } from "vitest";
import { type ContractCodec, contract, Failure, type, UnimplementedError } from "../../src/index.ts";
import { encodeCall, inputOf, readCall } from "../../src/wire/call.ts";
import { encodeError, explainError, refuseError } from "../../src/wire/errors.ts";
import { decodeValue, encodeValue } from "../../src/wire/values.ts";

/** Text, or bytes that need not be text. */
type Bytes = string | { readonly hex: string };

interface Framed {
  readonly frames: readonly Bytes[];
}

interface Refused extends Framed {
  readonly why: string;
}

interface Value extends Framed {
  readonly encoding: string;
  /** Absent for `undefined`. */
  readonly value?: unknown;
  /** The codec of the contract, where the encoding does not say it. */
  readonly codec?: "msgpack";
}

interface Call extends Value {
  readonly path: string;
}

interface ErrorVector
  extends Framed,
    Partial<Pick<SchemaError, "issues" | "side">>,
    Partial<Pick<UnimplementedError, "methods">> {
  readonly code: string;
  readonly message: string;
  readonly method?: string;
  readonly data?: unknown;
  readonly codec?: "msgpack";
}

interface Vectors {
  readonly calls: readonly Call[];
  readonly otherCalls: readonly Call[];
  readonly refusedCalls: readonly Refused[];
  readonly values: readonly Value[];
  readonly otherValues: readonly Value[];
  readonly refusedValues: readonly Refused[];
  readonly errors: readonly ErrorVector[];
  readonly otherErrors: readonly ErrorVector[];
  readonly remoteErrors: readonly Refused[];
  readonly refusedErrors: readonly Refused[];
}

const file = new URL("../../../../docs/protocols/services.json", import.meta.url);
const vectors: Vectors = JSON.parse(readFileSync(file, "utf8"));

const msgpack: ContractCodec = { name: "msgpack", encode: pack, decode: unpack };
const { quote } = contract("prices", {
  quote: { errors: { UNKNOWN_SYMBOL: type<unknown>(), CLOSED: type<undefined>(), LIMITED: type<unknown>() } },
});
const where = "of a test";

function bytesOf(frame: Bytes): Buffer {
  return typeof frame === "string" ? Buffer.from(frame) : Buffer.from(frame.hex, "hex");
}

function framesOf({ frames }: Framed): Buffer[] {
  return frames.map(bytesOf);
}

/** What a program has of a value: bytes, if it is an object with `hex` alone. */
function unhex(value: unknown): unknown {
  return Object.keys(Object(value)).join() === "hex" ? bytesOf(value as Bytes) : value;
}

function codecOf({ encoding, codec }: { readonly encoding?: string; readonly codec?: string }) {
  return encoding === "msgpack" || codec === "msgpack" ? msgpack : undefined;
}

/** Compares frames by their bytes, whether they are text or not. */
function hexOf(frames: readonly unknown[]): string[] {
  return frames.map((frame) => Buffer.from(frame as string).toString("hex"));
}

/** What a caller gets of an error: as details of the envelope's error, and as the reply of a plain server. */
function explained(vector: Framed): { readonly byDetails: Error; readonly byReply: unknown } {
  const remote = new RemoteError({ name: "Error", message: "" });
  const byDetails = explainError(withReceived(remote, framesOf(vector)), quote, [msgpack]);
  try {
    refuseError(framesOf(vector), quote, [msgpack]);
    return { byDetails, byReply: undefined };
  } catch (byReply) {
    return { byDetails, byReply };
  }
}

describe("a call", () => {
  test.each(vectors.calls)("is written as $frames", (call) => {
    expect(hexOf(encodeCall(call.path, unhex(call.value), codecOf(call), where))).toEqual(hexOf(framesOf(call)));
  });

  test.each([...vectors.calls, ...vectors.otherCalls])("is read from $frames", (call) => {
    const found = readCall(framesOf(call));
    expect(found).toMatchObject({ path: call.path, encoding: call.encoding });
    expect(inputOf(found, [msgpack], where)).toEqual(unhex(call.value));
  });

  test.each(vectors.refusedCalls)("is refused with $why: $frames", (vector) => {
    expect(() => readCall(framesOf(vector))).toThrow(CodecError);
  });
});

describe("a value", () => {
  test.each(vectors.values)("is written as $frames", (vector) => {
    const frames = encodeValue(unhex(vector.value), codecOf(vector), where);
    expect(hexOf(frames)).toEqual(hexOf(framesOf(vector)));
  });

  test.each([...vectors.values, ...vectors.otherValues])("is read from $frames", (vector) => {
    expect(decodeValue(framesOf(vector), [msgpack], where)).toEqual(unhex(vector.value));
  });

  test.each(vectors.refusedValues)("is refused with $why: $frames", (vector) => {
    expect(() => decodeValue(framesOf(vector), [msgpack], where)).toThrow(CodecError);
  });
});

/** The error that a server has. */
function errorOf({ code, message, method, data, side, issues, methods }: ErrorVector) {
  if (method !== undefined) return new Failure(method, code, unhex(data), message);
  if (issues !== undefined) return new SchemaError(message, issues, { side });
  if (methods !== undefined) return new UnimplementedError(message, methods);
  return code === "ERR_UNSUPPORTED" ? new UnsupportedError(message) : new CodecError(message);
}

describe("an error", () => {
  test.each(vectors.errors)("is written as $frames", (vector) => {
    expect(hexOf(encodeError(errorOf(vector), codecOf(vector)))).toEqual(hexOf(framesOf(vector)));
  });

  test.each([...vectors.errors, ...vectors.otherErrors])("is read from $frames", (vector) => {
    const expected = errorOf(vector);
    for (const error of Object.values(explained(vector))) {
      expect(error).toBeInstanceOf(expected.constructor);
      expect({ ...(error as Error), message: (error as Error).message }).toEqual({
        ...expected,
        message: expected.message,
      });
    }
  });

  test.each(vectors.remoteErrors)("is a RemoteError if it is $why: $frames", (vector) => {
    const { byDetails, byReply } = explained(vector);
    expect(byDetails).toBeInstanceOf(RemoteError);
    expect(receivedWith(byDetails)).toEqual(framesOf(vector));
    expect(byReply).toBeInstanceOf(RemoteError);
  });

  test.each(vectors.refusedErrors)("is refused with $why: $frames", (vector) => {
    const { byDetails, byReply } = explained(vector);
    expect(byDetails).toBeInstanceOf(CodecError);
    expect(byReply).toBeInstanceOf(CodecError);
  });
});
