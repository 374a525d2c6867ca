/** The name server for tests: records, failures and long answers. */

import { Resolver } from "node:dns/promises";
import { expect, test } from "vitest";
import { DnsServer } from "../src/index.ts";

function asks({ address }: DnsServer, timeout = 60_000): Resolver {
  const resolver = new Resolver({ timeout, tries: 1 });
  resolver.setServers([address]);
  return resolver;
}

test("a name server gives the records that were set, and says what it has none of", async () => {
  await using server = await DnsServer.listen();
  const resolver = asks(server);
  const service = { priority: 1, weight: 2, port: 5555, name: "a.example" };
  server.set("a.example", "A", ["10.0.0.1", "10.0.0.2"]);
  server.set("a.example", "AAAA", ["fd00::1:2", "::1"]);
  server.set("_s._tcp.example", "SRV", [service]);
  expect(await resolver.resolve4("a.example")).toEqual(["10.0.0.1", "10.0.0.2"]);
  expect(await resolver.resolve6("a.example")).toEqual(["fd00::1:2", "::1"]);
  // Node 24 adds the record's type.
  expect(await resolver.resolveSrv("_s._tcp.example")).toEqual([expect.objectContaining(service)]);
  await expect(resolver.resolve4("_s._tcp.example")).rejects.toMatchObject({ code: "ENODATA" });
  server.delete("a.example");
  await expect(resolver.resolve4("a.example")).rejects.toMatchObject({ code: "ENOTFOUND" });
});

test("a name server fails, refuses and is silent as it was told", async () => {
  await using server = await DnsServer.listen();
  for (const [answer, code, timeout] of [
    ["SERVFAIL", "ESERVFAIL", 60_000],
    ["REFUSED", "EREFUSED", 60_000],
    ["silence", "ETIMEOUT", 200],
  ] as const) {
    server.set("a.example", "A", answer);
    await expect(asks(server, timeout).resolve4("a.example")).rejects.toMatchObject({ code });
  }
});

test("an answer too long for a datagram is cut there, and whole over TCP", async () => {
  await using server = await DnsServer.listen();
  const many = Array.from({ length: 100 }, (_, n) => `10.0.0.${n}`);
  server.set("a.example", "A", many);
  expect(await asks(server).resolve4("a.example")).toEqual(many);
  expect(server.queries.map(({ transport }) => transport)).toEqual(["udp", "tcp"]);
});
