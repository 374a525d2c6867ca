import { type ErrorCode, MessagingError } from "@awaitmq/core";
import { describe, expect, test } from "vitest";
import {
  CancelledError,
  CodecError,
  DeadlockError,
  DisconnectedError,
  EnvelopeError,
  InUseError,
  OverloadedError,
  TooLateError,
  UnavailableError,
} from "../src/index.ts";

const cause = new Error("beneath");

describe.each<[typeof MessagingError, string, ErrorCode]>([
  [CancelledError, "CancelledError", "ERR_CANCELLED"],
  [CodecError, "CodecError", "ERR_CODEC"],
  [DeadlockError, "DeadlockError", "ERR_DEADLOCK"],
  [DisconnectedError, "DisconnectedError", "ERR_DISCONNECTED"],
  [EnvelopeError, "EnvelopeError", "ERR_ENVELOPE"],
  [InUseError, "InUseError", "ERR_IN_USE"],
  [OverloadedError, "OverloadedError", "ERR_OVERLOADED"],
  [TooLateError, "TooLateError", "ERR_TOO_LATE"],
  [UnavailableError, "UnavailableError", "ERR_UNAVAILABLE"],
])("%o", (Kind, name, code) => {
  test("is a MessagingError with its name, code, message and cause", () => {
    const error = new Kind("m", { cause });
    expect(error).toBeInstanceOf(MessagingError);
    expect(error).toMatchObject({ name, code, message: "m", cause });
    expect(String(error)).toBe(`${name}: m`);
  });
});
