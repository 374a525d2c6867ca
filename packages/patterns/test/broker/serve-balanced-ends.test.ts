/** How a worker of a broker ends. */

import { Dealer, Router } from "@awaitmq/core";
import { eventually, freshTcp } from "@awaitmq/testing";
import { describe, expect, test } from "vitest";
import { DeadlockError, serveBalanced } from "../../src/index.ts";
import { byHand } from "./by-hand.ts";

describe("serveBalanced", () => {
  test("resolves when its socket closes, also while a handler runs, after which it has", async () => {
    let end = () => {};
    const ending = new Promise<void>((resolve) => {
      end = resolve;
    });
    let begun = false;
    let ended = false;
    await using hand = await byHand("READY 1", (dealer) =>
      serveBalanced(dealer, async () => {
        begun = true;
        await ending;
        ended = true;
        return "too late";
      }),
    );
    await hand.ask(0, "?");
    await eventually(() => begun);
    await hand.dealer.close({ linger: 0 });
    expect(ended).toBe(false);
    end();
    await expect(hand.serving.done).resolves.toBeUndefined();
    expect(ended).toBe(true);
  });

  test("that is aborted asks for no more, answers what it had begun, and leaves in good order", async () => {
    const ending = new AbortController();
    const begun: string[] = [];
    await using hand = await byHand("READY 1", (dealer) =>
      serveBalanced(
        dealer,
        async ([body], { signal }) => {
          begun.push(String(body));
          if (!signal.aborted) await new Promise((resolve) => signal.addEventListener("abort", resolve));
          return "answered";
        },
        { signal: ending.signal },
      ),
    );
    await hand.ask(0, "0");
    await hand.ask(1, "1");
    await eventually(() => begun.length === 1);
    ending.abort();
    await hand.serving.done;
    expect(await hand.hear()).toEqual(["READY 0"]);
    expect((await hand.hear()).at(-1)).toBe("answered");
    expect(await hand.hear()).toEqual(["LEAVE"]);
    expect(begun).toEqual(["0"]);
    // The other is still in the dealer, whose next worker serves on.
    expect(String((await hand.dealer.receive({ timeout: 100_000 })).at(-1))).toBe("1");
  });

  test("resolves when its socket closes, and drops what is no request", async () => {
    await using hand = await byHand("READY 1", (dealer) => serveBalanced(dealer, (body) => body));
    const id = (await idOf(hand)) as Buffer;
    for (const frames of [["x"], ["", ""], ["", "tag", ""], ["tag", "", "body"]])
      await hand.router.send([id, ...frames]);
    await hand.ask(0, "real");
    expect((await hand.hear()).at(-1)).toBe("real");
    await hand.dealer.close();
    await hand.serving.done;
    expect(hand.serving.stats).toEqual({ running: 0, served: 2, failed: 0, invalid: 4 });
  });

  test("with a signal that is aborted says nothing to the broker, and is over", async () => {
    await using router = new Router();
    await using dealer = new Dealer();
    dealer.connect(await router.bind("tcp://127.0.0.1:*"));
    await serveBalanced(dealer, (body) => body, { signal: AbortSignal.abort() }).done;
    await dealer.send("first");
    expect(String((await router.receive())[1])).toBe("first");
  });

  test("that is stopped asks for no more, answers what it had begun within the grace, and leaves", async () => {
    let release = () => {};
    const released = new Promise<void>((resolve) => {
      release = resolve;
    });
    const aborted: boolean[] = [];
    await using hand = await byHand("READY 1", (dealer) =>
      serveBalanced(dealer, async (_, { signal }) => {
        await released;
        aborted.push(signal.aborted);
        return "answered";
      }),
    );
    await hand.ask(0, "0");
    await eventually(() => hand.serving.stats.running === 1);
    const stopping = hand.serving.stop({ grace: 60_000 });
    expect(await hand.hear()).toEqual(["READY 0"]);
    release();
    expect((await hand.hear()).at(-1)).toBe("answered");
    expect(await hand.hear()).toEqual(["LEAVE"]);
    await stopping;
    expect(aborted).toEqual([false]);
    expect(hand.dealer.closed).toBe(false);
  });

  test("whose broker is away has nobody to take leave of, and is over at once", async () => {
    const worker = serveBalanced(await freshTcp(), () => null);
    const began = performance.now();
    await worker.stop();
    expect(performance.now() - began).toBeLessThan(1_500); // less than one word of 2 s
  });

  test("does not let a handler wait for its own end", async () => {
    const caught: unknown[] = [];
    await using hand = await byHand("READY 1", (dealer) =>
      serveBalanced(dealer, async () => {
        await hand.serving.stop().catch((error) => caught.push(error));
        return "stopped";
      }),
    );
    await hand.ask(0, "stop");
    await hand.serving.done;
    expect(caught[0]).toBeInstanceOf(DeadlockError);
  });
});

/** The worker's routing id, from an answer of it. */
async function idOf({ router, ask }: { router: Router; ask: (n: number, body: string) => Promise<void> }) {
  await ask(9, "who");
  for (;;) {
    const [id, ...frames] = await router.receive();
    if (String(frames.at(-1)) === "who") return id;
  }
}
