/** Misspelt options and properties are a `TypeError`. */

import { describe, expect, test, vi } from "vitest";
import { Server } from "../../src/draft.ts";
import {
  Context,
  closeAll,
  Dealer,
  Publisher,
  Pull,
  Push,
  proxy,
  Router,
  type Socket,
  toWritable,
  toWritableStream,
} from "../../src/index.ts";
import { packed, unpacked } from "../../src/packed.ts";

describe("A property that does not exist can't be set, also by code that is not strict,", () => {
  test("on sockets", async () => {
    for (const type of [Dealer, Publisher, Router, Server]) {
      await using socket: Socket = new type();
      for (const name of ["recieveTimeout", "handOver", "sendHWM", "tag"]) {
        const sloppy = new Function("socket", `socket.${name} = 5`);
        expect(() => sloppy(socket)).toThrow(new TypeError(`${type.name} has no option "${name}"`));
        expect(name in socket).toBe(false);
      }
      // An option of another type of socket.
      expect(() => Object.assign(socket, { welcomeMessage: "hello" })).toThrow(TypeError);
    }
  });

  test("on contexts", () => {
    const context = new Context();
    expect(() => Object.assign(context, { maxSocket: 1 })).toThrow(new TypeError('Context has no option "maxSocket"'));
    expect("maxSocket" in context).toBe(false);
  });
});

test("A socket can be extended, spied on and marked", async () => {
  class Named extends Dealer {
    label = "field";
    assigned: string;
    constructor() {
      super();
      this.assigned = "in the constructor";
    }
  }
  await using named = new Named();
  expect([named.label, named.assigned]).toEqual(["field", "in the constructor"]);
  await using push = new Push();
  const send = vi.spyOn(push, "send").mockResolvedValue();
  await push.send("to nobody");
  expect(send).toHaveBeenCalledOnce();
  const mark = Symbol("mark");
  expect(Object.assign(push, { [mark]: 1, toString: () => "mine" })).toMatchObject({ [mark]: 1 });
  expect(String(push)).toBe("mine");
});

describe("A constructor takes no option that it does not have", () => {
  test.each([
    ["a socket", () => new Pull({ recieveTimeout: 5 } as object), 'Pull has no option "recieveTimeout"'],
    [
      "a socket, of no value",
      () => new Pull({ recieveTimeout: undefined } as object),
      'Pull has no option "recieveTimeout"',
    ],
    ["a context", () => new Context({ maxSocket: 5 } as object), 'Context has no option "maxSocket"'],
    [
      "a context, of no value",
      () => new Context({ maxSocket: undefined } as object),
      'Context has no option "maxSocket"',
    ],
    ["a context, a number", () => new Context(1 as never), "Context takes an object of options, got number"],
    ["a socket, another one", () => new Pull(new Pull() as never), "Pull takes an object of options, got a Pull"],
    ["a socket, a Map", () => new Pull(new Map() as never), "Pull takes an object of options, got a Map"],
    ["a socket, an array", () => new Pull(["x"] as never), "Pull takes an object of options, got an array"],
    [
      "a context, another one",
      () => new Context(new Context() as never),
      "Context takes an object of options, got a Context",
    ],
    ["a context, null", () => new Context(null as never), "Context takes an object of options, got null"],
  ])("for %s", (_, open, message) => {
    expect(open).toThrow(new TypeError(message));
  });
});

describe("A call takes no option that it does not have, and no options that are no object:", () => {
  const push = new Push();
  const pull = new Pull();
  const router = new Router();
  const calls: Record<string, (options: never) => unknown> = {
    send: (options) => push.send("message", options),
    sendAll: (options) => push.sendAll([], options),
    receive: (options) => pull.receive(options),
    messages: (options) => pull.messages(options),
    batches: (options) => pull.batches(options),
    ready: (options) => pull.ready(options),
    events: (options) => pull.events(options),
    close: (options) => pull.close(options),
    closeAll: (options) => closeAll(options),
    connect: (options) => router.connect("inproc://nobody", options),
    proxy: (options) => proxy(pull, push, options),
    packed: (options) => packed(push, options),
    unpacked: (options) => unpacked(pull, options),
    toWritable: (options) => toWritable(push, options),
    toWritableStream: (options) => toWritableStream(push, options),
  };
  test.each(Object.entries(calls))("%s", async (name, call) => {
    const of = name === "closeAll" ? "close" : name;
    for (const [options, wrong] of [
      [{ singal: new AbortController().signal }, 'has no option "singal"'],
      [{ timout: undefined }, 'has no option "timout"'],
      [5, "takes an object of options, got number"],
      ["soon", "takes an object of options, got string"],
      [null, "takes an object of options, got null"],
      [() => {}, "takes an object of options, got function"],
      [[], "takes an object of options, got an empty array"],
      [["soon"], "takes an object of options, got an array"],
      [new Map([["signal", new AbortController().signal]]), "takes an object of options, got a Map"],
      [new Date(), "takes an object of options, got a Date"],
    ] as const)
      await expect((async () => call(options as never))()).rejects.toThrow(new TypeError(`${of} ${wrong}`));
    expect([push.closed, pull.closed]).toEqual([false, false]);
  });
});
