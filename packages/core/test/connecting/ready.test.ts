/** `ready()` waits for peers and their subscriptions. */

import { freshInproc, freshTcp, numbers } from "@awaitmq/testing";
import { describe, expect, test } from "vitest";
import {
  ClosedError,
  Context,
  Dealer,
  Pair,
  Publisher,
  Pull,
  Push,
  Router,
  type Socket,
  Subscriber,
  TimeoutError,
  XPublisher,
} from "../../src/index.ts";

const rounds = numbers(20);

async function receiveThousand(subscriber: Subscriber): Promise<void> {
  for (let n = 0; n < 1_000; n++) expect(Number(await subscriber.receive())).toBe(n);
}

async function sendThousand(publisher: Publisher | XPublisher): Promise<void> {
  for (let n = 0; n < 1_000; n++) await publisher.send(`${n}`);
}

async function expectThousand(publisher: Publisher | XPublisher, subscriber: Subscriber): Promise<void> {
  const receiving = receiveThousand(subscriber);
  await sendThousand(publisher);
  await receiving;
}

describe("ready() cures the slow joiner: 1 000 of 1 000 arrive from the first message, on 20 fresh pairs", () => {
  test("where the publisher binds", async () => {
    for (const _ of rounds) {
      await using publisher = new Publisher({ sendHighWaterMark: 0 });
      await using subscriber = new Subscriber({ receiveHighWaterMark: 0 });
      subscriber.subscribe();
      subscriber.connect(await publisher.bind("tcp://127.0.0.1:*"));
      await publisher.ready({ timeout: 100_000 });
      await expectThousand(publisher, subscriber);
    }
  });

  test("where the subscriber binds", async () => {
    for (const _ of rounds) {
      await using publisher = new XPublisher({ sendHighWaterMark: 0 });
      await using subscriber = new Subscriber({ receiveHighWaterMark: 0 });
      subscriber.subscribe();
      const receiving = receiveThousand(subscriber);
      const ready = publisher.ready({ timeout: 100_000 });
      publisher.connect(await subscriber.bind("tcp://127.0.0.1:*"));
      await ready;
      await sendThousand(publisher);
      await receiving;
    }
  });

  test("over inproc, in both orders", async () => {
    for (const n of rounds) {
      const context = new Context();
      const address = freshInproc();
      await using publisher = new Publisher({ context, sendHighWaterMark: 0 });
      await using subscriber = new Subscriber({ context, receiveHighWaterMark: 0 });
      subscriber.subscribe();
      if (n % 2 === 0) {
        await publisher.bind(address);
        subscriber.connect(address);
      } else {
        subscriber.connect(address);
        await publisher.bind(address);
      }
      await publisher.ready({ timeout: 100_000 });
      await expectThousand(publisher, subscriber);
    }
  });

  test("where the subscription comes after the connection", async () => {
    for (const _ of rounds) {
      await using publisher = new Publisher({ sendHighWaterMark: 0 });
      await using subscriber = new Subscriber({ receiveHighWaterMark: 0 });
      subscriber.connect(await publisher.bind("tcp://127.0.0.1:*"));
      subscriber.subscribe();
      await publisher.ready({ timeout: 100_000 });
      await expectThousand(publisher, subscriber);
    }
  });
});

describe("ready", () => {
  test("with peers: 3 waits for the third subscriber, and all three get everything", async () => {
    for (const _ of rounds.slice(0, 5)) {
      await using publisher = new Publisher({ sendHighWaterMark: 0 });
      const endpoint = await publisher.bind("tcp://127.0.0.1:*");
      const subscribers = rounds.slice(0, 3).map(() => new Subscriber({ receiveHighWaterMark: 0 }));
      try {
        let isReady = false;
        const ready = publisher.ready({ peers: 3, timeout: 100_000 }).then(() => {
          isReady = true;
        });
        for (const subscriber of subscribers) subscriber.subscribe("");
        for (const subscriber of subscribers.slice(0, 2)) subscriber.connect(endpoint);
        await expect(publisher.ready({ peers: 2, timeout: 100_000 })).resolves.toBeUndefined();
        expect(isReady).toBe(false);
        subscribers[2]!.connect(endpoint);
        await ready;
        const receiving = subscribers.map(async (subscriber) => {
          for (let n = 0; n < 200; n++) expect(Number(await subscriber.receive())).toBe(n);
        });
        for (let n = 0; n < 200; n++) await publisher.send(`${n}`);
        await Promise.all(receiving);
      } finally {
        await Promise.all(subscribers.map((subscriber) => subscriber.close()));
      }
    }
  });

  test("counts only peers that are still there", async () => {
    await using pull = new Pull();
    const endpoint = await pull.bind("tcp://127.0.0.1:*");
    const ready = pull.ready({ peers: 2, timeout: 100_000 });
    const events = pull.events();
    {
      await using visitor = new Push();
      visitor.connect(endpoint);
      await pull.ready({ timeout: 100_000 });
    }
    for await (const { type } of events) if (type === "disconnect" || type === "close") break;
    await using stays = new Push();
    stays.connect(endpoint);
    await stays.ready();
    await expect(pull.ready({ peers: 2, timeout: 100 })).rejects.toThrow(TimeoutError);
    await using second = new Push();
    second.connect(endpoint);
    await ready;
  });

  const pairs: [string, () => [bound: Socket, connected: Socket]][] = [
    ["Push and Pull", () => [new Push(), new Pull()]],
    ["Pull and Push", () => [new Pull(), new Push()]],
    ["Router and Dealer", () => [new Router(), new Dealer()]],
    ["Dealer and Router", () => [new Dealer(), new Router()]],
    ["Pair and Pair", () => [new Pair(), new Pair()]],
    ["Subscriber and Publisher", () => [new Subscriber(), new Publisher()]],
  ];
  test.each(pairs)("resolves on both sides of %s, over tcp, ipc and inproc", async (_name, make) => {
    for (const address of ["tcp://127.0.0.1:*", "ipc://*", freshInproc()]) {
      const [bound, connected] = make();
      await using _bound = bound;
      await using _connected = connected;
      const ready = [bound.ready({ timeout: 100_000 }), connected.ready({ timeout: 100_000 })];
      connected.connect(await bound.bind(address));
      await Promise.all(ready);
      // Called again it resolves at once, there being a peer.
      await Promise.all([bound.ready({ timeout: 100_000 }), connected.ready({ timeout: 100_000 })]);
    }
  });

  test("on a Router comes with a receive that waits, and disturbs it not", async () => {
    await using router = new Router();
    await using dealer = new Dealer();
    const waiting = router.receive();
    const ready = router.ready({ timeout: 100_000 });
    dealer.connect(await router.bind("tcp://127.0.0.1:*"));
    await dealer.send("hello");
    expect(String((await waiting)[1])).toBe("hello");
    await ready;
  });

  test("resolves late when the peer is late", async () => {
    const address = await freshTcp();
    await using push = new Push();
    push.connect(address);
    await expect(push.ready({ timeout: 100 })).rejects.toThrow(TimeoutError);
    const ready = push.ready({ timeout: 100_000 });
    await using pull = new Pull();
    await pull.bind(address);
    await ready;
  });

  test("rejects TimeoutError, with how many peers there were to be", async () => {
    await using pull = new Pull();
    await pull.bind("tcp://127.0.0.1:*");
    await expect(pull.ready({ timeout: 20, peers: 2 })).rejects.toMatchObject({
      name: "TimeoutError",
      code: "ERR_TIMEOUT",
      message: "The Pull socket had fewer than 2 peers ready after 20 ms",
    });
    await expect(pull.ready({ timeout: 0 })).rejects.toThrow(TimeoutError);
  });

  test("rejects the signal's reason", async () => {
    await using pull = new Pull();
    const controller = new AbortController();
    const ready = pull.ready({ signal: controller.signal });
    controller.abort("enough");
    await expect(ready).rejects.toBe("enough");
    await expect(pull.ready({ signal: controller.signal })).rejects.toBe("enough");
  });

  test("rejects ClosedError when the socket closes meanwhile, and when it is closed", async () => {
    const pull = new Pull();
    await pull.bind("tcp://127.0.0.1:*");
    const ready = pull.ready();
    const also = pull.ready({ peers: 5, timeout: 100_000 });
    const expected = [expect(ready).rejects.toThrow(ClosedError), expect(also).rejects.toThrow(ClosedError)];
    await pull.close();
    await Promise.all(expected);
    await expect(pull.ready()).rejects.toThrow(ClosedError);
  });

  test("rejects wrong options", async () => {
    await using pull = new Pull();
    for (const peers of [0, -1, 1.5, Number.NaN]) await expect(pull.ready({ peers })).rejects.toThrow(RangeError);
    await expect(pull.ready({ timeout: -1 })).rejects.toThrow(RangeError);
    await expect(pull.ready({ timeout: "1" as unknown as number })).rejects.toThrow(TypeError);
    await expect(pull.ready({ signal: {} as AbortSignal })).rejects.toThrow(TypeError);
  });
});
