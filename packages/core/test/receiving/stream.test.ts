/** Loops over messages and batches: leaving, sharing and aborting. */

import { setImmediate as turn } from "node:timers/promises";
import { numbers } from "@awaitmq/testing";
import { seeded } from "@awaitmq/testing/seeded";
import { describe, expect, test } from "vitest";
import { TimeoutError } from "../../src/index.ts";
import { number, pushAndPull } from "./push-and-pull.ts";

const addresses = ["tcp://127.0.0.1:*", "inproc"];

describe.each(addresses)("a loop over %s", (address) => {
  test("goes on with the successor after break, throw and abort, over and over", async () => {
    await using it = await pushAndPull(address);
    const random = seeded();
    const sent = it.push.sendAll(numbers(3_000).map(String));
    const received: number[] = [];
    const ends = { broke: 0, threw: 0, aborted: 0 };
    while (received.length < 3_000) {
      const controller = new AbortController();
      const failure = new Error("thrown in the loop");
      try {
        for await (const message of it.pull.messages({ signal: controller.signal })) {
          received.push(number(message));
          const choice = received.length === 3_000 ? 0 : random.below(20);
          if (choice === 0) {
            ends.broke += 1;
            break;
          }
          if (choice === 1) throw failure;
          if (choice === 2) controller.abort();
          else if (choice === 3) queueMicrotask(() => controller.abort());
          else if (choice === 4) setImmediate(() => controller.abort());
        }
      } catch (error) {
        if (error === failure) ends.threw += 1;
        else {
          expect(error).toBe(controller.signal.reason);
          ends.aborted += 1;
        }
      }
    }
    expect(await sent).toBe(3_000);
    expect(received).toEqual(numbers(3_000));
    expect(Math.min(ends.broke, ends.threw, ends.aborted)).toBeGreaterThan(10);
  });

  test("that is broken out of leaves the next message to receive, to another loop and to a batch", async () => {
    await using it = await pushAndPull(address);
    await it.push.sendAll(numbers(5).map(String));
    const received: number[] = [];
    for await (const message of it.pull) {
      received.push(number(message));
      break;
    }
    received.push(number(await it.pull.receive()));
    for await (const message of it.pull) {
      received.push(number(message));
      break;
    }
    for await (const batch of it.pull.batches({ max: 1 })) {
      received.push(...batch.map(number));
      break;
    }
    received.push(number(await it.pull.receive()));
    expect(received).toEqual(numbers(5));
    expect(it.pull.closed).toBe(false);
  });

  test("may be left by return while it waits for a message on a quiet socket, and takes none with it", async () => {
    await using it = await pushAndPull(address);
    for (const options of [{}, { signal: new AbortController().signal }]) {
      for (const timeout of [-1, 60_000]) {
        it.pull.receiveTimeout = timeout;
        for (const stream of [it.pull.messages(options), it.pull.batches(options)]) {
          const waiting = stream.next();
          await turn();
          await expect(stream.return!()).resolves.toEqual({ value: undefined, done: true });
          await expect(waiting).resolves.toEqual({ value: undefined, done: true });
          await expect(stream.next()).resolves.toEqual({ value: undefined, done: true });
        }
      }
    }
    it.pull.receiveTimeout = -1;
    await it.push.send("0");
    expect(number(await it.pull.receive())).toBe(0);
  });

  test("that waits on a quiet socket throws the reason of an abort, and ends when the socket closes", async () => {
    await using it = await pushAndPull(address);
    const controller = new AbortController();
    const loop = async (stream: AsyncIterable<unknown>) => {
      for await (const _ of stream) expect.unreachable();
      return "ended";
    };
    const aborted = [it.pull.messages(controller), it.pull.batches(controller)].map(loop);
    const ended = [it.pull, it.pull.batches(), it.pull.messages({ signal: new AbortController().signal })].map(loop);
    await turn();
    const reason = { any: "value" };
    controller.abort(reason);
    for (const each of aborted) await expect(each).rejects.toBe(reason);
    await it.pull.close();
    for (const each of ended) await expect(each).resolves.toBe("ended");
    await expect(loop(it.pull)).resolves.toBe("ended");
  });

  test("shares the messages with others: each goes to one loop, to each in order", async () => {
    await using it = await pushAndPull(address);
    const shares: number[][] = [[], [], []];
    let left = 3_000;
    const all = new AbortController();
    const loops = Promise.allSettled(
      shares.map(async (share) => {
        for await (const message of it.pull.messages(all)) {
          share.push(number(message));
          left -= 1;
          if (left === 0) all.abort();
        }
      }),
    );
    await it.push.sendAll(numbers(3_000).map(String));
    await loops;
    for (const share of shares) {
      expect(share.length).toBeGreaterThan(0);
      expect(share).toEqual([...share].sort((a, b) => a - b));
    }
    expect(shares.flat().sort((a, b) => a - b)).toEqual(numbers(3_000));
  });
});

describe("messages", () => {
  test("with a signal that is aborted already throws its reason at the first step, then is done", async () => {
    await using it = await pushAndPull();
    const stream = it.pull.messages({ signal: AbortSignal.abort("before") });
    await it.push.send("0");
    await expect(stream.next()).rejects.toBe("before");
    await expect(stream.next()).resolves.toEqual({ value: undefined, done: true });
    expect(number(await it.pull.receive())).toBe(0);
  });

  test("aborted between two steps throws at the next one, and loses nothing", async () => {
    await using it = await pushAndPull();
    await it.push.sendAll(["0", "1"]);
    const controller = new AbortController();
    const stream = it.pull.messages(controller);
    await expect(stream.next()).resolves.toMatchObject({ done: false });
    controller.abort("between");
    await expect(stream.next()).rejects.toBe("between");
    expect(number(await it.pull.receive())).toBe(1);
  });

  test("answers steps that are asked for at once in order", async () => {
    await using it = await pushAndPull();
    const stream = it.pull.messages();
    const steps = numbers(10).map(() => stream.next());
    await it.push.sendAll(numbers(10).map(String));
    expect((await Promise.all(steps)).map(({ value }) => number(value!))).toEqual(numbers(10));
  });

  test("refuses what is not an AbortSignal", async () => {
    await using it = await pushAndPull();
    expect(() => it.pull.messages({ signal: {} as never })).toThrow(TypeError);
    expect(() => it.pull.batches({ signal: "abort" as never })).toThrow(TypeError);
  });
});

describe("batches", () => {
  test("hold what is there, max at most, all messages in order", async () => {
    await using it = await pushAndPull("inproc");
    await it.push.sendAll(numbers(250).map(String));
    const sizes: number[] = [];
    const received: number[] = [];
    for await (const batch of it.pull.batches({ max: 100 })) {
      sizes.push(batch.length);
      received.push(...batch.map(number));
      if (received.length === 250) break;
    }
    expect(sizes).toEqual([100, 100, 50]);
    expect(received).toEqual(numbers(250));
  });

  test("are of 1 000 at most by default", async () => {
    await using it = await pushAndPull("inproc");
    it.pull.receiveHighWaterMark = 0;
    const sent = it.push.sendAll(numbers(1_500).map(String));
    let size = 0;
    let longest = 0;
    for await (const batch of it.pull.batches()) {
      longest = Math.max(longest, batch.length);
      size += batch.length;
      if (size === 1_500) break;
    }
    await sent;
    expect(longest).toBeLessThanOrEqual(1_000);
    expect(longest).toBeGreaterThan(1);
  });

  test("come with the first message, without waiting for more", async () => {
    await using it = await pushAndPull();
    const batches = it.pull.batches();
    const next = batches.next();
    await it.push.send("0");
    const { value } = await next;
    expect(value!.map(number)).toEqual([0]);
  });

  test("lose nothing when they are left, aborted and taken up again", async () => {
    await using it = await pushAndPull();
    const random = seeded();
    const sent = it.push.sendAll(numbers(5_000).map(String));
    const received: number[] = [];
    let aborted = 0;
    while (received.length < 5_000) {
      const controller = new AbortController();
      const kind = random.below(3);
      if (kind === 0) queueMicrotask(() => controller.abort());
      if (kind === 1) setImmediate(() => controller.abort());
      try {
        for await (const batch of it.pull.batches({ max: 1 + random.below(50), signal: controller.signal })) {
          received.push(...batch.map(number));
          if (received.length === 5_000 || random.below(4) === 0) break;
        }
      } catch (error) {
        expect(error).toBe(controller.signal.reason);
        aborted += 1;
      }
    }
    await sent;
    expect(received).toEqual(numbers(5_000));
    expect(aborted).toBeGreaterThan(10);
  });

  test("left by return while one is being collected give its messages to the next reader, in order", async () => {
    await using it = await pushAndPull("inproc");
    await it.push.sendAll(numbers(100).map(String));
    const batches = it.pull.batches();
    const collecting = batches.next();
    for (let steps = 0; steps < 20; steps++) await Promise.resolve();
    await batches.return!();
    await expect(collecting).resolves.toEqual({ value: undefined, done: true });
    const received: number[] = [];
    for await (const message of it.pull) if (received.push(number(message)) === 100) break;
    expect(received).toEqual(numbers(100));
  });

  test("are bounded by receiveTimeout as a whole, and end when the socket closes", async () => {
    await using it = await pushAndPull();
    it.pull.receiveTimeout = 10;
    await expect(it.pull.batches().next()).rejects.toThrow(TimeoutError);
    it.pull.receiveTimeout = -1;
    const next = it.pull.batches().next();
    await it.pull.close();
    await expect(next).resolves.toEqual({ value: undefined, done: true });
  });

  test("take a whole number from 1 up for max", async () => {
    await using it = await pushAndPull();
    for (const wrong of [0, -1, 1.5, Number.NaN]) expect(() => it.pull.batches({ max: wrong })).toThrow(RangeError);
    expect(() => it.pull.batches({ max: "10" as never })).toThrow(TypeError);
  });
});
