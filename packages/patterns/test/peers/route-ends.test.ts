/** How a route ends, what it gives back, and its own endpoint. */

import { ClosedError, Dealer, Router } from "@awaitmq/core";
import { eventually, numbers } from "@awaitmq/testing";
import { describe, expect, test } from "vitest";
import { route } from "../../src/index.ts";
import { bodiesOf, nextOf, routed } from "./routed.ts";

describe("route", () => {
  test("whose loop is left ends all, and gives what was not read back to the router in order", async () => {
    await using net = await routed({ maxQueued: 3, patience: Number.POSITIVE_INFINITY });
    const [a, b] = [net.dealer("a"), net.dealer("b")];
    await a.sendAll(["0", "1", "2", "3", "4", "5"]);
    const peer = await nextOf(net.peers);
    expect(String((await peer.receive())[0])).toBe("0");
    const waiting = nextOf(net.peers);
    const gone = expect(waiting).rejects.toThrow("no further peer");
    await net.peers.return?.();
    await gone;
    await expect(peer.receive()).rejects.toThrow(ClosedError);
    await b.send("b");
    const left: string[] = [];
    for (const _ of numbers(6)) left.push((await net.router.receive({ timeout: 100_000 })).map(String).join(":"));
    expect(left.filter((text) => text.startsWith("a"))).toEqual(["a:1", "a:2", "a:3", "a:4", "a:5"]);
    expect(left).toContain("b:b");
    expect(net.router.closed).toBe(false);
  });

  test("that is aborted ends all loops in good order, and gives back what was not read", async () => {
    const ending = new AbortController();
    await using net = await routed({ signal: ending.signal });
    const a = net.dealer("a");
    await a.send("0");
    const peer = await nextOf(net.peers);
    await peer.receive();
    const [reading, accepting, waiting] = [bodiesOf(peer), net.peers.next(), peer.receive().catch((error) => error)];
    ending.abort();
    expect(await reading).toEqual([]);
    expect(await accepting).toEqual({ value: undefined, done: true });
    expect(await waiting).toBeInstanceOf(ClosedError);
    await net.peers.done;
    expect((await route(net.router, { signal: ending.signal }).next()).done).toBe(true);
    await a.send("1");
    expect((await net.router.receive()).map(String)).toEqual(["a", "1"]);
  });

  test("ends when the router closes, behind what has arrived, also while a queue is full", async () => {
    await using net = await routed({ maxQueued: 1, patience: Number.POSITIVE_INFINITY });
    const a = net.dealer("a");
    await a.sendAll(["0", "1", "2"]);
    const peer = await nextOf(net.peers);
    await net.router.close();
    expect(await net.peers.next()).toEqual({ value: undefined, done: true });
    const bodies = await bodiesOf(peer);
    expect(bodies).toEqual(numbers(bodies.length).map(String));
    expect(bodies.length).toBeGreaterThan(0);
  });

  test("that is stopped reads no more, and gives readers what has arrived", async () => {
    await using net = await routed({ patience: Number.POSITIVE_INFINITY });
    const a = net.dealer("a");
    await a.sendAll(["0", "1"]);
    const peer = await nextOf(net.peers);
    await eventually(() => net.peers.stats.waiting === 2);
    const stopping = net.peers.stop({ grace: 60_000 });
    await a.send("2");
    expect(await bodiesOf(peer)).toEqual(["0", "1"]);
    await stopping;
    expect((await net.peers.next()).done).toBe(true);
    expect((await net.router.receive({ timeout: 100_000 })).map(String)).toEqual(["a", "2"]);
  });

  test("that is stopped gives what nobody reads within the grace back to the router", async () => {
    await using net = await routed();
    const a = net.dealer("a");
    await a.sendAll(["0", "1"]);
    await nextOf(net.peers);
    await eventually(() => net.peers.stats.waiting === 2);
    await net.peers.stop({ grace: 20 });
    for (const body of ["0", "1"]) expect(String((await net.router.receive())[1])).toBe(body);
  });

  test("ends a loop that is not begun when the router closes or the signal is aborted", async () => {
    await using router = new Router();
    const peers = route(router);
    await router.close();
    await peers.done;
    await using other = new Router();
    await route(other, { signal: AbortSignal.abort() }).done;
  });
});

describe("a route with an endpoint of its own", () => {
  test("binds it, converses, and unbinds it when it is stopped", async () => {
    const peers = route("tcp://127.0.0.1:*");
    const [endpoint] = peers.endpoints as [string];
    const talking = (async () => {
      for await (const peer of peers) for await (const [text] of peer) await peer.send(`${text}!`);
    })();
    await using dealer = new Dealer({ linger: 0, receiveTimeout: 100_000 });
    dealer.connect(endpoint);
    await dealer.send("hello");
    expect(String(await dealer.receive())).toBe("hello!");
    expect(peers.stats).toEqual({ peers: 1, arrived: 1, dropped: 0, invalid: 0, waiting: 0 });
    await peers.stop();
    await talking;
    await using next = new Router();
    next.bindSync(endpoint);
  });

  test("unbinds it when the loop is left", async () => {
    const peers = route({ bind: "tcp://127.0.0.1:*", socket: { handover: true } });
    const [endpoint] = peers.endpoints as [string];
    await using dealer = new Dealer({ linger: 0 });
    dealer.connect(endpoint);
    await dealer.send("hello");
    for await (const peer of peers) {
      expect(String(await peer.receive())).toBe("hello");
      break;
    }
    await peers.done;
    await using next = new Router();
    next.bindSync(endpoint);
  });
});
