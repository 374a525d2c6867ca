/** What a worker of a broker handles and answers. */

import { once } from "node:events";
import { Dealer, type Message, Router } from "@awaitmq/core";
import { eventually, FlakyLink, freshTcp, numbers } from "@awaitmq/testing";
import { describe, expect, test } from "vitest";
import { balance, dns, serveBalanced } from "../../src/index.ts";
import { byHand, tag } from "./by-hand.ts";

describe("serveBalanced", () => {
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
    const sets = { connect: dns("tcp://brokers:5555") };
    expect(() => serveBalanced(sets as never, (body) => body)).toThrow("one broker, got an async iterable of sets");
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
