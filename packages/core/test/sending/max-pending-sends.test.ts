/** How many sends may wait. */

import { setImmediate as turn } from "node:timers/promises";
import { numbers } from "@awaitmq/testing";
import { describe, expect, test } from "vitest";
import { Dealer, Publisher, Pull, Push, QueueFullError, Router, Subscriber, TimeoutError } from "../../src/index.ts";
import { drain, fill, narrow } from "./narrow.ts";

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
      message:
        "Cannot send: 10000 messages already wait on the Push socket (maxPendingSends). Await earlier sends, or raise the limit",
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
