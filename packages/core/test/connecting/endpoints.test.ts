/** Binding, unbinding, connecting and disconnecting. */

import { eventually, freshInproc, freshTcp, numbers } from "@awaitmq/testing";
import { describe, expect, test } from "vitest";
import { AddressError, Dealer, type Message, Pull, Push, Router, TimeoutError } from "../../src/index.ts";

describe("bind", () => {
  test.each(["*", "0"])("gives the endpoint that port %s became", async (port) => {
    await using pull = new Pull();
    await using push = new Push();
    const endpoint = await pull.bind(`tcp://127.0.0.1:${port}`);
    expect(endpoint).toMatch(/^tcp:\/\/127\.0\.0\.1:[1-9]\d*$/);
    expect(pull.endpoints).toEqual([endpoint]);
    expect(pull.lastEndpoint).toBe(endpoint);
    push.connect(endpoint);
    await push.send("there");
    expect(String(await pull.receive())).toBe("there");
  });

  test.each(["*", "0"])("does the same at once with bindSync and port %s", async (port) => {
    await using pull = new Pull();
    await using push = new Push();
    const endpoint = pull.bindSync(`tcp://127.0.0.1:${port}`);
    expect(endpoint).toMatch(/^tcp:\/\/127\.0\.0\.1:[1-9]\d*$/);
    expect(pull.endpoints).toEqual([endpoint]);
    push.connect(endpoint);
    await push.send("there");
    expect(String(await pull.receive())).toBe("there");
  });

  test("gives a port asked for by number as it was asked for", async () => {
    const address = await freshTcp();
    await using pull = new Pull();
    expect(await pull.bind(address)).toBe(address);
  });

  test("finds many free ports one after another, all different", async () => {
    await using pull = new Pull();
    const endpoints = [];
    for (let n = 0; n < 20; n++) endpoints.push(await pull.bind("tcp://127.0.0.1:*"));
    expect(new Set(endpoints).size).toBe(20);
    expect(pull.endpoints).toEqual(endpoints);
    for (const endpoint of endpoints) await pull.unbind(endpoint);
    expect(pull.endpoints).toEqual([]);
  });

  test("of a taken port is an AddressError, with and without a monitor, and the port stays its owner's", async () => {
    await using owner = new Pull();
    const endpoint = await owner.bind("tcp://127.0.0.1:*");
    await using other = new Pull();
    await using watched = new Pull();
    watched.events();
    for (const socket of [other, watched]) {
      await expect(socket.bind(endpoint)).rejects.toMatchObject({ code: "ERR_ADDRESS_IN_USE", address: endpoint });
      expect(() => socket.bindSync(endpoint)).toThrow(AddressError);
      expect(socket.endpoints).toEqual([]);
    }
    await using push = new Push();
    push.connect(endpoint);
    await push.send("to the owner");
    expect(String(await owner.receive())).toBe("to the owner");
  });

  test("of an address of another machine is an AddressError", async () => {
    await using pull = new Pull();
    await expect(pull.bind("tcp://203.0.113.1:5555")).rejects.toMatchObject({
      name: "AddressError",
      code: "ERR_ADDRESS_UNAVAILABLE",
    });
  });
});

describe("unbind", () => {
  test("frees the port: another socket binds it at once, 20 times", async () => {
    let endpoint = "tcp://127.0.0.1:*";
    const sockets: Pull[] = [];
    try {
      for (let n = 0; n < 20; n++) {
        const pull = new Pull();
        sockets.push(pull);
        endpoint = await pull.bind(endpoint);
        await pull.unbind(endpoint);
        expect(pull.endpoints).toEqual([]);
      }
    } finally {
      await Promise.all(sockets.map((socket) => socket.close()));
    }
  });

  test("takes the address that was asked for too, and loses nothing that has arrived", async () => {
    await using pull = new Pull();
    const events = pull.events();
    {
      await using push = new Push();
      push.connect(await pull.bind("tcp://127.0.0.1:*"));
      await push.sendAll(numbers(100).map(String));
      expect(Number(await pull.receive())).toBe(0);
    }
    // libzmq sees the end of a connection behind its last message.
    for await (const { type } of events) if (type === "disconnect") break;
    await pull.unbind("tcp://127.0.0.1:*");
    for (let n = 1; n < 100; n++) expect(Number(await pull.receive())).toBe(n);
  });

  test("goes on while a loop runs, which then serves the other endpoints", async () => {
    await using pull = new Pull();
    const first = await pull.bind("tcp://127.0.0.1:*");
    const second = await pull.bind("tcp://127.0.0.1:*");
    const waiting = pull.receive();
    await pull.unbind(first);
    expect(pull.endpoints).toEqual([second]);
    await using push = new Push();
    push.connect(second);
    await push.send("x");
    expect(String(await waiting)).toBe("x");
    await using late = new Pull();
    expect(await late.bind(first)).toBe(first);
  });

  test("frees an inproc name", async () => {
    const address = freshInproc();
    await using one = new Pull();
    await using two = new Pull();
    await one.bind(address);
    await one.unbind(address);
    expect(await two.bind(address)).toBe(address);
  });

  test("of what is not bound is an AddressError", async () => {
    await using pull = new Pull();
    const address = await freshTcp();
    await expect(pull.unbind(address)).rejects.toMatchObject({ code: "ERR_ADDRESS_UNAVAILABLE", address });
    const endpoint = await pull.bind(address);
    await pull.unbind(endpoint);
    await expect(pull.unbind(endpoint)).rejects.toThrow(AddressError);
    for (const wrong of [5, null, Symbol("address")])
      await expect(pull.unbind(wrong as unknown as string)).rejects.toThrow(TypeError);
  });
});

describe("close", () => {
  test("frees the port: the same one is bound again at once, 20 times", async () => {
    let endpoint = await freshTcp();
    for (let n = 0; n < 20; n++) {
      await using pull = new Pull();
      await using push = new Push();
      endpoint = await pull.bind(endpoint);
      push.connect(endpoint);
      await push.send(`${n}`);
      expect(Number(await pull.receive())).toBe(n);
    }
  });

  test("frees an inproc name while its messages still wait to be read", async () => {
    const address = freshInproc();
    const push = new Push();
    await using pull = new Pull();
    await push.bind(address);
    pull.connect(address);
    await push.send("before");
    await push.close();
    await using next = new Push();
    expect(await next.bind(address)).toBe(address);
    expect(String(await pull.receive())).toBe("before");
  });
});

describe("connect and disconnect", () => {
  test("list what is connected, after what is bound", async () => {
    await using pull = new Pull();
    const [first, second] = [await freshTcp(), await freshTcp()];
    pull.connect(first);
    pull.connect(second);
    const bound = await pull.bind("tcp://127.0.0.1:*");
    expect(pull.endpoints).toEqual([bound, first, second]);
    pull.disconnect(first);
    expect(pull.endpoints).toEqual([bound, second]);
    expect(() => pull.disconnect(first)).toThrow(AddressError);
    expect(() => pull.disconnect(bound)).toThrow(AddressError);
    expect(pull.endpoints).toEqual([bound, second]);
  });

  test("end and begin a connection", async () => {
    await using pull = new Pull();
    await using push = new Push();
    const endpoint = await pull.bind("tcp://127.0.0.1:*");
    push.connect(endpoint);
    await push.send("one");
    expect(String(await pull.receive())).toBe("one");
    push.disconnect(endpoint);
    await eventually(() =>
      push.send("between", { timeout: 0 }).then(
        () => false,
        (error) => error instanceof TimeoutError,
      ),
    );
    push.connect(endpoint);
    await push.send("two");
    for await (const message of pull) if (String(message) === "two") break;
  });

  test("work for one host name twice, and each is undone by itself", async () => {
    await using push = new Push();
    await using pull = new Pull();
    const endpoint = (await pull.bind("tcp://127.0.0.1:*")).replace("127.0.0.1", "localhost");
    push.connect(endpoint);
    await push.send("x");
    push.disconnect(endpoint);
    expect(push.endpoints).toEqual([]);
  });

  test("let a Router name the peer it connects to, by text and by bytes", async () => {
    await using router = new Router();
    const dealers = [new Dealer(), new Dealer()];
    const names = ["by-text", Buffer.from([0xfe, 0, 0xff])];
    try {
      for (const [index, dealer] of dealers.entries())
        router.connect(await dealer.bind("tcp://127.0.0.1:*"), { routingId: names[index] });
      for (const [index, dealer] of dealers.entries()) {
        await eventually(() => router.send([names[index]!, `${index}`]).then(() => true));
        expect(String(await dealer.receive())).toBe(`${index}`);
        await dealer.send("back");
        const [from]: Message = await router.receive();
        expect(from).toEqual(Buffer.from(names[index]!));
      }
    } finally {
      await Promise.all(dealers.map((dealer) => dealer.close()));
    }
  });
});
