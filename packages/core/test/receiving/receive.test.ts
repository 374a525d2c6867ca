/** Calls of `receive` that wait together, give up, or are wrong. */

import { setTimeout as sleep } from "node:timers/promises";
import { freshInproc, numbers } from "@awaitmq/testing";
import { describe, expect, test } from "vitest";
import { ClosedError, TimeoutError } from "../../src/index.ts";
import { internals } from "../../src/internals.ts";
import { number, pushAndPull } from "./push-and-pull.ts";

describe("receive", () => {
  test("serves any number of concurrent calls in the order of the calls", async () => {
    await using it = await pushAndPull();
    const received = numbers(1_000).map(() => it.pull.receive());
    for (const index of numbers(1_000)) await it.push.send(String(index));
    expect((await Promise.all(received)).map(number)).toEqual(numbers(1_000));
  });

  test("leaves the place of an aborted call in the middle to those behind it", async () => {
    await using it = await pushAndPull();
    const controller = new AbortController();
    const first = it.pull.receive();
    const second = it.pull.receive({ signal: controller.signal });
    const third = it.pull.receive({ timeout: 100_000 });
    controller.abort(new Error("no longer wanted"));
    await expect(second).rejects.toBe(controller.signal.reason);
    await it.push.sendAll(["0", "1"]);
    expect((await Promise.all([first, third])).map(number)).toEqual([0, 1]);
  });

  test("rejects at once with the reason of a signal that is aborted already, whatever the reason is", async () => {
    await using it = await pushAndPull();
    await it.push.send("0");
    for (const reason of [new Error("stop"), "a string", 0]) {
      await expect(it.pull.receive({ signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
      await expect(it.pull.receive({ signal: AbortSignal.abort(reason), timeout: 0 })).rejects.toBe(reason);
    }
    expect(number(await it.pull.receive())).toBe(0);
  });

  test("a call that timed out takes no message with it", async () => {
    await using it = await pushAndPull();
    for (const index of numbers(20)) {
      const failure = it.pull.receive({ timeout: 2 });
      await expect(failure).rejects.toThrow(TimeoutError);
      await expect(failure).rejects.toMatchObject({
        code: "ERR_TIMEOUT",
        message: "No message arrived on the Pull socket within 2 ms",
      });
      await it.push.send(String(index));
      expect(number(await it.pull.receive({ timeout: 100_000 }))).toBe(index);
    }
  });

  test("leaves no listener on its signal, however it ends", async () => {
    await using it = await pushAndPull();
    const { signal } = new AbortController();
    let listeners = 0;
    const add = signal.addEventListener.bind(signal);
    const remove = signal.removeEventListener.bind(signal);
    Object.assign(signal, {
      addEventListener(...parameters: Parameters<typeof add>) {
        listeners += 1;
        add(...parameters);
      },
      removeEventListener(...parameters: Parameters<typeof remove>) {
        listeners -= 1;
        remove(...parameters);
      },
    });
    await it.push.send("0");
    await it.pull.receive({ signal });
    await expect(it.pull.receive({ signal, timeout: 1 })).rejects.toThrow(TimeoutError);
    const last = it.pull.receive({ signal });
    expect(listeners).toBe(1);
    const rejected = expect(last).rejects.toThrow(ClosedError);
    await it.pull.close();
    await rejected;
    expect(listeners).toBe(0);
  });

  test.each(["tcp://127.0.0.1:*", "inproc"])("with a timeout of 0 takes what is there, over %s", async (address) => {
    await using it = await pushAndPull(address);
    await expect(it.pull.receive({ timeout: 0 })).rejects.toThrow(TimeoutError);
    await it.push.sendAll(numbers(100).map(String));
    // The last one is there, so the others are.
    const received = [await it.pull.receive()];
    while (received.length < 100) {
      try {
        received.push(await it.pull.receive({ timeout: 0 }));
      } catch (error) {
        expect(error).toBeInstanceOf(TimeoutError);
        received.push(await it.pull.receive());
      }
    }
    expect(received.map(number)).toEqual(numbers(100));
    await expect(it.pull.receive({ timeout: 0 })).rejects.toThrow(TimeoutError);
  });

  test("with a timeout of 0 takes what is there also when the turn is over already", async () => {
    await using it = await pushAndPull(freshInproc());
    await it.push.sendAll(numbers(20).map(String));
    for (const index of numbers(20)) {
      for (const began = performance.now(); performance.now() - began < 8; );
      expect(number(await it.pull.receive({ timeout: 0 }))).toBe(index);
    }
  });

  test("a program that polls with a timeout of 0 leaves timers their time", async () => {
    await using it = await pushAndPull();
    let ticks = 0;
    const timer = setInterval(() => {
      ticks += 1;
    }, 10);
    const end = performance.now() + 10_000;
    while (ticks < 10 && performance.now() < end) await it.pull.receive({ timeout: 0 }).catch(() => {});
    clearInterval(timer);
    expect(ticks).toBe(10);
  });

  test("a timeout longer than any timer waits", async () => {
    await using it = await pushAndPull();
    const received = it.pull.receive({ timeout: 2 ** 40 });
    await it.push.send("0");
    expect(number(await received)).toBe(0);
  });

  test("rejects wrong arguments and never throws, and takes no message", async () => {
    await using it = await pushAndPull();
    await it.push.send("0");
    const wrong: [unknown, unknown][] = [
      [{ timeout: "5" }, TypeError],
      [{ timeout: null, signal: "abort" }, TypeError],
      [{ timeout: -1 }, RangeError],
      [{ timeout: Number.NaN }, RangeError],
      [{ signal: {} }, TypeError],
      [{ signal: null }, TypeError],
      [{ signal: new AbortController() }, TypeError],
    ];
    for (const [options, error] of wrong) {
      const call = it.pull.receive(options as never);
      expect(call).toBeInstanceOf(Promise);
      await expect(call, JSON.stringify(options)).rejects.toThrow(error as never);
    }
    expect(number(await it.pull.receive())).toBe(0);
  });

  test("messages that were put back come first, in their order, also when a reader leaves them again", async () => {
    await using it = await pushAndPull();
    await it.push.sendAll(numbers(6).map(String));
    const taken = [await it.pull.receive(), await it.pull.receive(), await it.pull.receive()];
    it.pull[internals].inbox.putBack(taken);
    const controller = new AbortController();
    const left = it.pull.receive({ signal: controller.signal });
    const received = numbers(3).map(() => it.pull.receive());
    controller.abort();
    await expect(left).rejects.toBe(controller.signal.reason);
    expect((await Promise.all(received)).map(number)).toEqual([0, 1, 2]);
    expect(number(await it.pull.receive())).toBe(3);

    // A native receive is under way for this one already.
    const waiting = [it.pull.receive(), it.pull.receive()];
    it.pull[internals].inbox.putBack([taken[2]!]);
    expect((await Promise.all(waiting)).map(number)).toEqual([2, 4]);
    expect(number(await it.pull.receive())).toBe(5);
  });

  test("changes nothing in the options it is given", async () => {
    await using it = await pushAndPull();
    const options = Object.freeze({ timeout: 100_000, signal: new AbortController().signal });
    const received = it.pull.receive(options);
    await it.push.send("0");
    expect(number(await received)).toBe(0);
    expect(Object.keys(options)).toEqual(["timeout", "signal"]);
  });
});

test("any number of waits on one signal make no warning", async () => {
  const warnings: Error[] = [];
  const note = (warning: Error) => warnings.push(warning);
  process.on("warning", note);
  await using it = await pushAndPull();
  const controller = new AbortController();
  const waiting = Promise.allSettled(numbers(100).map(() => it.pull.receive({ signal: controller.signal })));
  await sleep(0);
  controller.abort();
  await waiting;
  process.off("warning", note);
  expect(warnings).toEqual([]);
});
