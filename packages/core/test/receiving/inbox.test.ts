import { setTimeout as sleep } from "node:timers/promises";
import { eventually, freshInproc, numbers, pair } from "@awaitmq/testing";
import { seeded } from "@awaitmq/testing/seeded";
import { describe, expect, test } from "vitest";
import { ClosedError, Pull, Push, TimeoutError } from "../../src/index.ts";
import { internals } from "../../src/internals.ts";

const pushAndPull = (address?: string) => pair({ pull: new Pull(), push: new Push() }, address);
const number = ([frame]: readonly Buffer[]) => Number(frame);

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

describe("takeNow", () => {
  test("gives what is there in order, before it returns, and undefined when there is no more", async () => {
    await using it = await pushAndPull();
    const { inbox } = it.pull[internals];
    expect(inbox.takeNow()).toBeUndefined();
    for (const number of numbers(3)) await it.push.send(String(number));
    await eventually(() => inbox.ready);
    const taken: string[] = [];
    await eventually(() => {
      for (let message = inbox.takeNow(); message !== undefined; message = inbox.takeNow()) taken.push(String(message));
      return taken.length === 3;
    });
    expect(taken).toEqual(["0", "1", "2"]);
    await it.push.send("next");
    expect(String(await it.pull.receive())).toBe("next");
  });

  test("takes nothing that somebody waits for", async () => {
    await using it = await pushAndPull();
    const { inbox } = it.pull[internals];
    const waiting = it.pull.receive();
    await it.push.send("for the reader");
    expect(inbox.takeNow()).toBeUndefined();
    expect(String(await waiting)).toBe("for the reader");
  });
});

test("a reader may ask for the next message while it is given one", async () => {
  await using it = await pushAndPull();
  const { inbox } = it.pull[internals];
  const received: number[] = [];
  const done = new Promise<void>((resolve, reject) => {
    const take = (message: unknown) => {
      received.push(Number(message));
      if (received.length === 1_000) resolve();
      else inbox.request(take, reject);
    };
    inbox.request(take, reject);
  });
  await it.push.sendAll(numbers(1_000).map(String));
  await done;
  expect(received).toEqual(numbers(1_000));
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
