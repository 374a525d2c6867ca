/** Readers that give up at random lose no message. */

import { setTimeout as sleep } from "node:timers/promises";
import { numbers } from "@awaitmq/testing";
import { seeded } from "@awaitmq/testing/seeded";
import { describe, expect, test } from "vitest";
import { TimeoutError } from "../../src/index.ts";
import { number, pushAndPull } from "./push-and-pull.ts";

describe("giving up at random", () => {
  const count = 5_000;

  /** Sends numbers in bursts, with pauses in which readers wait. */
  async function* inBursts(below: (limit: number) => number) {
    for (let index = 0; index < count; ) {
      for (let left = 1 + below(20); left > 0 && index < count; left--) yield String(index++);
      await sleep(below(3));
    }
  }

  test("one reader that aborts and times out gets 5 000 messages, each once, in order", async () => {
    await using it = await pushAndPull();
    const random = seeded();
    const sent = it.push.sendAll(inBursts(random.below));
    const received: number[] = [];
    let aborted = 0;
    let timedOut = 0;
    while (received.length < count) {
      const controller = new AbortController();
      const kind = random.below(4);
      if (kind === 0) queueMicrotask(() => controller.abort());
      else if (kind === 1) setImmediate(() => controller.abort());
      const options = kind === 3 ? { timeout: random.below(3) } : { signal: controller.signal };
      try {
        received.push(number(await it.pull.receive(options)));
      } catch (error) {
        if (error instanceof TimeoutError) timedOut += 1;
        else {
          expect(error).toBe(controller.signal.reason);
          aborted += 1;
        }
      }
    }
    expect(await sent).toBe(count);
    expect(received).toEqual(numbers(count));
    expect(aborted).toBeGreaterThan(200);
    expect(timedOut).toBeGreaterThan(50);
  });

  test.each([
    ["five receivers", "tcp://127.0.0.1:*"],
    ["five receivers", "inproc"],
    ["three receivers and two loops", "tcp://127.0.0.1:*"],
    ["three receivers and two loops", "inproc"],
  ])("%s at once share 5 000 messages over %s: none lost, none twice, in order", async (readers, address) => {
    await using it = await pushAndPull(address);
    const random = seeded();
    const sent = it.push.sendAll(inBursts(random.below));
    const received: number[] = [];
    const shares: number[][] = [[], [], [], [], []];
    const onlyReceivers = readers === "five receivers";
    // A timeout of 0 takes a way of its own.
    const least = onlyReceivers ? 1 : 0;
    const ends = { aborted: 0, timedOut: 0, left: 0 };
    const all = new AbortController();

    function took(reader: number, message: readonly Buffer[]): void {
      received.push(number(message));
      shares[reader]!.push(number(message));
      if (received.length === count) all.abort("all are there");
    }

    function soon(controller: AbortController): void {
      const kind = random.below(4);
      if (kind === 0) queueMicrotask(() => controller.abort());
      else if (kind === 1) setImmediate(() => controller.abort());
      else setTimeout(() => controller.abort(), random.below(4));
    }

    async function receiver(reader: number): Promise<void> {
      while (!all.signal.aborted && !it.pull.closed) {
        const controller = new AbortController();
        const signal = AbortSignal.any([controller.signal, all.signal]);
        const timeout = random.below(2) === 0 ? least + random.below(4) : Number.POSITIVE_INFINITY;
        soon(controller);
        try {
          took(reader, await it.pull.receive({ signal, timeout }));
        } catch (error) {
          if (error instanceof TimeoutError) ends.timedOut += 1;
          else if (error === signal.reason) ends.aborted += 1;
          else throw error;
        }
      }
    }

    async function loop(reader: number): Promise<void> {
      while (!all.signal.aborted && !it.pull.closed) {
        const controller = new AbortController();
        const signal = AbortSignal.any([controller.signal, all.signal]);
        soon(controller);
        try {
          for await (const message of it.pull.messages({ signal })) {
            took(reader, message);
            if (random.below(5) > 0) continue;
            ends.left += 1;
            break;
          }
        } catch (error) {
          if (error !== signal.reason) throw error;
          ends.aborted += 1;
        }
      }
    }

    const last = onlyReceivers ? [receiver(3), receiver(4)] : [loop(3), loop(4)];
    await Promise.all([receiver(0), receiver(1), receiver(2), ...last]);
    expect(await sent).toBe(count);
    // Between its message and its next line a loop takes a few microtasks more than a receive, in which another reader may
    // get its own: across unlike readers the order can't be seen from here.
    expect(onlyReceivers ? received : received.sort((a, b) => a - b)).toEqual(numbers(count));
    for (const share of shares) {
      expect(share.length).toBeGreaterThan(0);
      expect(share).toEqual([...share].sort((a, b) => a - b));
    }
    expect(ends.aborted).toBeGreaterThan(500);
    expect(ends.timedOut).toBeGreaterThan(50);
    if (!onlyReceivers) expect(ends.left).toBeGreaterThan(50);
  });
});
