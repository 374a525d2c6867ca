/** Subclasses of `Socket`, and the fields of `socket._zmq`. */

import { EventEmitter, once } from "node:events";
import { inherits } from "node:util";
import { eventually, freshInproc, freshTcp } from "@awaitmq/testing";
import { afterEach, describe, expect, test, vi } from "vitest";
import zmq from "../src/index.ts";
import { closeAll, heard, open } from "./sockets.ts";

afterEach(closeAll);

describe("a class of the program's own", () => {
  /** As packages wrote them before there was `class`. */
  function Old(this: Record<string, unknown>, type: string) {
    zmq.Socket.call(this, type as "push");
    this.mine = true;
  }
  inherits(Old, zmq.Socket);
  const old = (type: string) => new (Old as unknown as new (type: string) => zmq.Socket & { mine: true })(type);

  test("may be a function that calls Socket, with util.inherits", async () => {
    const pull = old("pull").bindSync("tcp://127.0.0.1:*");
    const push = old("push").connect(pull.last_endpoint);
    const messages = heard(pull);
    push.send("hi");
    await eventually(() => messages.length === 1);
    expect([pull.mine, pull.type, pull.listenerCount("message")]).toEqual([true, "pull", 1]);
    for (const type of [Old, zmq.Socket, EventEmitter]) expect(pull).toBeInstanceOf(type);
    pull.close();
    push.close();
  });

  test("may be a class that extends Socket, and add to its methods", async () => {
    class Shouting extends zmq.Socket {
      shout(text: string) {
        return this.send(text.toUpperCase());
      }
    }
    const address = freshInproc();
    const messages = heard(open("pull").bindSync(address));
    const push = new Shouting("push").connect(address);
    push.shout("hi");
    await eventually(() => messages.length === 1);
    expect(messages).toEqual([["HI"]]);
    expect(push).toBeInstanceOf(zmq.Socket);
    push.close();
  });

  test("is not needed: Socket makes a socket without `new`, and none of an unknown type", () => {
    const made = (zmq.Socket as (type: "pull") => zmq.Socket)("pull");
    expect(made).toBeInstanceOf(zmq.Socket);
    expect(made.constructor).toBe(zmq.Socket);
    made.close();
    expect(() => zmq.Socket.call({}, "none" as never)).toThrow(TypeError);
    expect(() => old("none")).toThrow(TypeError);
  });
});

describe("socket._zmq", () => {
  test("tells the state, also while a bind is under way", async () => {
    const socket = open("push");
    const { _zmq } = socket;
    expect(_zmq.state).toBe(zmq.STATE_READY);
    const bound = once(socket.bind(await freshTcp()), "bind");
    expect(_zmq.state).toBe(zmq.STATE_BUSY);
    await bound;
    expect(_zmq.state).toBe(zmq.STATE_READY);
    socket.close();
    expect(_zmq.state).toBe(zmq.STATE_CLOSED);
    expect(socket._zmq).toBe(_zmq);
  });

  test("has the options by number, and closes", async () => {
    const { _zmq, ...socket } = { _zmq: open("push").bindSync("tcp://127.0.0.1:*")._zmq };
    expect(_zmq.getsockopt(zmq.ZMQ_LAST_ENDPOINT)).toMatch(/^tcp:\/\/127\.0\.0\.1:\d+$/);
    _zmq.setsockopt(zmq.ZMQ_SNDHWM, 7);
    expect(_zmq.getsockopt(zmq.ZMQ_SNDHWM)).toBe(7);
    _zmq.close();
    expect([_zmq.state, socket]).toEqual([zmq.STATE_CLOSED, {}]);
  });

  test("reads a message by readv and sends one by sendv, where there is room, and says when there is", async () => {
    const address = freshInproc();
    const { _zmq: sender } = open("dealer", { sndhwm: 1, rcvhwm: 1 });
    const dealer = open("dealer");
    expect(sender.sendv([Buffer.from("nowhere"), 0])).toBe(false);
    expect(sender.pending).toBe(false);
    expect(dealer._zmq.readv()).toBeNull();
    sender.onSendReady = vi.fn();
    sender.pending = true;
    expect(sender.pending).toBe(true);
    dealer.bindSync(address);
    const receiver = dealer._zmq;
    const other = open("dealer").connect(address)._zmq;
    expect(other.sendv([Buffer.from("a"), zmq.ZMQ_SNDMORE, Buffer.from("b"), 0])).toBe(true);
    const read: unknown[] = [];
    await eventually(() => read.push(receiver.readv()) > 0 && read.at(-1) !== null);
    expect(String(read.at(-1))).toBe("a,b");
    expect(sender.onSendReady).not.toHaveBeenCalled();
    sender.pending = false;
    expect(() => sender.sendv([])).toThrow(expect.objectContaining({ code: "EINVAL" }));
  });

  test("tells of room that a program waits for", async () => {
    const address = await freshTcp();
    const push = open("push").bindSync(address);
    let ready = 0;
    push._zmq.pending = true;
    push._zmq.onSendReady = () => {
      ready += 1;
      push._zmq.pending = false;
    };
    expect(push._zmq.sendv(["x", 0])).toBe(false);
    const messages = heard(open("pull").connect(address));
    await eventually(() => ready === 1);
    expect(push._zmq.sendv(["x", 0])).toBe(true);
    await eventually(() => messages.length === 1);
  });

  test("says whether sends wait", () => {
    const push = open("push");
    push.send("x");
    expect(push._zmq.pending).toBe(true);
  });
});

describe("a monitor", () => {
  test("gives an Error as the third value of an event that is a failure", async () => {
    const address = open("rep").bindSync("tcp://127.0.0.1:*").last_endpoint;
    const second = open("rep").monitor(5, 0);
    const failed = once(second, "bind_error");
    second.bind(address, () => {});
    const [value, endpoint, error, ...others] = await failed;
    expect([`tcp://${endpoint}`, others]).toEqual([address, []]);
    expect(error).toBeInstanceOf(Error);
    expect(error).toMatchObject({ message: "Address already in use", code: "EADDRINUSE", errno: value });
  });
});
