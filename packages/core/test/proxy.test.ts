import { eventually, freshInproc } from "@awaitmq/testing";
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
} from "../src/index.ts";

const countTo = (count: number) => Array.from({ length: count }, (_, n) => n);

/** Clients on one side, servers on the other, and a proxy between. */
async function broker(options?: ProxyOptions) {
  const front = new Router();
  const back = new Dealer();
  const frontEnd = await front.bind("tcp://127.0.0.1:*");
  const backEnd = await back.bind("tcp://127.0.0.1:*");
  const running = proxy(front, back, options);
  running.catch(() => {});
  return {
    front,
    back,
    frontEnd,
    backEnd,
    running,
    async [Symbol.asyncDispose]() {
      await Promise.all([front.close({ linger: 0 }), back.close({ linger: 0 })]);
      await running.catch(() => {});
    },
  };
}

describe("a proxy", () => {
  test("passes messages both ways, each to its addressee: 5 clients, 2 servers, 500 requests", async () => {
    await using between = await broker();
    const servers = [new Router(), new Router()];
    const clients = countTo(5).map(() => new Dealer());
    try {
      const serving = servers.map(async (server) => {
        server.connect(between.backEnd);
        for await (const [hop, client, body] of server) await server.send([hop, client!, `${body} answered`]);
      });
      await Promise.all(
        clients.map(async (client, c) => {
          client.connect(between.frontEnd);
          for (const n of countTo(100)) await client.send(`${c}-${n}`);
          const answers = new Set<string>();
          for (const _ of countTo(100)) answers.add(String(await client.receive()));
          expect(answers).toEqual(new Set(countTo(100).map((n) => `${c}-${n} answered`)));
        }),
      );
      await Promise.all(servers.map((server) => server.close()));
      await Promise.all(serving);
      await between.front.close();
      expect(await between.running).toEqual({ forward: 500, back: 500, unroutable: 0 });
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
    const sending = push.sendAll(countTo(1_000).map((n) => ["part", `${n}`]));
    for (const n of countTo(1_000)) expect((await pull.receive()).map(String)).toEqual(["part", `${n}`]);
    await sending;
    await back.close();
    await front.close();
    expect(await running).toEqual({ forward: 1_000, back: 0, unroutable: 0 });
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
    expect(await running).toMatchObject({ forward: 1, back: 1 });
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

  test("ended by its signal rejects with the reason, leaves the sockets open and loses nothing", async () => {
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
    const sending = push.sendAll(countTo(300).map(String));
    const received: number[] = [];
    for (let round = 0; received.length < 300; round++) {
      const controller = new AbortController();
      const running = proxy(front, back, { signal: controller.signal });
      const some = Math.min(300, received.length + 20);
      while (received.length < some) received.push(Number(await pull.receive()));
      // Now a message waits in the proxy, since nobody reads behind it.
      controller.abort(`round ${round}`);
      await expect(running).rejects.toBe(`round ${round}`);
      expect(front.closed || back.closed).toBe(false);
    }
    await sending;
    expect(received).toEqual(countTo(300));
  });

  test("rejects at once with the reason of a signal that is aborted", async () => {
    await using front = new Pull();
    await using back = new Push();
    await expect(proxy(front, back, { signal: AbortSignal.abort("early") })).rejects.toBe("early");
  });

  test("tells of a reply whose client is gone, drops it, and goes on", async () => {
    const unroutable: { body: string; error: UnroutableError }[] = [];
    await using between = await broker({
      onUnroutable: (message, error) => unroutable.push({ body: String(message[1]), error }),
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
    expect(unroutable[0]!.error.routingId).toEqual(gone);
    await using next = new Dealer();
    next.connect(between.frontEnd);
    await next.send("still there?");
    const [id] = await server.receive();
    await server.send([id, "yes"]);
    expect(String(await next.receive())).toBe("yes");
    await between.back.close();
    const { unroutable: count } = await between.running;
    expect(count).toBe(unroutable.length);
  });

  test.each(["front", "back"] as const)("ends when the %s socket closes", async (side) => {
    await using between = await broker();
    await between[side].close();
    expect(await between.running).toEqual({ forward: 0, back: 0, unroutable: 0 });
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
    expect(await running).toEqual({ forward: 0, back: 0, unroutable: 0 });
    expect(String(await front.receive())).toBe("waits");
  });

  test("of sockets that are closed already ends at once", async () => {
    const front = new Pull();
    const back = new Push();
    await Promise.all([front.close(), back.close()]);
    expect(await proxy(front, back)).toEqual({ forward: 0, back: 0, unroutable: 0 });
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
    const failed = expect(proxy(front, back, { capture })).rejects.toThrow(MessagingError);
    await push.send("x");
    await failed;
  });

  test("between sockets that don't fit rejects with a TypeError", async () => {
    await using one = new Push();
    await using two = new Push();
    await using pull = new Pull();
    await expect(proxy(one, two)).rejects.toThrow(TypeError);
    await expect(proxy(pull, pull)).rejects.toThrow(TypeError);
    await expect(proxy(pull, one, { signal: {} as AbortSignal })).rejects.toThrow(TypeError);
    for (const capture of [5, "x", null, pull])
      await expect(proxy(pull, one, { capture: capture as never })).rejects.toThrow("capture must be a socket");
  });
});
