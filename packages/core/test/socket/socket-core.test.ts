import { setImmediate as turn } from "node:timers/promises";
import { eventually, freshInproc, freshTcp, numbers, pair } from "@awaitmq/testing";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import {
  ClosedError,
  Dealer,
  Pair,
  Publisher,
  Pull,
  Push,
  Reply,
  Request,
  Router,
  Subscriber,
  XSubscriber,
} from "../../src/index.ts";

const unhandled: unknown[] = [];
const note = (reason: unknown) => unhandled.push(reason);

beforeEach(() => {
  unhandled.length = 0;
  process.on("unhandledRejection", note);
});

afterEach(async () => {
  for (let turns = 0; turns < 5; turns++) await turn();
  process.off("unhandledRejection", note);
  expect(unhandled).toEqual([]);
});

const pushAndPull = (address: string) =>
  pair({ pull: new Pull({ receiveHighWaterMark: 0 }), push: new Push({ sendHighWaterMark: 0 }) }, address);

/** Waits until what was sent is there. */
async function arrived(pull: Pull): Promise<void> {
  await pull.receive();
}

const moments = {
  "in the same moment": async () => {},
  "a microtask later": async () => {
    await Promise.resolve();
  },
  "a turn of the event loop later": () => turn(),
};

/** libzmq's binding does up to 512 operations at a stretch; what happens around that number differs from elsewhere. */
const around512 = numbers(31, 500);

describe.each(["tcp://127.0.0.1:*", "inproc"])("close after 500 to 530 operations over %s", (address) => {
  test.each(Object.entries(moments))("inside a receiving loop, %s: the loop ends", async (_, moment) => {
    for (const count of around512) {
      const { pull, push } = await pushAndPull(address);
      for (const _ of numbers(count + 20)) await push.send("message");
      await arrived(pull);
      let received = 0;
      let closed: Promise<void> | undefined;
      for await (const _ of pull) {
        received += 1;
        if (received !== count) continue;
        await moment();
        closed = pull.close();
      }
      expect(received).toBe(count);
      await closed;
      await expect(pull.receive()).rejects.toThrow(ClosedError);
      await push.close({ linger: 0 });
    }
  });

  test.each(Object.entries(moments))(
    "with a loop and receives that wait, %s: the loop ends, the receives reject ClosedError",
    async (_, moment) => {
      for (const count of around512) {
        const { pull, push } = await pushAndPull(address);
        for (const _ of numbers(count)) await push.send("message");
        for (const _ of numbers(count)) await pull.receive();
        let looped = 0;
        const loop = (async () => {
          for await (const _ of pull) looped += 1;
        })();
        const receives = Promise.allSettled([
          pull.receive(),
          pull.receive({ timeout: 100_000 }),
          pull.receive({ signal: new AbortController().signal }),
        ]);
        await moment();
        const closed = pull.close();
        for (const result of await receives)
          expect(result).toMatchObject({ status: "rejected", reason: { code: "ERR_CLOSED" } });
        await loop;
        expect(looped).toBe(0);
        await closed;
        await push.close({ linger: 0 });
      }
    },
  );

  test.each(Object.entries(moments))(
    "with as many receives at once, %s: those that were served resolve, the others reject ClosedError",
    async (_, moment) => {
      for (const count of around512) {
        const { pull, push } = await pushAndPull(address);
        for (const _ of numbers(count)) await push.send("message");
        await arrived(pull);
        const receives = Promise.allSettled(numbers(count).map(() => pull.receive()));
        await moment();
        await pull.close();
        const results = await receives;
        const served = results.filter(({ status }) => status === "fulfilled").length;
        expect(results.slice(0, served).every(({ status }) => status === "fulfilled")).toBe(true);
        // There is one message fewer than receives.
        expect(served).toBeLessThan(count);
        for (const result of results.slice(served)) expect(result).toMatchObject({ reason: { code: "ERR_CLOSED" } });
        await push.close({ linger: 0 });
      }
    },
  );

  test.each(Object.entries(moments))(
    "with as many sends at once, %s: all are handed over within linger",
    async (_, moment) => {
      for (const count of around512) {
        const { pull, push } = await pushAndPull(address);
        await push.ready();
        const sends = Promise.all(numbers(count).map((index) => push.send(String(index))));
        await moment();
        const closed = push.close({ linger: 20_000 });
        const refused = expect(push.send("late")).rejects.toThrow(ClosedError);
        await sends;
        await refused;
        const received: number[] = [];
        for await (const [body] of pull) if (received.push(Number(body)) === count) break;
        expect(received).toEqual(numbers(count));
        await closed;
        await pull.close();
      }
    },
  );

  test("after as many sends, with one more in flight and no linger: it resolves or rejects ClosedError", async () => {
    for (const count of around512) {
      const { pull, push } = await pushAndPull(address);
      await push.ready();
      for (const _ of numbers(count)) await push.send("message");
      const last = push.send("last").then(
        () => "sent",
        (error: unknown) => (error instanceof ClosedError ? "closed" : error),
      );
      await push.close({ linger: 0 });
      expect(["sent", "closed"]).toContain(await last);
      await expect(push.send("late")).rejects.toThrow(ClosedError);
      await pull.close();
    }
  });
});

test("closing request and reply around 512 operations leaves nothing unhandled", async () => {
  for (const count of numbers(12, 253)) {
    const reply = new Reply();
    const request = new Request();
    request.connect(await reply.bind(freshInproc()));
    const serving = (async () => {
      for await (const [body] of reply) await reply.send(body);
    })();
    let answers = 0;
    await request.send("0");
    for await (const _ of request) {
      answers += 1;
      if (answers === count) break;
      await request.send(String(answers));
    }
    expect(answers).toBe(count);
    const waiting = Promise.allSettled([request.receive(), request.send("one"), request.send("more")]);
    await Promise.all([request.close({ linger: 0 }), reply.close({ linger: 0 })]);
    await serving;
    const [received, , more] = await waiting;
    for (const result of [received, more]) expect(result).toMatchObject({ reason: { code: "ERR_CLOSED" } });
  }
});

describe("close", () => {
  test("hands sends that wait over within linger, in order", async () => {
    const pull = new Pull({ receiveHighWaterMark: 1 });
    const push = new Push({ sendHighWaterMark: 1 });
    push.connect(await pull.bind(freshInproc()));
    let accepted = 0;
    const sends = numbers(200).map((index) => push.send(String(index)).then(() => (accepted += 1)));
    await eventually(() => accepted > 0);
    const closed = push.close({ linger: 20_000 });
    expect(push.closed).toBe(true);
    expect(accepted).toBeLessThan(200);
    const received: number[] = [];
    for await (const [body] of pull) if (received.push(Number(body)) === 200) break;
    await Promise.all([...sends, closed]);
    expect(received).toEqual(numbers(200));
    await pull.close();
  });

  test.each([0, 100])("rejects sends that wait with ClosedError after a linger of %s ms", async (linger) => {
    const push = new Push();
    push.connect("tcp://127.0.0.1:9");
    const sends = Promise.allSettled(numbers(50).map((index) => push.send(String(index))));
    await turn();
    const began = performance.now();
    await push.close({ linger });
    const elapsed = performance.now() - began;
    for (const result of await sends)
      expect(result).toMatchObject({ status: "rejected", reason: { code: "ERR_CLOSED" } });
    expect(elapsed).toBeGreaterThanOrEqual(linger - 5);
    expect(elapsed).toBeLessThan(linger + 5_000);
  });

  test("takes linger from the option of that name, and lets sends that give up go", async () => {
    const push = new Push({ linger: 20_000 });
    push.connect("tcp://127.0.0.1:9");
    const controller = new AbortController();
    const rejected = Promise.all([
      expect(push.send("0", { signal: controller.signal })).rejects.toBe("enough"),
      expect(push.send("1", { timeout: 20 })).rejects.toThrow("within 20 ms"),
    ]);
    await turn();
    const began = performance.now();
    const closed = push.close();
    controller.abort("enough");
    await rejected;
    await closed;
    expect(performance.now() - began).toBeLessThan(10_000);
  });

  test("with a linger of -1 waits until all was handed over", async () => {
    const pull = new Pull();
    const push = new Push();
    const address = await freshTcp();
    push.connect(address);
    const sent = push.send("0");
    let over = false;
    const closed = push.close({ linger: -1 }).then(() => {
      over = true;
    });
    await expect(pull.receive({ timeout: 200 })).rejects.toThrow("within 200 ms");
    expect(over).toBe(false);
    await pull.bind(address);
    expect(String(await pull.receive())).toBe("0");
    await Promise.all([sent, closed]);
    await pull.close();
  });

  test("is idempotent: every call gives the same promise, and the first linger counts", async () => {
    const push = new Push();
    const first = push.close({ linger: 0 });
    expect(push.close({ linger: 20_000 })).toBe(first);
    expect(push.close()).toBe(first);
    await first;
    expect(push.close()).toBe(first);
    await push[Symbol.asyncDispose]();
    expect(push.closed).toBe(true);
  });

  test("rejects a wrong linger and stays open", async () => {
    await using pull = new Pull();
    for (const linger of [-2, 0.5, Number.NaN, 2 ** 31, 2 ** 53, "10"])
      await expect(pull.close({ linger: linger as never })).rejects.toThrow(RangeError);
    expect(pull.closed).toBe(false);
  });

  test("drops messages that were received but not read", async () => {
    const { pull, push } = await pushAndPull("tcp://127.0.0.1:*");
    await push.sendAll(["0", "1", "2"]);
    await pull.receive();
    await pull.close();
    await expect(pull.receive()).rejects.toThrow("Cannot receive: the Pull socket is closed");
    await expect(pull.receive({ timeout: 0 })).rejects.toThrow(ClosedError);
    const looped: unknown[] = [];
    for await (const message of pull) looped.push(message);
    expect(looped).toEqual([]);
    await push.close({ linger: 0 });
  });

  test("ends everything that waits on every type of socket", async () => {
    for (const type of [Pull, Subscriber, Reply, Request, Dealer, Router, Pair]) {
      const socket = new type();
      const rejected = expect(socket.receive()).rejects.toThrow(ClosedError);
      const loop = (async () => {
        for await (const _ of socket);
        return "ended";
      })();
      await socket.close({ linger: 0 });
      await rejected;
      expect(await loop).toBe("ended");
    }
    for (const type of [Push, Request, Reply, Dealer, Pair]) {
      const socket = new type();
      const rejected = expect(socket.send("0")).rejects.toThrow(ClosedError);
      await socket.close({ linger: 0 });
      await rejected;
    }
    const publisher = new Publisher();
    const sent = publisher.send("0");
    await publisher.close({ linger: 0 });
    await expect(sent).resolves.toBeUndefined();
  });
});

describe("the TimeoutError of a socket whose turn it is not", () => {
  const asked = async (wait: Promise<unknown>) => ((await wait.catch((error) => error)) as Error).message;

  test("says that nothing was asked for", async () => {
    await using subscriber = new Subscriber();
    await using xSubscriber = new XSubscriber();
    await using request = new Request();
    for (const socket of [subscriber, xSubscriber, request]) await socket.bind("tcp://127.0.0.1:*");
    expect(await asked(subscriber.receive({ timeout: 1 }))).toBe(
      "No message arrived on the Subscriber socket within 1 ms: it has not subscribed to anything. Call subscribe first",
    );
    expect(await asked(xSubscriber.receive({ timeout: 1 }))).toContain(
      "it has not sent a subscription. Send one first",
    );
    expect(await asked(request.receive({ timeout: 1 }))).toContain(
      "a Request receives the reply to what it has sent, and it has sent nothing",
    );
    subscriber.subscribe("a");
    expect(await asked(subscriber.receive({ timeout: 1 }))).toBe(
      "No message arrived on the Subscriber socket within 1 ms",
    );
    await using pull = new Pull();
    expect(await asked(pull.receive({ timeout: 1 }))).toContain("it is neither bound nor connected");
  });

  test("says so of a Reply that sends first and of a Request that sends twice", async () => {
    await using reply = new Reply();
    await using request = new Request({ linger: 0 });
    request.connect(await reply.bind("tcp://127.0.0.1:*"));
    expect(await asked(reply.send("first", { timeout: 5 }))).toContain(
      "a Reply sends one answer to each request that it has received, and has none to answer. Receive first",
    );
    await request.send("one");
    expect(await asked(request.send("two", { timeout: 5 }))).toContain("the reply to its last request has not come");
  });

  test("names the peer of a Router that does not read", async () => {
    await using router = new Router({ sendHighWaterMark: 1, linger: 0 });
    await using dealer = new Dealer({ routingId: "slow", receiveHighWaterMark: 1 });
    const address = freshInproc();
    await router.bind(address);
    dealer.connect(address);
    await dealer.send("here");
    await router.receive();
    const failures: string[] = [];
    while (failures.length === 0)
      await router.send(["slow", "x"], { timeout: 5 }).catch((error) => failures.push(error.message));
    expect(failures[0]).toContain('the queue of peer "slow" is full, because it does not read');
  });
});
