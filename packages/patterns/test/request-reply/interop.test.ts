/** Clients and servers with pyzmq and zeromq 6. */

import { Dealer, proxy, Reply, Request, Router } from "@awaitmq/core";
import { freshTcp, interopMessages, python, pythonPeer } from "@awaitmq/testing";
import fc from "fast-check";
import { afterEach, describe, expect, test } from "vitest";
import * as raw from "zeromq";
import { EnvelopeError, serve } from "../../src/index.ts";
import { client, closeAll, connected, served } from "./pair.ts";

afterEach(closeAll);

const hasPython = python() !== undefined;
if (!hasPython) console.warn("Skipped: no Python 3 here can import zmq (Debian and Ubuntu: python3-zmq)");

const expected = interopMessages.map((message) => message.map((frame) => Buffer.from(frame as string)));

/** Asks with all messages at once, and expects each back. */
async function askAll(asking: ReturnType<typeof connected>): Promise<void> {
  const replies = await Promise.all(interopMessages.map((message) => asking.request([...message])));
  expect(replies.map(({ length }) => length)).toEqual(expected.map(({ length }) => length));
  for (const [index, frames] of expected.entries())
    for (const [place, frame] of frames.entries()) expect(replies[index]?.[place]?.equals(frame)).toBe(true);
}

describe.skipIf(!hasPython)("with pyzmq", () => {
  test("a client has every message back from a plain REP, pipelined", async () => {
    await using peer = pythonPeer({ socket: "REP", act: "echo", bind: true });
    const asking = connected({ connect: await peer.line("tcp://") });
    await askAll(asking);
    await peer.line(/^done$/);
    expect(asking.stats).toMatchObject({ late: 0, invalid: 0 });
  });

  test.each(["REQ", "DEALER"])("a plain %s has every message back from a server", async (socket) => {
    const server = served((message) => message);
    const prefix = socket === "DEALER" ? [""] : [];
    await using peer = pythonPeer({ socket, act: "ask", endpoint: server.endpoints[0] as string, prefix });
    await peer.line(/^done$/);
    expect(server.stats).toMatchObject({ served: interopMessages.length, invalid: 0 });
  });
});

describe("with zeromq 6", () => {
  test("a client has every message back from a Reply, pipelined, and sends it no cancellation", async () => {
    const reply = new raw.Reply({ linger: 0 });
    await reply.bind("tcp://127.0.0.1:*");
    const asked: string[][] = [];
    const answering = (async () => {
      for await (const message of reply) {
        asked.push(message.map(String));
        if (String(message[0]) === "silence") await new Promise((resolve) => setTimeout(resolve, 200));
        await reply.send(message);
      }
    })();
    const asking = connected({ connect: reply.lastEndpoint as string });
    await expect(asking.request("silence", { timeout: 50 })).rejects.toMatchObject({ code: "ERR_TIMEOUT" });
    await askAll(asking);
    await expect(asking.request("silence", { timeout: 50 })).rejects.toMatchObject({ code: "ERR_TIMEOUT" });
    await askAll(asking);
    reply.close();
    await answering;
    expect(asked.filter(([first]) => first === "silence")).toHaveLength(2);
    expect(asked).toHaveLength(2 + 2 * interopMessages.length);
    expect(asking.stats.late).toBe(2);
  });

  test("a plain Request and a bare Dealer have their replies", async () => {
    const server = served((message) => message);
    const request = new raw.Request({ linger: 0 });
    request.connect(server.endpoints[0] as string);
    await request.send(["a", "b"]);
    expect((await request.receive()).map(String)).toEqual(["a", "b"]);
    const dealer = new raw.Dealer({ linger: 0 });
    dealer.connect(server.endpoints[0] as string);
    for (const number of [1, 2, 3]) await dealer.send(["", String(number)]);
    const replies = [await dealer.receive(), await dealer.receive(), await dealer.receive()];
    expect(replies.map((frames) => frames.map(String))).toEqual([
      ["", "1"],
      ["", "2"],
      ["", "3"],
    ]);
    request.close();
    dealer.close();
  });
});

test("through a proxy of Router and Dealer, with servers of several kinds behind it", async () => {
  await using front = new Router();
  await using back = new Dealer();
  const endpoint = await front.bind("tcp://127.0.0.1:*");
  const behind = await back.bind("tcp://127.0.0.1:*");
  await using forwarding = proxy(front, back);
  await using router = new Router();
  await using reply = new Reply();
  await using toolkit = serve(router, (message) => message, { grace: 0 });
  await using plain = serve(reply, (message) => message);
  const joined = back.ready({ peers: 2, timeout: 100_000 });
  router.connect(behind);
  reply.connect(behind);
  await joined;
  const asking = connected({ connect: endpoint });
  for (let round = 0; round < 10; round++) await askAll(asking);
  expect(toolkit.stats.served).toBeGreaterThan(0);
  expect(plain.stats.served).toBeGreaterThan(0);
  await using request = new Request();
  request.connect(endpoint);
  await request.send("plain");
  expect(String(await request.receive())).toBe("plain");
  await forwarding.stop();
});

/** Frames as a peer may send them that lies: with pieces of what is expected at their places. */
const frames = fc.array(
  fc.oneof(
    fc.uint8Array({ maxLength: 30 }),
    fc.constant(new Uint8Array(0)),
    fc
      .tuple(
        fc.constant([0xf5, 0x6d]),
        fc.array(fc.integer({ min: 0, max: 8 }), { maxLength: 3 }),
        fc.uint8Array({ maxLength: 18 }),
      )
      .map(([magic, head, rest]) => Uint8Array.from([...magic, ...head, ...rest])),
    fc
      .tuple(fc.integer({ min: 1, max: 6 }), fc.uint8Array({ minLength: 14, maxLength: 14 }))
      .map(([type, rest]) => Uint8Array.from([0xf5, 0x6d, 1, type, ...rest])),
  ),
  { minLength: 1, maxLength: 6 },
);

const garbage = (count: number) =>
  fc.sample(frames, count).map((message) => message.map((frame) => Buffer.from(frame)));

describe("25 000 messages of random frames", () => {
  test("leave a server at work, and each is reported or answered", async () => {
    const errors: unknown[] = [];
    const server = served((message) => message, { onInvalid: (error) => errors.push(error) });
    await using dealer = new Dealer();
    dealer.connect(server.endpoints[0] as string);
    const reading = (async () => {
      let count = 0;
      for await (const [first] of dealer) {
        count += 1;
        if (String(first) === "last") break;
      }
      return count;
    })();
    for (const message of garbage(25_000)) await dealer.send(message);
    await dealer.send(["last", "", "body"]);
    expect(await reading).toBeGreaterThan(1);
    expect(errors.length).toBe(server.stats.invalid);
    expect(errors.length).toBeGreaterThan(5_000);
    for (const error of errors) expect(error).toBeInstanceOf(EnvelopeError);
    expect(String(await client(server).request("still here"))).toBe("still here");
  });

  test("leave a client at work", async () => {
    await using router = new Router();
    const asking = connected({ connect: await router.bind("tcp://127.0.0.1:*") });
    const call = asking.request("?");
    const [id, header, delimiter] = await router.receive();
    for (const message of garbage(25_000)) await router.send([id, ...message]);
    await router.send([id, header as Buffer, delimiter as Buffer, "reply"]);
    expect(String(await call)).toBe("reply");
    expect(asking.stats.invalid).toBeGreaterThan(5_000);
  });
});

test("a header of another version is answered with a typed error, and so is one of a server", async () => {
  const server = served((message) => message);
  await using dealer = new Dealer();
  dealer.connect(server.endpoints[0] as string);
  const header = Buffer.from("f56d020100000000138800000001000000ff", "hex");
  await dealer.send([header, "", "body"]);
  const [answer, , body] = await dealer.receive();
  expect(answer?.toString("hex")).toBe("f56d010301000000138800000001000000ff");
  expect(JSON.parse(String(body))).toMatchObject({ name: "EnvelopeError", code: "ERR_ENVELOPE" });
  await using router = new Router();
  const asking = connected({ connect: await router.bind(await freshTcp()) });
  const call = asking.request("?");
  const [id, asked] = await router.receive();
  const newer = Buffer.from(asked as Buffer);
  newer[2] = 2;
  await router.send([id, newer, "", "reply"]);
  await expect(call).rejects.toBeInstanceOf(EnvelopeError);
  expect(asking.stats.invalid).toBe(1);
});
