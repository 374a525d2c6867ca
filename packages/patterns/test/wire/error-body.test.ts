/** The body of an error: what a client makes of it. */

import { TimeoutError, UnsupportedError } from "@awaitmq/core";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { DisconnectedError, EnvelopeError, OverloadedError, RemoteError, UnavailableError } from "../../src/errors.ts";
import { asMessage } from "../../src/message/as-message.ts";
import { errorFlags } from "../../src/wire/envelope.ts";
import { decodeError, encodeError } from "../../src/wire/error-body.ts";

const errors = [DisconnectedError, EnvelopeError, OverloadedError, TimeoutError, UnavailableError, UnsupportedError];
const either = [errorFlags.refused, errorFlags.own, errorFlags.refused | errorFlags.own];

function bodyOf(error: unknown, flags: number, exposure: "none" | "message" = "message"): Buffer[] {
  return asMessage(encodeError(error, { exposure, id: "7", flags }));
}

describe("the body of an error", () => {
  test.each(errors)("gives the server's own %o with its sentence, if a flag says so", (Own) => {
    const error = new Own("why");
    for (const flags of either) {
      const read = decodeError(bodyOf(error, flags), flags);
      expect(read).toBeInstanceOf(Own);
      expect(read.message).toBe("why");
    }
  });

  test.each(errors)("gives the handler's %o as a RemoteError", (Own) => {
    const read = decodeError(bodyOf(new Own("why"), 0), 0);
    expect(read).toBeInstanceOf(RemoteError);
    expect(read).not.toBeInstanceOf(Own);
    expect(read.message).toContain("why");
  });

  test("gives a RemoteError for a code that no server has of its own", () => {
    for (const code of ["ERR_REMOTE", "toString", "__proto__", "ENOENT", 7, undefined])
      expect(decodeError([Buffer.from(JSON.stringify({ message: "why", code }))], errorFlags.own)).toBeInstanceOf(
        RemoteError,
      );
  });

  test("hides the sentence of any error but the one that says what a call cannot do", () => {
    for (const Own of errors) {
      const read = decodeError(bodyOf(new Own("secret"), errorFlags.own, "none"), errorFlags.own);
      expect(read).toBeInstanceOf(Own);
      expect(read.message.includes("secret")).toBe(Own === UnsupportedError);
    }
    expect(bodyOf(new UnsupportedError("secret"), 0, "none")[0]?.includes("secret")).toBe(false);
  });

  test("is read or refused, whatever the bytes", () => {
    const json = fc.json().map((text) => Buffer.from(text));
    const bytes = fc.uint8Array({ maxLength: 40 }).map((some) => Buffer.from(some));
    fc.assert(
      fc.property(fc.oneof(json, bytes), fc.integer({ min: 0, max: 255 }), (body, flags) => {
        const read = decodeError([body], flags);
        expect([RemoteError, EnvelopeError]).toContain(read.constructor);
      }),
    );
    expect(decodeError([], 0)).toBeInstanceOf(EnvelopeError);
  });
});
