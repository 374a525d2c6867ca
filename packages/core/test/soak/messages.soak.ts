import { setTimeout as sleep } from "node:timers/promises";
import { FlakyLink } from "@awaitmq/testing";
import { describe, expect, test } from "vitest";
import { Dealer, MessagingError, Pull, Push, Router, TimeoutError } from "../../src/index.ts";

/** Seconds that each of these tests goes on: `AWAITMQ_SOAK_SECONDS`. @default 60 */
const seconds = Number(process.env.AWAITMQ_SOAK_SECONDS ?? 60);
/** The same seed makes the same choices, if not the same timing. */
const seed = Number(process.env.AWAITMQ_SOAK_SEED ?? Math.floor(Math.random() * 2 ** 32));

/** A small generator of random numbers from 0 to 1 (mulberry32, in the public domain). */
function randomFrom(start: number): () => number {
  let state = start;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

const given = new Error("given up");
const isExpected = (error: unknown) => error === given || error instanceof TimeoutError;

/** A signal that is aborted at some time, or never. */
function sometimesAborted(random: () => number): { signal?: AbortSignal; timeout?: number } {
  const choice = random();
  if (choice < 0.2) return { timeout: Math.floor(random() * 5) };
  if (choice > 0.4) return {};
  const controller = new AbortController();
  setTimeout(() => controller.abort(given), random() * 5).unref();
  return { signal: controller.signal };
}

describe(`seed ${seed}, ${seconds} s each`, () => {
  test("aborts, timeouts, stalls and slowness lose, double and disorder nothing", async () => {
    const random = randomFrom(seed);
    await using push = new Push({ linger: 0, sendHighWaterMark: 10 });
    await using pull = new Pull({ receiveHighWaterMark: 10 });
    await using link = await FlakyLink.open(await pull.bind("tcp://127.0.0.1:*"));
    push.connect(link.address);
    const accepted: number[] = [];
    const received: number[] = [];
    let withdrawn = 0;
    let over = false;

    const size = () => 4 + Math.floor(random() ** 8 * 100_000);
    const sending = (async () => {
      for (let number = 0; !over; number++) {
        const body = Buffer.alloc(size());
        body.writeUInt32LE(number);
        await push.send(body, sometimesAborted(random)).then(
          () => accepted.push(number),
          (error) => {
            if (!isExpected(error)) throw error;
            withdrawn++;
          },
        );
      }
    })();
    const readers = Array.from({ length: 3 }, async (_, index) => {
      while (!pull.closed) {
        try {
          if (index === 0) {
            const left = 1 + random() * 20;
            let count = 0;
            for await (const [body] of pull.messages(sometimesAborted(random))) {
              received.push(body.readUInt32LE());
              if (++count > left) break;
            }
          } else {
            const [body] = await pull.receive(sometimesAborted(random));
            received.push(body.readUInt32LE());
          }
        } catch (error) {
          if (error instanceof MessagingError && error.code === "ERR_CLOSED") return;
          if (!isExpected(error)) throw error;
        }
      }
    });

    const end = performance.now() + seconds * 1_000;
    while (performance.now() < end) {
      const choice = random();
      if (choice < 0.1) link.stall();
      else if (choice < 0.7) link.resume();
      link.delay = choice > 0.9 ? 10 : 0;
      link.throttle = choice > 0.8 ? 2_000_000 : Infinity;
      await sleep(random() * 50);
    }
    over = true;
    link.resume();
    link.throttle = Infinity;
    await sending;
    for (let still = 0; received.length < accepted.length && still < 100; still++) await sleep(100);
    await pull.close();
    await Promise.all(readers);
    expect(received.length).toBe(accepted.length);
    expect(received.every((number, index) => number === accepted[index])).toBe(true);
    console.log(`${accepted.length} messages arrived, ${withdrawn} were withdrawn`);
  });

  test("cut connections, closes and reopenings leave nothing stuck", async () => {
    const random = randomFrom(seed + 1);
    await using router = new Router({ linger: 0 });
    await using link = await FlakyLink.open(await router.bind("tcp://127.0.0.1:*"));
    let over = false;
    let answered = 0;
    let failed = 0;
    const answering = (async () => {
      // A reply to a client that has gone is refused.
      for await (const message of router) await router.send(message).catch(() => {});
    })();
    const clients = Array.from({ length: 10 }, async () => {
      while (!over) {
        const dealer = new Dealer({ linger: 0, reconnectInterval: 10 });
        dealer.connect(link.address);
        for (let left = random() * 200; left > 0 && !over; left--) {
          const body = `${Math.floor(random() * 1e9)}`;
          try {
            await dealer.send(body, { timeout: 500 });
            for (;;) {
              const [reply] = await dealer.receive({ timeout: 500 });
              // Replies to requests that were given up come late.
              if (reply.equals(Buffer.from(body))) break;
            }
            answered++;
          } catch (error) {
            if (!(error instanceof TimeoutError)) throw error;
            failed++;
          }
        }
        const pending = dealer.receive();
        pending.catch(() => {});
        await dealer.close();
        await expect(pending).rejects.toMatchObject({ code: "ERR_CLOSED" });
      }
    });

    const memory: number[] = [];
    const end = performance.now() + seconds * 1_000;
    while (performance.now() < end) {
      await sleep(random() * 300);
      if (random() < 0.3) {
        await link.cut();
        await sleep(random() * 200);
        await link.restore();
      }
      const before = answered;
      for (let waited = 0; answered === before; waited++) {
        expect(waited, "requests are answered again within 5 s").toBeLessThan(500);
        await sleep(10);
      }
      memory.push(process.memoryUsage().rss / 2 ** 20);
    }
    over = true;
    await Promise.all(clients);
    await router.close();
    await answering;
    expect(answered).toBeGreaterThan(failed);
    const half = memory.slice(memory.length / 2);
    expect(Math.max(...half) - (half[0] ?? 0)).toBeLessThan(100);
    console.log(`${answered} requests were answered, ${failed} given up`);
  });
});
