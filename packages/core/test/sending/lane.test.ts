/** A Router of whose peers one does not read. */

import { eventually, freshIpc, numbers } from "@awaitmq/testing";
import { describe, expect, test } from "vitest";
import { Dealer, Router, TimeoutError, UnroutableError } from "../../src/index.ts";
import { connected } from "../socket/connected.ts";

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
