import { Dealer, type Message, Router } from "@awaitmq/core";
import { eventually, FlakyLink, freshTcp } from "@awaitmq/testing";
import { describe, expect, test } from "vitest";
import { balance, serveBalanced } from "../../src/index.ts";

const numbers = (count: number) => Array.from({ length: count }, (_, n) => n);
const tag = (n: number) => Buffer.alloc(16, n + 1);

/** A broker by hand, which has heard that the worker is ready. */
async function byHand(ready: string, serve: (dealer: Dealer) => Promise<void>) {
  const router = new Router({ receiveTimeout: 10_000 });
  const dealer = new Dealer();
  dealer.connect(await router.bind("tcp://127.0.0.1:*"));
  const serving = serve(dealer);
  serving.catch(() => {});
  const [id, ...announcement] = await router.receive();
  expect(announcement.map(String)).toEqual(["", ready]);
  return {
    router,
    dealer,
    serving,
    ask: (n: number, ...body: string[]) => router.send([id, "", tag(n), "", ...body]),
    /** What the worker says next, but for announcements said again. */
    async hear(): Promise<string[]> {
      for (;;) {
        const [, , ...frames]: Message = await router.receive();
        if (String(frames[0]) !== ready) return frames.map((frame) => frame.toString("latin1"));
      }
    },
    async [Symbol.asyncDispose]() {
      await Promise.all([router.close({ linger: 0 }), dealer.close({ linger: 0 })]);
      await serving.catch(() => {});
    },
  };
}

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
    await expect(hand.serving).resolves.toBeUndefined();
    expect(ended).toBe(true);
  });

  test("handles as many requests at once as it announced", async () => {
    let release = () => {};
    const released = new Promise<void>((resolve) => {
      release = resolve;
    });
    let running = 0;
    let most = 0;
    await using hand = await byHand("READY 3", (dealer) =>
      serveBalanced(
        dealer,
        async (body) => {
          most = Math.max(most, ++running);
          await released;
          running -= 1;
          return body;
        },
        { concurrency: 3 },
      ),
    );
    for (const n of numbers(10)) await hand.ask(n, "a", `${n}`);
    await eventually(() => running === 3);
    release();
    const heard = new Set<string>();
    for (const _ of numbers(10)) heard.add((await hand.hear()).at(-1)!);
    expect(heard).toEqual(new Set(numbers(10).map(String)));
    expect(most).toBe(3);
  });

  test("answers a failed request by what onError says, by default with one empty frame", async () => {
    const handler = ([body]: Message) => {
      if (String(body) === "throw") throw new Error("failed");
      return String(body) === "empty" ? [] : ({} as never);
    };
    await using plain = await byHand("READY 1", (dealer) => serveBalanced(dealer, handler));
    for (const body of ["throw", "empty", "nonsense"]) {
      await plain.ask(0, body);
      expect(await plain.hear()).toEqual([tag(0).toString("latin1"), "", ""]);
    }
    const onError = (error: unknown, [body]: Message) => `${(error as Error).name} in ${body}`;
    await using told = await byHand("READY 1", (dealer) => serveBalanced(dealer, handler, { onError }));
    await told.ask(0, "throw");
    expect((await told.hear()).at(-1)).toBe("Error in throw");
    await told.ask(0, "empty");
    expect((await told.hear()).at(-1)).toBe("TypeError in empty");
  });

  test("ends with what onError throws, and leaves", async () => {
    const fails = () => {
      throw new Error("failed");
    };
    const onError = () => {
      throw new Error("no idea");
    };
    await using hand = await byHand("READY 1", (dealer) => serveBalanced(dealer, fails, { onError }));
    await hand.ask(0, "x");
    await expect(hand.serving).rejects.toThrow("no idea");
    expect(await hand.hear()).toEqual(["LEAVE"]);
  });

  test("that is aborted asks for no more, answers what it had begun, leaves, and rejects with the reason", async () => {
    const ending = new AbortController();
    const reason = new Error("abort");
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
    ending.abort(reason);
    await expect(hand.serving).rejects.toBe(reason);
    expect(await hand.hear()).toEqual(["READY 0"]);
    expect((await hand.hear()).at(-1)).toBe("answered");
    expect(await hand.hear()).toEqual(["LEAVE"]);
    expect(begun).toEqual(["0"]);
    // The other is still in the dealer, whose next worker serves on.
    expect(String((await hand.dealer.receive({ timeout: 10_000 })).at(-1))).toBe("1");
  });

  test("resolves when its socket closes, and drops what is no request", async () => {
    await using hand = await byHand("READY 1", (dealer) => serveBalanced(dealer, (body) => body));
    const id = (await idOf(hand)) as Buffer;
    for (const frames of [["x"], ["", ""], ["", "tag", ""], ["tag", "", "body"]])
      await hand.router.send([id, ...frames]);
    await hand.ask(0, "real");
    expect((await hand.hear()).at(-1)).toBe("real");
    await hand.dealer.close();
    expect(await hand.serving).toBeUndefined();
  });

  test("announces itself again to a broker that was restarted, and after a broken connection", async () => {
    const [clientEnd, workerEnd] = [await freshTcp(), await freshTcp()];
    await using link = await FlakyLink.open(workerEnd);
    await using worker = new Dealer({ reconnectInterval: 10 });
    worker.connect(link.address);
    const serving = serveBalanced(worker, ([body]) => `${body}!`, { concurrency: 2 });
    await using asking = new Dealer({ reconnectInterval: 10, linger: 0 });
    asking.connect(clientEnd);
    const answered = async (body: string) => {
      await asking.send(["", body], { timeout: 10_000 });
      expect(String((await asking.receive({ timeout: 15_000 }))[1])).toBe(`${body}!`);
    };
    for (const round of numbers(2)) {
      await using frontend = new Router();
      await using backend = new Router();
      const running = balance(frontend, backend);
      await frontend.bind(clientEnd);
      await backend.bind(workerEnd);
      await asking.ready({ timeout: 10_000 });
      await answered(`round ${round}`);
      await link.cut();
      await link.restore();
      await answered(`round ${round}, connected again`);
      await asking.disconnect(clientEnd);
      await frontend.close();
      await backend.close();
      await running;
      asking.connect(clientEnd);
    }
    await worker.close();
    await serving;
  });

  test("says what is wrong with its arguments", async () => {
    await using dealer = new Dealer();
    await expect(serveBalanced(dealer, 1 as never)).rejects.toThrow("handler must be a function, got number");
    await expect(serveBalanced(dealer, (body) => body, { concurrency: 0 })).rejects.toThrow(RangeError);
    await expect(serveBalanced(dealer, (body) => body, { concurrency: 1e8 })).rejects.toThrow("at most 9999999");
    await expect(serveBalanced(dealer, (body) => body, { linger: -1 })).rejects.toThrow(RangeError);
    const signal = AbortSignal.abort(new Error("early"));
    await expect(serveBalanced(dealer, (body) => body, { signal })).rejects.toThrow("early");
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
