/** The errors that programs tell apart: exported by the names that they carry, with codes that stay. */

import { MessagingError } from "@awaitmq/core";
import { expect, expectTypeOf, test } from "vitest";
import type { OverloadedError, UnavailableError } from "../src/index.ts";
import * as patterns from "../src/index.ts";

/** Programs compare with these, so none may change. */
const codes = {
  CancelledError: "ERR_CANCELLED",
  CodecError: "ERR_CODEC",
  DeadlockError: "ERR_DEADLOCK",
  DisconnectedError: "ERR_DISCONNECTED",
  EnvelopeError: "ERR_ENVELOPE",
  InUseError: "ERR_IN_USE",
  OverloadedError: "ERR_OVERLOADED",
  RemoteError: "ERR_REMOTE",
  SchemaError: "ERR_SCHEMA",
  TooLateError: "ERR_TOO_LATE",
  UnavailableError: "ERR_UNAVAILABLE",
};

test("each error class that is exported names its errors so, also when a bundler has renamed the class, and has its code", () => {
  const found: Record<string, string> = {};
  for (const [name, exported] of Object.entries(patterns)) {
    if (!Object.prototype.isPrototypeOf.call(MessagingError, exported)) continue;
    const Renamed = { e: class extends (exported as unknown as typeof MessagingError) {} }.e;
    const error = new Renamed("m");
    expect(error.name).toBe(name);
    found[name] = error.code;
  }
  expect(found).toEqual(codes);
});

test("a code narrows to its class", () => {
  const overloaded = (error: OverloadedError | UnavailableError) =>
    error.code === "ERR_OVERLOADED" ? error : undefined;
  expectTypeOf(overloaded).returns.toEqualTypeOf<OverloadedError | undefined>();
});
