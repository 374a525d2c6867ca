/** Many streams that are left at once: their servers have them until the handlers have finished, and so does the client. */

import { QueueFullError, TimeoutError } from "@awaitmq/core";
import { eventually, gate, numbers } from "@awaitmq/testing";
import { afterEach, describe, expect, test } from "vitest";
import { client, closeAll, connected, served } from "../pair.ts";
import { itemsOf, readAll, take } from "./reading.ts";

afterEach(closeAll);

/** A server whose streams yield their request, and then end only when the gate opens. They ignore their signals. */
function stubborn() {
  const opening = gate();
  const server = served(async function* ([name]) {
    yield name as Buffer;
    if (String(name) !== "quick") await opening.opened;
  });
  return { server, opening };
}

test("1 200 streams of one client, each left at its first item, are all served", async () => {
  const server = served(async function* (_, { signal }) {
    try {
      for (let number = 0; !signal.aborted; number++) yield String(number);
    } finally {
      for (const _ of numbers(3)) await new Promise((resolve) => setTimeout(resolve, 5));
    }
  });
  const asking = client(server, { retry: { attempts: 1 } });
  const leave = async () => {
    for await (const [item] of asking.stream("tick")) return String(item);
    return "none";
  };
  expect(new Set(await Promise.all(numbers(1_200).map(leave)))).toEqual(new Set(["0"]));
  expect(server.stats.refused).toBe(0);
  expect(asking.stats).toMatchObject({ inFlight: 0, waiting: 0, succeeded: 1_200, failed: 0, retried: 0 });
});

describe("a stream that was left counts towards maxInFlight", () => {
  test("until its handler has finished, and then the next call goes", async () => {
    const { server, opening } = stubborn();
    const asking = client(server, { maxInFlight: 2 });
    const left = numbers(2).map(() => asking.stream("slow", { grace: Number.POSITIVE_INFINITY }));
    await Promise.all(left.map((stream) => take(stream, 1)));
    const leaving = left.map((stream) => stream.return());
    const calls = numbers(3).map(() => itemsOf(asking.stream("quick")));
    expect(asking.stats).toMatchObject({ inFlight: 0, waiting: 3 });
    // They would be there before this one.
    expect(await itemsOf(client(server).stream("quick"))).toEqual(["quick"]);
    expect(server.stats).toMatchObject({ running: 2, served: 1 });
    opening.open();
    await Promise.all(leaving);
    expect(await Promise.all(calls)).toEqual([["quick"], ["quick"], ["quick"]]);
  });

  test("until its grace is over, if its handler does not finish", async () => {
    const { server, opening } = stubborn();
    const asking = client(server, { maxInFlight: 1 });
    const stream = asking.stream("slow", { grace: 50 });
    await take(stream, 1);
    const leaving = stream.return();
    const call = itemsOf(asking.stream("quick"));
    expect(asking.stats.waiting).toBe(1);
    await leaving;
    expect(await call).toEqual(["quick"]);
    expect(server.stats.running).toBe(1);
    opening.open();
  });

  test("until its server is gone, and then the next call goes to another", async () => {
    const { server, opening } = stubborn();
    const asking = client(server, { maxInFlight: 1 });
    const stream = asking.stream("slow", { grace: Number.POSITIVE_INFINITY });
    await take(stream, 1);
    const other = stubborn();
    asking.connect(other.server.endpoints[0] as string);
    await asking.ready({ servers: 2 });
    const leaving = stream.return();
    const call = itemsOf(asking.stream("quick"));
    expect(asking.stats.waiting).toBe(1);
    await asking.disconnect(server.endpoints[0] as string);
    await leaving;
    expect(await call).toEqual(["quick"]);
    expect(other.server.stats.served).toBe(1);
    opening.open();
  });

  test("but not when it was never sent", async () => {
    const { server, opening } = stubborn();
    const asking = client(server, { maxInFlight: 1 });
    await itemsOf(asking.stream("quick"));
    const stream = asking.stream("slow", { grace: Number.POSITIVE_INFINITY });
    const first = stream.next();
    await stream.return();
    await first;
    expect(await itemsOf(asking.stream("quick"))).toEqual(["quick"]);
    opening.open();
  });

  test("but not an attempt that timed out, whose retry takes its place", async () => {
    const opening = gate();
    const hung = served(() => opening.opened.then(() => ""));
    const asking = client(hung, { maxInFlight: 1, retry: { attemptTimeout: 50, delay: 0 } });
    const call = itemsOf(asking.stream("quick", { idempotent: true, grace: Number.POSITIVE_INFINITY }));
    await eventually(() => hung.stats.running === 1);
    const other = stubborn();
    asking.connect(other.server.endpoints[0] as string);
    expect(await call).toEqual(["quick"]);
    expect(hung.stats.running).toBeGreaterThan(0);
    opening.open();
  });
});

describe("while all that may be in flight are streams that were left", () => {
  test("a call times out at its deadline, and says why", async () => {
    const { server, opening } = stubborn();
    const asking = client(server, { maxInFlight: 1 });
    const stream = asking.stream("slow", { grace: Number.POSITIVE_INFINITY });
    await take(stream, 1);
    const leaving = stream.return();
    const because =
      "1 requests are already in flight (maxInFlight), 1 of them in streams that were left and have not ended";
    const error = await asking.request("?", { timeout: 100 }).catch((reason) => reason);
    expect(error).toBeInstanceOf(TimeoutError);
    expect(error.message).toContain(because);
    const read = await readAll(asking.stream("?", { timeout: 100 }));
    expect(String(read.error)).toContain(because);
    expect(asking.stats.waiting).toBe(0);
    opening.open();
    await leaving;
  });

  test("calls past maxPending reject with QueueFullError, and a waiting stream can be left", async () => {
    const { server, opening } = stubborn();
    const asking = client(server, { maxInFlight: 1, maxPending: 1 });
    const stream = asking.stream("slow", { grace: Number.POSITIVE_INFINITY });
    await take(stream, 1);
    const leaving = stream.return();
    const waiting = asking.stream("quick");
    const first = waiting.next();
    await expect(asking.request("quick")).rejects.toBeInstanceOf(QueueFullError);
    await waiting.return();
    expect(await first).toEqual({ value: undefined, done: true });
    expect(asking.stats.waiting).toBe(0);
    opening.open();
    await leaving;
  });

  test("closing the client ends them all", async () => {
    const { server, opening } = stubborn();
    const asking = connected({ connect: server.endpoints, maxInFlight: 1 });
    const stream = asking.stream("slow", { grace: Number.POSITIVE_INFINITY });
    await take(stream, 1);
    const leaving = stream.return();
    const waiting = readAll(asking.stream("quick"));
    await asking.close();
    await leaving;
    expect((await waiting).error).toMatchObject({ code: "ERR_CLOSED" });
    opening.open();
  });
});
