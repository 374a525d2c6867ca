/** A `receive` when it is not the socket's turn. */

import { setTimeout as sleep } from "node:timers/promises";
import { pair, quickest } from "@awaitmq/testing";
import { describe, expect, test } from "vitest";
import { ClosedError, type Message, Pull, Reply, Request, TimeoutError } from "../../src/index.ts";
import { internals } from "../../src/internals.ts";

/** Longer than a native receive that can be given up goes on. */
const long = 1_200;
/** Milliseconds, less than until the next native receive would begin. */
const soon = 700;

const requestAndReply = () => pair({ reply: new Reply(), request: new Request() });

/** What a receive that can be given up may be. */
const ways: Record<string, (socket: Reply | Request, signal: AbortSignal) => Promise<Message>> = {
  "with a timeout": (socket) => socket.receive({ timeout: 100_000 }),
  "with a signal": (socket, signal) => socket.receive({ signal }),
  "of a loop": async (socket, signal) => {
    for await (const message of socket.messages({ signal })) return message;
    throw new Error("The loop ended");
  },
  "of a loop over batches": async (socket) => {
    for await (const [message] of socket.batches()) return message as Message;
    throw new Error("The loop ended");
  },
};

describe.concurrent("a receive out of turn for more than a second waits", () => {
  for (const [name, receive] of Object.entries(ways)) {
    const { signal } = new AbortController();

    test(`on a Reply that owes an answer, ${name}`, async () => {
      const took = await quickest(soon, async () => {
        await using it = await requestAndReply();
        await it.request.send("0");
        expect(String(await it.reply.receive())).toBe("0");
        const next = receive(it.reply, signal);
        await sleep(long);
        await it.reply.send("answer 0");
        expect(String(await it.request.receive())).toBe("answer 0");
        const sent = performance.now();
        await it.request.send("1");
        expect(String(await next)).toBe("1");
        return performance.now() - sent;
      });
      expect(took).toBeLessThan(soon);
    });

    test(`on a Request that has not asked, ${name}`, async () => {
      const took = await quickest(soon, async () => {
        await using it = await requestAndReply();
        const answer = receive(it.request, signal);
        await sleep(long);
        const sent = performance.now();
        await it.request.send("0");
        await it.reply.send((await it.reply.receive()) as Message);
        expect(String(await answer)).toBe("0");
        return performance.now() - sent;
      });
      expect(took).toBeLessThan(soon);
    });
  }

  test("until its timeout, its signal, or the end of its socket", async () => {
    const request = new Request();
    const timedOut = request.receive({ timeout: long });
    const aborted = request.receive({ signal: AbortSignal.timeout(long) });
    const closed = request.receive({ timeout: 100_000 });
    const ended = (async () => {
      for await (const _ of request);
    })();
    await expect(timedOut).rejects.toThrow(TimeoutError);
    await expect(aborted).rejects.toThrow("timeout");
    await request.close();
    await expect(closed).rejects.toThrow(ClosedError);
    await ended;
  });
});

test("a reader that asks again when libzmq fails leaves the event loop its turns", async () => {
  const pull = new Pull();
  const { inbox, native } = pull[internals];
  let turns = 0;
  const count = () => {
    turns += 1;
    timer = setImmediate(count);
  };
  let timer = setImmediate(count);
  // Of all that libzmq may say: the socket is gone.
  native.close();
  const turnsAtFailure: number[] = [];
  await new Promise<void>((resolve) => {
    const ask = (): void => {
      inbox.request(
        () => {},
        () => {
          if (turnsAtFailure.push(turns) < 20) ask();
          else resolve();
        },
        {},
      );
    };
    ask();
  });
  clearImmediate(timer);
  expect(new Set(turnsAtFailure).size).toBe(20);
  await pull.close();
});
