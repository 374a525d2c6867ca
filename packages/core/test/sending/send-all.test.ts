/** `sendAll` from arrays, iterables and other sockets. */

import { numbers, pair } from "@awaitmq/testing";
import { describe, expect, test } from "vitest";
import { ClosedError, Pull, Push } from "../../src/index.ts";

const pushAndPull = (highWaterMark = 1_000) =>
  pair(
    {
      pull: new Pull({ receiveHighWaterMark: highWaterMark }),
      push: new Push({ sendHighWaterMark: highWaterMark }),
    },
    "inproc",
  );

async function take(pull: Pull, count: number): Promise<string[]> {
  const received: string[] = [];
  for await (const message of pull) if (received.push(message.join("|")) === count) break;
  return received;
}

describe("sendAll", () => {
  test("sends arrays, iterables, generators and async generators, and counts", async () => {
    await using it = await pushAndPull();
    const async = async function* () {
      yield "c";
      yield ["d", "e"];
    };
    expect(await it.push.sendAll(["a", ["b", "b"]])).toBe(2);
    expect(await it.push.sendAll(new Set(["s"]))).toBe(1);
    expect(await it.push.sendAll(async())).toBe(2);
    expect(await it.push.sendAll([Promise.resolve("p")] as never)).toBe(1);
    expect(await it.push.sendAll([])).toBe(0);
    expect(await take(it.pull, 6)).toEqual(["a", "b|b", "s", "c", "d|e", "p"]);
  });

  test("asks for the next message only when the last was accepted", async () => {
    await using it = await pushAndPull(1);
    let asked = 0;
    const sending = it.push.sendAll(
      (function* () {
        for (const index of numbers(1_000)) {
          asked += 1;
          yield String(index);
        }
      })(),
    );
    for (const index of numbers(1_000)) {
      expect(String(await it.pull.receive())).toBe(String(index));
      // What was received, what the queue holds, and the one that waits.
      expect(asked).toBeLessThanOrEqual(index + 5);
    }
    expect(await sending).toBe(1_000);
  });

  test("passes a whole socket on to another", async () => {
    await using first = await pushAndPull();
    await using second = await pushAndPull();
    const forwarding = second.push.sendAll(first.pull);
    await first.push.sendAll(numbers(500).map(String));
    expect(await take(second.pull, 500)).toEqual(numbers(500).map(String));
    await first.pull.close();
    expect(await forwarding).toBe(500);
  });

  test.each(["sync", "async"])(
    "aborted while it waits for room, closes its %s source and sends no more",
    async (kind) => {
      await using it = await pushAndPull(1);
      let closed = false;
      function* sync() {
        try {
          for (let index = 0; ; index++) yield String(index);
        } finally {
          closed = true;
        }
      }
      async function* async() {
        yield* sync();
      }
      const controller = new AbortController();
      const sending = it.push.sendAll(kind === "sync" ? sync() : async(), controller);
      setTimeout(() => controller.abort("enough"), 5);
      await expect(sending).rejects.toBe("enough");
      await expect.poll(() => closed).toBe(true);
      await it.push.close({ linger: 0 }).catch(() => {});
      const received: number[] = [];
      for (;;) {
        const message = await it.pull.receive({ timeout: 50 }).catch(() => undefined);
        if (message === undefined) break;
        received.push(Number(message));
      }
      expect(received).toEqual(numbers(received.length));

      expect(received.length).toBeLessThan(5);
    },
  );

  test("aborted while it waits for its source, rejects at once even if the source never answers", async () => {
    await using it = await pushAndPull();
    let returned = false;
    const source: AsyncIterableIterator<string> = {
      [Symbol.asyncIterator]: () => source,
      next: () => new Promise(() => {}),
      return: () => {
        returned = true;
        return new Promise(() => {});
      },
    };
    const controller = new AbortController();
    const sending = it.push.sendAll(source, controller);
    setImmediate(() => controller.abort("enough"));
    await expect(sending).rejects.toBe("enough");
    expect(returned).toBe(true);
  });

  test("with a signal that is aborted already takes nothing from its source", async () => {
    await using it = await pushAndPull();
    const source = numbers(3).map(String).values();
    await expect(it.push.sendAll(source, { signal: AbortSignal.abort("before") })).rejects.toBe("before");
    expect(source.next().value).toBe("0");
  });

  test("fails with the error of its source, after what came before it was sent", async () => {
    await using it = await pushAndPull();
    const failure = new Error("the source failed");
    const source = (function* () {
      yield "0";
      throw failure;
    })();
    await expect(it.push.sendAll(source)).rejects.toBe(failure);
    expect(await take(it.pull, 1)).toEqual(["0"]);
  });

  test("closes its source where a message of it can't be sent, and where the socket closes", async () => {
    await using it = await pushAndPull(1);
    let closed = 0;
    function* source(messages: unknown[]) {
      try {
        yield* messages as string[];
      } finally {
        closed += 1;
      }
    }
    await expect(it.push.sendAll(source(["0", {}, "1"]))).rejects.toThrow(TypeError);
    expect(closed).toBe(1);
    const rejected = expect(it.push.sendAll(source(numbers(100).map(String)))).rejects.toThrow(ClosedError);
    await it.push.close({ linger: 0 });
    await rejected;
    expect(closed).toBe(2);
  });

  test("of a source that waits itself ends when the socket closes, or is closed already", async () => {
    await using it = await pushAndPull();
    let closed = 0;
    const source = (first: string) => ({
      [Symbol.asyncIterator]: () => {
        const messages = [first];
        return {
          next: () => {
            const value = messages.shift();
            return value === undefined
              ? new Promise<never>(() => {})
              : Promise.resolve({ value, done: false as const });
          },
          return: () => {
            closed += 1;
            return Promise.resolve({ value: undefined, done: true as const });
          },
        };
      },
    });
    const rejected = expect(it.push.sendAll(source("0"))).rejects.toThrow(ClosedError);
    expect(String(await it.pull.receive())).toBe("0");
    await it.push.close();
    await rejected;
    expect(closed).toBe(1);
    await expect(it.push.sendAll(source("1"))).rejects.toThrow(ClosedError);
    expect(closed).toBe(2);
  });

  test("heeds a signal that only has the shape of one, while its source waits", async () => {
    await using it = await pushAndPull();
    const signal = new (class extends EventTarget {
      aborted = false;
      reason = "enough";
    })();
    const sending = it.push.sendAll([new Promise<never>(() => {})] as never, { signal: signal as never });
    const outcome = expect(sending).rejects.toBe("enough");
    signal.aborted = true;
    signal.dispatchEvent(new Event("abort"));
    await outcome;
  });

  test("rejects what is no source, and never throws", async () => {
    await using it = await pushAndPull();
    for (const wrong of [undefined, null, 1, "text", Buffer.from("text"), {}, () => {}]) {
      const call = it.push.sendAll(wrong as never);
      expect(call).toBeInstanceOf(Promise);
      await expect(call).rejects.toThrow(TypeError);
    }
    await expect(it.push.sendAll([], { signal: {} as never })).rejects.toThrow(TypeError);
    await expect(it.pull.receive({ timeout: 0 })).rejects.toThrow("within 0 ms");
  });
});
