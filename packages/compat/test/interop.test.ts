/** The classic API with pyzmq and with core as its peer. */

import { Dealer, Publisher, Pull, Push, Reply, Request, Router, Subscriber } from "@awaitmq/core";
import { eventually, freshInproc, freshTcp, interopMessages, python, pythonPeer } from "@awaitmq/testing";
import { afterEach, describe, expect, test } from "vitest";
import * as raw from "zeromq";
import zmq, { type Socket } from "../src/index.ts";
import { closeAll, open } from "./sockets.ts";

const hasPython = python() !== undefined;
if (!hasPython) console.warn("Skipped: no Python 3 here can import zmq (Debian and Ubuntu: python3-zmq)");

afterEach(closeAll);

const done = { timeout: 100_000 };

function expectFrames(frames: readonly Buffer[], expected: readonly (string | Buffer)[]): void {
  expect(frames.map(({ length }) => length)).toEqual(expected.map((frame) => Buffer.byteLength(frame)));
  expect(frames.every((frame, index) => frame.equals(Buffer.from(expected[index] as string)))).toBe(true);
}

/** Asks with each message in turn, and expects it back. */
async function ask(socket: Socket, prefix: readonly string[]): Promise<void> {
  for (const message of interopMessages) {
    const answered = new Promise<Buffer[]>((resolve) =>
      socket.once("message", (...frames: Buffer[]) => resolve(frames)),
    );
    socket.send([...prefix, ...message]);
    expectFrames(await answered, [...prefix, ...message]);
  }
}

const echo = (socket: Socket) => socket.on("message", (...frames: Buffer[]) => socket.send(frames));

function collect(socket: Socket): Buffer[][] {
  const messages: Buffer[][] = [];
  socket.on("message", (...frames: Buffer[]) => messages.push(frames));
  return messages;
}

describe.skipIf(!hasPython)("with pyzmq", () => {
  describe.each([
    ["req", "REP", []],
    ["req", "ROUTER", []],
    ["dealer", "REP", [""]],
    ["dealer", "ROUTER", []],
    ["router", "ROUTER", ["echo"]],
    ["pair", "PAIR", []],
  ] as const)("a %s here asks a %s there", (asks, echoes, prefix) => {
    test("and has every message back", async () => {
      await using peer = pythonPeer({ socket: echoes, act: "echo", bind: true, id: "echo" });
      const socket = open(asks).connect(await peer.line("tcp://"));
      if (asks === "router") {
        // The peer is known by its name once it has connected.
        const router = socket.setsockopt("router_mandatory", 1);
        await eventually(
          () => new Promise((resolve) => router.send(["echo", "start"], null, (error) => resolve(!error))),
        );
        const answered = new Promise<Buffer[]>((resolve) =>
          router.once("message", (...frames: Buffer[]) => resolve(frames)),
        );
        expectFrames(await answered, ["echo", "start"]);
        return;
      }
      await ask(socket, prefix);
      await peer.line(/^done$/, done);
    });
  });

  describe.each([
    ["REQ", "rep", []],
    ["REQ", "router", []],
    ["DEALER", "rep", [""]],
    ["DEALER", "router", []],
    ["DEALER", "dealer", []],
    ["PAIR", "pair", []],
  ] as const)("a %s there asks a %s here", (asks, echoes, prefix) => {
    test("and has every message back", async () => {
      const endpoint = await freshTcp();
      echo(open(echoes).bindSync(endpoint));
      await using peer = pythonPeer({ socket: asks, act: "ask", endpoint, prefix });
      await peer.line(/^done$/, done);
    });
  });

  test("push sends and pull receives every message as it is", async () => {
    await using sink = pythonPeer({ socket: "PULL", act: "receive", bind: true });
    const push = open("push").connect(await sink.line("tcp://"));
    for (const message of interopMessages) push.send([...message]);
    await sink.line(/^done$/, done);
    const endpoint = await freshTcp();
    const messages = collect(open("pull").bindSync(endpoint));
    await using _source = pythonPeer({ socket: "PUSH", act: "send", endpoint });
    await eventually(() => messages.length === interopMessages.length, done);
    for (const [index, message] of interopMessages.entries()) expectFrames(messages[index] as Buffer[], message);
  });

  test("pub publishes and sub subscribes", async () => {
    await using publisher = pythonPeer({ socket: "PUB", act: "publish", bind: true });
    const messages = collect(
      open("sub")
        .subscribe("")
        .connect(await publisher.line("tcp://")),
    );
    await eventually(() => messages.length > interopMessages.length * 2, done);
    const start = messages.findIndex(([frame]) => frame?.toString() === "start");
    for (const [index, message] of interopMessages.entries())
      expectFrames(messages[start + index] as Buffer[], message);
    const endpoint = await freshTcp();
    const xpub = open("xpub").bindSync(endpoint);
    await using subscriber = pythonPeer({ socket: "SUB", act: "receive", endpoint });
    xpub.once("message", () => {
      for (const message of interopMessages) xpub.send([...message]);
    });
    await subscriber.line(/^done$/, done);
  });

  test("CURVE, on either side", async () => {
    const [server, client] = [zmq.curveKeypair(), zmq.curveKeypair()];
    const keys = (pair: typeof server) => ({ publicKey: pair.public, secretKey: pair.secret });
    await using there = pythonPeer({ socket: "ROUTER", act: "echo", bind: true, curve: keys(server) });
    const dealer = open("dealer");
    Object.assign(dealer, {
      curve_publickey: client.public,
      curve_secretkey: client.secret,
      curve_serverkey: server.public,
    });
    await ask(dealer.connect(await there.line("tcp://")), []);
    await there.line(/^done$/, done);
    const endpoint = await freshTcp();
    const router = open("router");
    Object.assign(router, { curve_server: 1, curve_secretkey: server.secret });
    echo(router.bindSync(endpoint));
    const curve = { ...keys(client), serverKey: server.public };
    await using peer = pythonPeer({ socket: "DEALER", act: "ask", endpoint, curve });
    await peer.line(/^done$/, done);
  });
});

describe("with core on the other end", () => {
  test("requests are answered, both ways", async () => {
    const endpoint = await freshTcp();
    echo(open("rep").bindSync(endpoint));
    await using request = new Request();
    request.connect(endpoint);
    await request.send(["a", "", "b"]);
    expect((await request.receive()).map(String)).toEqual(["a", "", "b"]);

    await using reply = new Reply();
    const req = open("req").connect(await reply.bind("tcp://127.0.0.1:*"));
    const answered = new Promise<Buffer[]>((resolve) => req.once("message", (...frames: Buffer[]) => resolve(frames)));
    req.send("one", "two");
    expect((await reply.receive()).map(String)).toEqual(["one", "two"]);
    await reply.send("three");
    expect((await answered).map(String)).toEqual(["three"]);
  });

  test("a dealer and a router know each other's envelope", async () => {
    const address = freshInproc();
    const router = open("router").bindSync(address);
    await using dealer = new Dealer({ routingId: "dealer" });
    dealer.connect(address);
    const messages = collect(router);
    await dealer.send(["", "body"]);
    await eventually(() => messages.length === 1);
    expect(messages[0]?.map(String)).toEqual(["dealer", "", "body"]);
    router.send(["dealer", "", "answer"]);
    expect((await dealer.receive()).map(String)).toEqual(["", "answer"]);
    await using coreRouter = new Router();
    const other = open("dealer");
    other.identity = "classic";
    other.connect(await coreRouter.bind("tcp://127.0.0.1:*")).send("hello");
    expect((await coreRouter.receive()).map(String)).toEqual(["classic", "hello"]);
  });

  test("push and pull, pub and sub", async () => {
    await using pull = new Pull();
    open("push")
      .connect(await pull.bind("tcp://127.0.0.1:*"))
      .send(["x", 1]);
    expect((await pull.receive()).map(String)).toEqual(["x", "1"]);
    const endpoint = await freshTcp();
    const pulled = collect(open("pull").bindSync(endpoint));
    await using push = new Push();
    push.connect(endpoint);
    await push.send("y");
    await eventually(() => pulled.length === 1);
    await using publisher = new Publisher();
    const heard = collect(
      open("sub")
        .subscribe("js")
        .connect(await publisher.bind("tcp://127.0.0.1:*")),
    );
    await publisher.ready();
    await publisher.send("ruby is meh");
    await publisher.send("js is cool");
    await eventually(() => heard.length === 1);
    expect(String(heard[0])).toBe("js is cool");
    const other = await freshTcp();
    const xpub = open("xpub").bindSync(other);
    await using subscriber = new Subscriber();
    subscriber.connect(other);
    xpub.once("message", () => xpub.send("news"));
    subscriber.subscribe("");
    expect(String(await subscriber.receive())).toBe("news");
  });
});

describe("with zeromq 6 itself on the other end", () => {
  test("requests are answered, messages pushed and topics heard", async () => {
    const [requests, pushes, topics] = [await freshTcp(), await freshTcp(), await freshTcp()];
    const request = new raw.Request();
    const pull = new raw.Pull();
    const subscriber = new raw.Subscriber();
    try {
      echo(open("rep").bindSync(requests));
      request.connect(requests);
      await request.send(["a", "", "b"]);
      expect((await request.receive()).map(String)).toEqual(["a", "", "b"]);
      pull.connect(pushes);
      open("push").bindSync(pushes).send(["x", 1]);
      expect((await pull.receive()).map(String)).toEqual(["x", "1"]);
      const xpub = open("xpub").bindSync(topics);
      xpub.once("message", () => xpub.send("news"));
      subscriber.connect(topics);
      subscriber.subscribe("");
      expect((await subscriber.receive()).map(String)).toEqual(["news"]);
    } finally {
      for (const socket of [request, pull, subscriber]) socket.close();
    }
  });

  test("a router of each kind knows a dealer of the other", async () => {
    const [here, there] = [await freshTcp(), await freshTcp()];
    const router = new raw.Router();
    const dealer = new raw.Dealer({ routingId: "raw" });
    try {
      const messages = collect(open("router").bindSync(here));
      dealer.connect(here);
      await dealer.send(["", "body"]);
      await eventually(() => messages.length === 1);
      expect(messages[0]?.map(String)).toEqual(["raw", "", "body"]);
      await router.bind(there);
      const classic = open("dealer").setsockopt("identity", "classic").connect(there).send(["", "hello"]);
      expect((await router.receive()).map(String)).toEqual(["classic", "", "hello"]);
      const answered = new Promise<Buffer[]>((resolve) =>
        classic.once("message", (...frames: Buffer[]) => resolve(frames)),
      );
      await router.send(["classic", "", "answer"]);
      expect((await answered).map(String)).toEqual(["", "answer"]);
    } finally {
      for (const socket of [router, dealer]) socket.close();
    }
  });
});
