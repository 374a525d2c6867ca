/** Contexts: the shared one, own ones and their end. */

import { freshInproc } from "@awaitmq/testing";
import { describe, expect, test } from "vitest";
import { Context, context, MessagingError, Pull, Push, Socket } from "../../src/index.ts";

describe("a context", () => {
  test("is the shared one for a socket that is given none", async () => {
    await using push = new Push();
    await using other = new Push({ context: undefined });
    expect(push.context).toBe(context);
    expect(other.context).toBe(context);
    expect(push).toBeInstanceOf(Socket);
  });

  test("of its own belongs to the sockets it was given to", async () => {
    const own = new Context();
    await using push = new Push({ context: own });
    expect(push.context).toBe(own);
    expect(push.context).not.toBe(context);
  });

  test("joins its sockets over inproc and keeps other contexts' sockets apart", async () => {
    const address = freshInproc();
    const own = new Context();
    await using here = new Pull({ context: own });
    await using there = new Pull();
    await here.bind(address);
    await there.bind(address);
    await using toHere = new Push({ context: own });
    await using toThere = new Push();
    toHere.connect(address);
    toThere.connect(address);
    await toHere.send("here");
    await toThere.send("there");
    expect(String(await here.receive())).toBe("here");
    expect(String(await there.receive())).toBe("there");
    await expect(here.receive({ timeout: 0 })).rejects.toThrow("No message");
    await expect(there.receive({ timeout: 0 })).rejects.toThrow("No message");
  });

  test("reaches another context over TCP", async () => {
    await using pull = new Pull({ context: new Context() });
    await using push = new Push({ context: new Context() });
    push.connect(await pull.bind("tcp://127.0.0.1:*"));
    await push.send("across");
    expect(String(await pull.receive())).toBe("across");
  });

  test("allows as many sockets as the system does", () => {
    const own = new Context();
    expect(own.maxSockets).toBe(own.maxSocketsLimit);
    expect(context.maxSockets).toBe(context.maxSocketsLimit);
    expect(own.maxSockets).toBeGreaterThan(1_023);
  });

  test("with fewer allowed sockets refuses one more with a MessagingError that says why", async () => {
    const own = new Context({ maxSockets: 2 });
    await using _first = new Push({ context: own });
    await using _second = new Push({ context: own });
    expect(() => new Push({ context: own })).toThrow(MessagingError);
    expect(() => new Push({ context: own })).toThrow(expect.objectContaining({ code: "ERR_SOCKET_LIMIT" }));
    expect(() => new Push({ context: own })).toThrow(/maxSockets/);
  });

  test("takes its options in the constructor and afterwards, and reads them back", () => {
    const own = new Context({ ioThreads: 2, maxSockets: 50, maxMessageSize: 1_000, ipv6: true, blocky: false });
    expect(own).toMatchObject({ ioThreads: 2, maxSockets: 50, maxMessageSize: 1_000, ipv6: true, blocky: false });
    own.ioThreads = 3;
    own.blocky = true;
    expect(own).toMatchObject({ ioThreads: 3, blocky: true });
  });

  test("has libzmq's defaults otherwise", () => {
    expect(new Context()).toMatchObject({ ioThreads: 1, maxMessageSize: 2_147_483_647, ipv6: false, blocky: true });
  });

  test("hands ipv6 on to its sockets", async () => {
    await using push = new Push({ context: new Context({ ipv6: true }) });
    expect(push.ipv6).toBe(true);
  });

  test("refuses an option it does not have, or can't set, with a TypeError", () => {
    expect(() => new Context({ threads: 1 } as object)).toThrow('Context has no option "threads"');
    expect(() => new Context({ toString: 1 } as object)).toThrow(TypeError);
    expect(() => new Context({ constructor: 1 } as object)).toThrow(TypeError);
    expect(() => new Context({ maxSocketsLimit: 1 } as object)).toThrow(TypeError);
    expect(() => new Context({ ioThreads: "2" } as object)).toThrow(TypeError);
    expect(() => new Context({ ioThreads: -1 })).toThrow(RangeError);
  });

  test("leaves its options object as it was, and an undefined option at its default", () => {
    const options = Object.freeze({ ioThreads: 2, maxSockets: undefined });
    const own = new Context(options as object);
    expect(own.ioThreads).toBe(2);
    expect(own.maxSockets).toBe(own.maxSocketsLimit);
  });
});
