/** The option `immediate` when a connection breaks. */

import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { eventually, fixture, freshInproc, freshTcp, numbers, run, spawnProcess } from "@awaitmq/testing";
import { describe, expect, test } from "vitest";
import { Dealer, Pair, Pull, Push, Reply, Request, Router, TimeoutError } from "../../src/index.ts";

const inTime = { timeout: 100_000 };

/** Resolves when the socket's connection has ended. */
async function ended(socket: Dealer | Request): Promise<void> {
  for await (const { type } of socket.events()) if (type === "disconnect") return;
}

describe("A connection that breaks", () => {
  test("takes nothing along that had come and was not read", async () => {
    await using peer = new Dealer();
    await using dealer = new Dealer();
    const broken = ended(dealer);
    dealer.connect(await peer.bind("tcp://127.0.0.1:*"));
    for (const number of numbers(500)) await peer.send(["t", String(number)]);
    await peer.close();
    await broken;
    for (const number of numbers(500))
      expect((await dealer.receive(inTime)).map(String)).toEqual(["t", String(number)]);
  });

  test("leaves a Request its reply", async () => {
    await using reply = new Reply();
    await using request = new Request();
    const broken = ended(request);
    request.connect(await reply.bind("tcp://127.0.0.1:*"));
    await request.send("question");
    expect(String(await reply.receive(inTime))).toBe("question");
    await reply.send("answer");
    await reply.close();
    await broken;
    expect(String(await request.receive(inTime))).toBe("answer");
  });

  test("in the middle of a flood of messages of two frames ends no process", async () => {
    const folder = await mkdtemp(join(tmpdir(), "awaitmq-"));
    const { code, stdout, stderr } = await run(fixture("broken-off.mjs", import.meta.url), { args: [folder, "12"] });
    await rm(folder, { recursive: true });
    expect([code, stderr]).toEqual([0, ""]);
    const { whole, torn } = JSON.parse(stdout);
    expect(whole).toBeGreaterThan(12 * 10_000);
    expect(torn).toBe(0);
  });
});

describe("With immediate, what is sent waits in the sender", () => {
  test.each([
    ["Dealer", () => new Dealer(), () => new Router()],
    ["Request", () => new Request(), () => new Router()],
    ["Pair", () => new Pair({ immediate: true }), () => new Pair()],
    ["Push", () => new Push(), () => new Pull()],
  ] as const)("while a %s has no peer, and leaves when one comes", async (_, open, openPeer) => {
    await using socket = open();
    const endpoint = await freshTcp();
    socket.connect(endpoint);
    await expect(socket.send("given up", { timeout: 20 })).rejects.toBeInstanceOf(TimeoutError);
    const sent = socket.send("kept", inTime);
    await using peer = openPeer();
    await peer.bind(endpoint);
    await sent;
    expect((await peer.receive(inTime)).at(-1)?.toString()).toBe("kept");
  });

  test("while the peer is away, though it was there before", async () => {
    await using dealer = new Dealer({ reconnectInterval: 10 });
    const peer = new Router();
    const endpoint = await peer.bind("tcp://127.0.0.1:*");
    dealer.connect(endpoint);
    await dealer.send("1");
    await peer.receive(inTime);
    const broken = ended(dealer);
    await peer.close();
    await broken;
    const stop = new AbortController();
    const withdrawn = dealer.send("2", { signal: stop.signal });
    const sends = ["3", "4"].map((text) => dealer.send(text, inTime));
    stop.abort(new Error("not any more"));
    await expect(withdrawn).rejects.toThrow("not any more");
    await using again = new Router();
    await eventually(() => again.bind(endpoint));
    await Promise.all(sends);
    for (const text of ["3", "4"]) expect((await again.receive(inTime)).at(-1)?.toString()).toBe(text);
  });

  test("and the process lives until it has left", async () => {
    const endpoint = await freshTcp();
    await using sender = spawnProcess(fixture("sends-one.mjs", import.meta.url), { args: [endpoint] });
    await sender.line("sending");
    await using router = new Router();
    await router.bind(endpoint);
    expect((await router.receive(inTime)).at(-1)?.toString()).toBe("one");
    expect(await sender.exited).toMatchObject({ code: 0, stdout: "sending\nsent\n" });
  });

  test("but for connections over inproc, and until it is set to false", async () => {
    const [name, endpoint] = [freshInproc(), await freshTcp()];
    await using dealer = new Dealer({ linger: 0 });
    dealer.connect(endpoint);
    const sends = ["1", "2"].map((text) => dealer.send(text, inTime));
    dealer.connect(name);
    await Promise.all(sends);
    await using other = new Dealer({ linger: 0 });
    other.connect(endpoint);
    const sent = other.send("queued", inTime);
    other.immediate = false;
    await sent;
    expect([dealer.immediate, other.immediate]).toEqual([true, false]);
  });
});

test("immediate is true or false, and read and set on open sockets only", async () => {
  const dealer = new Dealer();
  expect(() => Object.assign(dealer, { immediate: 1 })).toThrow(
    new TypeError("immediate must be true or false, got number"),
  );
  await dealer.close();
  expect(() => dealer.immediate).toThrow("closed");
  expect(() => Object.assign(dealer, { immediate: true })).toThrow("closed");
});
