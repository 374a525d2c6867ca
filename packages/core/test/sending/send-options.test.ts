/** Wrong messages and options of `send`. */

import { describe, expect, test } from "vitest";
import { ClosedError, MessagingError, Push, Router } from "../../src/index.ts";
import { drain, narrow } from "./narrow.ts";

describe("wrong arguments", () => {
  test("reject, never throw, and send nothing", async () => {
    await using it = await narrow();
    await using router = new Router();
    const wrongMessages = [
      undefined,
      1,
      1n,
      true,
      {},
      Symbol("s"),
      [],
      [undefined],
      [["nested"]],
      ["fine", {}],
      () => {},
    ];
    for (const wrong of wrongMessages) {
      for (const socket of [it.push, router]) {
        const call = socket.send(wrong as never);
        expect(call).toBeInstanceOf(Promise);
        await expect(call).rejects.toThrow(TypeError);
      }
    }
    const wrongOptions: [unknown, unknown][] = [
      [null, TypeError],
      [{ timeout: "5" }, TypeError],
      [{ timeout: null }, TypeError],
      [{ timeout: -1 }, RangeError],
      [{ timeout: Number.NaN }, RangeError],
      [{ signal: {} }, TypeError],
      [{ signal: null }, TypeError],
      [{ copy: 0 }, TypeError],
    ];
    for (const [options, error] of wrongOptions) {
      const call = it.push.send("never", options as never);
      expect(call).toBeInstanceOf(Promise);
      await expect(call, JSON.stringify(options)).rejects.toThrow(error as never);
    }
    await it.push.send("end");
    expect(await drain(it.pull, "end")).toEqual(["end"]);
  });

  test("on a closed socket every call rejects ClosedError", async () => {
    const push = new Push();
    await push.close();
    const call = push.send("never");
    expect(call).toBeInstanceOf(Promise);
    await expect(call).rejects.toThrow(ClosedError);
    await expect(call).rejects.toBeInstanceOf(MessagingError);
    await expect(call).rejects.toMatchObject({
      code: "ERR_CLOSED",
      message: "Cannot send: the Push socket is closed",
    });
  });

  test("options and message are left as they were", async () => {
    await using it = await narrow();
    const message = Object.freeze(["a", "b"]);
    const options = Object.freeze({ timeout: 100_000, copy: true, signal: new AbortController().signal });
    await it.push.send(message, options);
    expect((await it.pull.receive()).map(String)).toEqual(["a", "b"]);
    expect(message).toEqual(["a", "b"]);
    expect(Object.keys(options)).toEqual(["timeout", "copy", "signal"]);
  });
});
