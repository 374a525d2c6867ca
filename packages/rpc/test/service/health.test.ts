/** The health of a server, asked for and watched. */

import { eventually, gate } from "@awaitmq/testing";
import { afterEach, describe, expect, test } from "vitest";
import { contract, type HealthReport, health, implement, introspection, remote, services } from "../../src/index.ts";
import { all, brokered, closeAll, connected, errorOf, isQuiet, served, worker } from "../scene.ts";

afterEach(closeAll);

const orders = implement(contract("orders", { count: {} }), { count: () => {} });
const prices = implement(contract("shop.prices", { get: {} }), { get: () => {} });

function healthy() {
  const status = health();
  const server = served(services(orders, status, prices));
  const client = connected(server);
  return { status, server, client, about: remote(introspection, client) };
}

const serving = { status: "serving", services: { orders: "serving", "shop.prices": "serving" } };
const down = { status: "not-serving", services: { orders: "not-serving", "shop.prices": "serving" } };
const stopped = { status: "not-serving", services: { orders: "not-serving", "shop.prices": "not-serving" } };

describe("health", () => {
  test("says that all services serve, but those that were set otherwise", async () => {
    const { status, about } = healthy();
    expect(await about.health()).toEqual(serving);
    status.set("orders", false);
    expect(await about.health()).toEqual(down);
    status.set("orders", false);
    status.set("orders", true);
    expect(await about.health()).toEqual(serving);
  });

  test("can be set before the server is there, but for no other service", async () => {
    const status = health();
    status.set("orders", false);
    const about = remote(introspection, connected(served(services(orders, prices, status))));
    expect(await about.health()).toEqual(down);
    const strange = health();
    strange.set("strange", false);
    expect(() => services(orders, strange)).toThrow("There is no service strange here: the services are orders");
  });

  test("speaks for several servers of the same services, and refuses others", async () => {
    const { status, about } = healthy();
    const other = remote(introspection, connected(served(services(prices, status, orders))));
    status.set("orders", false);
    expect([await about.health(), await other.health()]).toEqual([down, down]);
    expect(() => services(orders, status)).toThrow("Call health() again for one of orders");
    expect(await about.health()).toEqual(down);
  });

  test("refuses other services and values", () => {
    const { status } = healthy();
    expect(() => status.set("strange", true)).toThrow(TypeError);
    expect(() => status.set("awaitmq", true)).toThrow(TypeError);
    expect(() => status.set(7 as never, true)).toThrow(TypeError);
    expect(() => status.set("orders", "no" as never)).toThrow(TypeError);
  });

  test("is unknown to a server without it", async () => {
    const about = remote(introspection, connected(served(services(orders))));
    expect(await errorOf(about.health())).toMatchObject({ code: "ERR_UNIMPLEMENTED" });
    expect(await errorOf(all(about.watchHealth()))).toMatchObject({ code: "ERR_UNIMPLEMENTED" });
  });
});

describe("watchHealth", () => {
  test("gives the health now, and after each change", async () => {
    const { status, about, server } = healthy();
    const reports = about.watchHealth();
    expect((await reports.next()).value).toEqual(serving);
    status.set("orders", true); // no change
    status.set("orders", false);
    expect((await reports.next()).value).toEqual(down);
    status.set("orders", true);
    expect((await reports.next()).value).toEqual(serving);
    await reports.return();
    await isQuiet(server);
  });

  test("gives a slow reader the last of many changes", async () => {
    const { status, about } = healthy();
    const reports = about.watchHealth();
    expect((await reports.next()).value).toEqual(serving);
    for (let round = 0; round < 1_000; round++) status.set("orders", round % 2 === 0);
    expect((await reports.next()).value).toEqual(down);
    await reports.return();
  });

  test("says not-serving and ends when the server stops, which need not wait for its grace", async () => {
    const { about, server } = healthy();
    const seen: HealthReport[] = [];
    const began = gate();
    const watching = (async () => {
      for await (const report of about.watchHealth()) {
        seen.push(report);
        began.open();
      }
    })();
    await began.opened;
    await server.stop({ grace: 100_000 });
    await watching;
    expect(seen).toEqual([serving, stopped]);
    expect(server.stats).toMatchObject({ running: 0, failed: 0 });
  });

  test("is watched by many, all of whom see each change", async () => {
    const { status, about, server } = healthy();
    const watchers = Array.from({ length: 50 }, () => about.watchHealth());
    for (const each of watchers) expect((await each.next()).value).toEqual(serving);
    status.set("orders", false);
    for (const each of watchers) expect((await each.next()).value).toEqual(down);
    await Promise.all(watchers.map((each) => each.return()));
    await isQuiet(server);
  });

  test("ends with its client, and leaves no handler behind", async () => {
    const { about, server, client } = healthy();
    const reports = about.watchHealth();
    await reports.next();
    await client.close();
    await isQuiet(server);
  });
});

test("works behind a broker", async () => {
  const status = health();
  const { clientEnd, workerEnd } = brokered();
  const serving = worker(workerEnd, services(orders, prices, status), { concurrency: 5 });
  const about = remote(introspection, connected(clientEnd));
  status.set("orders", false);
  expect(await about.health()).toEqual(down);
  const reports = about.watchHealth();
  expect((await reports.next()).value).toEqual(down);
  await eventually(() => serving.stats.running === 1);
  await serving.stop({ grace: 100_000 });
  expect((await reports.next()).value).toEqual(stopped);
  expect(await reports.next()).toEqual({ value: undefined, done: true });
});
