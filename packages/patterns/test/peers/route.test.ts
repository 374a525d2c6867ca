/** Conversations with peers, as frames and as values. */

import { ClosedError, QueueFullError, Router, TimeoutError, UnroutableError } from "@awaitmq/core";
import { eventually, fixture, numbers, spawnProcess } from "@awaitmq/testing";
import { describe, expect, test } from "vitest";
import { InUseError, type RoutedPeer, route, TooLateError } from "../../src/index.ts";
import { bodiesOf, nextOf, routed } from "./routed.ts";

describe("route", () => {
  test("gives each peer once, with its own messages and a way to answer, until it goes", async () => {
    await using net = await routed();
    const [a, b] = [net.dealer("a"), net.dealer("b")];
    await a.send(["hello", "from a"]);
    const peerA = await nextOf(net.peers);
    expect(String(peerA.id)).toBe("a");
    await b.send("hello");
    const peerB = await nextOf(net.peers);
    await a.send("more");
    await peerB.send("to b");
    await peerA.send(["to", "a"]);
    expect((await a.receive()).map(String)).toEqual(["to", "a"]);
    expect((await b.receive()).map(String)).toEqual(["to b"]);
    expect(net.peers.size).toBe(2);
    expect(net.peers.get("a")).toBe(peerA);
    expect(net.peers.get(peerB.id)).toBe(peerB);
    await a.close({ linger: 1_000 });
    expect(await bodiesOf(peerA)).toEqual(["hello|from a", "more"]);
    expect(peerA.gone).toBe(true);
    expect(net.peers.get("a")).toBeUndefined();
    await expect(peerA.receive()).rejects.toThrow(ClosedError);
    await eventually(() =>
      peerA.send("x").then(
        () => false,
        (error) => error instanceof UnroutableError,
      ),
    );
    expect(peerB.gone).toBe(false);
    // It comes again: a new peer. libzmq ignores it for as long as the former connection is not wholly at its end.
    let again: RoutedPeer | undefined;
    const coming = nextOf(net.peers).then((peer) => {
      again = peer;
    });
    await eventually(
      async () => {
        const dealer = net.dealer("a");
        await dealer.send("again");
        await eventually(() => again, { timeout: 200 }).catch(() => dealer.close());
        return again;
      },
      { interval: 50 },
    );
    await coming;
    expect(again).not.toBe(peerA);
    expect(String((await again!.receive())[0])).toBe("again");
    await expect(again!.send([] as never)).rejects.toThrow(TypeError);
  });

  test("ends the messages of a process that was killed", async () => {
    await using net = await routed();
    await using child = spawnProcess(fixture("balanced-worker.mjs", import.meta.url), {
      args: [net.endpoint, "1", "hang"],
    });
    const peer = await nextOf(net.peers);
    child.kill("SIGKILL");
    expect(new Set(await bodiesOf(peer))).toEqual(new Set(["|READY 1"]));
  });

  test("converses with 1 000 peers at once", async () => {
    await using net = await routed();
    const ended: string[] = [];
    const conversations: Promise<void>[] = [];
    const accepting = (async () => {
      for await (const peer of net.peers) {
        conversations.push(
          (async () => {
            for await (const [body] of peer) await peer.send(`${body} for ${peer.id}`);
            ended.push(String(peer.id));
          })(),
        );
      }
    })();
    await Promise.all(
      numbers(1_000).map(async (n) => {
        const dealer = net.dealer(`peer ${n}`);
        for (const m of numbers(5)) {
          await dealer.send(`${m}`);
          expect(String(await dealer.receive({ timeout: 100_000 }))).toBe(`${m} for peer ${n}`);
        }
        await dealer.close();
      }),
    );
    await eventually(() => ended.length === 1_000);
    expect(new Set(ended).size).toBe(1_000);
    expect(net.peers.size).toBe(0);
    await net.router.close();
    await accepting;
    await Promise.all(conversations);
  });

  test("lets receives wait, time out and be aborted without loss", async () => {
    await using net = await routed();
    const a = net.dealer("a");
    await a.send("0");
    const peer = await nextOf(net.peers);
    expect(String(await peer.receive())).toBe("0");
    await expect(peer.receive({ timeout: 20 })).rejects.toThrow(TimeoutError);
    const ending = new AbortController();
    const aborted = peer.receive({ signal: ending.signal });
    const stream = peer.messages({ signal: ending.signal });
    const streamed = stream.next();
    const left = peer.messages();
    const leaving = left.next();
    const first = peer.receive();
    const second = peer.receive();
    ending.abort(new Error("abort"));
    await expect(aborted).rejects.toThrow("abort");
    await expect(streamed).rejects.toThrow("abort");
    await left.return?.();
    expect(await leaving).toEqual({ value: undefined, done: true });
    await a.send("1");
    await a.send("2");
    expect([String(await first), String(await second)]).toEqual(["1", "2"]);
    await expect(peer.receive({ timeout: -1 })).rejects.toThrow(RangeError);
    await expect(peer.receive({ timout: 1 } as object)).rejects.toThrow(TypeError);
    await expect(peer.send("1", { timout: 1 } as object)).rejects.toThrow(TypeError);
    expect(() => peer.messages({ singal: ending.signal } as object)).toThrow(TypeError);
  });

  test("waits for the reader of a full queue, and loses nothing", async () => {
    await using net = await routed({ maxQueued: 2, patience: Number.POSITIVE_INFINITY });
    const [a, b] = [net.dealer("a"), net.dealer("b")];
    await a.send("0");
    const peer = await nextOf(net.peers);
    for (const n of [1, 2, 3, 4]) await a.send(`${n}`);
    const bodies: string[] = [];
    for await (const [body] of peer) if (bodies.push(String(body)) === 5) break;
    expect(bodies).toEqual(["0", "1", "2", "3", "4"]);
    await b.send("others too");
    expect(String((await (await nextOf(net.peers)).receive())[0])).toBe("others too");
  });

  test("drops a peer that nobody reads when its patience is over, so that the others do not starve", async () => {
    await using net = await routed({ maxQueued: 3, patience: 50 });
    const [a, b] = [net.dealer("a"), net.dealer("b")];
    await a.sendAll(numbers(100).map(String));
    const unread = await nextOf(net.peers);
    await b.send("not starved");
    const other = await nextOf(net.peers);
    expect(String((await other.receive({ timeout: 100_000 }))[0])).toBe("not starved");
    await eventually(() => unread.gone);
    const bodies: string[] = [];
    await expect(
      (async () => {
        for await (const [body] of unread) bodies.push(String(body));
      })(),
    ).rejects.toThrow(QueueFullError);
    expect(bodies).toEqual(["0", "1", "2"]);
    // It stays out until it disconnects.
    await a.send("still there");
    await b.send("behind it");
    expect(String((await other.receive({ timeout: 100_000 }))[0])).toBe("behind it");
    expect(net.peers.size).toBe(1);
  });

  test("lets new peers wait for its loop as far as maxArrivals goes, then drops the newest, and those that wait are kept", async () => {
    await using net = await routed({ maxArrivals: 2, patience: 50 });
    const first = net.dealer("first");
    await first.send("0");
    const known = await nextOf(net.peers);
    await known.receive();
    for (const name of ["a", "b", "c", "d"]) await net.dealer(name).send(name);
    await eventually(() => net.peers.stats.dropped === 2);
    expect(net.peers.stats).toMatchObject({ arrived: 5, peers: 3, waiting: 2 });
    // The others have not starved.
    await first.send("1");
    expect(String(await known.receive({ timeout: 100_000 }))).toBe("1");
    const [a, b] = [await nextOf(net.peers), await nextOf(net.peers)];
    expect(a.id).not.toEqual(b.id);
    expect(String(await a.receive())).toBe(String(a.id));
    expect(String(await b.receive())).toBe(String(b.id));
    // There is room again.
    await net.dealer("e").send("e");
    expect(String((await nextOf(net.peers)).id)).toBe("e");
  });

  test("waits for its loop before it drops a new peer", async () => {
    await using net = await routed({ maxArrivals: 1, patience: Number.POSITIVE_INFINITY });
    const names = ["a", "b", "c", "d"];
    for (const name of names) await net.dealer(name).send(name);
    const found: string[] = [];
    for (const _ of names) found.push(String(await (await nextOf(net.peers)).receive()));
    expect(found.sort()).toEqual(names);
    expect(net.peers.stats.dropped).toBe(0);
  });

  test("that ends while its loop has taken no peer gives all that they said back to the router", async () => {
    await using net = await routed({ maxArrivals: 1, patience: Number.POSITIVE_INFINITY });
    const names = ["a", "b", "c"];
    for (const name of names) await net.dealer(name).send(name);
    await nextOf(net.peers);
    await eventually(() => net.peers.stats.arrived === 3);
    await net.peers.stop({ grace: 0 });
    const left: string[] = [];
    for (const _ of names) left.push(String((await net.router.receive({ timeout: 100_000 }))[1]));
    expect(left.sort()).toEqual(names);
  });

  test("says what is wrong with its arguments", async () => {
    await using router = new Router();
    expect(() => route(router, { maxQueued: 0 })).toThrow("maxQueued must be a whole number, 1 or more, got 0");
    expect(() => route(router, { maxArrivals: 0 })).toThrow("maxArrivals must be a whole number, 1 or more, got 0");
    expect(() => route(router, { patience: -1 })).toThrow("patience must be 0 or more milliseconds, got -1");
    expect(() => route(router, { signal: 1 as never })).toThrow("signal must be an AbortSignal");
    const peers = route(router);
    expect(() => route(router)).toThrow(InUseError);
    await peers.stop();
    await route(router).stop();
  });

  test("throws a TooLateError for a router that has an endpoint, unless it had it from a former route", async () => {
    await using late = new Router();
    const endpoint = await late.bind("tcp://127.0.0.1:*");
    expect(() => route(late)).toThrow(TooLateError);
    await late.unbind(endpoint);
    await route(late).stop();
    await late.bind("tcp://127.0.0.1:*");
    await route(late).stop();
  });
});
