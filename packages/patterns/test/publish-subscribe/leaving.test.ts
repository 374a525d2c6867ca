/** The end of a subscription, and the next one on the same socket. */

import { ClosedError } from "@awaitmq/core";
import { describe, expect, test } from "vitest";
import { InUseError, subscribe, text } from "../../src/index.ts";
import { deadline, pair, take, untilNobody } from "./subscribing.ts";

describe("leaving", () => {
  test("takes the loop's own subscriptions back, and leaves those that the program made", async () => {
    await using at = await pair();
    at.subscriber.subscribe("own", "both");
    const stream = subscribe(at.subscriber, ["both", "loop"], { codec: text });
    await at.scene.subscribed("loop", deadline);
    await at.scene.publish("loop", "1");
    await take(stream, 1);
    await untilNobody(at.scene, "loop");
    await at.scene.publish("loop", "nobody gets this");
    await at.scene.publish("both", "2");
    await at.scene.publish("own", "3");
    expect((await at.subscriber.receive(deadline)).map(String)).toEqual(["both", "2"]);
    expect((await at.subscriber.receive(deadline)).map(String)).toEqual(["own", "3"]);
  });

  test("by abort throws the reason, whether the loop waits or works, and leaves the socket usable", async () => {
    await using at = await pair();
    const reason = new Error("enough");
    for (const when of ["waiting", "working", "before"]) {
      const stop = new AbortController();
      const { signal } = stop;
      if (when === "before") stop.abort(reason);
      const stream = subscribe(at.subscriber, ["a"], { codec: text, signal });
      if (when === "waiting") setImmediate(() => stop.abort(reason));
      if (when === "working") {
        await at.scene.subscribed("a", deadline);
        await at.scene.publish("a", "1");
        await at.scene.publish("a", "2");
      }
      const values: string[] = [];
      const looping = (async () => {
        for await (const { value } of stream) {
          values.push(value);
          stop.abort(reason);
        }
      })();
      await expect(looping).rejects.toBe(reason);
      expect(values).toEqual(when === "working" ? ["1"] : []);
      await untilNobody(at.scene, "a");
    }
    const stream = subscribe(at.subscriber, ["a"], { codec: text });
    await at.scene.subscribed("a", deadline);
    await at.scene.publish("a", "3");
    expect((await take(stream, 2)).map(({ value }) => value)).toEqual(["2", "3"]);
  });

  test("by abort takes back the subscription also of a loop that never began", async () => {
    await using at = await pair();
    const stop = new AbortController();
    subscribe(at.subscriber, ["a"], { codec: text, signal: stop.signal });
    await at.scene.subscribed("a", deadline);
    stop.abort();
    await untilNobody(at.scene, "a");
    const again = subscribe(at.subscriber, ["a"], { codec: text });
    await again[Symbol.asyncDispose]();
    await untilNobody(at.scene, "a");
  });

  test("while calls of next wait lets them be done", async () => {
    await using at = await pair();
    const stream = subscribe(at.subscriber, ["a"], { codec: text });
    const waiting = [stream.next(), stream.next()];
    await stream.return();
    expect(await Promise.all(waiting)).toEqual(Array(2).fill({ value: undefined, done: true }));
    expect(await stream.next()).toEqual({ value: undefined, done: true });
  });

  test("happens by itself when the socket closes", async () => {
    await using at = await pair();
    const stream = subscribe(at.subscriber, ["a"], { codec: text });
    const next = stream.next();
    await at.subscriber.close();
    expect(await next).toEqual({ value: undefined, done: true });
    expect(() => subscribe(at.subscriber, ["a"], { codec: text })).toThrow(ClosedError);
  });

  test("many loops under one signal is no leak", async () => {
    await using at = await pair();
    const warnings: Error[] = [];
    const warn = (warning: Error) => warnings.push(warning);
    process.on("warning", warn);
    const { signal } = new AbortController();
    for (let round = 0; round < 30; round++) {
      const stream = subscribe(at.subscriber, [`${round}`], { codec: text, signal });
      if (round % 2 === 0) await stream.return();
      else await Promise.all([stream.next(), stream.return()]);
    }
    const waits = Array.from({ length: 30 }, () => at.scene.subscribed("0", { count: 1, signal, ...deadline }));
    subscribe(at.subscriber, ["0"], { codec: text, signal });
    await Promise.all(waits);
    await new Promise(setImmediate);
    process.off("warning", warn);
    expect(warnings).toEqual([]);
  });
});

describe("a second loop on one socket", () => {
  test("is refused, disturbs the first by nothing, and may begin when that was left", async () => {
    await using at = await pair();
    const first = subscribe(at.subscriber, ["a"], { codec: text });
    expect(() => subscribe(at.subscriber, ["b"], { codec: text })).toThrow(InUseError);
    await at.scene.subscribed("a", deadline);
    await at.scene.publish("b", "nobody asked");
    await at.scene.publish("a", "1");
    expect(await take(first, 1)).toEqual([{ topic: "a", value: "1" }]);
    const second = subscribe(at.subscriber, ["b"], { codec: text });
    await at.scene.subscribed("b", deadline);
    await first.return();
    expect(() => subscribe(at.subscriber, ["c"], { codec: text })).toThrow(InUseError);
    await at.scene.publish("b", "2");
    expect(await take(second, 1)).toEqual([{ topic: "b", value: "2" }]);
  });

  test("gets nothing that was meant for the one before it", async () => {
    await using at = await pair();
    const first = subscribe(at.subscriber, ["a", "end"], { codec: text });
    await at.scene.subscribed("a", deadline);
    await at.scene.subscribed("end", deadline);
    for (const value of ["1", "2", "3"]) await at.scene.publish("a", value);
    await take(first, 1);
    const second = subscribe(at.subscriber, ["b"], { codec: text });
    await at.scene.subscribed("b", deadline);
    await at.scene.publish("b", "4");
    expect(await take(second, 1)).toEqual([{ topic: "b", value: "4" }]);
  });
});
