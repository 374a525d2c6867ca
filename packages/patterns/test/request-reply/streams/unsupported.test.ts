/** Peers that cannot carry streams: the call rejects within one round trip, and says why. */

import { Dealer, proxy, Reply, Request, Router, UnsupportedError } from "@awaitmq/core";
import { numbers, python, pythonPeer } from "@awaitmq/testing";
import { afterEach, describe, expect, test } from "vitest";
import * as raw from "zeromq";
import { json, RequestClient, serve } from "../../../src/index.ts";
import { client, closeAll, connected, served } from "../pair.ts";
import { itemsOf, readAll } from "./reading.ts";

afterEach(closeAll);

const local = "tcp://127.0.0.1:*";
const hasPython = python() !== undefined;
if (!hasPython) console.warn("Skipped: no Python 3 here can import zmq (Debian and Ubuntu: python3-zmq)");

async function* two() {
  yield "one";
  yield "two";
}

/** Streams in all ways, as the first call and later, and expects the same of each. It has no timeout. */
async function cannotStream(asking: RequestClient, why: RegExp): Promise<void> {
  const input = { closed: 0 };
  function* speak() {
    try {
      yield "item";
    } finally {
      input.closed += 1;
    }
  }
  const streams = [
    () => asking.stream("?"),
    () => asking.stream("?", { input: speak(), metadata: { a: "1" } }),
    () => asking.stream("?", { idempotent: true }),
  ];
  const outcomes = await Promise.all(streams.map((stream) => readAll(stream())));
  for (const stream of streams) outcomes.push(await readAll(stream()));
  for (const { items, error } of outcomes) {
    expect(items).toEqual([]);
    expect(error).toBeInstanceOf(UnsupportedError);
    expect(String(error)).toMatch(why);
  }
  expect(asking.stats).toMatchObject({ failed: 6, retried: 0, inFlight: 0 });
}

describe("a plain REP", () => {
  test("in zeromq", async () => {
    const reply = new raw.Reply({ linger: 0 });
    await reply.bind(local);
    const asked: string[][] = [];
    const answering = (async () => {
      for await (const message of reply) {
        asked.push(message.map(String));
        await reply.send(message);
      }
    })();
    const asking = connected({ connect: reply.lastEndpoint as string });
    await cannotStream(asking, /plain server.*REP.*Call `request` instead/);
    // It is in step: requests go on, and it got no message that it does not understand.
    expect(String(await asking.request("still here"))).toBe("still here");
    expect(asked.filter(([body]) => body !== "?" && body !== "still here")).toEqual([]);
    reply.close();
    await answering;
  });

  test.skipIf(!hasPython)("in pyzmq", async () => {
    await using peer = pythonPeer({ socket: "REP", act: "echo", bind: true });
    const asking = connected({ connect: await peer.line("tcp://") });
    const { error } = await readAll(asking.stream("start"));
    expect(error).toBeInstanceOf(UnsupportedError);
    expect(String(error)).toContain("plain server");
    await expect(asking.stream("again").next()).rejects.toBeInstanceOf(UnsupportedError);
  });

  test("that this package serves: one reply is fine for a request, and not for a stream", async () => {
    await using reply = new Reply();
    await using _server = serve(reply, ([body]) => body as Buffer, { grace: 0 });
    const asking = connected({ connect: await reply.bind(local) });
    expect(String(await asking.request("hello"))).toBe("hello");
    await expect(itemsOf(asking.stream("hello"))).rejects.toBeInstanceOf(UnsupportedError);
    expect(String(await asking.request("hello again"))).toBe("hello again");
  });
});

describe("a handler that streams on a Reply socket", () => {
  test.each([
    [0, "no reply"],
    [2, "several replies"],
    [1_000, "several replies"],
  ])("answers one item, and fails with %i items", async (count, why) => {
    const told: unknown[] = [];
    let isOver = false;
    await using reply = new Reply();
    await using server = serve(
      reply,
      async function* ([body]) {
        try {
          yield* numbers(String(body) === "one" ? 1 : count).map(String);
        } finally {
          isOver = true;
        }
      },
      { grace: 0, onError: (error) => told.push(error), errorReply: (error) => (error as Error).message },
    );
    await using request = new Request();
    request.connect(await reply.bind(local));
    await request.send("many");
    expect(String(await request.receive())).toContain(why);
    expect(isOver).toBe(true);
    expect(told).toEqual([expect.any(UnsupportedError)]);
    await request.send("one");
    expect(String(await request.receive())).toBe("0");
    expect(server.stats).toMatchObject({ served: 1, failed: 1, running: 0 });
  });

  test("encodes its item with the codec", async () => {
    await using reply = new Reply();
    await using _server = serve(
      reply,
      async function* () {
        yield { a: 1 };
      },
      { grace: 0, codec: json },
    );
    await using asking = new RequestClient({ connect: await reply.bind(local), codec: json, timeout: 100_000 });
    expect(await asking.request("?")).toEqual({ a: 1 });
  });
});

describe("a handler that streams", () => {
  test("refuses `request`, naming `stream`, and begins no item", async () => {
    let begun = 0;
    const handler = async function* () {
      begun += 1;
      yield "one";
    };
    for (const exposeErrors of ["message", "none"] as const) {
      const server = served(handler, { exposeErrors });
      const asking = client(server);
      for (const idempotent of [false, true]) {
        const error = await asking.request("?", { idempotent }).catch((reason: unknown) => reason);
        expect(error).toBeInstanceOf(UnsupportedError);
        expect(String(error)).toMatch(/Call `stream` instead of `request`/);
      }
      expect(server.stats).toMatchObject({ failed: 2, running: 0 });
      expect(asking.stats.retried).toBe(0);
    }
    expect(begun).toBe(0);
  });

  test("gives a plain REQ the answer of errorReply", async () => {
    const told: unknown[] = [];
    const server = served(two, { onError: (error) => told.push(error), errorReply: (error) => String(error) });
    await using request = new Request();
    request.connect(server.endpoints[0] as string);
    for (const _ of numbers(2)) {
      await request.send("?");
      expect(String(await request.receive())).toContain("Call `stream` instead of `request`");
    }
    expect(told).toEqual([expect.any(UnsupportedError), expect.any(UnsupportedError)]);
  });
});

describe("a server behind a plain proxy", () => {
  test("refuses a stream, and takes requests", async () => {
    await using front = new Router();
    await using back = new Dealer();
    const endpoint = await front.bind(local);
    const behind = await back.bind(local);
    await using forwarding = proxy(front, back);
    let begun = 0;
    await using server = serve(
      { connect: behind },
      () => {
        begun += 1;
        return "reply";
      },
      { grace: 0 },
    );
    await back.ready({ timeout: 100_000 });
    const asking = connected({ connect: endpoint });
    await cannotStream(asking, /proxy.*Connect directly/);
    expect(begun).toBe(0);
    expect(String(await asking.request("?"))).toBe("reply");
    await expect(asking.stream("?").next()).rejects.toBeInstanceOf(UnsupportedError);
    await server.stop();
    await forwarding.stop();
  });

  test("that is a plain REP refuses it too", async () => {
    await using front = new Router();
    await using back = new Dealer();
    const endpoint = await front.bind(local);
    const behind = await back.bind(local);
    await using forwarding = proxy(front, back);
    const reply = new raw.Reply({ linger: 0 });
    reply.connect(behind);
    const answering = (async () => {
      for await (const message of reply) await reply.send(message);
    })();
    await cannotStream(connected({ connect: endpoint }), /Cannot stream/);
    reply.close();
    await answering;
    await forwarding.stop();
  });
});
