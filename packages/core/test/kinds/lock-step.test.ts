/** A Request whose `receive` was given up, and its late reply. */

import { setTimeout as sleep } from "node:timers/promises";
import { numbers, pair } from "@awaitmq/testing";
import { seeded } from "@awaitmq/testing/seeded";
import { describe, expect, test } from "vitest";
import { type Message, Reply, Request, Router, TimeoutError } from "../../src/index.ts";

/** A Request and a Router that answers when it is told to. Whatever a request's envelope is, it is returned as it came. */
async function answerer(options: ConstructorParameters<typeof Request>[0] = {}, address?: string) {
  const it = await pair({ router: new Router(), request: new Request({ linger: 0, ...options }) }, address);
  return {
    ...it,
    async next(): Promise<Message> {
      return it.router.receive({ timeout: 100_000 });
    },
    async answer(message: Message): Promise<void> {
      await it.router.send([...message.slice(0, -1), `re: ${message.at(-1)}`]);
    },
  };
}

describe.each(["tcp://127.0.0.1:*", "inproc"])("a Request whose receive was given up, over %s", (kind) => {
  test("sends the next request, and never gets the late reply to the one before", async () => {
    await using it = await answerer({}, kind);
    await it.request.send("1");
    await expect(it.request.receive({ timeout: 20 })).rejects.toThrow(TimeoutError);
    await it.request.send("2");
    const [first, second] = [await it.next(), await it.next()];
    const received = it.request.receive();
    await it.answer(first);
    await it.answer(second);
    expect(String(await received)).toBe("re: 2");
    await it.request.send("3");
    await it.answer(await it.next());
    expect(String(await it.request.receive())).toBe("re: 3");
  });

  test("never gets a reply that came before the next request and was not read", async () => {
    await using it = await answerer({}, kind);
    await it.request.send("1");
    await expect(it.request.receive({ timeout: 20 })).rejects.toThrow(TimeoutError);
    await it.answer(await it.next());
    // The native receive that was left has it.
    await sleep(50);
    const sent = it.request.send("2");
    const received = it.request.receive();
    await sent;
    await it.answer(await it.next());
    expect(String(await received)).toBe("re: 2");
  });

  test("still gets the reply by a receive in place of the next request", async () => {
    await using it = await answerer({}, kind);
    await it.request.send("1");
    const controller = new AbortController();
    const left = it.request.receive({ signal: controller.signal });
    controller.abort();
    await expect(left).rejects.toBe(controller.signal.reason);
    await expect(it.request.receive({ timeout: 0 })).rejects.toThrow(TimeoutError);
    await it.answer(await it.next());
    expect(String(await it.request.receive({ timeout: 100_000 }))).toBe("re: 1");
  });

  test("lets a send go that waits, and gives its reply to the receive called after it", async () => {
    await using it = await answerer({}, kind);
    await it.request.send("1");
    const controller = new AbortController();
    const first = it.request.receive({ signal: controller.signal });
    const sent = it.request.send("2");
    const second = it.request.receive();
    const message = await it.next();
    controller.abort();
    await expect(first).rejects.toBe(controller.signal.reason);
    await sent;
    await it.answer(message);
    await it.answer(await it.next());
    expect(String(await second)).toBe("re: 2");
  });

  test("lets no send go while another receive waits for the same reply", async () => {
    await using it = await answerer({}, kind);
    await it.request.send("1");
    const first = it.request.receive({ timeout: 20 });
    const second = it.request.receive();
    await expect(first).rejects.toThrow(TimeoutError);
    await expect(it.request.send("2", { timeout: 50 })).rejects.toThrow(TimeoutError);
    await it.answer(await it.next());
    expect(String(await second)).toBe("re: 1");
  });

  test("gives the replies to receives in the order of their calls when one in the middle is given up", async () => {
    await using it = await answerer({}, kind);
    const sends = ["1", "2", "3"].map((text) => it.request.send(text));
    const controller = new AbortController();
    const first = it.request.receive();
    const second = it.request.receive({ signal: controller.signal });
    const third = it.request.receive();
    controller.abort();
    await expect(second).rejects.toBe(controller.signal.reason);
    const answering = (async () => {
      for (const _ of sends) await it.answer(await it.next());
    })();
    expect(String(await first)).toBe("re: 1");
    expect(String(await third)).toBe("re: 3");
    await Promise.all([answering, ...sends]);
  });

  test("goes on behind a loop that was left", async () => {
    await using it = await answerer({}, kind);
    await it.request.send("1");
    const stop = new AbortController();
    const loop = (async () => {
      for await (const _ of it.request.messages({ signal: stop.signal }));
    })();
    stop.abort("left");
    await expect(loop).rejects.toBe("left");
    await it.request.send("2");
    const [first, second] = [await it.next(), await it.next()];
    await it.answer(first);
    await it.answer(second);
    for await (const message of it.request) {
      expect(String(message)).toBe("re: 2");
      break;
    }
  });
});

describe("the envelope of a Request", () => {
  const frames = (message: Message) => message.slice(1).map((frame) => frame.length);

  test("has no id until a reply is dropped that has not come, and one from then on", async () => {
    await using it = await answerer();
    await it.request.send("plain");
    const first = await it.next();
    expect(frames(first)).toEqual([0, 5]);
    await it.answer(first);
    expect(String(await it.request.receive())).toBe("re: plain");
    await it.request.send("plain");
    expect(frames(await it.next())).toEqual([0, 5]);
    await expect(it.request.receive({ timeout: 1 })).rejects.toThrow(TimeoutError);
    await it.request.send("known");
    expect(frames(await it.next())).toEqual([4, 0, 5]);
  });

  test("has an id from the first request on with `correlate`", async () => {
    await using it = await answerer({ correlate: true });
    await it.request.send("known");
    const message = await it.next();
    expect(frames(message)).toEqual([4, 0, 5]);
    await it.answer(message);
    expect(String(await it.request.receive())).toBe("re: known");
  });
});

describe("the options of a Request", () => {
  test.each([{ relaxed: false }, { correlate: false }])(
    "with %o a send waits until the reply before it was received, whatever was given up",
    async (options) => {
      await using it = await answerer(options);
      await it.request.send("1");
      await expect(it.request.receive({ timeout: 10 })).rejects.toThrow(TimeoutError);
      await expect(it.request.send("2", { timeout: 50 })).rejects.toThrow(TimeoutError);
      const message = await it.next();
      expect(message).toHaveLength(3);
      await it.answer(message);
      await expect(it.request.send("2", { timeout: 50 })).rejects.toThrow(TimeoutError);
      const third = it.request.send("3");
      expect(String(await it.request.receive())).toBe("re: 1");
      await third;
      await it.answer(await it.next());
      expect(String(await it.request.receive())).toBe("re: 3");
    },
  );

  test("with `relaxed: true` a send waits for no reply, and the reply before it is dropped", async () => {
    await using it = await answerer({ relaxed: true });
    for (const text of ["1", "2", "3"]) await it.request.send(text);
    const messages = [await it.next(), await it.next(), await it.next()];
    for (const message of messages) await it.answer(message);
    expect(String(await it.request.receive())).toBe("re: 3");
  });

  test("can be set at any time, and take nothing but true and false", async () => {
    await using it = await answerer();
    await it.request.send("1");
    const waiting = it.request.send("2");
    it.request.relaxed = true;
    await waiting;
    for (const name of ["relaxed", "correlate"] as const) {
      expect(() => Object.assign(it.request, { [name]: 1 })).toThrow(TypeError);
      expect(() => new Request({ [name]: "yes" as unknown as boolean })).toThrow(TypeError);
    }
  });
});

describe("at random", () => {
  /** Answers each request after a while of its own, so that replies overtake each other; loses some. */
  async function serveAnyhow(router: Router, below: (limit: number) => number): Promise<void> {
    for await (const message of router) {
      if (below(10) === 0) continue;
      setTimeout(() => void router.send([...message.slice(0, -1), `re: ${message.at(-1)}`]).catch(() => {}), below(8));
    }
  }

  async function serveInTurn(reply: Reply, below: (limit: number) => number): Promise<void> {
    for await (const [body] of reply) {
      await sleep(below(5));
      await reply.send(`re: ${body}`).catch(() => {});
    }
  }

  test.each([
    ["awaits its send before it receives", "a Router"],
    ["awaits its send before it receives", "a Reply"],
    ["sends and receives at once", "a Router"],
    ["sends and receives at once", "a Reply"],
  ])("no call that %s gets the reply to another's request, from %s", async (style, server) => {
    const random = seeded();
    await using request = new Request({ linger: 0 });
    await using router = server === "a Router" ? new Router() : new Reply();
    request.connect(await router.bind("tcp://127.0.0.1:*"));
    const serving = router instanceof Router ? serveAnyhow(router, random.below) : serveInTurn(router, random.below);
    const count = { answered: 0, givenUp: 0 };

    async function call(text: string): Promise<void> {
      const end = new AbortController();
      const { signal } = end;
      const timeout = 1 + random.below(8);
      const sent = request.send(text, { signal, timeout: 40 });
      sent.catch(() => end.abort());
      if (style !== "sends and receives at once") await sent;
      if (random.below(3) === 0) setTimeout(() => end.abort(), random.below(6));
      const received = request.receive({ signal, timeout: timeout + (random.below(4) === 0 ? 40 : 0) });
      received.catch(() => {});
      await sent;
      expect(String(await received)).toBe(`re: ${text}`);
      count.answered += 1;
    }

    async function caller(name: string): Promise<void> {
      for (const index of numbers(40)) {
        try {
          await call(`${name}-${index}`);
        } catch (error) {
          if ((error as Error).name === "AssertionError") throw error;
          count.givenUp += 1;
        }
      }
    }
    await caller("alone");
    await Promise.all([caller("one"), caller("two"), caller("three")]);
    await router.close({ linger: 0 });
    await serving;
    expect(count.answered).toBeGreaterThan(5);
    expect(count.givenUp).toBeGreaterThan(5);
  });
});
