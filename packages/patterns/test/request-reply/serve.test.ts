/** Which requests a server takes, in which order, and how it answers. */

import assert from "node:assert/strict";
import { setImmediate as nextTurn } from "node:timers/promises";
import { ClosedError, Dealer, proxy, Reply, Router } from "@awaitmq/core";
import { eventually, freshInproc, type Gate, gate, numbers } from "@awaitmq/testing";
import { seeded } from "@awaitmq/testing/seeded";
import { afterEach, describe, expect, test, vi } from "vitest";
import { InUseError, OverloadedError, type RequestContext, serve, TooLateError } from "../../src/index.ts";
import { client, closeAll, connected, served } from "./pair.ts";

afterEach(closeAll);

const callbackWarning = { type: "awaitmq", code: "AWAITMQ_CALLBACK" };

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
      { concurrency: 3, maxQueued: 5 },
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

  test("begins those of a packet by priority, and within one in the order of the calls", async () => {
    const begun: string[] = [];
    const server = served(
      async ([name], { priority }) => {
        begun.push(`${name} ${priority}`);
        await nextTurn();
        return "";
      },
      { concurrency: 1 },
    );
    const asking = client(server);
    await asking.request("warm up");
    begun.length = 0;
    const ask = (priority: number, index: number) => asking.request(String(index), { priority });
    await Promise.all([0, 5, 0, -5, 0].map(ask));
    expect(begun).toEqual(["1 5", "0 0", "2 0", "4 0", "3 -5"]);
  });

  test.each([1, 2, 5])(
    "begins those that wait in that order too, whatever their number, %i at once",
    async (concurrency) => {
      const random = seeded();
      const begun: { readonly priority: number; readonly index: number }[] = [];
      const first = gate();
      const server = served(
        async ([name], { priority }) => {
          if (String(name) === "first") await first.opened;
          else begun.push({ priority, index: Number(String(name)) });
          await nextTurn();
          return "";
        },
        { concurrency },
      );
      const asking = client(server);
      const calls = numbers(concurrency).map(() => asking.request("first"));
      await eventually(() => server.stats.running === concurrency);
      let index = 0;
      for (let turn = 0; turn < 10; turn++) {
        for (let count = random.below(10); count >= 0; count--) {
          const priority = [0, 0, 5, -5, 127, -128][random.below(6)] as number;
          calls.push(asking.request(String(index++), { priority }));
        }
        await eventually(() => server.stats.queued === index, { interval: 1 });
      }
      first.open();
      await Promise.all(calls);
      expect(begun).toEqual([...begun].sort((one, other) => other.priority - one.priority || one.index - other.index));
      expect(begun).toHaveLength(index);
    },
  );

  test("takes a whole packet whose handlers end at once, though fewer may wait", async () => {
    const server = served(([body]) => body as Buffer, { concurrency: 1, maxQueued: 0 });
    const asking = client(server, { retry: { attempts: 1 } });
    await asking.request("warm up");
    expect((await Promise.all(numbers(50).map((number) => asking.request(String(number))))).map(String)).toEqual(
      numbers(50).map(String),
    );
  });

  test("gives a handler a context of its own, without the server's bookkeeping", async () => {
    const contexts: RequestContext[] = [];
    const handler = (_: unknown, context: RequestContext) => {
      contexts.push(context);
      return "";
    };
    await using reply = new Reply();
    await using other = serve(reply, handler);
    await client(served(handler)).request("?", { priority: 7 });
    await connected({ connect: await reply.bind("tcp://127.0.0.1:*") }).request("?", { priority: 7 });
    await other.stop();
    for (const context of contexts) {
      const names = [context, Object.getPrototypeOf(context)]
        .filter((object) => object !== Object.prototype)
        .flatMap(Object.getOwnPropertyNames);
      expect(new Set(names)).toEqual(
        new Set([
          ...names.filter((name) => name === "constructor"),
          "peer",
          "priority",
          "signal",
          "stopping",
          "metadata",
          "remaining",
          "input",
        ]),
      );
      expect(context.signal).toBeInstanceOf(AbortSignal);
      expect(context.signal).toBe(context.signal);
    }
    expect(contexts.map(({ priority }) => priority)).toEqual([7, 0]);
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

  test("refuses a Router that has an endpoint with a TooLateError, unless it was served before it had it, or is to be probed", async () => {
    await using late = new Router();
    const endpoint = await late.bind("tcp://127.0.0.1:*");
    expect(() => serve(late, () => "")).toThrow(
      new TooLateError(
        `Cannot serve on a socket that already has ${endpoint}: libzmq reports disconnected clients only on endpoints that the Router gets later, ` +
          "and there is no probeInterval. Call serve before bind and connect, or pass it the endpoint",
      ),
    );
    // It is in nobody's use then.
    for (const probeInterval of [20, Number.POSITIVE_INFINITY]) {
      await using _server = serve(late, () => `${probeInterval}`, { probeInterval });
      expect(String(await connected({ connect: endpoint }).request("?"))).toBe(`${probeInterval}`);
    }
    expect(() => serve(late, () => "")).toThrow(TooLateError);

    for (const probeInterval of [undefined, 20]) {
      await using inTime = new Router();
      await serve(inTime, () => "", { probeInterval }).stop();
      await inTime.bind("tcp://127.0.0.1:*");
      await serve(inTime, () => "").stop();
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
    expect(warned).toHaveBeenCalledExactlyOnceWith(expect.stringContaining("told"), callbackWarning);
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

  test("binds or connects a Router of its own as it is told to, with options of its own, and closes it", async () => {
    await using front = new Router();
    await using back = new Dealer();
    const endpoint = await back.bind("tcp://127.0.0.1:*");
    await using proxying = proxy(front, back);
    const behind = serve({ connect: endpoint }, ([body]) => body as Buffer);
    expect(behind.endpoints).toEqual([]);
    const asking = connected({ connect: await front.bind("tcp://127.0.0.1:*") });
    expect(String(await asking.request("behind"))).toBe("behind");
    await behind.stop();
    await proxying.stop();

    const bound = serve({ bind: "tcp://127.0.0.1:*", socket: { maxMessageSize: 1_000 } }, () => "bound");
    expect(String(await client(bound).request("?"))).toBe("bound");
    await bound.stop();
    await using again = new Router();
    expect(await again.bind(bound.endpoints[0] as string)).toBe(bound.endpoints[0]);
  });

  test("refuses wrong arguments with what it expected", () => {
    const handler = () => null;
    expect(() => serve("tcp://127.0.0.1:*", "handler" as never)).toThrow("handler must be a function, got string");
    expect(() => serve([], handler)).toThrow(TypeError);
    expect(() => serve("nonsense", handler)).toThrow(expect.objectContaining({ code: "ERR_ADDRESS_INVALID" }));
    expect(() => serve("tcp://127.0.0.1:*", handler, { concurrency: 0 })).toThrow(RangeError);
    expect(() => serve("tcp://127.0.0.1:*", handler, { maxQueued: "5" as never })).toThrow(TypeError);
    for (const name of ["errorReply", "onError", "onInvalid", "exposeErrors"])
      expect(() => serve("tcp://127.0.0.1:*", handler, { [name]: "x" })).toThrow(TypeError);
    for (const name of ["concurrency", "maxQueued", "maxQueuedPerPeer"])
      expect(() => serve("tcp://127.0.0.1:*", handler, { [name]: 1.5 })).toThrow(`${name} must be a whole number`);
    expect(() => serve("tcp://127.0.0.1:*", handler, null as never)).toThrow(
      "serve takes an object of options, got null",
    );
    expect(() => serve("tcp://127.0.0.1:*", handler, { concurency: 5 } as never)).toThrow(
      'serve has no option "concurency"',
    );
  });
});
