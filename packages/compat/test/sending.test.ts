/** The arguments of `send`, its callbacks and its errors. */

import { once } from "node:events";
import { setImmediate as turn } from "node:timers/promises";
import { eventually, freshInproc, freshTcp, numbers } from "@awaitmq/testing";
import { afterEach, describe, expect, test, vi } from "vitest";
import zmq from "../src/index.ts";
import { closeAll, heard, joined, open } from "./sockets.ts";

afterEach(closeAll);

describe("send", () => {
  test("takes strings, buffers, numbers and anything else, alone and in arrays", async () => {
    const { from, messages } = joined("pull", "push");
    from
      .send("text")
      .send(Buffer.from("bytes"))
      .send(15.99)
      .send(null)
      .send(true)
      .send(new Uint8Array([104, 105]))
      .send(["", "Hello ", 0])
      .send([undefined, { toString: () => "object" }]);
    await eventually(() => messages.length === 8);
    expect(messages).toEqual([
      ["text"],
      ["bytes"],
      ["15.99"],
      ["null"],
      ["true"],
      ["hi"],
      ["", "Hello ", "0"],
      ["undefined", "object"],
    ]);
  });

  test("takes several arguments as the frames of one message", async () => {
    const { from, messages } = joined("pull", "push");
    const done = vi.fn();
    expect(from.send("Esto es", "un", "mensaje")).toBe(from);
    from.send("a", Buffer.from("b"), 3, done);
    from.send("a", "b");
    from.send(["a", "b"], "c");
    from.send("a", 0, "b");
    from.send("a", null, undefined);
    await eventually(() => messages.length === 6);
    expect(messages).toEqual([
      ["Esto es", "un", "mensaje"],
      ["a", "b", "3"],
      ["a", "b"],
      ["a", "b", "c"],
      ["a", "0", "b"],
      ["a"],
    ]);
    expect(done.mock.calls).toEqual([[]]);
  });

  test("with ZMQ_SNDMORE goes on in the next call, and every call of a message has its callback", async () => {
    const { from, messages } = joined("pull", "push");
    const done = vi.fn();
    from.send("a", zmq.ZMQ_SNDMORE, done);
    from.send(["b", "c"], zmq.SNDMORE, done);
    await turn();
    expect(done).not.toHaveBeenCalled();
    from.send("d", 0, done);
    await eventually(() => messages.length === 1);
    expect(messages).toEqual([["a", "b", "c", "d"]]);
    expect(done.mock.calls).toEqual([[], [], []]);
  });

  test("of an empty array on a closed socket is an error", () => {
    const done = vi.fn();
    open("push").close().send([], null, done);
    expect(done.mock.calls).toMatchObject([[{ message: "Socket is closed" }]]);
  });

  test("sends nothing for an empty array, and says so to the callback", async () => {
    const { from, messages } = joined("pull", "push");
    const done = vi.fn();
    from.send([], null, done).send("next");
    await eventually(() => messages.length === 1);
    expect(messages).toEqual([["next"]]);
    expect(done).toHaveBeenCalledOnce();
  });

  test.each(["tcp", "inproc"])("leaves a buffer to its owner at once, over %s", async (transport) => {
    const address = transport === "tcp" ? await freshTcp() : freshInproc();
    const messages = heard(open("pull").bindSync(address));
    const from = open("push").connect(address);
    const buffer = Buffer.alloc(1_000, "a");
    for (const number of numbers(600)) {
      // Each text three times.
      buffer.fill(97 + (Math.floor(number / 3) % 26));
      from.send(buffer);
    }
    buffer.fill("!");
    await eventually(() => messages.length === 600);
    for (const [number, [text]] of messages.entries())
      expect(text).toBe(String.fromCharCode(97 + (Math.floor(number / 3) % 26)).repeat(1_000));
  });

  test.each(["before", "after"])("gives each message memory of its own, also to inproc, connected %s", async (when) => {
    const address = freshInproc();
    const to = open("pull").bindSync(address);
    const from = open("push");
    const texts: string[] = [];
    to.on("message", (body: Buffer) => {
      texts.push(body.toString());
      body.fill("!");
    });
    const buffer = Buffer.alloc(200, "a");
    if (when === "before") from.connect(address);
    for (const _ of numbers(300)) from.send(buffer);
    for (const _ of numbers(300)) from.send([buffer]);
    if (when === "after") from.connect(address);
    await eventually(() => texts.length === 600);
    expect(new Set(texts)).toEqual(new Set(["a".repeat(200)]));
    expect(buffer.toString()).toBe("a".repeat(200));
  });

  test("keeps the order of a burst that is longer than what libzmq takes", async () => {
    const { from, messages } = joined("pull", "push");
    let called = 0;
    for (const number of numbers(20_000)) from.send(number, null, () => (called += 1));
    await eventually(() => messages.length === 20_000);
    expect(messages.map(([text]) => Number(text))).toEqual(numbers(20_000));
    expect(called).toBe(20_000);
  });

  test("waits for a peer, and for the end of a bind", async () => {
    const address = await freshTcp();
    const push = open("push");
    const pull = open("pull");
    const received = once(pull, "message");
    push.bind(address, (error) => expect(error).toBeUndefined());
    push.send("queued");
    pull.connect(address);
    expect(String(await received)).toBe("queued");
  });

  test("past maxPendingSends is refused with ENOBUFS, and the others arrive", async () => {
    const push = open("push");
    push.maxPendingSends = 3;
    const errors: (Error | undefined)[] = [];
    for (const number of numbers(5)) push.send(number, null, (error) => errors.push(error));
    expect(errors).toMatchObject([{ code: "ENOBUFS" }, { code: "ENOBUFS" }]);
    const address = freshInproc();
    const pull = open("pull").bindSync(address);
    const messages: number[] = [];
    pull.on("message", (body: Buffer) => messages.push(Number(body)));
    push.connect(address);
    await eventually(() => messages.length === 3);
    expect(messages).toEqual([0, 1, 2]);
  });

  test("on a type that can't send is an error", () => {
    const pull = open("pull");
    expect(() => pull.send("x")).toThrow(expect.objectContaining({ code: "ENOTSUP" }));
    const done = vi.fn();
    pull.send("x", null, done);
    expect(done.mock.calls).toMatchObject([[{ code: "ENOTSUP" }]]);
  });
});

describe("a message to nobody", () => {
  test.each(["pub", "xpub", "router"] as const)(
    "is dropped by a %s without an endpoint, however many",
    async (type) => {
      const errors: unknown[] = [];
      const socket = open(type);
      for (const number of numbers(500)) socket.send(["to", number], null, (error) => errors.push(error));
      await eventually(() => errors.length === 500);
      expect(new Set(errors)).toEqual(new Set([undefined]));
    },
  );

  test("that names no one, on a router, is an error", () => {
    expect(() => open("router").send("only one frame")).toThrow(TypeError);
    expect(() => open("stream").send("only one frame")).toThrow(TypeError);
  });
});

describe("a message to nobody on a router", () => {
  test("is dropped silently by default", () => {
    const done = vi.fn();
    open("router").send(["nobody", "x"], null, done);
    expect(done.mock.calls).toEqual([[]]);
  });

  test("with router_mandatory is an error: to the callback, to the listeners, or thrown", () => {
    const router = open("router", { router_mandatory: 1 });
    expect(router.mandatory).toBe(1);
    const unroutable = { code: "EHOSTUNREACH", message: "No route to host" };
    const done = vi.fn();
    router.send(["nobody", "x"], null, done);
    expect(done.mock.calls).toMatchObject([[unroutable]]);
    expect(() => router.send(["nobody", "x"])).toThrow(expect.objectContaining(unroutable));
    const heard = vi.fn();
    router.on("error", heard);
    router.send(["nobody", "x"]);
    expect(heard.mock.calls).toMatchObject([[unroutable]]);
  });
});
