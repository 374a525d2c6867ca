/** Sends that are aborted or time out. */

import { setImmediate as turn } from "node:timers/promises";
import { freshInproc, numbers } from "@awaitmq/testing";
import { seeded } from "@awaitmq/testing/seeded";
import { describe, expect, test } from "vitest";
import { Pair, Pull, Push, Subscriber, TimeoutError, XPublisher } from "../../src/index.ts";
import { drain, fill, narrow } from "./narrow.ts";

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
