/** The names, addresses and causes of errors. */

import { describe, expect, test } from "vitest";
import * as core from "../src/index.ts";

test("each error class that is exported names its errors as it is exported, also when a bundler has renamed the class", () => {
  const classes = Object.entries(core).filter(([, each]) =>
    Object.prototype.isPrototypeOf.call(core.MessagingError, each),
  );
  expect(classes.length).toBeGreaterThan(5);
  for (const [name, exported] of classes) {
    const Renamed = { e: class extends (exported as typeof core.MessagingError) {} }.e;
    expect([name, new Renamed("m").name]).toEqual([name, name]);
  }
});

describe("an error from a socket", () => {
  test("names the address it is about, and has libzmq's error as its cause", async () => {
    await using first = new core.Pull();
    await using second = new core.Pull();
    const endpoint = await first.bind("tcp://127.0.0.1:*");
    const error = await second.bind(endpoint).catch((error: unknown) => error);
    expect(error).toBeInstanceOf(core.AddressError);
    expect(error).toBeInstanceOf(core.MessagingError);
    expect(error).toMatchObject({
      name: "AddressError",
      code: "ERR_ADDRESS_IN_USE",
      address: endpoint,
      message: `Cannot bind to ${endpoint}: the address is in use. Close the socket or program that uses it, or choose another address`,
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
