/** The option `receiveTimeout`. */

import { setTimeout as sleep } from "node:timers/promises";
import { numbers } from "@awaitmq/testing";
import { describe, expect, test } from "vitest";
import { Pull, TimeoutError } from "../../src/index.ts";
import { number, pushAndPull } from "./push-and-pull.ts";

describe("receiveTimeout", () => {
  test("is the default of every receive and of each step of a loop, and may be changed at any time", async () => {
    await using it = await pushAndPull();
    it.pull.receiveTimeout = 5;
    expect(it.pull.receiveTimeout).toBe(5);
    await expect(it.pull.receive()).rejects.toThrow("within 5 ms");
    const loop = async () => {
      for await (const _ of it.pull);
    };
    await expect(loop()).rejects.toThrow(TimeoutError);

    it.pull.receiveTimeout = -1;
    const waiting = it.pull.receive();
    it.pull.receiveTimeout = 0;
    await expect(it.pull.receive()).rejects.toThrow("within 0 ms");
    await it.push.send("0");
    expect(number(await waiting)).toBe(0);
  });

  test("gives way to the timeout of a call", async () => {
    await using pull = new Pull({ receiveTimeout: 60_000 });
    await expect(pull.receive({ timeout: 1 })).rejects.toThrow("within 1 ms");
    pull.receiveTimeout = 1;
    const controller = new AbortController();
    const call = pull.receive({ timeout: Number.POSITIVE_INFINITY, signal: controller.signal });
    await expect(pull.receive()).rejects.toThrow("within 1 ms");
    controller.abort("enough");
    await expect(call).rejects.toBe("enough");
  });

  test("a loop that timed out lost nothing", async () => {
    await using it = await pushAndPull();
    it.pull.receiveTimeout = 20;
    const received: number[] = [];
    const sent = it.push.sendAll(
      (async function* () {
        for (const index of numbers(60)) {
          if (index % 10 === 9) await sleep(30);
          yield String(index);
        }
      })(),
    );
    let timeouts = 0;
    while (received.length < 60) {
      try {
        for await (const message of it.pull) {
          received.push(number(message));
          if (received.length === 60) break;
        }
      } catch (error) {
        expect(error).toBeInstanceOf(TimeoutError);
        timeouts += 1;
      }
    }
    expect(await sent).toBe(60);
    expect(received).toEqual(numbers(60));
    expect(timeouts).toBeGreaterThan(0);
  });

  test("of Infinity is none", async () => {
    await using it = await pushAndPull();
    it.pull.receiveTimeout = 1;
    it.pull.receiveTimeout = Number.POSITIVE_INFINITY;
    expect(it.pull.receiveTimeout).toBe(-1);
    const received = [it.pull.receive(), it.pull.messages().next()];
    await it.push.sendAll(["0", "1"]);
    expect(await Promise.all(received)).toMatchObject([[Buffer.from("0")], { done: false }]);
  });

  test("takes whole numbers from -1 up", () => {
    expect(() => new Pull({ receiveTimeout: -2 })).toThrow(RangeError);
    expect(() => new Pull({ receiveTimeout: 0.5 })).toThrow(RangeError);
  });
});
