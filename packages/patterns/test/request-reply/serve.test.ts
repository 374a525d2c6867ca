import assert from "node:assert/strict";
import { ClosedError, Dealer, Reply, Request, Router } from "@awaitmq/core";
import { eventually, freshInproc } from "@awaitmq/testing";
import { afterEach, describe, expect, test, vi } from "vitest";
import { InUseError, OverloadedError, RemoteError, serve } from "../../src/index.ts";
import { answering, messageTypes } from "../../src/message/envelope.ts";
import { client, closeAll, connected, type Gate, gate, served } from "./pair.ts";

afterEach(closeAll);

const numbers = (count: number) => Array.from({ length: count }, (_, index) => index);

describe("serve", () => {
  test("answers each request with what the handler gives: one frame, several, or an empty one", async () => {
    const replies: Record<string, (string | null)[] | string | null> = { one: "1", two: ["1", "2"], none: null };
    const asking = client(served(([name]) => replies[String(name)] as string));
    expect((await asking.request("one")).map(String)).toEqual(["1"]);
    expect((await asking.request(["two", "more"])).map(String)).toEqual(["1", "2"]);
    expect((await asking.request("none")).map(String)).toEqual([""]);
  });

  test("gives replies that come out of order to the right calls", async () => {
    const gates = new Map<string, Gate>();
    const asking = client(
      served(async ([name]) => {
        const mine = gate();
        gates.set(String(name), mine);
        await mine.opened;
        return `reply to ${name}`;
      }),
    );
    const calls = numbers(50).map((number) => asking.request(String(number)));
    await eventually(() => gates.size === 50);
    for (const number of numbers(50).reverse()) gates.get(String(number))?.open();
    expect((await Promise.all(calls)).map(String)).toEqual(numbers(50).map((number) => `reply to ${number}`));
  });

  test("never runs more handlers at once than `concurrency`, and refuses at once what is past `queue`", async () => {
    const gates: Gate[] = [];
    let most = 0;
    const server = served(
      async () => {
        most = Math.max(most, server.stats.running);
        const mine = gate();
        gates.push(mine);
        await mine.opened;
        return "done";
      },
      { concurrency: 3, queue: 5 },
    );
    const asking = client(server, { retry: { attempts: 1 } });
    const calls = numbers(8).map((number) => asking.request(String(number)));
    await eventually(() => server.stats.queued === 5);
    await expect(asking.request("one more")).rejects.toBeInstanceOf(OverloadedError);
    expect(server.stats).toMatchObject({ running: 3, queued: 5, refused: 1, served: 0 });
    await eventually(() => {
      gates.shift()?.open();
      return server.stats.served === 8;
    });
    expect((await Promise.all(calls)).map(String)).toEqual(numbers(8).map(() => "done"));
    expect(most).toBe(3);
    expect(server.stats).toMatchObject({ running: 0, queued: 0 });
  });

  test("begins requests of a higher priority first", async () => {
    const begun: string[] = [];
    const first = gate();
    const server = served(
      async ([name], { priority }) => {
        begun.push(`${name} ${priority}`);
        if (String(name) === "first") await first.opened;
        return "";
      },
      { concurrency: 1 },
    );
    const asking = client(server);
    const calls = [asking.request("first")];
    await eventually(() => begun.length === 1);
    for (const priority of [0, -5, 127, 3, -128]) calls.push(asking.request("next", { priority }));
    await eventually(() => server.stats.queued === 5);
    first.open();
    await Promise.all(calls);
    expect(begun).toEqual(["first 0", "next 127", "next 3", "next 0", "next -5", "next -128"]);
  });

  test("takes a Router or a Reply of the caller, and leaves it open", async () => {
    await using router = new Router();
    await using reply = new Reply();
    const answered = (): string => "answered";
    const servers = [serve(router, answered), serve(reply, answered)];
    for (const endpoint of [await router.bind("tcp://127.0.0.1:*"), await reply.bind("tcp://127.0.0.1:*")])
      expect(String(await connected({ connect: endpoint }).request("?"))).toBe("answered");
    await Promise.all(servers.map((server) => server.stop()));
    expect([router.closed, reply.closed]).toEqual([false, false]);
    expect(servers.map(({ endpoints }) => endpoints)).toEqual([[], []]);
  });

  test("refuses a socket that another server has, until that has ended, and one that is closed", async () => {
    for (const socket of [new Router(), new Reply()]) {
      const serving = () => serve(socket as Router, () => "");
      const first = serving();
      expect(serving).toThrow(InUseError);
      await first.stop();
      await serving().stop();
      await socket.close();
      expect(serving).toThrow(ClosedError);
    }
  });

  test("goes on when onInvalid throws, which is a warning, and when a Reply has waited for its receiveTimeout", async () => {
    const warned = vi.spyOn(process, "emitWarning").mockReturnValue();
    await using dealer = new Dealer();
    const server = served(() => "served", { onInvalid: () => assert.fail("told") });
    dealer.connect(server.endpoints[0] as string);
    await dealer.send("no delimiter");
    await eventually(() => server.stats.invalid === 1);
    expect(String(await client(server).request("?"))).toBe("served");
    expect(warned).toHaveBeenCalledExactlyOnceWith(expect.stringContaining("told"), "awaitmq");
    warned.mockRestore();

    await using reply = new Reply({ receiveTimeout: 1 });
    await using patient = serve(reply, () => "served");
    const asking = connected({ connect: await reply.bind("tcp://127.0.0.1:*") });
    expect(String(await asking.request("?"))).toBe("served");
    await expect(Promise.race([patient.done, asking.request("?")])).resolves.toBeDefined();
  });

  test("works over inproc", async () => {
    const endpoint = freshInproc();
    await using server = serve(endpoint, ([body]) => [body as Buffer, "!"]);
    expect((await connected({ connect: endpoint }).request("hello")).map(String)).toEqual(["hello", "!"]);
    expect(server.endpoints).toEqual([endpoint]);
  });

  test("refuses wrong arguments with what it expected", () => {
    const handler = () => null;
    expect(() => serve("tcp://127.0.0.1:*", "handler" as never)).toThrow("handler must be a function, got string");
    expect(() => serve([], handler)).toThrow(TypeError);
    expect(() => serve("nonsense", handler)).toThrow(expect.objectContaining({ code: "ERR_ADDRESS_INVALID" }));
    expect(() => serve("tcp://127.0.0.1:*", handler, { concurrency: 0 })).toThrow(RangeError);
    expect(() => serve("tcp://127.0.0.1:*", handler, { queue: "5" as never })).toThrow(TypeError);
    for (const name of ["onError", "onInvalid", "exposeStack"])
      expect(() => serve("tcp://127.0.0.1:*", handler, { [name]: "x" })).toThrow(TypeError);
    for (const name of ["concurrency", "queue", "queuePerPeer"])
      expect(() => serve("tcp://127.0.0.1:*", handler, { [name]: 1.5 })).toThrow(`${name} must be a whole number`);
    expect(() => serve("tcp://127.0.0.1:*", handler, null as never)).toThrow(
      "serve takes an object of options, got null",
    );
    expect(() => serve("tcp://127.0.0.1:*", handler, { concurency: 5 } as never)).toThrow(
      'serve has no option "concurency"',
    );
  });
});

describe("an error of a handler", () => {
  class Refused extends Error {
    override readonly name = "Refused";
    readonly code = "E_REFUSED";
  }

  test("is a RemoteError with its name, message and code, and with the stack only where that is allowed", async () => {
    const fails = () => {
      throw new Refused("not today");
    };
    const error = await client(served(fails))
      .request("?")
      .catch((reason) => reason);
    expect(error).toBeInstanceOf(RemoteError);
    expect(error).toMatchObject({ name: "Refused", message: "not today", code: "E_REFUSED", remoteStack: undefined });
    const told = await client(served(fails, { exposeStack: true }))
      .request("?")
      .catch((reason) => reason);
    expect(told.remoteStack).toContain("serve.test.ts");
  });

  test.each([
    [
      '{"name":{"toString":1},"message":{"toString":1},"code":{"toString":1},"stack":[]}',
      { name: "Error", message: "" },
    ],
    ["null", { name: "Error", message: "" }],
    ["5", { name: "Error", message: "" }],
    ["{", { name: "EnvelopeError" }],
    ["", { name: "EnvelopeError" }],
  ])("told by a server that lies, %s, fails that call alone", async (body, expected) => {
    const router = new Router();
    const lying = (async () => {
      for await (const [peer, header, , what] of router) {
        const type = String(what) === "lie" ? messageTypes.error : messageTypes.reply;
        await router.send([
          peer,
          answering(header as Buffer, type),
          null,
          type === messageTypes.error ? body : "truth",
        ]);
      }
    })();
    const asking = connected({ connect: await router.bind("tcp://127.0.0.1:*") });
    await expect(asking.request("lie")).rejects.toMatchObject(expected);
    expect(String(await asking.request("?"))).toBe("truth");
    await router.close();
    await lying;
  });

  test("that is no Error, or a reply that is no message, is one too", async () => {
    const asking = client(
      served(async ([what]) => {
        if (String(what) === "throw") return Promise.reject("text");
        return (String(what) === "number" ? 5 : []) as never;
      }),
    );
    await expect(asking.request("throw")).rejects.toMatchObject({ name: "Error", message: "text", code: "ERR_REMOTE" });
    await expect(asking.request("number")).rejects.toMatchObject({ name: "TypeError" });
    await expect(asking.request("empty")).rejects.toMatchObject({ name: "TypeError" });
  });

  test("that is an array which throws when it is read is one too", async () => {
    const lazy = () =>
      Object.defineProperty(["a"], 1, {
        enumerable: true,
        get() {
          throw new Error("not today");
        },
      });
    const server = served(lazy);
    await expect(client(server).request("?")).rejects.toMatchObject({ name: "TypeError", code: "ERR_REMOTE" });
    await eventually(() => server.stats.failed === 1);
    const plain = new Request();
    plain.connect(server.endpoints[0] as string);
    await plain.send("?");
    expect((await plain.receive()).map(String)).toEqual([""]);
    await plain.close();
  });

  test("that can't be looked at is one as well, and leaves nothing behind", async () => {
    const trap = new Proxy({}, { get: () => assert.fail("looked at") });
    const getter = Object.defineProperty(new Error(), "name", { get: () => assert.fail("looked at") });
    const thrown = [trap, getter, Object.create(null), Symbol("odd"), undefined];
    const server = served(async ([index]) => Promise.reject(thrown[Number(index)]));
    const asking = client(server);
    const results = await Promise.allSettled(thrown.map((_, index) => asking.request(String(index))));
    for (const result of results) expect(result).toMatchObject({ reason: { name: "Error", code: "ERR_REMOTE" } });
    await server.stop();
    expect(server.stats).toMatchObject({ failed: 5, running: 0 });
  });

  test("may come from a thenable, and settles the handler once", async () => {
    const thenables: Record<string, unknown> = {
      throws: {
        // biome-ignore lint/suspicious/noThenProperty: that is what the handler gives
        then: () => assert.fail("in then"),
      },
      twice: {
        // biome-ignore lint/suspicious/noThenProperty: that is what the handler gives
        then(resolve: (value: string) => void) {
          resolve("once");
          resolve("twice");
        },
      },
      // biome-ignore lint/suspicious/noThenProperty: that is what the handler gives
      getter: Object.defineProperty({}, "then", { get: () => assert.fail("in the getter") }),
    };
    const server = served(([name]) => thenables[String(name)] as never, { concurrency: 1 });
    const asking = client(server);
    await expect(asking.request("throws")).rejects.toThrow("in then");
    await expect(asking.request("getter")).rejects.toThrow("in the getter");
    expect(String(await asking.request("twice"))).toBe("once");
    expect(server.stats).toMatchObject({ running: 0, served: 1, failed: 2 });
  });

  test("is told to a plain REQ also where it is a ClosedError, or onError asynchronous", async () => {
    for (const Socket of [Router, Reply]) {
      for (const [onError, expected] of [
        [async () => "in a moment", "in a moment"],
        [() => Promise.reject(new Error("onError too")), ""],
      ] as const) {
        await using socket = new Socket();
        await using asking = new Request();
        const fails = () => Promise.reject(new ClosedError("of another socket"));
        const server = serve(socket as Router, fails, { onError });
        asking.connect(await socket.bind("tcp://127.0.0.1:*"));
        await asking.send("ask");
        expect(String(await asking.receive())).toBe(expected);
        expect(server.stats.failed).toBe(1);
        await server.stop();
      }
    }
  });

  test("with the code of a refusal is none, and is not tried again", async () => {
    let handled = 0;
    const server = served(() => {
      handled += 1;
      throw new OverloadedError("somebody else is");
    });
    const error = await client(server)
      .request("?")
      .catch((reason) => reason);
    expect(error).toBeInstanceOf(RemoteError);
    expect(error.code).toBe("ERR_OVERLOADED");
    expect(handled).toBe(1);
    expect(server.stats.failed).toBe(1);
  });

  test.each([
    ["Router", Router],
    ["Reply", Reply],
  ])("is what onError says, for a plain REQ client of a %s; and an empty frame by default", async (_, Socket) => {
    const fails = () => {
      throw new Error("broken");
    };
    for (const [onError, expected] of [
      [(error: unknown, [body]: readonly Buffer[]) => `${(error as Error).message}: ${body}`, "broken: ask"],
      [undefined, ""],
      [
        () => {
          throw new Error("onError too");
        },
        "",
      ],
      [() => 5 as never, ""],
    ] as const) {
      await using socket = new Socket();
      await using asking = new Request();
      const server = serve(socket as Router, fails, { onError });
      asking.connect(await socket.bind("tcp://127.0.0.1:*"));
      await asking.send("ask");
      expect(String(await asking.receive())).toBe(expected);
      await server.stop();
    }
  });
});
