/** Closing around the 512 operations that libzmq's binding does at a stretch. */

import { setImmediate as turn } from "node:timers/promises";
import { freshInproc, numbers, pair } from "@awaitmq/testing";
import { describe, expect, test } from "vitest";
import { ClosedError, Pull, Push, Reply, Request } from "../../src/index.ts";
import "./unhandled.ts";

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
