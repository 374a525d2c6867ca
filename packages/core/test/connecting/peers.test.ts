/** Peers whose handshake makes no event of libzmq. */

import { createServer, type Socket } from "node:net";
import { eventually, OldPeer } from "@awaitmq/testing";
import { describe, expect, test } from "vitest";
import { Dealer, Publisher, Pull, Router, Subscriber, TimeoutError } from "../../src/index.ts";

/** Milliseconds, in place of the default, which no test has the time for. */
const handshakeInterval = 200;
/** Longer than that, and than libzmq may be late and its events be read late. */
const longBeyond = handshakeInterval + 300;

/** From an immediate on: timers come before events then. */
async function standStill(): Promise<void> {
  await new Promise(setImmediate);
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, longBeyond);
}

describe("a peer of ZMTP 2, of whose handshake libzmq makes no event,", () => {
  test("is what ready() of a Pull that connects waits for", async () => {
    await using peer = new OldPeer("PUSH");
    await using pull = new Pull({ handshakeInterval });
    pull.connect(await peer.bind());
    await pull.ready({ timeout: 100_000 });
    peer.send("task");
    expect(String(await pull.receive({ timeout: 100_000 }))).toBe("task");
  });

  test("is sent what a Dealer held back for it", async () => {
    const sent: string[][] = [];
    await using peer = new OldPeer("DEALER", (frames) => {
      sent.push(frames.map(String));
      return undefined;
    });
    await using dealer = new Dealer({ handshakeInterval });
    dealer.connect(await peer.bind());
    await dealer.send(["to", "you"], { timeout: 100_000 });
    await eventually(() => sent.length > 0);
    expect(sent).toEqual([["to", "you"]]);
  });

  test("counts at a socket that binds, beside newer ones and strangers who knock", async () => {
    await using peer = new OldPeer("DEALER");
    await using router = new Router({ handshakeInterval });
    const ready = router.ready({ peers: 2, timeout: 100_000 });
    const endpoint = await router.bind("tcp://127.0.0.1:*");
    await using newer = new Router({ handshakeInterval });
    newer.connect(endpoint);
    await expect(router.ready({ peers: 2, timeout: 20 })).rejects.toBeInstanceOf(TimeoutError);
    peer.connect(endpoint);
    await ready;
    await expect(router.ready({ peers: 3, timeout: 3 * handshakeInterval })).rejects.toBeInstanceOf(TimeoutError);
  });

  test("is gone when its connection ends, which is no failed handshake, and counts again when it is back", async () => {
    const peer = new OldPeer("PUSH");
    await using pull = new Pull({ handshakeInterval, reconnectInterval: 10 });
    const seen: string[] = [];
    const watching = (async () => {
      for await (const { type } of pull.events()) seen.push(type);
    })();
    const endpoint = await peer.bind();
    pull.connect(endpoint);
    await pull.ready({ timeout: 100_000 });
    await peer[Symbol.asyncDispose]();
    await eventually(() => seen.includes("disconnect"));
    await expect(pull.ready({ timeout: 20 })).rejects.toBeInstanceOf(TimeoutError);
    await using again = new OldPeer("PUSH");
    await again.bind(endpoint);
    await pull.ready({ timeout: 100_000 });
    await pull.close();
    await watching;
    expect(seen.filter((type) => /handshake|^connect$|disconnect/.test(type))).toEqual([
      ...["connect", "handshake", "disconnect"],
      ...["connect", "handshake"],
    ]);
  });
});

describe("while the event loop stands still for longer than a handshake may take, and than its events may be late,", () => {
  test("a peer of ZMTP 2 that stays is found", async () => {
    await using peer = new OldPeer("PUSH");
    await using pull = new Pull({ handshakeInterval });
    const ready = pull.ready({ timeout: 100_000 });
    pull.connect(await peer.bind());
    await eventually(() => {
      peer.send("here");
      return pull.receive({ timeout: 20 });
    });
    await standStill();
    await ready;
  });

  test("a connection that breaks off meanwhile is no peer", async () => {
    const accepted: Socket[] = [];
    const server = createServer((socket) => void accepted.push(socket.on("error", () => {})));
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    await using pull = new Pull({ handshakeInterval, reconnectInterval: 10 });
    const refused = expect(pull.ready({ timeout: longBeyond + 1_000 })).rejects.toBeInstanceOf(TimeoutError);
    const seen: string[] = [];
    const watching = (async () => {
      for await (const { type } of pull.events()) seen.push(type);
    })();
    pull.connect(`tcp://127.0.0.1:${(server.address() as { port: number }).port}`);
    await eventually(() => accepted.length > 0 && seen.includes("connect"));
    server.close();
    for (const socket of accepted) socket.destroy();
    await standStill();
    await refused;
    await pull.close();
    await watching;
    expect(seen).not.toContain("handshake");
    expect(seen).toContain("disconnect");
  });
});

describe("a server that accepts and says nothing", () => {
  test("is no peer, however long its connections stand", async () => {
    const server = createServer((socket) => socket.on("error", () => {}).resume());
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    await using pull = new Pull({ handshakeInterval, reconnectInterval: 10 });
    const connecting = pull.events();
    pull.connect(`tcp://127.0.0.1:${(server.address() as { port: number }).port}`);
    const ready = expect(pull.ready({ timeout: 5 * handshakeInterval })).rejects.toBeInstanceOf(TimeoutError);
    let failures = 0;
    for await (const { type } of connecting) {
      expect(type).not.toBe("handshake");
      if (type === "handshake:error:other") failures += 1;
      if (failures === 3) break;
    }
    await ready;
    await pull.close();
    server.close();
  });
});

describe("every socket", () => {
  test("gives a handshake up after 2.5 seconds, which libzmq waits for half a minute for", async () => {
    for (const type of [Pull, Publisher, Subscriber, Router]) {
      await using socket = new type();
      expect(socket.handshakeInterval).toBe(2_500);
    }
    await using patient = new Pull({ handshakeInterval: 30_000 });
    expect(patient.handshakeInterval).toBe(30_000);
  });
});
