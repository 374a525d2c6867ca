/** What a proxy passes, and which sockets it takes. */

import { eventually, freshInproc, numbers } from "@awaitmq/testing";
import { describe, expect, test, vi } from "vitest";
import {
  Dealer,
  MessagingError,
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
import { broker } from "./broker.ts";
import { oneWay } from "./one-way.ts";

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
    await using sockets = await oneWay();
    const { front, back, push } = sockets;
    await using pull = new Pull();
    pull.connect(back.endpoints[0]!);
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

  test("drops a message that the other socket cannot send, and goes on", async () => {
    const dropped: { message: string[]; error: Error }[] = [];
    await using between = await broker({
      onUndeliverable: (message, error) => dropped.push({ message: message.map(String), error }),
    });
    await using server = new Dealer();
    server.connect(between.backEnd);
    await server.send("no routing id");
    await eventually(() => dropped.length > 0);
    expect(dropped[0]?.message).toEqual(["no routing id"]);
    expect(dropped[0]?.error).toBeInstanceOf(TypeError);
    expect(between.running.stats).toMatchObject({ back: 0, undeliverable: 1 });
    await using client = new Dealer();
    client.connect(between.frontEnd);
    await client.send("question");
    const [id] = await server.receive();
    await server.send([id, "answer"]);
    expect(String(await client.receive())).toBe("answer");
  });

  test("tells of a reply whose client is gone, drops it, and goes on", async () => {
    const unroutable: { body: string; error: Error }[] = [];
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

  test("goes on where onUndeliverable throws, of which a process warning tells", async () => {
    using warning = vi.spyOn(process, "emitWarning").mockReturnValue();
    await using front = new Pull();
    await using back = new Router();
    await using push = new Push();
    push.connect(await front.bind("tcp://127.0.0.1:*"));
    const running = proxy(front, back, {
      onUndeliverable() {
        throw new Error("not mine");
      },
    });
    await push.sendAll([
      ["nobody", "x"],
      ["nobody", "y"],
    ]);
    await eventually(() => running.stats.undeliverable === 2);
    await running.stop();
    expect(warning).toHaveBeenCalledTimes(2);
    expect(warning).toHaveBeenCalledWith(expect.stringContaining("onUndeliverable of proxy threw: Error: not mine"), {
      type: "awaitmq",
      code: "AWAITMQ_CALLBACK",
    });
  });

  test("fails with the capture socket's error", async () => {
    const capture = new Push();
    await capture.close();
    await using sockets = await oneWay();
    const { front, back, push } = sockets;
    await using pull = new Pull();
    pull.connect(back.endpoints[0]!);
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
