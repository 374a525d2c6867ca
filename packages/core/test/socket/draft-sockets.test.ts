/** The socket types of libzmq's draft API. */

import { createSocket } from "node:dgram";
import { setTimeout as sleep } from "node:timers/promises";
import { eventually, fixture, freshInproc, numbers, run } from "@awaitmq/testing";
import { afterEach, describe, expect, test, vi } from "vitest";
import { Channel, Client, Datagram, Dish, Gather, Peer, Radio, Scatter, Server } from "../../src/draft.ts";
import { capability, TimeoutError, UnroutableError, UnsupportedError } from "../../src/index.ts";

describe.skipIf(!capability.draft)("with the draft API", () => {
  test.each(["tcp://127.0.0.1:*", "inproc"])("a Server answers each of its Clients, over %s", async (kind) => {
    await using server = new Server();
    const endpoint = await server.bind(kind === "inproc" ? freshInproc() : kind);
    const clients = numbers(3).map(() => new Client());
    try {
      const serving = (async () => {
        for await (const [body, { routingId }] of server) await server.send(`${body} answered`, { routingId });
      })();
      await Promise.all(
        clients.map(async (client, c) => {
          client.connect(endpoint);
          for (const n of numbers(50)) {
            await client.send(`${c}-${n}`);
            expect(String(await client.receive())).toBe(`${c}-${n} answered`);
          }
        }),
      );
      await server.close();
      await serving;
    } finally {
      await Promise.all(clients.map((client) => client.close()));
    }
  });

  test("a Server rejects a routing id that no Client has, or that is none", async () => {
    await using server = new Server();
    await using client = new Client();
    client.connect(await server.bind("tcp://127.0.0.1:*"));
    await client.send("x");
    const [, { routingId }] = await server.receive();
    const error = await server.send("y", { routingId: routingId + 1 }).catch((error: unknown) => error);
    expect(error).toBeInstanceOf(UnroutableError);
    expect(error).toMatchObject({ code: "ERR_UNROUTABLE", routingId: routingId + 1 });
    await expect(server.send("y", { routingId: "1" as unknown as number })).rejects.toThrow(TypeError);
    await expect(server.send("y", undefined as unknown as { routingId: number })).rejects.toThrow(TypeError);
  });

  test("a Dish receives what a Radio sends to the groups it joined", async () => {
    await using radio = new Radio();
    await using dish = new Dish();
    dish.join("news", Buffer.from("sport"));
    dish.connect(await radio.bind("tcp://127.0.0.1:*"));
    let heard: string[] = [];
    // The joining follows the handshake: until then a Radio sends to nobody.
    for (let tries = 0; heard.length === 0 && tries < 200; tries++) {
      await radio.send("are you there?", { group: "news" });
      heard = await dish.receive({ timeout: 50 }).then(
        ([body, { group }]) => [String(body), String(group)],
        () => [],
      );
    }
    expect(heard).toEqual(["are you there?", "news"]);
    await radio.send("not for you", { group: "weather" });
    await radio.send("goal", { group: Buffer.from("sport") });
    let last: string[] = [];
    while (last[1] !== "sport") {
      const [body, { group }] = await dish.receive({ timeout: 100_000 });
      last = [String(body), String(group)];
      expect(last[1]).not.toBe("weather");
    }
    expect(last).toEqual(["goal", "sport"]);
    dish.leave("news");
    expect(() => dish.leave("never joined")).toThrow();
    await expect(radio.send("x", { group: 5 as unknown as string })).rejects.toThrow(TypeError);
    await expect(radio.send("x", undefined as unknown as { group: string })).rejects.toThrow(TypeError);
  });

  test("a Scatter hands each message to one of its Gathers, all of them once", async () => {
    await using scatter = new Scatter();
    const gathers = [new Gather(), new Gather()];
    try {
      const endpoint = await scatter.bind("tcp://127.0.0.1:*");
      const ready = scatter.ready({ peers: 2 });
      for (const gather of gathers) gather.connect(endpoint);
      await ready;
      const all: number[] = [];
      const gathering = gathers.map(async (gather) => {
        for await (const [body] of gather) {
          all.push(Number(body));
          if (all.length === 200) for (const other of gathers) void other.close();
        }
      });
      expect(await scatter.sendAll(numbers(200).map(String))).toBe(200);
      await Promise.all(gathering);
      expect(all.sort((a, b) => a - b)).toEqual(numbers(200));
    } finally {
      await Promise.all(gathers.map((gather) => gather.close()));
    }
  });

  test("two Channels talk both ways, and a receive there can be given up", async () => {
    await using one = new Channel({ sendHighWaterMark: 50, receiveHighWaterMark: 60 });
    await using two = new Channel();
    expect(one.sendHighWaterMark).toBe(50);
    expect(one.receiveHighWaterMark).toBe(60);
    const waiting = one.receive({ timeout: 50 });
    await expect(waiting).rejects.toThrow(TimeoutError);
    two.connect(await one.bind("tcp://127.0.0.1:*"));
    for (const n of numbers(50)) {
      await two.send(`${n}`);
      expect(await one.receive()).toEqual([Buffer.from(`${n}`)]);
      await one.send(`${n} back`);
      expect(await two.receive()).toEqual([Buffer.from(`${n} back`)]);
    }
  });

  test("a Datagram talks UDP with whoever does", async () => {
    const udp = createSocket("udp4");
    await new Promise<void>((resolve) => udp.bind(0, "127.0.0.1", resolve));
    const spare = createSocket("udp4");
    await new Promise<void>((resolve) => spare.bind(0, "127.0.0.1", resolve));
    const port = spare.address().port;
    await new Promise<void>((resolve) => spare.close(() => resolve()));
    try {
      await using datagram = new Datagram();
      await datagram.bind(`udp://127.0.0.1:${port}`);
      const answer = new Promise<Buffer>((resolve) => udp.once("message", resolve));
      // libzmq opens the port a little later than bind() says; what comes before is lost, as UDP may.
      const [address, bytes] = await eventually(() => {
        udp.send("ping", port, "127.0.0.1");
        return datagram.receive({ timeout: 100 });
      });
      expect(String(address)).toBe(`127.0.0.1:${udp.address().port}\0`);
      expect(String(bytes)).toBe("ping");
      await datagram.send([address, "pong"]);
      expect(String(await answer)).toBe("pong");
      await expect(datagram.send("x" as unknown as [string, string])).rejects.toThrow(TypeError);
    } finally {
      udp.close();
    }
  });

  test("types that send a single frame refuse more, or none, with a TypeError", async () => {
    await using client = new Client();
    await using scatter = new Scatter();
    await using channel = new Channel();
    for (const socket of [client, scatter, channel]) {
      await expect(socket.send(["a", "b"] as unknown as [string])).rejects.toThrow(
        "Cannot send 2 frames: this type of socket sends messages of one frame",
      );
      await expect(socket.send([] as unknown as [string])).rejects.toThrow(TypeError);
    }
  });

  test("sockets that wait take next to no CPU time", async () => {
    const finished = await run(fixture("idle-drafts.mjs", import.meta.url));
    expect(finished).toMatchObject({ code: 0, stderr: "" });
    // Of six of them, 2 to 12 by the machine; libzmq's own way takes a whole core.

    expect(Number.parseFloat(finished.stdout)).toBeLessThan(40);
  });

  test("a receive and a send that have waited for a while go on when something comes", async () => {
    await using server = new Server();
    await using client = new Client();
    await using gather = new Gather();
    await using scatter = new Scatter({ linger: 0 });
    client.connect(await server.bind("tcp://127.0.0.1:*"));
    const endpoint = await scatter.bind("tcp://127.0.0.1:*");
    const request = server.receive();
    const sent = scatter.send("for whoever comes");
    await sleep(300);
    gather.connect(endpoint);
    await client.send("late");
    const [body, { routingId }] = await request;
    await server.send([body], { routingId });
    expect(String(await client.receive({ timeout: 100_000 }))).toBe("late");
    await sent;
    expect(String(await gather.receive({ timeout: 100_000 }))).toBe("for whoever comes");
  });

  test("an aborted send waits for nobody and is never delivered", async () => {
    await using client = new Client();
    await using server = new Server();
    await expect(client.send("given up", { timeout: 20 })).rejects.toThrow(TimeoutError);
    client.connect(await server.bind("tcp://127.0.0.1:*"));
    await client.send("kept");
    expect(String((await server.receive())[0])).toBe("kept");
  });
});

test("a Peer is unsupported, and says what to use instead", () => {
  expect(() => new Peer()).toThrow(UnsupportedError);
  expect(() => new Peer()).toThrow(/Server and Client, or a Router/);
});

describe("without the draft API", () => {
  afterEach(() => {
    vi.doUnmock("../../src/native/native.ts");
    vi.resetModules();
  });

  test("every type throws an UnsupportedError that names it and what to do", async () => {
    vi.resetModules();
    vi.doMock("../../src/native/native.ts", async (original) => {
      const native = await original<typeof import("../../src/native/native.ts")>();
      return { ...native, nativeCapability: { ...native.nativeCapability, draft: false } };
    });
    const drafts = await import("../../src/draft.ts");
    for (const [name, type] of Object.entries(drafts)) {
      if (name === "Peer") continue;
      const open = () => new (type as new () => unknown)();
      expect(open, name).toThrow(
        expect.objectContaining({
          code: "ERR_UNSUPPORTED",
          message: expect.stringMatching(new RegExp(`^Cannot open a ${name} socket: .*draft.*stable types`)),
        }),
      );
    }
    expect(Object.keys(drafts)).toHaveLength(9);
  });
});
