/** What a caller is told when a handler fails. */

import assert from "node:assert/strict";
import { ClosedError, Reply, Request, Router } from "@awaitmq/core";
import { eventually, gate } from "@awaitmq/testing";
import { afterEach, describe, expect, test, vi } from "vitest";
import { OverloadedError, RemoteError, type ServeOptions, serve } from "../../src/index.ts";
import { answering, messageTypes } from "../../src/wire/envelope.ts";
import { client, closeAll, connected, served } from "./pair.ts";

afterEach(closeAll);

const callbackWarning = { type: "awaitmq", code: "AWAITMQ_CALLBACK" };

describe("an error of a handler", () => {
  class Refused extends Error {
    override readonly name = "Refused";
    readonly code = "E_REFUSED";
  }

  const fails = () => {
    throw new Refused("not today");
  };

  async function failureOf(options?: ServeOptions) {
    const error = await client(served(fails, options))
      .request("?")
      .catch((reason) => reason);
    expect(error).toBeInstanceOf(RemoteError);
    return error as RemoteError;
  }

  test("is a RemoteError with its message, and with its name and code as remote ones; the stack is told only where that is allowed", async () => {
    const expected = {
      name: "RemoteError",
      code: "ERR_REMOTE",
      message: "not today",
      remoteName: "Refused",
      remoteCode: "E_REFUSED",
    };
    expect(await failureOf()).toMatchObject({ ...expected, remoteStack: undefined });
    expect(await failureOf({ exposeErrors: "message" })).toMatchObject({ ...expected, remoteStack: undefined });
    const told = await failureOf({ exposeErrors: "stack" });
    expect(told).toMatchObject(expected);
    expect(told.remoteStack).toContain("handler-errors.test.ts");
  });

  test.each(["none", "message"] as const)("has an id that onError gets too; with %s", async (exposeErrors) => {
    const seen = new Map<string, unknown>();
    const onError = (error: unknown, _: unknown, { id }: { readonly id: string }) => {
      seen.set(id, error);
    };
    const error = await failureOf({ exposeErrors, onError });
    expect(seen.get(error.id as string)).toBeInstanceOf(Refused);
  });

  test.each([
    ["Router", Router],
    ["Reply", Reply],
  ])("is told to onError of a %s, which changes nothing: what it throws is a process warning", async (_, Socket) => {
    using warning = vi.spyOn(process, "emitWarning").mockReturnValue();
    const told: unknown[] = [];
    await using socket = new Socket();
    await using asking = new Request();
    const onError = (error: unknown, [body]: readonly Buffer[]) => {
      told.push([(error as Error).message, String(body)]);
      throw new Error("onError too");
    };
    await using server = serve(socket as Router, fails, { onError, errorReply: () => "sorry" });
    asking.connect(await socket.bind("tcp://127.0.0.1:*"));
    await asking.send("ask");
    expect(String(await asking.receive())).toBe("sorry");
    expect(told).toEqual([["not today", "ask"]]);
    expect(server.stats).toMatchObject({ failed: 1 });
    expect(warning).toHaveBeenCalledWith(expect.stringContaining("onError too"), callbackWarning);
  });

  test("tells nothing but a code and the id where errors are exposed to none", async () => {
    const error = await failureOf({ exposeErrors: "none" });
    expect(error).toMatchObject({
      remoteName: "RemoteError",
      remoteCode: "ERR_REMOTE",
      remoteStack: undefined,
    });
    expect(error.message).toBe(
      `The server failed to answer this request. Its onError got the reason, with the id ${error.id}`,
    );
    const told = JSON.stringify([error, error.message]);
    for (const secret of ["Refused", "not today", "E_REFUSED", "serve.test"]) expect(told).not.toContain(secret);
  });

  test("tells a refusal as one also where errors are exposed to none", async () => {
    const running = gate();
    const server = served(async () => running.opened.then(() => ""), {
      concurrency: 1,
      maxQueued: 0,
      exposeErrors: "none",
    });
    const asking = client(server, { retry: { attempts: 1 } });
    const first = asking.request("?");
    await eventually(() => server.stats.running === 1);
    const refused = await asking.request("?").catch((reason) => reason);
    expect(refused).toBeInstanceOf(OverloadedError);
    expect(refused.message).toMatch(
      /^The server refused this request\. Its onError got the reason, with the id [-0-9a-f]{36}$/,
    );
    running.open();
    await first;
  });

  test.each([
    [
      '{"name":{"toString":1},"message":{"toString":1},"code":{"toString":1},"stack":[]}',
      { remoteName: "Error", remoteCode: undefined, message: "" },
    ],
    ["null", { remoteName: "Error", remoteCode: undefined, message: "" }],
    ["5", { remoteName: "Error", remoteCode: undefined, message: "" }],
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
    await expect(asking.request("throw")).rejects.toMatchObject({
      remoteName: "Error",
      message: "text",
      remoteCode: undefined,
    });
    await expect(asking.request("number")).rejects.toMatchObject({ remoteName: "TypeError" });
    await expect(asking.request("empty")).rejects.toMatchObject({ remoteName: "TypeError" });
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
    await expect(client(server).request("?")).rejects.toMatchObject({ remoteName: "TypeError" });
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
    for (const result of results)
      expect(result).toMatchObject({ reason: { name: "RemoteError", remoteName: "Error" } });
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

  test("is told to a plain REQ also where it is a ClosedError, or errorReply asynchronous", async () => {
    for (const Socket of [Router, Reply]) {
      for (const [errorReply, expected] of [
        [async () => "in a moment", "in a moment"],
        [() => Promise.reject(new Error("errorReply too")), ""],
      ] as const) {
        await using socket = new Socket();
        await using asking = new Request();
        const fails = () => Promise.reject(new ClosedError("of another socket"));
        const server = serve(socket as Router, fails, { errorReply });
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
    expect(error).toMatchObject({ code: "ERR_REMOTE", remoteCode: "ERR_OVERLOADED" });
    expect(handled).toBe(1);
    expect(server.stats.failed).toBe(1);
  });

  test.each([
    ["Router", Router],
    ["Reply", Reply],
  ])("is what errorReply says, for a plain REQ client of a %s; and an empty frame by default", async (_, Socket) => {
    const fails = () => {
      throw new Error("broken");
    };
    for (const [errorReply, expected] of [
      [(error: unknown, [body]: readonly Buffer[]) => `${(error as Error).message}: ${body}`, "broken: ask"],
      [undefined, ""],
      [
        () => {
          throw new Error("errorReply too");
        },
        "",
      ],
      [() => 5 as never, ""],
    ] as const) {
      await using socket = new Socket();
      await using asking = new Request();
      const server = serve(socket as Router, fails, { errorReply });
      asking.connect(await socket.bind("tcp://127.0.0.1:*"));
      await asking.send("ask");
      expect(String(await asking.receive())).toBe(expected);
      await server.stop();
    }
  });
});
