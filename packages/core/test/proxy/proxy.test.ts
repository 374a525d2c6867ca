import { eventually, freshInproc, numbers } from "@awaitmq/testing";
import { describe, expect, test } from "vitest";
import {
  Dealer,
  MessagingError,
  type ProxyOptions,
  Publisher,
  Pull,
  Push,
  proxy,
  Router,
  Subscriber,
  UnroutableError,
  XPublisher,
  XSubscriber,
} from "../../src/index.ts";
import { internals } from "../../src/internals.ts";

/** Clients on one side, servers on the other, and a proxy between. */
async function broker(options?: ProxyOptions) {
  const front = new Router();
  const back = new Dealer();
  const frontEnd = await front.bind("tcp://127.0.0.1:*");
  const backEnd = await back.bind("tcp://127.0.0.1:*");
  const running = proxy(front, back, options);
  return {
    front,
    back,
    frontEnd,
    backEnd,
    running,
    async [Symbol.asyncDispose]() {
      await Promise.all([front.close({ linger: 0 }), back.close({ linger: 0 })]);
      await running.done;
    },
  };
}

describe("a proxy", () => {
  test("passes messages both ways, each to its addressee: 5 clients, 2 servers, 500 requests", async () => {
    await using between = await broker();
    const servers = [new Router(), new Router()];
    const clients = numbers(5).map(() => new Dealer());
    try {
      const serving = servers.map(async (server) => {
        server.connect(between.backEnd);
        for await (const [hop, client, body] of server) await server.send([hop, client!, `${body} answered`]);
      });
      await Promise.all(
        clients.map(async (client, c) => {
          client.connect(between.frontEnd);
          for (const n of numbers(100)) await client.send(`${c}-${n}`);
          const answers = new Set<string>();
          for (const _ of numbers(100)) answers.add(String(await client.receive()));
          expect(answers).toEqual(new Set(numbers(100).map((n) => `${c}-${n} answered`)));
        }),
      );
      await Promise.all(servers.map((server) => server.close()));
      await Promise.all(serving);
      await between.front.close();
      await between.running.done;
      expect(between.running.stats).toEqual({ forward: 500, back: 500, undeliverable: 0, uncaptured: 0 });
    } finally {
      await Promise.all([...servers, ...clients].map((socket) => socket.close({ linger: 0 })));
    }
  });

  test("passes messages one way between sockets that only receive and only send", async () => {
    await using front = new Pull();
    await using back = new Push();
    await using push = new Push();
    await using pull = new Pull();
    push.connect(await front.bind("tcp://127.0.0.1:*"));
    pull.connect(await back.bind("tcp://127.0.0.1:*"));
    const running = proxy(front, back);
    const sending = push.sendAll(numbers(1_000).map((n) => ["part", `${n}`]));
    for (const n of numbers(1_000)) expect((await pull.receive()).map(String)).toEqual(["part", `${n}`]);
    await sending;
    await back.close();
    await front.close();
    await running.done;
    expect(running.stats).toEqual({ forward: 1_000, back: 0, undeliverable: 0, uncaptured: 0 });
  });

  test("passes subscriptions back and messages forward", async () => {
    await using front = new XSubscriber();
    await using back = new XPublisher();
    const frontEnd = await front.bind("tcp://127.0.0.1:*");
    const backEnd = await back.bind("tcp://127.0.0.1:*");
    const running = proxy(front, back);
    await using publisher = new Publisher();
    await using subscriber = new Subscriber();
    publisher.connect(frontEnd);
    subscriber.subscribe("wanted");
    subscriber.connect(backEnd);
    await publisher.ready();
    await publisher.send("unwanted");
    await publisher.send(["wanted", "news"]);
    expect((await subscriber.receive()).map(String)).toEqual(["wanted", "news"]);
    await front.close();
    await running.done;
    expect(running.stats).toMatchObject({ forward: 1, back: 1 });
  });

  test("gives a capture socket a copy of every message, in both directions", async () => {
    await using capture = new Push();
    await using captured = new Pull();
    captured.connect(await capture.bind(freshInproc()));
    await using between = await broker({ capture });
    await using client = new Dealer({ routingId: "client" });
    await using server = new Dealer();
    client.connect(between.frontEnd);
    server.connect(between.backEnd);
    await client.send(["question", "1"]);
    const [id, ...question] = await server.receive();
    await server.send([id, "answer", ...question]);
    expect((await client.receive()).map(String)).toEqual(["answer", "question", "1"]);
    expect((await captured.receive()).map(String)).toEqual(["client", "question", "1"]);
    expect((await captured.receive()).map(String)).toEqual(["client", "answer", "question", "1"]);
  });

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
    await using front = new Pull();
    await using back = new Push();
    await using push = new Push();
    push.connect(await front.bind("tcp://127.0.0.1:*"));
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
    await using front = new Pull();
    await using back = new Push();
    await using push = new Push();
    push.connect(await front.bind("tcp://127.0.0.1:*"));
    await back.bind("tcp://127.0.0.1:*");
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

  test("fails with what onUndeliverable throws", async () => {
    await using front = new Pull();
    await using back = new Router();
    await using push = new Push();
    push.connect(await front.bind("tcp://127.0.0.1:*"));
    const running = proxy(front, back, {
      onUndeliverable() {
        throw new Error("not mine");
      },
    });
    const failed = expect(running.done).rejects.toThrow("not mine");
    await push.send(["nobody", "x"]);
    await failed;
    expect(running.stats.undeliverable).toBe(1);
  });

  test("tells of a reply whose client is gone, drops it, and goes on", async () => {
    const unroutable: { body: string; error: MessagingError }[] = [];
    await using between = await broker({
      onUndeliverable: (message, error) => unroutable.push({ body: String(message[1]), error }),
    });
    await using server = new Dealer();
    server.connect(between.backEnd);
    let gone: Buffer;
    {
      await using client = new Dealer();
      client.connect(between.frontEnd);
      await client.send("question");
      [gone] = await server.receive();
    }
    await eventually(async () => {
      await server.send([gone, "to nobody"]);
      return unroutable.length > 0;
    });
    expect(unroutable[0]!.body).toBe("to nobody");
    expect(unroutable[0]!.error).toBeInstanceOf(UnroutableError);
    expect((unroutable[0]!.error as UnroutableError).routingId).toEqual(gone);
    await using next = new Dealer();
    next.connect(between.frontEnd);
    await next.send("still there?");
    const [id] = await server.receive();
    await server.send([id, "yes"]);
    expect(String(await next.receive())).toBe("yes");
    await between.back.close();
    await between.running.done;
    expect(between.running.stats.undeliverable).toBe(unroutable.length);
  });

  test.each(["front", "back"] as const)("ends when the %s socket closes", async (side) => {
    await using between = await broker();
    await between[side].close();
    await between.running.done;
    expect(between.running.stats).toEqual({ forward: 0, back: 0, undeliverable: 0, uncaptured: 0 });
    expect(between[side === "front" ? "back" : "front"].closed).toBe(false);
  });

  test("ends when a socket closes while a message waits to be sent on it", async () => {
    await using front = new Pull();
    await using back = new Push();
    await using push = new Push();
    push.connect(await front.bind("tcp://127.0.0.1:*"));
    await back.bind("tcp://127.0.0.1:*");
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

  test("fails with the capture socket's error", async () => {
    const capture = new Push();
    await capture.close();
    await using front = new Pull();
    await using back = new Push();
    await using push = new Push();
    await using pull = new Pull();
    push.connect(await front.bind("tcp://127.0.0.1:*"));
    pull.connect(await back.bind("tcp://127.0.0.1:*"));
    const failed = expect(proxy(front, back, { capture }).done).rejects.toThrow(MessagingError);
    await push.send("x");
    await failed;
  });

  test("between sockets that don't fit throws a TypeError", async () => {
    await using one = new Push();
    await using two = new Push();
    await using pull = new Pull();
    expect(() => proxy(one, two)).toThrow(TypeError);
    expect(() => proxy(pull, pull)).toThrow(TypeError);
    expect(() => proxy(pull, one, { signal: {} as AbortSignal })).toThrow(TypeError);
    expect(() => proxy(pull, one, { patience: -1 })).toThrow("patience must be 0 or more milliseconds, got -1");
    for (const maxQueued of [0, 1.5, "5", Number.NaN])
      expect(() => proxy(pull, one, { maxQueued: maxQueued as never })).toThrow("maxQueued must be a whole number");
    expect(() => proxy(pull, one, { maxQueud: 5 } as never)).toThrow('proxy has no option "maxQueud"');
    for (const capture of [5, "x", null, pull])
      expect(() => proxy(pull, one, { capture: capture as never })).toThrow("capture must be a socket");
  });
});
