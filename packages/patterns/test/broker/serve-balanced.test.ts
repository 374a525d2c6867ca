import { once } from "node:events";
import { Dealer, type Handle, type Message, Router } from "@awaitmq/core";
import { eventually, FlakyLink, freshTcp, numbers } from "@awaitmq/testing";
import { describe, expect, test } from "vitest";
import { balance, DeadlockError, type ServeBalancedStats, serveBalanced } from "../../src/index.ts";

const tag = (n: number) => Buffer.alloc(16, n + 1);

/** A broker by hand, which has heard that the worker is ready. */
async function byHand(ready: string, serve: (dealer: Dealer) => Handle<ServeBalancedStats>) {
  const router = new Router({ receiveTimeout: 10_000 });
  const dealer = new Dealer();
  dealer.connect(await router.bind("tcp://127.0.0.1:*"));
  const serving = serve(dealer);
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
      await serving.done.catch(() => {});
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
    await expect(hand.serving.done).resolves.toBeUndefined();
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

  test("answers a failed request by what errorReply says, by default with one empty frame", async () => {
    const handler = ([body]: Message) => {
      if (String(body) === "throw") throw new Error("failed");
      return String(body) === "empty" ? [] : ({} as never);
    };
    await using plain = await byHand("READY 1", (dealer) => serveBalanced(dealer, handler));
    for (const body of ["throw", "empty", "nonsense"]) {
      await plain.ask(0, body);
      expect(await plain.hear()).toEqual([tag(0).toString("latin1"), "", ""]);
    }
    const errorReply = (error: unknown, [body]: Message) => `${(error as Error).name} in ${body}`;
    await using told = await byHand("READY 1", (dealer) => serveBalanced(dealer, handler, { errorReply }));
    await told.ask(0, "throw");
    expect((await told.hear()).at(-1)).toBe("Error in throw");
    await told.ask(0, "empty");
    expect((await told.hear()).at(-1)).toBe("TypeError in empty");
  });

  test("ends with what errorReply throws, and leaves", async () => {
    const fails = () => {
      throw new Error("failed");
    };
    const errorReply = () => {
      throw new Error("no idea");
    };
    await using hand = await byHand("READY 1", (dealer) => serveBalanced(dealer, fails, { errorReply }));
    await hand.ask(0, "x");
    await expect(hand.serving.done).rejects.toThrow("no idea");
    expect(await hand.hear()).toEqual(["LEAVE"]);
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

  test("announces itself again to a broker that was restarted, and after a broken connection", async () => {
    const [clientEnd, workerEnd] = [await freshTcp(), await freshTcp()];
    await using link = await FlakyLink.open(workerEnd);
    await using worker = new Dealer({ reconnectInterval: 10 });
    worker.connect(link.address);
    const serving = serveBalanced(worker, ([body]) => `${body}!`, { concurrency: 2 });
    await using asking = new Dealer({ reconnectInterval: 10, linger: 0 });
    asking.connect(clientEnd);
    const answered = async (body: string) => {
      await asking.send(["", body], { timeout: 100_000 });
      expect(String((await asking.receive({ timeout: 100_000 }))[1])).toBe(`${body}!`);
    };
    for (const round of numbers(2)) {
      await using frontend = new Router();
      await using backend = new Router();
      const running = balance(frontend, backend);
      await frontend.bind(clientEnd);
      await backend.bind(workerEnd);
      await asking.ready({ timeout: 100_000 });
      await answered(`round ${round}`);
      await link.cut();
      await link.restore();
      await answered(`round ${round}, connected again`);
      await asking.disconnect(clientEnd);
      await frontend.close();
      await backend.close();
      await running.done;
      asking.connect(clientEnd);
    }
    await worker.close();
    await serving.done;
  });

  test("says what is wrong with its arguments", async () => {
    await using dealer = new Dealer();
    expect(() => serveBalanced(dealer, 1 as never)).toThrow("handler must be a function, got number");
    expect(() => serveBalanced(dealer, (body) => body, { concurrency: 0 })).toThrow(RangeError);
    expect(() => serveBalanced(dealer, (body) => body, { concurrency: 1e8 })).toThrow("at most 9999999");
    expect(() => serveBalanced(dealer, (body) => body, { grace: -1 })).toThrow(RangeError);
    const two = ["tcp://127.0.0.1:1", "tcp://127.0.0.1:2"];
    for (const brokers of [two, { connect: two }])
      expect(() => serveBalanced(brokers, (body) => body)).toThrow("the endpoint of one broker, got 2");
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

  test("tells onError of what failed, whatever errorReply says, and nothing that it throws", async () => {
    const told: string[] = [];
    const failure = new Error("failed");
    await using hand = await byHand("READY 1", (dealer) =>
      serveBalanced(
        dealer,
        () => {
          throw failure;
        },
        {
          errorReply: () => "sorry",
          onError(error, [body]) {
            told.push(`${(error as Error).message} at ${body}`);
            throw new Error("nobody hears it");
          },
        },
      ),
    );
    const warned = once(process, "warning");
    await hand.ask(0, "x");
    expect((await hand.hear()).at(-1)).toBe("sorry");
    expect(told).toEqual(["failed at x"]);
    expect((await warned)[0].message).toContain("onError of serveBalanced threw");
    expect(hand.serving.stats).toMatchObject({ served: 0, failed: 1 });
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

  test("opens a socket for an endpoint, and closes it when it has left", async () => {
    await using broker = balance("tcp://127.0.0.1:*", "tcp://127.0.0.1:*");
    const [clientEnd, workerEnd] = broker.endpoints as [string, string];
    await using asking = new Dealer({ linger: 0 });
    asking.connect(clientEnd);
    {
      await using worker = serveBalanced(
        { connect: workerEnd, socket: { routingId: "worker" } },
        ([body]) => `${body}!`,
      );
      expect(worker.endpoints).toEqual([]);
      await asking.send(["", "hello"]);
      expect(String((await asking.receive({ timeout: 100_000 }))[1])).toBe("hello!");
    }
    await asking.send(["", "for nobody"]);
    await eventually(() => broker.stats.waiting === 1);
    expect(broker.stats.given).toBe(1);
  });

  test("binds where the broker connects to it", async () => {
    await using worker = serveBalanced({ bind: "tcp://127.0.0.1:*" }, ([body]) => `${body}!`);
    await using broker = balance("tcp://127.0.0.1:*", { connect: worker.endpoints });
    await using asking = new Dealer({ linger: 0 });
    asking.connect(broker.endpoints[0]!);
    await asking.send(["", "hello"]);
    expect(String((await asking.receive({ timeout: 100_000 }))[1])).toBe("hello!");
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
