/** The sets of endpoints that `dns()` gives. */

import { Resolver as OldResolver } from "node:dns";
import { Resolver } from "node:dns/promises";
import { Dealer, Publisher, Router, Subscriber } from "@awaitmq/core";
import { DnsServer, eventually, type SrvAnswer } from "@awaitmq/testing";
import { describe, expect, test, vi } from "vitest";
import { type DnsOptions, dns } from "../../src/index.ts";
import { follow } from "../../src/opening/servers.ts";
import { asks, lookingUp, over, queried, setsOf, srv } from "./looking-up.ts";

const warningsOf = lookingUp();

describe.concurrent("a set has", () => {
  test("an endpoint for each address, sorted and each once", async () => {
    await using server = await DnsServer.listen();
    server.set("a.test", "A", ["10.0.0.2", "10.0.0.1", "10.0.0.2"]);
    const sets = setsOf(server, "tcp://a.test:5555");
    expect((await sets.next()).value).toEqual(["tcp://10.0.0.1:5555", "tcp://10.0.0.2:5555"]);
    await sets.return?.();
  });

  test.each([
    [4, ["tcp://10.0.0.1:5555"]],
    [6, ["tcp://[fd00::1]:5555"]],
    [0, ["tcp://10.0.0.1:5555", "tcp://[fd00::1]:5555"]],
  ] as const)("addresses of family %j, those of IPv6 in brackets", async (family, endpoints) => {
    await using server = await DnsServer.listen();
    server.set("a.test", "A", ["10.0.0.1"]);
    server.set("a.test", "AAAA", ["fd00::1"]);
    const sets = setsOf(server, "tcp://a.test:5555", { family });
    expect((await sets.next()).value).toEqual(endpoints);
    await sets.return?.();
  });

  test("one family of both, where the other has no records", async () => {
    await using server = await DnsServer.listen();
    server.set("a.test", "AAAA", ["fd00::1"]);
    const sets = setsOf(server, "tcp://a.test:5555", { family: 0 });
    expect((await sets.next()).value).toEqual(["tcp://[fd00::1]:5555"]);
    await sets.return?.();
  });

  test("all of an answer that is too long for a datagram", async () => {
    await using server = await DnsServer.listen();
    const many = Array.from({ length: 200 }, (_, n) => `10.0.0.${n}`);
    server.set("a.test", "A", many);
    const sets = setsOf(server, "tcp://a.test:5555");
    expect((await sets.next()).value).toEqual(many.map((address) => `tcp://${address}:5555`).sort());
    expect(server.queries.map(({ transport }) => transport)).toEqual(["udp", "tcp"]);
    await sets.return?.();
  });

  test("of SRV records those of the lowest priority, each with its port and all addresses of its target", async () => {
    await using server = await DnsServer.listen();
    const records = [srv("b.test", 6666), srv("a.test", 5555), srv("spare.test", 7777, 2), srv("gone.test", 5555)];
    server.set("_prices._tcp.test", "SRV", records);
    server.set("a.test", "A", ["10.0.0.2", "10.0.0.1"]);
    server.set("b.test", "A", ["10.0.0.1"]);
    server.set("spare.test", "A", ["10.0.0.9"]);
    const sets = setsOf(server, "tcp://_prices._tcp.test", { srv: true });
    const endpoints = ["tcp://10.0.0.1:5555", "tcp://10.0.0.1:6666", "tcp://10.0.0.2:5555"];
    expect((await sets.next()).value).toEqual(endpoints);
    server.set("_prices._tcp.test", "SRV", [srv("spare.test", 7777, 2)]);
    expect((await sets.next()).value).toEqual(["tcp://10.0.0.9:7777"]);
    await sets.return?.();
  });

  test("nothing once an SRV record says that there is no such service", async () => {
    await using server = await DnsServer.listen();
    server.set("a.test", "A", ["10.0.0.1"]);
    server.set("_prices._tcp.test", "SRV", [srv("a.test", 5555)]);
    const sets = setsOf(server, "tcp://_prices._tcp.test", { srv: true });
    expect((await sets.next()).value).toEqual(["tcp://10.0.0.1:5555"]);
    server.set("_prices._tcp.test", "SRV", [srv(".", 0)]);
    expect((await sets.next()).value).toEqual([]);
    await sets.return?.();
  });

  test("what a short name has in a search domain", async () => {
    await using server = await DnsServer.listen();
    server.set("prices.cluster.test", "A", ["10.0.0.1"]);
    const sets = setsOf(server, "tcp://prices:5555");
    expect((await sets.next()).value).toEqual(["tcp://10.0.0.1:5555"]);
    expect(server.queries.map(({ name }) => name)).toEqual(["prices.cluster.test"]);
    await sets.return?.();
  });
});

describe.concurrent("a set comes", () => {
  test("when it has changed, and not when its order has", async () => {
    await using server = await DnsServer.listen();
    server.set("a.test", "A", ["10.0.0.1", "10.0.0.2"]);
    const sets = setsOf(server, "tcp://a.test:5555");
    await sets.next();
    const next = sets.next();
    server.set("a.test", "A", ["10.0.0.2", "10.0.0.1"]);
    await queried(server, 3);
    server.set("a.test", "A", ["10.0.0.2"]);
    expect((await next).value).toEqual(["tcp://10.0.0.2:5555"]);
    await sets.return?.();
  });

  test("once and no more with every: Infinity, and the iteration ends", async () => {
    await using server = await DnsServer.listen();
    server.set("a.test", "A", ["10.0.0.1"]);
    const seen = [];
    for await (const set of dns("tcp://a.test:5555", { every: Number.POSITIVE_INFINITY, resolver: asks(server) }))
      seen.push(set);
    expect(seen).toEqual([["tcp://10.0.0.1:5555"]]);
    expect(server.queries).toHaveLength(1);
  });

  test("to each loop by itself, and the end of one is not that of another with the same resolver", async () => {
    await using server = await DnsServer.listen();
    server.set("shared.test", "A", ["10.0.0.1"]);
    const sets = dns("tcp://shared.test:5555", { every: 20, resolver: asks(server) });
    const [one, other] = [sets[Symbol.asyncIterator](), sets[Symbol.asyncIterator]()];
    expect((await one.next()).value).toEqual((await other.next()).value);
    const [ended, next] = [one.next(), other.next()];
    server.set("shared.test", "A", "silence");
    await queried(server, 2);
    await one.return?.(); // cancels the query of the other too
    server.set("shared.test", "A", ["10.0.0.2"]);
    expect(await ended).toEqual(over);
    expect((await next).value).toEqual(["tcp://10.0.0.2:5555"]);
    expect(warningsOf("shared.test")).toEqual([]);
    await other.return?.();
  });
});

describe.concurrent("a socket that follows", () => {
  test("is connected to servers as they come, and leaves those that go", async () => {
    await using server = await DnsServer.listen();
    await using dealer = new Dealer();
    await using one = new Router();
    await using other = new Router();
    const ports = [one, other].map((router) => Number(new URL(router.bindSync("tcp://127.0.0.1:*")).port));
    const [first, second] = ports.map((port) => srv("a.test", port)) as [SrvAnswer, SrvAnswer];
    server.set("a.test", "A", ["127.0.0.1"]);
    server.set("_s._tcp.test", "SRV", [first]);
    const leave = follow(dns("tcp://_s._tcp.test", { srv: true, every: 20, resolver: asks(server) }), dealer);
    await dealer.send("1");
    expect(String((await one.receive({ timeout: 100_000 }))[1])).toBe("1");
    server.set("_s._tcp.test", "SRV", [second]);
    await eventually(() => dealer.endpoints.join() === `tcp://127.0.0.1:${second.port}`);
    // What is sent in the moment in which the old connection ends may be lost with it.
    const timer = setInterval(() => void dealer.send("2").catch(() => {}), 20);
    expect(String((await other.receive({ timeout: 100_000 }))[1])).toBe("2");
    clearInterval(timer);
    leave();
  });

  test("hears publishers as they come", async () => {
    await using server = await DnsServer.listen();
    await using subscriber = new Subscriber();
    subscriber.subscribe("");
    server.set("a.test", "A", ["127.0.0.1"]);
    const leave = follow(dns("tcp://_p._tcp.test", { srv: true, every: 20, resolver: asks(server) }), subscriber);
    const services: SrvAnswer[] = [];
    const heard = new Set<string>();
    for (const name of ["one", "two"]) {
      await using publisher = new Publisher();
      services.push(srv("a.test", Number(new URL(await publisher.bind("tcp://127.0.0.1:*")).port)));
      server.set("_p._tcp.test", "SRV", services);
      const timer = setInterval(() => void publisher.send(name).catch(() => {}), 20);
      // More of the first may be on its way when the second is there.
      while (!heard.has(name)) heard.add(String(await subscriber.receive({ timeout: 100_000 })));
      clearInterval(timer);
    }
    expect([...heard]).toEqual(["one", "two"]);
    leave();
  });
});

describe("wrong arguments", () => {
  const call = (...[endpoint, options]: readonly unknown[]) => dns(endpoint as string, options as DnsOptions);

  test.each([
    ["prices:5555", {}, "use the form tcp://name:port"],
    ["tcp://prices", {}, "use the form tcp://name:port"],
    ["tcp://*:5555", {}, "use the form tcp://name:port"],
    ["tcp://[::1]:5555", {}, "use the form tcp://name:port"],
    ["ipc://prices:5555", {}, "use the form tcp://name:port"],
    ["tcp://prices:0", {}, "its port must be 1 to 65535, got 0"],
    ["tcp://prices:65536", {}, "its port must be 1 to 65535, got 65536"],
    ["tcp://127.0.0.1:5555", {}, "it is an IP address, not a name. Connect to it directly"],
    [
      "tcp://_p._tcp.x:5555",
      { srv: true },
      "with srv, use the form tcp://_service._tcp.name. The port comes from the records",
    ],
  ])("%s, %j is no name to look up", (endpoint, options, why) => {
    expect(() => call(endpoint, options)).toThrow(
      expect.objectContaining({ name: "AddressError", code: "ERR_ADDRESS_INVALID", address: endpoint }),
    );
    expect(() => call(endpoint, options)).toThrow(`Cannot look up "${endpoint}": ${why}`);
  });

  test.each([
    [undefined, {}, TypeError, "dns takes an endpoint, got undefined"],
    ["tcp://a:1", { evry: 5 }, TypeError, 'dns has no option "evry"'],
    ["tcp://a:1", { every: 0 }, RangeError, "every must be 1 or more, got 0"],
    ["tcp://a:1", { every: "5 s" }, TypeError, "every must be a number, got string"],
    ["tcp://a:1", { family: 5 }, TypeError, "family must be 0, 4 or 6, got 5"],
    ["tcp://a:1", { srv: 1 }, TypeError, "srv must be true or false, got number"],
    ["tcp://a:1", { signal: {} }, TypeError, "signal must be an AbortSignal"],
    ["tcp://a:1", { resolver: new OldResolver() }, TypeError, "resolver must be a Resolver of node:dns/promises"],
  ])("%j, %j", (endpoint, options, kind, message) => {
    expect(() => call(endpoint, options)).toThrow(kind);
    expect(() => call(endpoint, options)).toThrow(message);
  });
});

test("the system's name servers are asked where no resolver is given", async () => {
  const asked = vi.spyOn(Resolver.prototype, "resolve4").mockResolvedValue(["10.0.0.1"] as never);
  try {
    for await (const set of dns("tcp://a.test:5555")) {
      expect(set).toEqual(["tcp://10.0.0.1:5555"]);
      break;
    }
    expect(asked).toHaveBeenCalledExactlyOnceWith("a.test");
  } finally {
    asked.mockRestore();
  }
});
