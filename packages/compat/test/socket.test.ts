import { once } from "node:events";
import { setImmediate as turn } from "node:timers/promises";
import { closeAll as closeAllOfCore } from "@awaitmq/core";
import { eventually, freshInproc, freshTcp } from "@awaitmq/testing";
import { afterEach, describe, expect, test, vi } from "vitest";
import zmq, { Socket, type SocketType } from "../src/index.ts";
import { closeAll, heard, open } from "./sockets.ts";

afterEach(closeAll);

/** Two sockets that are connected, and what the first receives. */
function joined(receiver: SocketType, sender: SocketType) {
  const address = freshInproc();
  const to = open(receiver).bindSync(address);
  const from = open(sender).connect(address);
  return { to, from, messages: heard(to) };
}

const numbers = (count: number) => Array.from({ length: count }, (_, index) => index);

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

describe("request and reply", () => {
  test("keep step: a second request waits for the reply to the first", async () => {
    const address = await freshTcp();
    const rep = open("rep").bindSync(address);
    const req = open("req").connect(address);
    const steps: string[] = [];
    rep.on("message", (body: Buffer) => {
      steps.push(`request ${body}`);
      setImmediate(() => rep.send(`${body}!`));
    });
    req.on("message", (body: Buffer) => steps.push(`reply ${body}`));
    for (const name of ["a", "b", "c"]) req.send(name);
    await eventually(() => steps.length === 6);
    expect(steps).toEqual(["request a", "reply a!", "request b", "reply b!", "request c", "reply c!"]);
  });

  test("a reply that is sent before there is a request waits for it", async () => {
    const address = freshInproc();
    const rep = open("rep").bindSync(address);
    const req = open("req");
    const requested = once(rep, "message");
    const done = vi.fn();
    rep.send("early", null, done);
    await turn();
    expect(done).not.toHaveBeenCalled();
    const replied = once(req, "message");
    req.connect(address);
    req.send("request");
    expect(String(await requested)).toBe("request");
    expect(String(await replied)).toBe("early");
    expect(done.mock.calls).toEqual([[]]);
  });

  test("two servers take turns, and each answer comes before the next request leaves", async () => {
    const addresses = [await freshTcp(), await freshTcp()];
    const log: string[] = [];
    const req = open("req");
    for (const [index, address] of addresses.entries()) {
      const rep = open("rep").bindSync(address);
      rep.on("message", (body: Buffer) => {
        log.push(`${body} at ${index}`);
        rep.send(body);
      });
      req.connect(address);
    }
    req.on("message", (body: Buffer) => log.push(`${body} back`));
    for (const number of numbers(4)) req.send(number);
    await eventually(() => log.length === 8);
    expect(log.filter((_, index) => index % 2 === 1)).toEqual(["0 back", "1 back", "2 back", "3 back"]);
    const servers = log.filter((_, index) => index % 2 === 0).map((line) => line.slice(-1));
    expect(servers[0]).not.toBe(servers[1]);
    expect(servers.slice(2)).toEqual(servers.slice(0, 2));
  });
});

describe("bind", () => {
  test("calls back with no error, and emits bind", async () => {
    const address = await freshTcp();
    const rep = open("rep");
    const bound = once(rep, "bind");
    await new Promise<void>((resolve, reject) => rep.bind(address, (error) => (error ? reject(error) : resolve())));
    expect(await bound).toEqual([address]);
    expect(rep.last_endpoint).toBe(address);
  });

  test("of an address in use is an error: to the callback, or an event", async () => {
    const address = await freshTcp();
    open("rep").bindSync(address);
    const inUse = { code: "EADDRINUSE", message: "Address already in use" };
    const rep = open("rep");
    const failed = new Promise((resolve) => rep.bind(address, resolve));
    expect(await failed).toMatchObject(inUse);
    const heard = once(rep, "error");
    rep.bind(address);
    expect(await heard).toMatchObject([inUse]);
    expect(() => rep.bindSync(address)).toThrow(expect.objectContaining(inUse));
  });

  test("that fails holds up nothing that was sent meanwhile", async () => {
    const [taken, address] = [await freshTcp(), await freshTcp()];
    open("rep").bindSync(taken);
    const received = once(open("pull").bindSync(address), "message");
    const push = open("push").connect(address);
    const failed = new Promise((resolve) => push.bind(taken, resolve));
    push.send("sent meanwhile");
    expect(String(await received)).toBe("sent meanwhile");
    expect(await failed).toMatchObject({ code: "EADDRINUSE" });
  });

  test("a second bind waits for the first, and all serve", async () => {
    const addresses = [await freshTcp(), await freshTcp(), freshInproc()];
    const pull = open("pull");
    const bound: string[] = [];
    pull.on("bind", (address: string) => bound.push(address));
    for (const address of addresses) pull.bind(address);
    const messages: string[] = [];
    pull.on("message", (body: Buffer) => messages.push(String(body)));
    for (const address of addresses) open("push").connect(address).send(address);
    await eventually(() => messages.length === 3);
    expect(bound).toEqual(addresses);
    expect(messages.sort()).toEqual([...addresses].sort());
  });

  test("right after the close of the socket that had the address succeeds", async () => {
    const address = await freshTcp();
    for (const _ of numbers(10)) open("rep").bindSync(address).close();
    const rep = open("rep");
    await new Promise<void>((resolve, reject) => rep.bind(address, (error) => (error ? reject(error) : resolve())));
  });

  test("of an address that another has fails at once, while some socket is still being closed", async () => {
    const address = await freshTcp();
    open("rep").bindSync(address);
    const lingering = open("push", { linger: 1_000 }).connect("tcp://127.0.0.1:1");
    lingering.bindSync(await freshTcp());
    lingering.send("to nobody");
    lingering.close();
    const tries = vi.spyOn(Atomics, "wait");
    expect(() => open("rep").bindSync(address)).toThrow(expect.objectContaining({ code: "EADDRINUSE" }));
    expect(tries).not.toHaveBeenCalled();
    tries.mockRestore();
  });

  test("of anything but a string is a TypeError", () => {
    const rep = open("rep");
    for (const call of ["bind", "bindSync", "unbind", "unbindSync", "connect", "disconnect"] as const)
      expect(() => rep[call](5555 as never)).toThrow(new TypeError("Address must be a string!"));
    expect(() => rep.bind("tcp://127.0.0.1:*", "callback" as never)).toThrow(TypeError);
    expect(() => rep.bindSync("nonsense")).toThrow(expect.objectContaining({ code: "EINVAL" }));
  });
});

describe("unbind and disconnect", () => {
  test("give the address back, with and without a callback", async () => {
    const address = await freshTcp();
    const rep = open("rep").bindSync(address);
    const unbound = once(rep, "unbind");
    await new Promise<void>((resolve, reject) => rep.unbind(address, (error) => (error ? reject(error) : resolve())));
    expect(await unbound).toEqual([address]);
    open("rep").bindSync(address).unbindSync(address);
    expect(await new Promise((resolve) => rep.unbind(address, resolve))).toBeInstanceOf(Error);
    expect(() => rep.unbindSync(address)).toThrow();
    expect(() => rep.disconnect(address)).toThrow();
  });

  test("and it can be bound again in the same turn", async () => {
    const address = await freshTcp();
    const rep = open("rep");
    for (const _ of numbers(20)) rep.bindSync(address).unbindSync(address);
    open("rep").bindSync(address);
  });
});

test("connect calls back after it connected, or with the error", async () => {
  const push = open("push");
  await new Promise<void>((resolve, reject) =>
    push.connect("tcp://127.0.0.1:1", (error) => (error ? reject(error) : resolve())),
  );
  expect(await new Promise((resolve) => push.connect("nonsense", resolve))).toMatchObject({ code: "EINVAL" });
  expect(() => push.connect("nonsense")).toThrow(expect.objectContaining({ code: "EINVAL" }));
});

test("what a callback throws is an error event", async () => {
  const pull = open("pull");
  const errors: string[] = [];
  pull.on("error", (error: Error) => errors.push(error.message));
  const address = await freshTcp();
  const fails = (name: string) => () => {
    throw new Error(name);
  };
  pull.bind(address, fails("bind"));
  pull.unbind(address, fails("unbind"));
  pull.connect(address, fails("connect"));
  pull.connect("nonsense", fails("no connect"));
  await eventually(() => errors.length === 4);
  expect(errors.sort()).toEqual(["bind", "connect", "no connect", "unbind"]);
});

describe("messages", () => {
  test("that come before there is a listener wait for one", async () => {
    const address = freshInproc();
    const pull = open("pull").bindSync(address);
    open("push").connect(address).send("early");
    await turn();
    expect(String(await once(pull, "message"))).toBe("early");
  });

  test("stop at the removal of the last listener, and none is lost", async () => {
    const { to, from, messages } = joined("pull", "push");
    const [listener] = to.listeners("message") as [(...frames: Buffer[]) => void];
    from.send("first");
    await eventually(() => messages.length === 1);
    to.removeListener("message", listener);
    from.send("second");
    for (const _ of numbers(10)) await turn();
    expect(messages).toEqual([["first"]]);
    to.once("message", listener);
    await eventually(() => messages.length === 2);
    from.send("third");
    for (const _ of numbers(10)) await turn();
    expect(messages).toEqual([["first"], ["second"]]);
    to.addListener("message", listener);
    await eventually(() => messages.length === 3);
    to.removeAllListeners();
    expect(messages).toEqual([["first"], ["second"], ["third"]]);
  });

  test("whose handler throws are an error event, and the next comes", async () => {
    const { to, from, messages } = joined("pull", "push");
    const heard: unknown[] = [];
    to.on("error", (error: unknown) => heard.push(error));
    const thrown = new Error("handler");
    to.on("message", (body: Buffer) => {
      if (String(body) === "1") throw thrown;
    });
    for (const number of numbers(3)) from.send(number);
    await eventually(() => messages.length === 3);
    expect(heard).toEqual([thrown]);
  });
});

describe("a socket that is paused", () => {
  test("emits nothing and sends nothing until it resumes", async () => {
    const { to, from, messages } = joined("dealer", "dealer");
    const answers: string[] = [];
    from.on("message", (body: Buffer) => answers.push(String(body)));
    to.pause();
    to.send("answer");
    for (const number of numbers(3)) from.send(number);
    for (const _ of numbers(10)) await turn();
    expect([messages, answers]).toEqual([[], []]);
    to.resume();
    await eventually(() => messages.length === 3 && answers.length === 1);
    expect(messages).toEqual([["0"], ["1"], ["2"]]);
  });

  test("keeps also the message that waits for a peer, in its place", async () => {
    const address = freshInproc();
    const push = open("push").bindSync(address);
    for (const number of numbers(3)) push.send(number);
    await turn();
    push.pause();
    const messages = heard(open("pull").connect(address));
    push.send(3);
    for (const _ of numbers(20)) await turn();
    expect(messages).toEqual([]);
    push.resume();
    await eventually(() => messages.length === 4);
    expect(messages).toEqual([["0"], ["1"], ["2"], ["3"]]);
  });

  test("is read with read(), in the order of the messages, and null when there is none", async () => {
    const { to, from, messages } = joined("pull", "push");
    from.send("emitted");
    await eventually(() => messages.length === 1);
    to.pause();
    for (const number of numbers(3)) from.send([number, "more"]);
    const read: string[][] = [];
    await eventually(() => {
      for (let message = to.read(); message !== null; message = to.read()) read.push(message.map(String));
      return read.length === 3;
    });
    expect(read).toEqual([
      ["0", "more"],
      ["1", "more"],
      ["2", "more"],
    ]);
    expect(to.read()).toBeNull();
    expect(open("push").read()).toBeNull();
  });
});

describe("close", () => {
  test("hands over what was sent, and calls every callback once", async () => {
    const address = await freshTcp();
    const pull = open("pull").bindSync(address);
    const messages: number[] = [];
    pull.on("message", (body: Buffer) => messages.push(Number(body)));
    const push = open("push").connect(address);
    const errors: unknown[] = [];
    for (const number of numbers(5_000)) push.send(number, null, (error) => errors.push(error));
    push.close();
    await eventually(() => messages.length === 5_000);
    expect(messages).toEqual(numbers(5_000));
    expect(errors).toEqual(numbers(5_000).map(() => undefined));
  });

  test("calls the callbacks of what could not be sent with an error, once", async () => {
    const push = open("push", { linger: 0 });
    const errors: (Error | undefined)[] = [];
    for (const _ of numbers(100)) push.send("nowhere", null, (error) => errors.push(error));
    push.send("open", zmq.ZMQ_SNDMORE, (error) => errors.push(error));
    push.close();
    await eventually(() => errors.length === 101);
    await turn();
    expect(errors).toHaveLength(101);
    for (const error of errors) expect(error?.message).toBe("Socket is closed");
  });

  test("calls back in the order of the sends", async () => {
    const push = open("push", { linger: 0 });
    const called: number[] = [];
    for (const number of numbers(6)) push.send(number, null, () => called.push(number));
    push.send("open", zmq.ZMQ_SNDMORE, () => called.push(6));
    push.close();
    const req = open("req", { linger: 0 }).connect("tcp://127.0.0.1:1");
    const asked: number[] = [];
    for (const number of numbers(6)) req.send(number, null, () => asked.push(number));
    for (const _ of numbers(10)) await turn();
    req.close();
    await eventually(() => called.length === 7 && asked.length === 6);
    expect([called, asked]).toEqual([numbers(7), numbers(6)]);
  });

  test("of a socket that is paused in the same turn calls every callback, in order", async () => {
    const push = open("push", { linger: 0 }).bindSync(freshInproc());
    const called: number[] = [];
    for (const number of numbers(3)) push.send(number, null, () => called.push(number));
    await turn();
    push.pause();
    push.close();
    await eventually(() => called.length === 3);
    expect(called).toEqual(numbers(3));
  });

  test("of a request that waits for its turn calls back with an error", async () => {
    const address = freshInproc();
    open("rep").bindSync(address);
    const req = open("req").connect(address);
    const errors: (Error | undefined)[] = [];
    req.send("first", null, (error) => errors.push(error));
    req.send("second", null, (error) => errors.push(error));
    req.close();
    await eventually(() => errors.length === 2);
    expect(errors[0]).toBeUndefined();
    expect(errors[1]?.message).toBe("Socket is closed");
  });

  test("of a bind that is still to be done calls back with an error", async () => {
    const rep = open("rep");
    const failed = new Promise<Error | undefined>((resolve) => rep.bind("tcp://127.0.0.1:*", resolve));
    rep.close();
    expect((await failed)?.message).toBe("Socket is closed");
  });

  test("makes one warning of messages that are lost and have no callback", async () => {
    const warned = once(process, "warning");
    const push = open("push", { linger: 0 });
    for (const _ of numbers(3)) push.send("nowhere");
    push.send("never ended", zmq.ZMQ_SNDMORE);
    push.close();
    const [warning] = await warned;
    expect(warning.message).toBe("A closed push socket did not send 4 of its messages");
  });

  test("may be called again; every other call throws", () => {
    const sub = open("sub");
    expect(sub.close()).toBe(sub);
    expect(sub.close()).toBe(sub);
    expect(sub.state).toBe(zmq.STATE_CLOSED);
    const closed = new TypeError("Socket is closed");
    expect(() => sub.bind("tcp://127.0.0.1:*")).toThrow(closed);
    expect(() => sub.bindSync("tcp://127.0.0.1:*")).toThrow(closed);
    expect(() => sub.connect("tcp://127.0.0.1:1")).toThrow(closed);
    expect(() => sub.subscribe("")).toThrow(closed);
    expect(() => sub.linger).toThrow(closed);
    expect(() => sub.monitor()).toThrow(closed);
    expect(sub.read()).toBeNull();
    expect(sub.unmonitor()).toBe(sub);
    const done = vi.fn();
    sub.send("x", null, done);
    sub.send("x", zmq.ZMQ_SNDMORE, done);
    expect(done.mock.calls).toMatchObject([[{ message: "Socket is closed" }], [{ message: "Socket is closed" }]]);
  });

  test("by core's closeAll ends a socket that listens", async () => {
    const pull = open("pull").bindSync(freshInproc());
    pull.on("message", () => {});
    pull.on("error", (error: Error) => expect.unreachable(error.message));
    await closeAllOfCore({ linger: 0 });
    await eventually(() => pull.closed);
  });
});

test("a socket type has all its names, and its numbers", () => {
  for (const [name, number] of Object.entries(zmq.types)) {
    const socket = open(name as SocketType);
    expect(socket.type).toBe(name);
    expect(socket.getsockopt(zmq.ZMQ_TYPE)).toBe(number);
    const other = new Socket(number);
    expect(other.getsockopt("ZMQ_TYPE")).toBe(number);
    other.close();
  }
  expect(zmq.createSocket).toBe(zmq.socket);
  expect(() => zmq.socket("nothing" as SocketType)).toThrow(TypeError);
  expect(() => zmq.socket(99)).toThrow(TypeError);
  expect(() => zmq.socket("toString" as SocketType)).toThrow(TypeError);
});
