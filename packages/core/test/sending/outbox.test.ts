import { setImmediate as turn } from "node:timers/promises";
import { eventually, freshInproc, numbers, pair } from "@awaitmq/testing";
import { seeded } from "@awaitmq/testing/seeded";
import { describe, expect, test } from "vitest";
import {
  ClosedError,
  Dealer,
  MessagingError,
  Pair,
  Publisher,
  Pull,
  Push,
  QueueFullError,
  Router,
  Subscriber,
  TimeoutError,
  XPublisher,
} from "../../src/index.ts";
import { internals } from "../../src/internals.ts";

/** A Push whose only peer takes very little, both ends in this process: what is accepted is known exactly. */
const narrow = () =>
  pair({ pull: new Pull({ receiveHighWaterMark: 1 }), push: new Push({ sendHighWaterMark: 1 }) }, "inproc");

/** Sends until nothing more is accepted; gives what was. */
async function fill(push: Push, name = "fill"): Promise<string[]> {
  const accepted: string[] = [];
  for (;;) {
    try {
      await push.send(`${name} ${accepted.length}`, { timeout: 20 });
    } catch (error) {
      expect(error).toBeInstanceOf(TimeoutError);
      return accepted;
    }
    accepted.push(`${name} ${accepted.length}`);
  }
}

async function drain(pull: Pull, last: string): Promise<string[]> {
  const received: string[] = [];
  for await (const [body] of pull) {
    received.push(body.toString());
    if (received.at(-1) === last) break;
  }
  return received;
}

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

describe("maxPendingSends", () => {
  test("is 10 000 by default: as many wait, the next rejects QueueFullError, and those that waited arrive in order", async () => {
    await using it = await narrow();
    expect(it.push.maxPendingSends).toBe(10_000);
    const accepted = await fill(it.push);
    const first = it.push.send("wait 0");
    // Refused once, it waits now; the rest queue up behind it.
    await turn();
    const rest = numbers(9_999).map((index) => it.push.send(`wait ${index + 1}`));
    const excess = it.push.send("excess");
    await expect(excess).rejects.toThrow(QueueFullError);
    await expect(excess).rejects.toMatchObject({
      code: "ERR_QUEUE_FULL",
      message: "Cannot send: 10000 messages wait on the Push socket already (maxPendingSends)",
    });
    const received = await drain(it.pull, "wait 9999");
    await Promise.all([first, ...rest]);
    expect(received).toEqual([...accepted, ...numbers(10_000).map((index) => `wait ${index}`)]);
    await it.push.send("after");
    expect(String(await it.pull.receive())).toBe("after");
  });

  test.each([
    ["Push", () => new Push({ maxPendingSends: 100 }), () => new Pull()],
    ["Publisher", () => new Publisher({ maxPendingSends: 100 }), () => new Subscriber()],
    ["Router", () => new Router({ maxPendingSends: 100 }), () => new Dealer({ routingId: "peer" })],
  ] as const)(
    "bounds a burst of 5 000 on a %s: the first are sent, the others reject QueueFullError",
    async (name, sending, receiving) => {
      await using sender = sending();
      await using receiver = receiving();
      if (receiver instanceof Subscriber) receiver.subscribe();
      const ready = sender.ready();
      receiver.connect(await sender.bind("tcp://127.0.0.1:*"));
      await ready;
      const frames = (index: number) => [name === "Router" ? "peer" : "topic", String(index)];
      const results = await Promise.allSettled(numbers(5_000).map((index) => sender.send(frames(index))));
      const sent = numbers(5_000).filter((index) => results[index]!.status === "fulfilled");
      const refused = results.filter((result) => result.status === "rejected");
      // One is with libzmq, 100 wait behind it.
      expect(sent).toEqual(numbers(101));
      expect(refused).toHaveLength(4_899);
      for (const { reason } of refused) expect(reason).toBeInstanceOf(QueueFullError);
      await sender.send(frames(5_000));
      const received: number[] = [];
      for await (const message of receiver) {
        received.push(Number(message.at(-1)));
        if (received.at(-1) === 5_000) break;
      }
      expect(received).toEqual([...sent, 5_000]);
    },
  );

  test("may be changed at any time, and counts again what was aborted", async () => {
    await using it = await narrow();
    await fill(it.push);
    it.push.maxPendingSends = 2;
    const controller = new AbortController();
    const settled = Promise.allSettled([
      it.push.send("1", { signal: controller.signal }),
      it.push.send("2", { signal: controller.signal }),
    ]);
    await turn();
    await expect(it.push.send("3", { timeout: 0 })).rejects.toThrow(QueueFullError);
    it.push.maxPendingSends = 3;
    await expect(it.push.send("3", { timeout: 1 })).rejects.toThrow(TimeoutError);
    it.push.maxPendingSends = 1;
    await expect(it.push.send("3", { timeout: 1 })).rejects.toThrow(QueueFullError);
    controller.abort("enough");
    for (const result of await settled) expect(result).toMatchObject({ status: "rejected", reason: "enough" });
    await expect(it.push.send("3", { timeout: 1 })).rejects.toThrow(TimeoutError);
  });

  test("of 0 lets one message wait for libzmq's answer and none behind it", async () => {
    await using it = await narrow();
    it.push.maxPendingSends = 0;
    const first = it.push.send("0");
    await expect(it.push.send("1")).rejects.toThrow(QueueFullError);
    await first;
    await it.push.send("2");
    expect([String(await it.pull.receive()), String(await it.pull.receive())]).toEqual(["0", "2"]);
  });

  test("takes whole numbers from 0 up", () => {
    for (const wrong of [-1, 0.5, Number.NaN]) expect(() => new Push({ maxPendingSends: wrong })).toThrow(RangeError);
  });
});

describe("giving up", () => {
  test("2 000 sends that are aborted or time out at a full queue are never delivered", async () => {
    await using it = await narrow();
    const random = seeded();
    const accepted = await fill(it.push);
    const ends = { aborted: 0, timedOut: 0 };
    async function attempt(index: number): Promise<void> {
      const controller = new AbortController();
      const kind = random.below(5);
      if (kind === 0) queueMicrotask(() => controller.abort());
      else if (kind === 1) setImmediate(() => controller.abort());
      else if (kind === 2) setTimeout(() => controller.abort(), random.below(5));
      const options = kind < 3 ? { signal: controller.signal } : { timeout: random.below(5) };
      const error = await it.push.send(`never ${index}`, options).then(
        () => undefined,
        (reason: unknown) => reason,
      );
      if (error instanceof TimeoutError) ends.timedOut += 1;
      else {
        expect(error).toBe(controller.signal.reason);
        ends.aborted += 1;
      }
    }
    for (let index = 0; index < 2_000; ) {
      const concurrent = 1 + random.below(40);
      await Promise.all(numbers(Math.min(concurrent, 2_000 - index)).map(() => attempt(index++)));
    }
    expect(ends.aborted + ends.timedOut).toBe(2_000);
    expect(Math.min(ends.aborted, ends.timedOut)).toBeGreaterThan(500);
    const end = it.push.send("end");
    expect(await drain(it.pull, "end")).toEqual([...accepted, "end"]);
    await end;
  });

  test.each(["tcp://127.0.0.1:*", "inproc"])(
    "of 2 000 sends against a slow reader over %s, exactly those that resolved arrive, in order",
    async (address) => {
      await using pull = new Pull({ receiveHighWaterMark: 1, receiveBufferSize: 4_096 });
      await using push = new Push({ sendHighWaterMark: 1, sendBufferSize: 4_096 });
      push.connect(await pull.bind(address === "inproc" ? freshInproc() : address));
      await push.ready();
      const random = seeded();
      const body = Buffer.alloc(2_048);
      const resolved: number[] = [];
      let gaveUp = 0;

      async function attempt(index: number): Promise<void> {
        const controller = new AbortController();
        if (random.below(2) === 0) setImmediate(() => controller.abort());
        const options = { signal: controller.signal, timeout: random.below(4) };
        try {
          await push.send([String(index), body], options);
          resolved.push(index);
        } catch (error) {
          if (!(error instanceof TimeoutError)) expect(error).toBe(controller.signal.reason);
          gaveUp += 1;
        }
      }

      const received: number[] = [];
      const reading = (async () => {
        for (;;) {
          const [head] = await pull.receive();
          if (String(head) === "end") return;
          received.push(Number(head));
          for (let turns = random.below(3); turns > 0; turns--) await turn();
        }
      })();
      for (let index = 0; index < 2_000; ) {
        const concurrent = 1 + random.below(20);
        await Promise.all(numbers(Math.min(concurrent, 2_000 - index)).map(() => attempt(index++)));
      }
      await push.send("end");
      await reading;
      expect(received).toEqual(resolved.sort((a, b) => a - b));
      expect(resolved.length).toBeGreaterThan(50);
      expect(gaveUp).toBeGreaterThan(50);
    },
  );

  test("rejects at once with the reason of a signal that is aborted already, and sends nothing", async () => {
    await using it = await narrow();
    for (const reason of [new Error("stop"), "a string", 0])
      await expect(it.push.send("never", { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
    await it.push.send("end");
    expect(await drain(it.pull, "end")).toEqual(["end"]);
  });

  test("an aborted send in the middle lets those behind it keep their order", async () => {
    await using it = await narrow();
    const accepted = await fill(it.push);
    const controller = new AbortController();
    const before = it.push.send("before");
    const aborted = it.push.send("aborted", { signal: controller.signal });
    const after = it.push.send("after");
    controller.abort("not this one");
    await expect(aborted).rejects.toBe("not this one");
    expect(await drain(it.pull, "after")).toEqual([...accepted, "before", "after"]);
    await Promise.all([before, after]);
  });

  test("a timeout of 0 sends where there is room and rejects where there is none", async () => {
    await using it = await narrow();
    await it.push.send("0", { timeout: 0 });
    const accepted = await fill(it.push);
    const failure = it.push.send("never", { timeout: 0 });
    await expect(failure).rejects.toThrow(TimeoutError);
    await expect(failure).rejects.toMatchObject({
      code: "ERR_TIMEOUT",
      message: "The Push socket could not send within 0 ms; the message was not sent",
    });
    const end = it.push.send("end");
    expect(await drain(it.pull, "end")).toEqual(["0", ...accepted, "end"]);
    await end;
  });

  test("sendTimeout is the default of every send, and gives way to the timeout of a call", async () => {
    await using push = new Push({ sendTimeout: 3 });
    push.connect("tcp://127.0.0.1:9");
    expect(push.sendTimeout).toBe(3);
    await expect(push.send("0")).rejects.toThrow("within 3 ms");
    await expect(push.send("0", { timeout: 1 })).rejects.toThrow("within 1 ms");
    push.sendTimeout = 0;
    await expect(push.send("0")).rejects.toThrow("within 0 ms");
    push.sendTimeout = 1;
    const controller = new AbortController();
    const waiting = push.send("0", { timeout: Number.POSITIVE_INFINITY, signal: controller.signal });
    await expect(push.send("1")).rejects.toThrow("within 1 ms");
    controller.abort("enough");
    await expect(waiting).rejects.toBe("enough");
    expect(() => new Push({ sendTimeout: -2 })).toThrow(RangeError);
  });

  test("works on every type that waits", async () => {
    await using pair = new Pair();
    await pair.bind(freshInproc());
    await expect(pair.send("0", { timeout: 1 })).rejects.toThrow(TimeoutError);

    await using publisher = new XPublisher({ noDrop: true, sendHighWaterMark: 1 });
    await using subscriber = new Subscriber({ receiveHighWaterMark: 1 });
    subscriber.connect(await publisher.bind(freshInproc()));
    subscriber.subscribe("");
    await publisher.receive();
    const sent: string[] = [];
    await expect(
      (async () => {
        for (;;) {
          await publisher.send(String(sent.length), { timeout: 20 });
          sent.push(String(sent.length));
        }
      })(),
    ).rejects.toThrow(TimeoutError);
    const end = publisher.send("end");
    const received: string[] = [];
    for await (const [body] of subscriber) {
      if (String(body) === "end") break;
      received.push(String(body));
    }
    await end;
    expect(received).toEqual(sent);
    expect(sent.length).toBeGreaterThan(0);
  });
});

describe("wrong arguments", () => {
  test("reject, never throw, and send nothing", async () => {
    await using it = await narrow();
    await using router = new Router();
    const wrongMessages = [
      undefined,
      1,
      1n,
      true,
      {},
      Symbol("s"),
      [],
      [undefined],
      [["nested"]],
      ["fine", {}],
      () => {},
    ];
    for (const wrong of wrongMessages) {
      for (const socket of [it.push, router]) {
        const call = socket.send(wrong as never);
        expect(call).toBeInstanceOf(Promise);
        await expect(call).rejects.toThrow(TypeError);
      }
    }
    const wrongOptions: [unknown, unknown][] = [
      [null, TypeError],
      [{ timeout: "5" }, TypeError],
      [{ timeout: null }, TypeError],
      [{ timeout: -1 }, RangeError],
      [{ timeout: Number.NaN }, RangeError],
      [{ signal: {} }, TypeError],
      [{ signal: null }, TypeError],
      [{ copy: 0 }, TypeError],
    ];
    for (const [options, error] of wrongOptions) {
      const call = it.push.send("never", options as never);
      expect(call).toBeInstanceOf(Promise);
      await expect(call, JSON.stringify(options)).rejects.toThrow(error as never);
    }
    await it.push.send("end");
    expect(await drain(it.pull, "end")).toEqual(["end"]);
  });

  test("on a closed socket every call rejects ClosedError", async () => {
    const push = new Push();
    await push.close();
    const call = push.send("never");
    expect(call).toBeInstanceOf(Promise);
    await expect(call).rejects.toThrow(ClosedError);
    await expect(call).rejects.toBeInstanceOf(MessagingError);
    await expect(call).rejects.toMatchObject({
      code: "ERR_CLOSED",
      message: "Cannot send: the Push socket is closed",
    });
  });

  test("options and message are left as they were", async () => {
    await using it = await narrow();
    const message = Object.freeze(["a", "b"]);
    const options = Object.freeze({ timeout: 100_000, copy: true, signal: new AbortController().signal });
    await it.push.send(message, options);
    expect((await it.pull.receive()).map(String)).toEqual(["a", "b"]);
    expect(message).toEqual(["a", "b"]);
    expect(Object.keys(options)).toEqual(["timeout", "copy", "signal"]);
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

test("a send that is aborted with a TimeoutError rejects with that very error, its stack untouched", async () => {
  await using push = new Push();
  const reason = new TimeoutError("mine");
  const { stack } = reason;
  const controller = new AbortController();
  const sending = push.send("x", { signal: controller.signal });
  setImmediate(() => controller.abort(reason));
  await expect(sending).rejects.toBe(reason);
  expect(reason.stack).toBe(stack);
});
