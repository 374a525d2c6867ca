/** How a proxy ends: by its signal, by `stop`, by its sockets. */

import { eventually, freshInproc, numbers } from "@awaitmq/testing";
import { describe, expect, test } from "vitest";
import { Dealer, Pull, Push, proxy } from "../../src/index.ts";
import { internals } from "../../src/internals.ts";
import { broker } from "./broker.ts";
import { oneWay } from "./one-way.ts";

describe("a proxy", () => {
  test("ended by its signal ends in good order, leaves the sockets open and loses nothing", async () => {
    await using front = new Pull();
    await using back = new Push({ sendHighWaterMark: 1 });
    await using push = new Push();
    await using pull = new Pull({ receiveHighWaterMark: 1 });
    const frontEnd = freshInproc();
    const backEnd = freshInproc();
    await front.bind(frontEnd);
    push.connect(frontEnd);
    await back.bind(backEnd);
    pull.connect(backEnd);
    const sending = push.sendAll(numbers(300).map(String));
    const received: number[] = [];
    while (received.length < 300) {
      const controller = new AbortController();
      const running = proxy(front, back, { signal: controller.signal });
      const some = Math.min(300, received.length + 20);
      while (received.length < some) received.push(Number(await pull.receive()));
      // Now a message waits in the proxy, since nobody reads behind it.
      controller.abort();
      await running.done;
      expect(front.closed || back.closed).toBe(false);
    }
    await sending;
    expect(received).toEqual(numbers(300));
  });

  test("with a signal that is aborted takes nothing, and is over", async () => {
    await using sockets = await oneWay();
    const { front, back, push } = sockets;
    await push.send("stays");
    await proxy(front, back, { signal: AbortSignal.abort("early") }).done;
    expect(String(await front.receive())).toBe("stays");
  });

  test("stops when the scope that owns it is left, and takes no more", async () => {
    await using between = await broker();
    await using client = new Dealer();
    client.connect(between.frontEnd);
    {
      await using passing = between.running;
      expect(passing.endpoints).toEqual([]);
    }
    await client.send("hello");
    expect(String((await between.front.receive())[1])).toBe("hello");
    expect(between.running.stats.forward).toBe(0);
    await between.running.stop();
  });

  test("stops with what waits for a reader, which goes on within the grace, or back after it", async () => {
    await using sockets = await oneWay();
    const { front, back, push } = sockets;
    const running = proxy(front, back, { grace: 10 });
    await push.send("waits");
    await eventually(() => !back[internals].outbox.idle);
    await running.stop();
    expect(running.stats.forward).toBe(0);
    expect(String(await front.receive())).toBe("waits");

    const again = proxy(front, back);
    await push.send("goes");
    await eventually(() => !back[internals].outbox.idle);
    const stopping = again.stop();
    await using pull = new Pull();
    pull.connect(back.endpoints[0]!);
    expect(String(await pull.receive())).toBe("goes");
    await stopping;
    expect(again.stats.forward).toBe(1);
  });

  test("refuses wrong options of stop", async () => {
    await using between = await broker();
    await expect(between.running.stop({ grace: -1 })).rejects.toThrow("grace must be 0 or more milliseconds, got -1");
    await expect(between.running.stop({ grase: 1 } as never)).rejects.toThrow('stop has no option "grase"');
  });

  test.each(["front", "back"] as const)("ends when the %s socket closes", async (side) => {
    await using between = await broker();
    await between[side].close();
    await between.running.done;
    expect(between.running.stats).toEqual({ forward: 0, back: 0, undeliverable: 0, uncaptured: 0 });
    expect(between[side === "front" ? "back" : "front"].closed).toBe(false);
  });

  test("ends when a socket closes while a message waits to be sent on it", async () => {
    await using sockets = await oneWay();
    const { front, back, push } = sockets;
    const running = proxy(front, back);
    await push.send("waits");
    await back.close({ linger: 0 });
    await running.done;
    expect(running.stats).toEqual({ forward: 0, back: 0, undeliverable: 0, uncaptured: 0 });
    expect(String(await front.receive())).toBe("waits");
  });

  test("of sockets that are closed already ends at once", async () => {
    const front = new Pull();
    const back = new Push();
    await Promise.all([front.close(), back.close()]);
    const running = proxy(front, back);
    await running.done;
    expect(running.stats).toEqual({ forward: 0, back: 0, undeliverable: 0, uncaptured: 0 });
  });
});
