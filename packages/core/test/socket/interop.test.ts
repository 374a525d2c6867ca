/** Core's sockets with pyzmq as their peer. */

import { interopMessages as messages, pythonPeer as peer, python, type RunningProcess } from "@awaitmq/testing";
import { describe, expect, test } from "vitest";
import {
  type CurveKeyPair,
  curveKeyPair,
  Dealer,
  Pair,
  Publisher,
  Pull,
  Push,
  Reply,
  Request,
  Router,
  type Sendable,
  Stream,
  Subscriber,
  XPublisher,
  XSubscriber,
} from "../../src/index.ts";

const command = python();
if (command === undefined) console.warn("Skipped: no Python 3 here can import zmq (Debian and Ubuntu: python3-zmq)");

/** Python checks what it gets itself. */
async function done(process: RunningProcess): Promise<void> {
  await process.line(/^done$/);
}

interface Sends {
  send(message: Sendable): Promise<void>;
}
interface Receives {
  receive(options: { timeout: number }): Promise<Buffer[]>;
}

async function send(socket: Sends): Promise<void> {
  for (const message of messages) await socket.send(message);
}

async function receive(socket: Receives, from = 0): Promise<void> {
  for (const message of messages.slice(from)) expectFrames(await socket.receive({ timeout: 100_000 }), message);
}

async function ask(socket: Sends & Receives, prefix: readonly string[]): Promise<void> {
  for (const message of messages) {
    await socket.send([...prefix, ...message]);
    expectFrames(await socket.receive({ timeout: 100_000 }), [...prefix, ...message]);
  }
}

async function echo(socket: Sends & Receives): Promise<void> {
  for (const _ of messages) await socket.send(await socket.receive({ timeout: 100_000 }));
}

/** Large frames in `toEqual` would make a failure unreadable, and slow. */
function expectFrames(frames: Buffer[], expected: readonly (string | Buffer)[]): void {
  expect(frames.map((frame) => frame.length)).toEqual(expected.map((frame) => Buffer.byteLength(frame)));
  expect(frames.every((frame, index) => frame.equals(Buffer.from(expected[index] as string)))).toBe(true);
}

const publishing = [
  ["PUB", "SUB"],
  ["XPUB", "SUB"],
  ["PUB", "XSUB"],
  ["XPUB", "XSUB"],
] as const;
const types = { REQ: Request, REP: Reply, DEALER: Dealer, ROUTER: Router, PAIR: Pair };

describe.skipIf(command === undefined)("with pyzmq, every message comes back as it was sent", () => {
  describe.each([
    ["REQ", "REP", []],
    ["REQ", "ROUTER", []],
    ["DEALER", "REP", [""]],
    ["DEALER", "ROUTER", []],
    ["DEALER", "DEALER", []],
    ["ROUTER", "ROUTER", ["echo"]],
    ["PAIR", "PAIR", []],
  ] as const)("%s asks %s", (asks, echoes, prefix) => {
    test("this side asks", async () => {
      await using python = peer({ socket: echoes, act: "echo", bind: true, id: "echo" });
      await using socket = new types[asks]();
      const ready = socket.ready({ timeout: 100_000 });
      socket.connect(await python.line("tcp://"));
      await ready;
      await ask(socket, prefix);
      await done(python);
    });

    test("the other side asks", async () => {
      await using socket = new types[echoes]();
      if ("routingId" in socket) socket.routingId = "echo";
      const endpoint = await socket.bind("tcp://127.0.0.1:*");
      await using python = peer({ socket: asks, act: "ask", endpoint, prefix });
      await echo(socket);
      await done(python);
    });
  });
});

test.skipIf(command === undefined)(
  "with pyzmq's REP, the late reply to a request that was given up reaches nobody",
  async () => {
    await using python = peer({ socket: "REP", act: "echo", bind: true });
    await using request = new Request();
    request.connect(await python.line("tcp://"));
    for (const [index, message] of messages.entries()) {
      await request.send(message);
      // Its reply is on its way, or has come and is not read.
      if (index % 2 === 0) await request.receive({ signal: AbortSignal.timeout(index) }).catch(() => {});
      else expectFrames(await request.receive({ timeout: 100_000 }), message);
    }
    await done(python);
  },
);

describe.skipIf(command === undefined)("with pyzmq, every message arrives as it was sent", () => {
  test("PUSH here, PULL there", async () => {
    await using python = peer({ socket: "PULL", act: "receive", bind: true });
    await using push = new Push();
    push.connect(await python.line("tcp://"));
    await send(push);
    await done(python);
  });

  test("PUSH there, PULL here", async () => {
    await using pull = new Pull();
    await using python = peer({ socket: "PUSH", act: "send", endpoint: await pull.bind("tcp://127.0.0.1:*") });
    await receive(pull);
    await done(python);
  });

  test.each(publishing)("%s here, %s there", async (publishes, subscribes) => {
    await using publisher = publishes === "PUB" ? new Publisher() : new XPublisher();
    const endpoint = await publisher.bind("tcp://127.0.0.1:*");
    await using python = peer({ socket: subscribes, act: "receive", endpoint });
    if (publisher instanceof XPublisher)
      expect(await publisher.receive({ timeout: 100_000 })).toEqual([Buffer.from([1])]);
    else await publisher.ready({ timeout: 100_000 });
    await send(publisher);
    await done(python);
  });

  test.each(publishing)("%s there, %s here", async (publishes, subscribes) => {
    await using python = peer({ socket: publishes, act: "publish", bind: true });
    await using subscriber = subscribes === "SUB" ? new Subscriber() : new XSubscriber();
    subscriber.connect(await python.line("tcp://"));
    if (subscriber instanceof Subscriber) subscriber.subscribe();
    else await subscriber.send(Buffer.from([1]));
    // The subscription may come in the middle of a round.
    for (;;) {
      const [first] = await subscriber.receive({ timeout: 100_000 });
      if (first.equals(Buffer.from("start"))) break;
    }
    await receive(subscriber, 1);
  });
});

describe.skipIf(command === undefined)("STREAM speaks with a plain TCP socket", () => {
  /** Sends back as many bytes as Python sends, then closes the connection, for which libzmq needs a loop to go on. */
  async function serve(stream: Stream): Promise<number> {
    let passed = 0;
    for await (const [id, bytes] of stream) {
      if (bytes.length === 0) continue;
      await stream.send([id, bytes]);
      passed += bytes.length;
      if (passed === 50_000) await stream.send([id, null]);
    }
    return passed;
  }

  test("that connects", async () => {
    await using stream = new Stream();
    const serving = serve(stream);
    await using python = peer({ socket: "TCP", endpoint: await stream.bind("tcp://127.0.0.1:*") });
    await done(python);
    await stream.close();
    await expect(serving).resolves.toBe(50_000);
  });

  test("that listens", async () => {
    await using python = peer({ socket: "TCP", bind: true });
    await using stream = new Stream();
    const serving = serve(stream);
    stream.connect(await python.line("tcp://"));
    await done(python);
    await stream.close();
    await expect(serving).resolves.toBe(50_000);
  });
});

describe.skipIf(command === undefined)("CURVE with pyzmq", () => {
  const server = curveKeyPair();
  const client = curveKeyPair();
  const ours = ({ publicKey, secretKey }: CurveKeyPair) => ({ curvePublicKey: publicKey, curveSecretKey: secretKey });

  test("as the server", async () => {
    await using python = peer({ socket: "ROUTER", act: "echo", bind: true, curve: server });
    await using dealer = new Dealer({ ...ours(client), curveServerKey: server.publicKey });
    dealer.connect(await python.line("tcp://"));
    await dealer.ready({ timeout: 100_000 });
    expect(dealer.securityMechanism).toBe("curve");
    await ask(dealer, []);
    await done(python);
  });

  test("as the client", async () => {
    await using router = new Router({ ...ours(server), curveServer: true });
    const endpoint = await router.bind("tcp://127.0.0.1:*");
    const curve = { ...client, serverKey: server.publicKey };
    await using python = peer({ socket: "DEALER", act: "ask", endpoint, curve });
    await echo(router);
    await done(python);
  });

  test("as a server whose key is another", async () => {
    await using python = peer({ socket: "ROUTER", act: "echo", bind: true, curve: server });
    await using dealer = new Dealer({ ...ours(client), curveServerKey: client.publicKey });
    dealer.connect(await python.line("tcp://"));
    await expect(dealer.ready({ timeout: 100_000 })).rejects.toMatchObject({ code: "ERR_HANDSHAKE" });
  });
});
