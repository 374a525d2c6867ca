/** Request and reply in lock-step, errors of callbacks, and `close`. */

import { once } from "node:events";
import { setImmediate as turn } from "node:timers/promises";
import { closeAll as closeAllOfCore } from "@awaitmq/core";
import { eventually, freshInproc, freshTcp, numbers } from "@awaitmq/testing";
import { afterEach, describe, expect, test, vi } from "vitest";
import zmq, { Socket, type SocketType } from "../src/index.ts";
import { closeAll, open } from "./sockets.ts";

afterEach(closeAll);

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
