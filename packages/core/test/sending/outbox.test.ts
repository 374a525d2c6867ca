/** Many sends at once, and what other packages ask of the outbox. */

import { eventually, freshInproc, numbers } from "@awaitmq/testing";
import { describe, expect, test } from "vitest";
import { Dealer, Publisher, Pull, Push, Router, Subscriber } from "../../src/index.ts";
import { internals } from "../../src/internals.ts";
import { narrow } from "./narrow.ts";

describe("5 000 concurrent sends", () => {
  test("on a Push: none rejects, all arrive in order", async () => {
    await using pull = new Pull();
    await using push = new Push();
    push.connect(await pull.bind("tcp://127.0.0.1:*"));
    const sends = Promise.all(numbers(5_000).map((index) => push.send(String(index))));
    const received: number[] = [];
    for await (const [body] of pull) if (received.push(Number(body)) === 5_000) break;
    await sends;
    expect(received).toEqual(numbers(5_000));
  });

  test("on a Push whose peer begins to read later: they wait, and arrive in order", async () => {
    await using it = await narrow();
    let accepted = 0;
    const sends = Promise.all(
      numbers(5_000).map(async (index) => {
        await it.push.send(String(index));
        accepted += 1;
      }),
    );
    await eventually(() => accepted > 0);

    expect(accepted).toBeLessThan(10);
    const received: number[] = [];
    for await (const [body] of it.pull) if (received.push(Number(body)) === 5_000) break;
    await sends;
    expect(received).toEqual(numbers(5_000));
  });

  test("on a Publisher: none rejects, all arrive in order", async () => {
    await using publisher = new Publisher({ noDrop: true });
    await using subscriber = new Subscriber();
    subscriber.subscribe();
    subscriber.connect(await publisher.bind("tcp://127.0.0.1:*"));
    await publisher.ready();
    const sends = Promise.all(numbers(5_000).map((index) => publisher.send(["topic", String(index)])));
    const received: number[] = [];
    for await (const [, body] of subscriber) if (received.push(Number(body)) === 5_000) break;
    await sends;
    expect(received).toEqual(numbers(5_000));
  });

  test("on a Router to five peers: none rejects, each peer gets its own in order", async () => {
    await using router = new Router();
    const address = await router.bind("tcp://127.0.0.1:*");
    const names = ["a", "b", "c", "d", "e"];
    const dealers = names.map((routingId) => new Dealer({ routingId }));
    for (const dealer of dealers) {
      dealer.connect(address);
      await dealer.send("hello");
      await router.receive();
    }
    const sends = Promise.all(numbers(5_000).map((index) => router.send([names[index % 5]!, String(index)])));
    await Promise.all(
      dealers.map(async (dealer, peer) => {
        const received: number[] = [];
        for await (const [body] of dealer) if (received.push(Number(body)) === 1_000) break;
        expect(received).toEqual(numbers(1_000).map((index) => index * 5 + peer));
      }),
    );
    await sends;
    await Promise.all(dealers.map((dealer) => dealer.close()));
  });
});

describe("handOver", () => {
  test("hands a message over before it returns, and keeps the order with sends that follow", async () => {
    await using pull = new Pull();
    await using push = new Push();
    push.connect(await pull.bind(freshInproc()));
    const { outbox } = push[internals];
    void outbox.handOver("now");
    const later = push.send("later");
    await later;
    expect([String(await pull.receive()), String(await pull.receive())]).toEqual(["now", "later"]);
  });

  test("rejects where there is no room, and throws for what this type of socket can't send", async () => {
    await using push = new Push();
    await expect(push[internals].outbox.handOver("nowhere")).rejects.toMatchObject({ code: "EAGAIN" });
    await using router = new Router();
    expect(() => router[internals].outbox.handOver("one frame")).toThrow(TypeError);
    expect(push[internals].outbox.idle).toBe(true);
  });
});

describe("sendUnordered", () => {
  test("sends all of one turn, also what libzmq has no room for at once, and loses none", async () => {
    await using pull = new Pull({ receiveHighWaterMark: 10 });
    await using push = new Push({ sendHighWaterMark: 10 });
    push.connect(await pull.bind(freshInproc()));
    const { outbox } = push[internals];
    const all = numbers(500);
    const sends = all.map((number) => outbox.sendUnordered(String(number)));
    const received: number[] = [];
    for (const _ of all) received.push(Number((await pull.receive({ timeout: 100_000 }))[0]));
    await Promise.all(sends);
    expect(received.sort((a, b) => a - b)).toEqual(all);
    expect(outbox.idle).toBe(true);
  });

  test("gives up after its timeout, and rejects what can't be sent as send does", async () => {
    const push = new Push();
    const router = new Router();
    await router.bind(freshInproc());
    const { outbox } = push[internals];
    await expect(outbox.sendUnordered("nowhere", () => ({ timeout: 20 }))).rejects.toMatchObject({
      code: "ERR_TIMEOUT",
    });
    await expect(outbox.sendUnordered(5)).rejects.toBeInstanceOf(TypeError);
    const unknown = router[internals].outbox.sendUnordered(["nobody", "x"]);
    await expect(unknown).rejects.toMatchObject({ code: "ERR_UNROUTABLE" });
    await Promise.all([push.close(), router.close()]);
    await expect(outbox.sendUnordered("late")).rejects.toMatchObject({ code: "ERR_CLOSED" });
  });
});
