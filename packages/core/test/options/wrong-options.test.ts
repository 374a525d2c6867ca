/** Options that are refused. */

import { describe, expect, test } from "vitest";
import * as core from "../../src/index.ts";

describe("a wrong option", () => {
  test("of an unknown name is a TypeError that names it, and leaves no socket open", () => {
    expect(() => new core.Push({ hwm: 1 } as object)).toThrow(new TypeError('Push has no option "hwm"'));
    for (const none of [null, 5, "tcp://127.0.0.1:1"])
      expect(() => new core.Push(none as never)).toThrow(/^Push takes an object of options, got /);
    expect(() => new core.Pull({ sendHighWaterMark: 1 } as object)).toThrow(TypeError);
    expect(() => new core.Push({ maxPendingReceives: 1 } as object)).toThrow(TypeError);
  });

  test("that can't be set, a method or a state, is a TypeError", () => {
    for (const name of ["closed", "type", "lastEndpoint", "send", "endpoints", "constructor", "toString", "__proto__x"])
      expect(() => new core.Push({ [name]: 1 } as object), name).toThrow(TypeError);
  });

  test("of a wrong type is a TypeError that names it", async () => {
    expect(() => new core.Push({ sendHighWaterMark: "1000" } as object)).toThrow(/sendHighWaterMark/);
    expect(() => new core.Push({ sendHighWaterMark: "1000" } as object)).toThrow(TypeError);
    expect(() => new core.Push({ immediate: 1 } as object)).toThrow(TypeError);
    expect(() => new core.Push({ plainUsername: 5 } as object)).toThrow(TypeError);
    await using push = new core.Push();
    expect(() => Object.assign(push, { linger: "soon" })).toThrow(TypeError);
    expect(push.linger).toBe(2_000);
  });

  test("of a value that libzmq refuses is a RangeError that names it, and has libzmq's error as its cause", async () => {
    await using push = new core.Push();
    expect(() => {
      push.sendHighWaterMark = -5;
    }).toThrow(RangeError);
    try {
      push.plainUsername = "";
      expect.unreachable();
    } catch (error) {
      expect(error).toBeInstanceOf(RangeError);
      expect((error as Error).message).toContain("plainUsername");
      expect((error as Error).cause).toMatchObject({ code: "EINVAL" });
    }
  });

  test.each(["sendTimeout", "maxPendingSends"])(
    "%s that is no whole number is a RangeError, or a TypeError",
    async (name) => {
      for (const value of [1.5, -2, Number.NaN, Number.NEGATIVE_INFINITY])
        expect(() => new core.Push({ [name]: value } as object), String(value)).toThrow(RangeError);
      expect(() => new core.Push({ [name]: "10" } as object)).toThrow(TypeError);
    },
  );

  test.each([
    ["linger", [Number.NEGATIVE_INFINITY, Number.NaN, 2 ** 31, 2 ** 53, 1.5]],
    ["backlog", [2 ** 31, Number.NaN]],
    ["heartbeatInterval", [2 ** 32, 0.5]],
    ["affinity", [-1, 1.5, 2 ** 60]],
    ["maxMessageSize", [-2, Number.POSITIVE_INFINITY]],
    ["interface", ["lo\0x"]],
    ["plainPassword", ["a\0b"]],
  ] as const)("%s that zeromq would make another is a RangeError", async (name, values) => {
    await using push = new core.Push();
    const before = push[name];
    for (const value of values) {
      expect(() => new core.Push({ [name]: value } as object), String(value)).toThrow(RangeError);
      expect(() => Object.assign(push, { [name]: value }), String(value)).toThrow(RangeError);
    }
    expect(push[name]).toBe(before);
    for (const option of ["ioThreads", "maxMessageSize", "maxSockets"])
      expect(() => new core.Context({ [option]: 2 ** 31 })).toThrow(RangeError);
  });

  test("of Infinity is none, where there may be none", async () => {
    const none = Number.POSITIVE_INFINITY;
    await using push = new core.Push({ linger: none, sendTimeout: none, maxPendingSends: none });
    expect([push.linger, push.sendTimeout, push.maxPendingSends]).toEqual([-1, -1, none]);
    await push.close({ linger: 0 });
  });

  test("that is large and fits is taken", async () => {
    await using push = new core.Push({ maxMessageSize: 2 ** 40, affinity: 2 ** 40, linger: 2 ** 31 - 1 });
    expect([push.maxMessageSize, push.affinity, push.linger]).toEqual([2 ** 40, 2 ** 40, 2 ** 31 - 1]);
    await push.close();
  });

  test("of context is a TypeError", () => {
    expect(() => new core.Push({ context: {} } as object)).toThrow(TypeError);
    expect(() => new core.Push({ context: null } as object)).toThrow(TypeError);
  });
});
