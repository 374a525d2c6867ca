/** `dns()` while names are missing or name servers fail. */

import { monitorEventLoopDelay } from "node:perf_hooks";
import { DnsServer, eventually } from "@awaitmq/testing";
import { describe, expect, test } from "vitest";
import { asks, lookingUp, queried, setsOf, srv } from "./looking-up.ts";

const warningsOf = lookingUp();

describe.concurrent("without records", () => {
  test.each(["NXDOMAIN", "NODATA"])("a name that was never there is waited for, with one warning: %s", async (kind) => {
    await using server = await DnsServer.listen();
    const name = `late-${kind.toLowerCase()}.test`;
    if (kind === "NODATA") server.set(name, "SRV", []);
    const sets = setsOf(server, `tcp://${name}:5555`);
    const first = sets.next();
    await queried(server, 4); // each time also in the search domain
    server.set(name, "A", ["10.0.0.1"]);
    expect((await first).value).toEqual(["tcp://10.0.0.1:5555"]);
    expect(warningsOf(name)).toMatchObject([
      {
        name: "awaitmq",
        code: "AWAITMQ_DNS",
        message: `Cannot look up tcp://${name}:5555: it has no records. Check the name. The look-up is retried`,
      },
    ]);
    await sets.return?.();
  });

  test.each(["NXDOMAIN", "NODATA"])("a name that was there has an empty set: %s", async (kind) => {
    await using server = await DnsServer.listen();
    server.set("a.test", "A", ["10.0.0.1"]);
    const sets = setsOf(server, "tcp://a.test:5555");
    await sets.next();
    if (kind === "NODATA") server.set("a.test", "A", []);
    else server.delete("a.test");
    expect((await sets.next()).value).toEqual([]);
    server.set("a.test", "A", ["10.0.0.1"]);
    expect((await sets.next()).value).toEqual(["tcp://10.0.0.1:5555"]);
    await sets.return?.();
  });
});

describe.concurrent("a look-up that fails", () => {
  test.each([
    ["SERVFAIL", "ESERVFAIL"],
    ["REFUSED", "EREFUSED"],
    ["silence", "ETIMEOUT"],
  ] as const)("keeps the set, and is tried again, with one warning: %s", async (answer, code) => {
    await using server = await DnsServer.listen();
    const name = `${code.toLowerCase()}.test`;
    server.set(name, "A", ["10.0.0.1"]);
    const sets = setsOf(server, `tcp://${name}:5555`, { resolver: asks(server, 100) });
    await sets.next();
    const next = sets.next();
    server.set(name, "A", answer);
    await queried(server, 3);
    server.set(name, "A", ["10.0.0.2"]);
    expect((await next).value).toEqual(["tcp://10.0.0.2:5555"]);
    expect(warningsOf(name).map(({ message }) => message)).toEqual([
      `Cannot look up tcp://${name}:5555: queryA ${code} ${name}. Its last endpoints stay in use. The look-up is retried`,
    ]);
    await sets.return?.();
  });

  test("at the very first is tried again too, and warns once for each kind", async () => {
    await using server = await DnsServer.listen();
    server.set("kinds.test", "A", "SERVFAIL");
    const sets = setsOf(server, "tcp://kinds.test:5555");
    const first = sets.next();
    for (const answer of ["REFUSED", "SERVFAIL"] as const) {
      await queried(server, 2);
      server.set("kinds.test", "A", answer);
    }
    await queried(server, 2);
    server.set("kinds.test", "A", ["10.0.0.1"]);
    expect((await first).value).toEqual(["tcp://10.0.0.1:5555"]);
    expect(warningsOf("kinds.test").map(({ message }) => message)).toEqual([
      "Cannot look up tcp://kinds.test:5555: queryA ESERVFAIL kinds.test. The look-up is retried",
      "Cannot look up tcp://kinds.test:5555: queryA EREFUSED kinds.test. The look-up is retried",
    ]);
    await sets.return?.();
  });

  test("for one family or one target fails as a whole, since part of a set is not the set", async () => {
    await using server = await DnsServer.listen();
    server.set("_s._tcp.test", "SRV", [srv("part.test", 5555), srv("b.test", 5555)]);
    server.set("part.test", "A", ["10.0.0.1"]);
    server.set("b.test", "A", ["10.0.0.2"]);
    server.set("part.test", "AAAA", ["fd00::1"]);
    const both = setsOf(server, "tcp://part.test:5555", { family: 0 });
    const services = setsOf(server, "tcp://_s._tcp.test", { srv: true });
    await Promise.all([both.next(), services.next()]);
    const next = [both.next(), services.next()] as const;
    server.set("part.test", "A", "SERVFAIL");
    await queried(server, 8);
    server.set("part.test", "A", ["10.0.0.3"]);
    expect((await next[0]).value).toEqual(["tcp://10.0.0.3:5555", "tcp://[fd00::1]:5555"]);
    expect((await next[1]).value).toEqual(["tcp://10.0.0.2:5555", "tcp://10.0.0.3:5555"]);
    await Promise.all([both.return?.(), services.return?.()]);
  });

  test("in a search domain fails, since the name may mean something else further on", async () => {
    await using server = await DnsServer.listen();
    server.set("other.cluster.test", "A", "SERVFAIL");
    server.set("other", "A", ["10.0.0.9"]);
    const sets = setsOf(server, "tcp://other:5555");
    const first = sets.next();
    await queried(server, 2);
    server.set("other.cluster.test", "A", ["10.0.0.1"]);
    expect((await first).value).toEqual(["tcp://10.0.0.1:5555"]);
    await sets.return?.();
  });

  test("is tried again later each time, up to 5 s, however rarely the name is looked up else", async () => {
    await using server = await DnsServer.listen();
    server.set("pauses.test", "A", "SERVFAIL");
    const sets = setsOf(server, "tcp://pauses.test:5555", { every: 60_000 });
    const delays = monitorEventLoopDelay();
    delays.enable();
    const first = sets.next();
    await eventually(() => server.queries.length === 7);
    delays.disable();
    // A look-up takes some turns of the event loop, each of them as late as this machine makes it.
    const late = (5 * delays.max) / 1e6;
    server.set("pauses.test", "A", ["10.0.0.1"]);
    expect((await first).value).toEqual(["tcp://10.0.0.1:5555"]);
    const times = server.queries.slice(0, 7).map(({ at }) => at);
    for (const [n, least] of [250, 500, 1_000, 2_000, 4_000, 5_000].entries()) {
      const pause = times[n + 1]! - times[n]!;
      expect(pause).toBeGreaterThan(least - 2); // a timer may fire that much early
      expect(pause).toBeLessThan(least + 2_000 + late);
    }
    await sets.return?.();
  });
});
