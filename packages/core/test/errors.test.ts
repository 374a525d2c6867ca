import { describe, expect, test } from "vitest";
import * as core from "../src/index.ts";

const cause = new Error("from libzmq");

const errors: { error: core.MessagingError; name: string; code: core.ErrorCode }[] = [
  { error: new core.MessagingError("m", "ERR_NATIVE", { cause }), name: "MessagingError", code: "ERR_NATIVE" },
  { error: new core.TimeoutError("m", { cause }), name: "TimeoutError", code: "ERR_TIMEOUT" },
  { error: new core.ClosedError("m", { cause }), name: "ClosedError", code: "ERR_CLOSED" },
  { error: new core.QueueFullError("m", { cause }), name: "QueueFullError", code: "ERR_QUEUE_FULL" },
  {
    error: new core.UnroutableError("m", Buffer.from("peer"), { cause }),
    name: "UnroutableError",
    code: "ERR_UNROUTABLE",
  },
  {
    error: new core.AddressError("m", "ERR_ADDRESS_IN_USE", "tcp://a:1", { cause }),
    name: "AddressError",
    code: "ERR_ADDRESS_IN_USE",
  },
  {
    error: new core.HandshakeError("m", "tcp://a:1", "auth", { cause }),
    name: "HandshakeError",
    code: "ERR_HANDSHAKE",
  },
  { error: new core.UnsupportedError("m", { cause }), name: "UnsupportedError", code: "ERR_UNSUPPORTED" },
];

describe.each(errors)("$name", ({ error, name, code }) => {
  test("is a MessagingError with its name, code, message and cause", () => {
    expect(error).toBeInstanceOf(core.MessagingError);
    expect(error).toBeInstanceOf(Error);
    expect(error.name).toBe(name);
    expect(error.code).toBe(code);
    expect(error.message).toBe("m");
    expect(error.cause).toBe(cause);
    expect(error.stack).toContain("errors.test.ts");
    expect(String(error)).toBe(`${name}: m`);
  });
});

describe("an error from a socket", () => {
  test("names the address it is about, and has libzmq's error as its cause", async () => {
    await using first = new core.Pull();
    await using second = new core.Pull();
    const endpoint = await first.bind("tcp://127.0.0.1:*");
    const error = await second.bind(endpoint).catch((error: unknown) => error);
    expect(error).toBeInstanceOf(core.AddressError);
    expect(error).toMatchObject({
      code: "ERR_ADDRESS_IN_USE",
      address: endpoint,
      message: `Cannot bind to ${endpoint}: the address is in use`,
      cause: { code: "EADDRINUSE" },
    });
  });

  test("names the peer that is not there", async () => {
    await using router = new core.Router();
    await router.bind("tcp://127.0.0.1:*");
    const routingId = Buffer.from([0, 1, 0xfe]);
    const error = await router.send([routingId, "x"]).catch((error: unknown) => error);
    expect(error).toBeInstanceOf(core.UnroutableError);
    expect(error).toMatchObject({ code: "ERR_UNROUTABLE", routingId });
    expect((error as Error).message).toContain("0001fe");
  });

  test("is an abort's reason itself when the signal ends the wait", async () => {
    await using pull = new core.Pull();
    const reason = { any: "value" };
    await expect(pull.receive({ signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
    await expect(pull.ready({ signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
    const controller = new AbortController();
    const waiting = pull.receive({ signal: controller.signal });
    controller.abort(reason);
    await expect(waiting).rejects.toBe(reason);
  });
});
