/** A socket's `receiveTimeout` limits receives of the program. It ends no handle that is idle. */

import { Dealer, Pull, Push, Router, TimeoutError } from "@awaitmq/core";
import { eventually } from "@awaitmq/testing";
import { describe, expect, test } from "vitest";
import { balance, route, serveBalanced, work } from "../src/index.ts";

const short = { receiveTimeout: 20 };

/** Longer than a handle that was idle before this has waited. */
async function idle(): Promise<void> {
  await using other = new Pull(short);
  await other.bind("tcp://127.0.0.1:*");
  for (const _ of "12") await expect(other.receive()).rejects.toThrow(TimeoutError);
}

describe("a handle is not ended by the receiveTimeout of its socket:", () => {
  test("work", async () => {
    await using tasks = new Pull(short);
    await using push = new Push();
    push.connect(await tasks.bind("tcp://127.0.0.1:*"));
    const handled: string[] = [];
    const worker = work(tasks, ([task]) => {
      handled.push(`${task}`);
    });
    await idle();
    await push.send("task");
    await Promise.race([eventually(() => handled.length === 1), worker.done]);
    expect(handled).toEqual(["task"]);
    await worker.stop();
  });

  test.each(["frontend", "backend", "worker"] as const)(
    "that of the %s, of balance and serveBalanced",
    async (which) => {
      const options = (name: string) => (name === which ? short : {});
      await using frontend = new Router(options("frontend"));
      await using backend = new Router(options("backend"));
      await using dealer = new Dealer(options("worker"));
      const broker = balance(frontend, backend);
      await using client = new Dealer({ linger: 0 });
      client.connect(await frontend.bind("tcp://127.0.0.1:*"));
      dealer.connect(await backend.bind("tcp://127.0.0.1:*"));
      const worker = serveBalanced(dealer, ([body]) => `${body}!`);
      await idle();
      await client.send(["", "hello"]);
      const reply = client.receive({ timeout: 100_000 }).then((message) => String(message.at(-1)));
      expect(await Promise.race([reply, broker.done, worker.done])).toBe("hello!");
      await worker.stop();
      await broker.stop();
    },
  );

  test("route", async () => {
    await using router = new Router(short);
    const peers = route(router);
    await using dealer = new Dealer({ linger: 0 });
    dealer.connect(await router.bind("tcp://127.0.0.1:*"));
    const arrived = peers.next();
    await idle();
    await dealer.send("hello");
    const { value: peer } = await arrived;
    expect(String(await peer?.receive())).toBe("hello");
    await peers.stop();
  });
});
