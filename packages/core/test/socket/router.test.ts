import { setImmediate as turn } from "node:timers/promises";
import { eventually, freshIpc, numbers } from "@awaitmq/testing";
import { seeded } from "@awaitmq/testing/seeded";
import { describe, expect, test } from "vitest";
import { Dealer, Router, TimeoutError, UnroutableError } from "../../src/index.ts";

async function connected(router: Router, address: string, dealer: Dealer): Promise<Dealer> {
  dealer.connect(address);
  await dealer.send("hello");
  await router.receive();
  return dealer;
}

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
  /** The median, so that a busy machine does not fail the test. */
  async function timeToReject(router: Router): Promise<number> {
    const times: number[] = [];
    for (const index of numbers(15)) {
      const began = performance.now();
      const error = await failureOf(router.send([`nobody ${index}`, "message"]));
      times.push(performance.now() - began);
      expect(error).toBeInstanceOf(UnroutableError);
    }
    return times.sort((a, b) => a - b)[7]!;
  }

  test("rejects UnroutableError within 50 ms, before and after a first peer connected", async () => {
    await using router = new Router();
    expect(await timeToReject(router)).toBeLessThan(50);
    const address = await router.bind("tcp://127.0.0.1:*");
    expect(await timeToReject(router)).toBeLessThan(50);
    {
      await using dealer = await connected(router, address, new Dealer({ routingId: "peer" }));
      expect(await timeToReject(router)).toBeLessThan(50);
      await router.send(["peer", "message"]);
      expect(String(await dealer.receive())).toBe("message");
    }
    await eventually(async () => (await failureOf(router.send(["peer", "message"]))) instanceof UnroutableError);
    expect(await timeToReject(router)).toBeLessThan(50);
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
    await expect(router.send(message)).rejects.toThrow("A Router sends a routing id and at least one more frame");
});

describe("a peer whose queue is full", () => {
  const body = Buffer.alloc(4_096, "x");
  const small = { receiveHighWaterMark: 2 };

  /** Sends to a peer that does not read until one of them waits. Gives the sends that were accepted and the one that was not. */
  async function fill(router: Router, peer: string): Promise<{ accepted: number; waiting: Promise<void> }> {
    for (let accepted = 0; ; accepted++) {
      let settled = false;
      const send = router.send([peer, String(accepted), body]).finally(() => {
        settled = true;
      });
      const full = eventually(() => settled, { timeout: 250, interval: 2 }).then(
        () => false,
        () => true,
      );
      if (await Promise.race([full, send.then(() => false)])) return { accepted, waiting: send };
    }
  }

  test.each(["tcp://127.0.0.1:*", "ipc"])(
    "gets its messages in order once it reads again, over %s, those that timed out or were aborted never",
    async (transport) => {
      await using router = new Router({ sendHighWaterMark: 2, sendBufferSize: 8_192 });
      const address = await router.bind(transport === "ipc" ? freshIpc() : transport);
      await using stalled = await connected(
        router,
        address,
        new Dealer({ routingId: "stalled", ...small, receiveBufferSize: 8_192 }),
      );
      await using other = await connected(router, address, new Dealer({ routingId: "other" }));
      const { accepted, waiting } = await fill(router, "stalled");
      const first = accepted + 1;
      const results = numbers(200).map(async (index) => {
        const frames = ["stalled", String(first + index), body];
        if (index % 4 === 1) {
          await expect(router.send(frames, { timeout: index % 8 })).rejects.toThrow(TimeoutError);
        } else if (index % 4 === 3) {
          const controller = new AbortController();
          const send = router.send(frames, { signal: controller.signal });
          setImmediate(() => controller.abort("enough"));
          await expect(send).rejects.toBe("enough");
        } else {
          await router.send(frames);
        }
      });
      const gaveUp = numbers(200).filter((index) => index % 2 === 1);
      await Promise.all(gaveUp.map((index) => results[index]));

      for (const index of numbers(100)) {
        await router.send(["other", String(index)]);
        expect(String(await other.receive())).toBe(String(index));
      }

      const received: number[] = [];
      const expected = [
        ...numbers(first),
        ...numbers(200)
          .filter((index) => index % 2 === 0)
          .map((i) => first + i),
      ];
      for await (const [head] of stalled) if (received.push(Number(head)) === expected.length) break;
      await Promise.all([waiting, ...results]);
      expect(received).toEqual(expected);
      await router.send(["stalled", "last"]);
      expect(String(await stalled.receive())).toBe("last");
    },
  );

  test.each(["tcp://127.0.0.1:*", "ipc"])(
    "its sends reject UnroutableError when it goes away, over %s, although nobody reads from the router",
    async (transport) => {
      await using router = new Router({ sendHighWaterMark: 2 });
      const address = await router.bind(transport === "ipc" ? freshIpc() : transport);
      const stalled = await connected(router, address, new Dealer({ routingId: "stalled", ...small }));
      const { waiting } = await fill(router, "stalled");
      const next = router.send(["stalled", "next"]);
      const rejected = Promise.all([
        expect(waiting).rejects.toThrow(UnroutableError),
        expect(next).rejects.toThrow(UnroutableError),
      ]);
      await stalled.close({ linger: 0 });
      await rejected;
    },
  );

  test("one stalled peer of 100: the other 99 get theirs meanwhile", async () => {
    const perPeer = 120;
    await using router = new Router({ sendHighWaterMark: 10, maxPendingSends: 100_000 });
    const address = await router.bind(freshIpc());
    const dealers = await Promise.all(
      numbers(100).map(async (peer) => {
        const dealer = new Dealer({ routingId: `peer ${peer}`, ...small });
        dealer.connect(address);
        await dealer.send("hello");
        return dealer;
      }),
    );
    for (const _ of dealers) await router.receive();
    const stalled = dealers[57]!;

    async function read(dealer: Dealer): Promise<number[]> {
      const received: number[] = [];
      for await (const [head] of dealer) if (received.push(Number(head)) === perPeer) break;
      return received;
    }

    let stillWaiting = perPeer;
    const toStalled: Promise<void>[] = [];
    const toOthers: Promise<void>[] = [];
    for (const index of numbers(perPeer)) {
      for (const peer of numbers(100)) {
        const send = router.send([`peer ${peer}`, String(index), body]);
        if (peer === 57)
          toStalled.push(
            send.then(() => {
              stillWaiting -= 1;
            }),
          );
        else toOthers.push(send);
      }
    }
    for (const received of await Promise.all(dealers.filter((dealer) => dealer !== stalled).map(read)))
      expect(received).toEqual(numbers(perPeer));
    await Promise.all(toOthers);

    expect(stillWaiting).toBeGreaterThan(perPeer / 4);
    await expect(router.send(["peer 57", "never"], { timeout: 20 })).rejects.toThrow(TimeoutError);
    await expect(router.send(["peer 57", "never"], { timeout: 0 })).rejects.toThrow(TimeoutError);
    await expect(router.send(["peer 57", "never"], { signal: AbortSignal.timeout(5) })).rejects.toThrow("timeout");
    // A round trip with each of the others, one after another, while the stalled peer's sends still wait.
    for (const dealer of dealers) {
      if (dealer === stalled) continue;
      await dealer.send("ping");
      const [peer] = await router.receive();
      await router.send([peer, "pong"]);
      expect(String(await dealer.receive())).toBe("pong");
    }
    expect(stillWaiting).toBeGreaterThan(perPeer / 4);

    expect(await read(stalled)).toEqual(numbers(perPeer));
    await Promise.all(toStalled);
    expect(stillWaiting).toBe(0);
    await router.send(["peer 57", "last"]);
    expect(String(await stalled.receive())).toBe("last");
    await Promise.all(dealers.map((dealer) => dealer.close({ linger: 0 })));
  });

  test("sends to another peer take no longer than without it", async () => {
    await using router = new Router({ sendHighWaterMark: 100 });
    const address = await router.bind(freshIpc());
    await using _stalled = await connected(router, address, new Dealer({ routingId: "stalled", ...small }));
    await using other = await connected(router, address, new Dealer({ routingId: "other" }));

    async function time(): Promise<number> {
      const times: number[] = [];
      for (const round of numbers(5)) {
        const began = performance.now();
        const sends = numbers(500).map((index) => router.send(["other", `${round} ${index}`]));
        for (const index of numbers(500)) expect(String(await other.receive())).toBe(`${round} ${index}`);
        await Promise.all(sends);
        times.push(performance.now() - began);
      }
      return Math.min(...times);
    }

    const before = await time();
    const { waiting } = await fill(router, "stalled");
    const rejected = expect(waiting).rejects.toThrow();
    const during = await time();
    // Generous: the machine may be busy. Waiting for the stalled peer would take for ever.
    expect(during).toBeLessThan(before * 10 + 100);
    await router.close({ linger: 0 });
    await rejected;
  });
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
