/** What `close` hands over, rejects and waits for. */

import { setImmediate as turn } from "node:timers/promises";
import { eventually, freshInproc, freshTcp, numbers, pair } from "@awaitmq/testing";
import { describe, expect, test } from "vitest";
import {
  ClosedError,
  closeAll,
  Dealer,
  Pair,
  Publisher,
  Pull,
  Push,
  Reply,
  Request,
  Router,
  Subscriber,
} from "../../src/index.ts";
import { internals } from "../../src/internals-key.ts";
import "./unhandled.ts";

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

    expect(accepted).toBeLessThan(10);
    const received: number[] = [];
    for await (const [body] of pull) if (received.push(Number(body)) === 200) break;
    await Promise.all([...sends, closed]);
    expect(received).toEqual(numbers(200));
    await pull.close();
  });

  test.each([0, 100])("rejects sends that wait with ClosedError after a linger of %s ms", async (linger) => {
    const push = new Push({ linger: 100_000 });
    push.connect("tcp://127.0.0.1:9");
    const sends = Promise.allSettled(numbers(50).map((index) => push.send(String(index))));
    await turn();
    const began = performance.now();
    await push.close({ linger });
    const elapsed = performance.now() - began;
    for (const result of await sends)
      expect(result).toMatchObject({ status: "rejected", reason: { code: "ERR_CLOSED" } });
    expect(elapsed).toBeGreaterThanOrEqual(linger - 5);
    expect(elapsed).toBeLessThan(linger + 50_000);
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
    for (const linger of [-2, 0.5, Number.NaN, 2 ** 31, 2 ** 53])
      await expect(pull.close({ linger })).rejects.toThrow(RangeError);
    await expect(pull.close({ linger: "10" as never })).rejects.toThrow(
      new TypeError("linger must be a number of milliseconds, got string"),
    );
    expect(pull.closed).toBe(false);
  });

  test("of all sockets rejects a wrong linger too, where none is open", async () => {
    await expect(closeAll({ linger: -2 })).rejects.toThrow(RangeError);
  });

  test("called again with a linger waits no longer than that, also of all sockets", async () => {
    const push = new Push({ immediate: false });
    push.connect(await freshTcp());
    await push.send("nobody takes it");
    let over = false;
    const first = push.close({ linger: Number.POSITIVE_INFINITY }).then(() => {
      over = true;
    });
    await push.close({ linger: 0 });
    await closeAll({ linger: 0 });
    expect(over).toBe(false);
    void first;
  });

  test("is under way for whoever is told of it", async () => {
    const pull = new Pull();
    const told: boolean[] = [];
    pull[internals].inbox.request(
      () => {},
      () => told.push(pull.closed),
      pull,
    );
    await pull.close();
    expect(told).toEqual([true]);
  });

  test("drops messages that were received but not read", async () => {
    const { pull, push } = await pair({ pull: new Pull(), push: new Push() });
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
