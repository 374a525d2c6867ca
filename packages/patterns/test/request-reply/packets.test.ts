/** Requests of one tick in one packet. */

import { Dealer, type Message, Router } from "@awaitmq/core";
import { eventually } from "@awaitmq/testing";
import { afterEach, describe, expect, test } from "vitest";
import { EnvelopeError, OverloadedError, RemoteError, serve } from "../../src/index.ts";
import { encodeHeader, messageTypes } from "../../src/wire/envelope.ts";
import { isPacket, PacketWriter, readPacket } from "../../src/wire/packet.ts";
import { aborted, client, closeAll, connected, served } from "./pair.ts";

afterEach(closeAll);

function packetOf(...messages: readonly (readonly [number, readonly string[]])[]): Buffer {
  const writer = new PacketWriter();
  writer.begin();
  for (const [request, body] of messages) {
    const header = { type: messageTypes.request, flags: 0, priority: 0, remaining: 60_000, client: 1, request };
    writer.add(encodeHeader(header), body);
  }
  return writer.finish();
}

function bodiesIn(packet: Buffer): string[][] {
  const bodies: string[][] = [];
  readPacket(packet, (_, body) => bodies.push(body.map(String)));
  return bodies;
}

/** Stands between a client and a server, and tells which messages pass that way. */
async function watched(endpoint: string) {
  const front = new Router();
  const back = new Dealer();
  const passed = { requests: [] as Message[], replies: [] as Message[] };
  back.connect(endpoint);
  const address = await front.bind("tcp://127.0.0.1:*");
  let peer: Buffer | undefined;
  const forth = (async () => {
    for await (const [from, ...rest] of front) {
      peer = from;
      passed.requests.push(rest as Message);
      await back.send(rest);
    }
  })();
  const backward = (async () => {
    for await (const message of back) {
      passed.replies.push(message);
      await front.send([peer as Buffer, ...message]);
    }
  })();
  return {
    address,
    passed,
    async [Symbol.asyncDispose]() {
      await Promise.all([front.close({ linger: 0 }), back.close({ linger: 0 })]);
      await Promise.all([forth, backward]);
    },
  };
}

describe("requests of one tick, once the server is known", () => {
  test("travel in few packets, and so do their replies; each reaches its call", async () => {
    const server = served(async ([body]) => `re ${body}`);
    await using way = await watched(server.endpoints[0] as string);
    const asking = connected({ connect: way.address });
    await asking.request("first");
    const before = { requests: way.passed.requests.length, replies: way.passed.replies.length };
    const calls = Array.from({ length: 500 }, (_, index) => asking.request(String(index)));
    expect((await Promise.all(calls)).map(String)).toEqual(Array.from({ length: 500 }, (_, index) => `re ${index}`));
    const requests = way.passed.requests.slice(before.requests);
    const replies = way.passed.replies.slice(before.replies);
    for (const message of [...requests, ...replies]) expect(isPacket(message, 0)).toBe(true);
    expect(requests.length).toBeLessThan(20);
    expect(replies.length).toBeLessThan(40);
    expect(requests.flatMap(([packet]) => bodiesIn(packet))).toHaveLength(500);
  });

  test("travel by themselves when they are long, as do their replies", async () => {
    const server = served(([body]) => body as Buffer);
    await using way = await watched(server.endpoints[0] as string);
    const asking = connected({ connect: way.address });
    await asking.request("first");
    const long = Buffer.alloc(2_000, "x");
    const [short, again] = await Promise.all([asking.request("short"), asking.request(long)]);
    expect(String(short)).toBe("short");
    expect(again[0].equals(long)).toBe(true);
    const kinds = (messages: readonly Message[]) =>
      messages
        .slice(-2)
        .map((message) => isPacket(message, 0))
        .sort();
    expect(kinds(way.passed.requests)).toEqual([false, true]);
    expect(kinds(way.passed.replies)).toEqual([false, true]);
  });

  test("have errors, refusals, cancellations and several frames as they have without", async () => {
    const reasons: unknown[] = [];
    const server = served(
      async ([what, ...rest], { signal }) => {
        if (String(what) === "throw") throw Object.assign(new Error("No"), { code: "E_NO" });
        if (String(what) === "wait") reasons.push(await aborted(signal));
        return rest.length === 0 ? null : rest;
      },
      { maxQueuedPerPeer: 4 },
    );
    const asking = client(server, { retry: { attempts: 1 } });
    await asking.request("first");
    const ending = new AbortController();
    const waiting = asking.request("wait", { signal: ending.signal });
    const results = await Promise.allSettled([
      asking.request("throw"),
      asking.request(["several", "a", Buffer.from([0]), null]),
      asking.request(["none"]),
      asking.request("one too many"),
    ]);
    expect(results[0]).toMatchObject({ reason: { remoteName: "Error", message: "No", remoteCode: "E_NO" } });
    expect((results[0] as PromiseRejectedResult).reason).toBeInstanceOf(RemoteError);
    expect((results[1] as PromiseFulfilledResult<Message>).value.map(String)).toEqual(["a", "\0", ""]);
    expect((results[2] as PromiseFulfilledResult<Message>).value.map(String)).toEqual([""]);
    expect((results[3] as PromiseRejectedResult).reason).toBeInstanceOf(OverloadedError);
    ending.abort(new Error("enough"));
    await expect(waiting).rejects.toThrow("enough");
    await eventually(() => reasons.length === 1);
  });

  test("that are given up in the tick they were made in leave no handler running", async () => {
    const reasons: unknown[] = [];
    const server = served(async ([what], { signal }) => {
      if (String(what) === "wait") reasons.push(await aborted(signal));
      return what as Buffer;
    });
    const asking = client(server);
    await asking.request("first");
    const ending = new AbortController();
    const calls = Array.from({ length: 50 }, () => asking.request("wait", { signal: ending.signal }));
    ending.abort(new Error("at once"));
    const results = await Promise.allSettled(calls);
    for (const result of results) expect(result).toMatchObject({ reason: { message: "at once" } });
    await asking.request("last");
    await eventually(() => server.stats.running === 0);
    expect(reasons).toHaveLength(server.stats.served - 2);
  });
});

describe("a packet that a peer made", () => {
  test("has its good messages answered, and what is no message reported", async () => {
    const errors: unknown[] = [];
    const server = served(([body]) => `re ${body}`, { onInvalid: (error) => errors.push(error) });
    await using dealer = new Dealer();
    dealer.connect(server.endpoints[0] as string);
    await dealer.send(Buffer.concat([packetOf([1, ["a"]], [2, ["b"]]), Buffer.from("junk")]));
    const [packet] = await dealer.receive({ timeout: 100_000 });
    expect(bodiesIn(packet)).toEqual([["re a"], ["re b"]]);
    expect(errors).toHaveLength(1);
    expect(errors[0]).toBeInstanceOf(EnvelopeError);
    expect(server.stats).toMatchObject({ served: 2, invalid: 1 });
  });

  test("with a request twice has it handled once", async () => {
    const server = served(async ([body]) => body as Buffer);
    await using dealer = new Dealer();
    dealer.connect(server.endpoints[0] as string);
    await dealer.send(packetOf([1, ["a"]], [1, ["b"]]));
    await eventually(() => server.stats.served === 1 && server.stats.invalid === 1);
  });

  test("is answered one by one where there is no room for a packet, and loses none", async () => {
    const router = new Router({ sendHighWaterMark: 1, sendBufferSize: 4_096 });
    const server = serve(router, ([body]) => body as Buffer, { grace: 0, maxQueuedPerPeer: 100_000 });
    const connect = await router.bind("tcp://127.0.0.1:*");
    await using dealer = new Dealer({ receiveHighWaterMark: 1, receiveBufferSize: 4_096 });
    dealer.connect(connect);
    const count = 5_000;
    for (let request = 0; request < count; request++) await dealer.send(packetOf([request, ["x".repeat(300)]]));
    let bodies = 0;
    while (bodies < count) {
      const message = await dealer.receive({ timeout: 100_000 });
      bodies += isPacket(message, 0) ? bodiesIn(message[0]).length : 1;
    }
    expect(bodies).toBe(count);
    await eventually(() => server.stats.served === count);
    expect(server.stats).toMatchObject({ undeliverable: 0 });
    await server.stop();
    await router.close({ linger: 0 });
  });
});
