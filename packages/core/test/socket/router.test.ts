/** A Router with many requests, unknown peers, and names that it gives. */

import { setImmediate as turn } from "node:timers/promises";
import { eventually, numbers } from "@awaitmq/testing";
import { seeded } from "@awaitmq/testing/seeded";
import { describe, expect, test } from "vitest";
import { Dealer, Router, TimeoutError, UnroutableError } from "../../src/index.ts";
import { connected } from "./connected.ts";

async function failureOf(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => undefined,
    (error: unknown) => error,
  );
}

describe("a Router answering 2 000 requests", () => {
  async function ask(router: Router, handle: (request: readonly Buffer[]) => Promise<void>): Promise<void> {
    const address = await router.bind("tcp://127.0.0.1:*");
    const handlers: Promise<void>[] = [];
    const serving = (async () => {
      for await (const request of router) if (handlers.push(handle(request)) === 2_000) return;
    })();
    // 20 peers ask 100 times each, all at once.
    await Promise.all(
      numbers(20).map(async (peer) => {
        await using dealer = new Dealer();
        dealer.connect(address);
        await Promise.all(numbers(100).map((index) => dealer.send(["", `${peer}/${index}`])));
        const replies = new Set<string>();
        for await (const [, reply] of dealer) if (replies.add(String(reply)).size === 100) break;
        expect(replies).toEqual(new Set(numbers(100).map((index) => `reply to ${peer}/${index}`)));
        await expect(dealer.receive({ timeout: 0 })).rejects.toThrow(TimeoutError);
      }),
    );
    await serving;
    await Promise.all(handlers);
    expect(handlers).toHaveLength(2_000);
  }

  test("from 2 000 handlers that all answer in the same moment sends 2 000 replies", async () => {
    await using router = new Router();
    let waiting = 0;
    let answer = () => {};
    const all = new Promise<void>((resolve) => {
      answer = resolve;
    });
    await ask(router, async ([peer, empty, body]) => {
      waiting += 1;
      if (waiting === 2_000) answer();
      await all;
      await router.send([peer!, empty!, `reply to ${body}`]);
    });
    expect(waiting).toBe(2_000);
  });

  test("from 2 000 handlers that take their time sends 2 000 replies", async () => {
    await using router = new Router();
    const random = seeded();
    let running = 0;
    let most = 0;
    await ask(router, async ([peer, empty, body]) => {
      running += 1;
      most = Math.max(most, running);
      for (let turns = random.below(10); turns > 0; turns--) await turn();
      await router.send([peer!, empty!, `reply to ${body}`]);
      running -= 1;
    });
    expect(most).toBeGreaterThan(10);
  });
});

describe("an unknown peer", () => {
  /** Turns of the event loop: one to be offered, one where messaging gives way. A send that waits for a peer is tried again after many. */
  const atOnce = 3;

  /** The most turns of the event loop until a send to nobody has rejected. */
  async function turnsToReject(router: Router): Promise<number> {
    let most = 0;
    for (const index of numbers(15)) {
      let error: unknown;
      const rejected = failureOf(router.send([`nobody ${index}`, "message"])).then((reason) => {
        error = reason;
      });
      let turns = 0;
      for (; error === undefined && turns < 1_000; turns++) await turn();
      await rejected;
      most = Math.max(most, turns);
      expect(error).toBeInstanceOf(UnroutableError);
    }
    return most;
  }

  test("rejects UnroutableError at once, before and after a first peer connected", async () => {
    await using router = new Router();
    expect(await turnsToReject(router)).toBeLessThan(atOnce);
    const address = await router.bind("tcp://127.0.0.1:*");
    expect(await turnsToReject(router)).toBeLessThan(atOnce);
    {
      await using dealer = await connected(router, address, new Dealer({ routingId: "peer" }));
      expect(await turnsToReject(router)).toBeLessThan(atOnce);
      await router.send(["peer", "message"]);
      expect(String(await dealer.receive())).toBe("message");
    }
    await eventually(async () => (await failureOf(router.send(["peer", "message"]))) instanceof UnroutableError);
    expect(await turnsToReject(router)).toBeLessThan(atOnce);
  });

  test("is named in the error", async () => {
    await using router = new Router();
    const routingId = Buffer.from([0x00, 0x6b, 0xff, 0x21]);
    const error = await failureOf(router.send([routingId, "message"]));
    expect(error).toMatchObject({
      name: "UnroutableError",
      code: "ERR_UNROUTABLE",
      message: "Cannot send to peer 006bff21: no such peer is connected to the Router socket",
      routingId,
    });
  });

  test("among 1 000 concurrent sends fails its own only", async () => {
    await using router = new Router();
    const address = await router.bind("tcp://127.0.0.1:*");
    await using dealer = await connected(router, address, new Dealer({ routingId: "peer" }));
    const results = await Promise.allSettled(
      numbers(1_000).map((index) => router.send([index % 3 === 0 ? "nobody" : "peer", String(index)])),
    );
    const known = numbers(1_000).filter((index) => index % 3 !== 0);
    expect(numbers(1_000).filter((index) => results[index]!.status === "fulfilled")).toEqual(known);
    const received: number[] = [];
    for await (const [body] of dealer) if (received.push(Number(body)) === known.length) break;
    expect(received).toEqual(known);
  });

  test("does not keep the socket from closing", async () => {
    const router = new Router();
    const began = performance.now();
    const rejected = expect(router.send(["nobody", "message"])).rejects.toThrow(UnroutableError);
    await router.close({ linger: 20_000 });
    await rejected;
    expect(performance.now() - began).toBeLessThan(10_000);
  });

  test("is dropped without a word where mandatory is false, as in zeromq", async () => {
    await using router = new Router({ mandatory: false });
    const address = await router.bind("tcp://127.0.0.1:*");
    await using dealer = await connected(router, address, new Dealer({ routingId: "peer" }));
    await router.send(["nobody", "lost"]);
    await router.send(["peer", "arrives"]);
    expect(String(await dealer.receive())).toBe("arrives");
  });
});

test("a routing id without a message, which libzmq would drop, is a TypeError", async () => {
  await using router = new Router();
  for (const message of ["peer", ["peer"], null])
    await expect(router.send(message)).rejects.toThrow(
      "Cannot send 1 frame on a Router: it needs a routing id and at least one more frame",
    );
});

describe("connect with a routing id", () => {
  test.each([
    ["no text and no bytes", 5, TypeError],
    ["null", null, TypeError],
    ["empty", "", RangeError],
    ["that begins with zero", "\0a", RangeError],
    ["of 256 bytes", "x".repeat(256), RangeError],
  ])("%s is refused", async (_, routingId, type) => {
    await using router = new Router();
    expect(() => router.connect("tcp://127.0.0.1:1", { routingId: routingId as never })).toThrow(type);
    expect(router.endpoints).toEqual([]);
  });

  test("that another connection has or had is refused, where libzmq would end the process", async () => {
    await using there = new Router();
    const endpoint = await there.bind("tcp://127.0.0.1:*");
    await using router = new Router();
    router.connect(endpoint, { routingId: "a" });
    for (const again of ["a", Buffer.from("a")])
      expect(() => router.connect(endpoint, { routingId: again })).toThrow(RangeError);
    router.disconnect(endpoint);
    expect(() => router.connect(endpoint, { routingId: "a" })).toThrow(RangeError);
    router.connect(endpoint, { routingId: "b" });
    await router.send(["b", "hello"]);
    expect((await there.receive()).at(-1)?.toString()).toBe("hello");
  });
});
