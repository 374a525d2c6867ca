/** Servers and clients that die in the middle of a stream, and links that go silent. */

import { eventually, FlakyLink, fixture, freshTcp, gate, spawnProcess } from "@awaitmq/testing";
import { afterEach, describe, expect, test } from "vitest";
import { DisconnectedError, UnavailableError } from "../../../src/index.ts";
import { aborted, client, closeAll, connected, served } from "../pair.ts";
import { itemsOf, take } from "./reading.ts";

afterEach(closeAll);

describe("a server that dies", () => {
  /** A server process that streams one item, or none, and waits. */
  async function doomed() {
    const endpoint = await freshTcp();
    const child = spawnProcess(fixture("streams.mjs", import.meta.url), { args: [endpoint] });
    await child.line("ready");
    return { endpoint, child, [Symbol.asyncDispose]: () => child[Symbol.asyncDispose]() };
  }

  test("by SIGKILL after the first item: the loop throws DisconnectedError, and nothing is retried", async () => {
    await using server = await doomed();
    const other = served(() => "other");
    const asking = connected({ connect: server.endpoint });
    const stream = asking.stream("?", { idempotent: true });
    expect(await take(stream, 1)).toEqual(["one"]);
    asking.connect(other.endpoints[0] as string);
    server.child.kill("SIGKILL");
    await expect(stream.next()).rejects.toBeInstanceOf(DisconnectedError);
    expect(await stream.next()).toEqual({ value: undefined, done: true });
    await stream.return();
    expect(asking.stats).toMatchObject({ retried: 0, failed: 1, inFlight: 0 });
    expect(other.stats.served).toBe(0);
  });

  test("by SIGKILL, while the client leaves, holds it up no longer", async () => {
    await using server = await doomed();
    const asking = connected({ connect: server.endpoint });
    const stream = asking.stream("?", { grace: 100_000 });
    await take(stream, 1);
    server.child.kill("SIGSTOP");
    const left = stream.return();
    server.child.kill("SIGKILL");
    await left;
  });

  test.each([true, false])("before the first item: retried only if idempotent, which is %s", async (idempotent) => {
    let calls = 0;
    const opening = gate();
    const server = served(async function* () {
      calls += 1;
      if (calls === 1) await opening.opened;
      yield String(calls);
    });
    await using link = await FlakyLink.open(server.endpoints[0] as string);
    const asking = connected({ connect: link.address, socket: { reconnectInterval: 10 } });
    const stream = asking.stream("?", { idempotent });
    const first = stream.next();
    first.catch(() => {});
    await eventually(() => calls === 1);
    await link.cut();
    await link.restore();
    if (idempotent) expect(String((await first).value?.[0])).toBe("2");
    else await expect(first).rejects.toBeInstanceOf(DisconnectedError);
    opening.open();
    expect(asking.stats.retried).toBe(idempotent ? 1 : 0);
  });

  test("after it took items of the input: not retried, although idempotent", async () => {
    const server = served(async (_, { input, signal }) => {
      await input.next();
      await aborted(signal);
      return "";
    });
    await using link = await FlakyLink.open(server.endpoints[0] as string);
    const asking = connected({ connect: link.address, socket: { reconnectInterval: 10 } });
    let taken = 0;
    function* input() {
      for (; taken < 5; taken++) yield "item";
    }
    const first = asking.stream("?", { idempotent: true, input: input() }).next();
    first.catch(() => {});
    await eventually(() => taken === 5);
    await link.cut();
    await expect(first).rejects.toBeInstanceOf(DisconnectedError);
    expect(asking.stats.retried).toBe(0);
  });

  test("is none while the client waits for one: waitForServer false rejects at once", async () => {
    const asking = connected({ connect: await freshTcp(), waitForServer: false });
    await expect(itemsOf(asking.stream("?"))).rejects.toBeInstanceOf(UnavailableError);
  });
});

describe("a client that dies", () => {
  test("by SIGKILL has the handlers of its streams end: signal, finally, count", async () => {
    const reasons: unknown[] = [];
    let left = 0;
    const server = served(async function* (_, { signal }) {
      void aborted(signal).then((reason) => reasons.push(reason));
      try {
        for (;;) yield "item";
      } finally {
        left += 1;
      }
    });
    const endpoint = server.endpoints[0] as string;
    await using child = spawnProcess(fixture("stream-reader.mjs", import.meta.url), { args: [endpoint, "20"] });
    await child.line("reading");
    expect(server.stats.running).toBe(20);
    child.kill("SIGKILL");
    await eventually(() => left === 20);
    await eventually(() => server.stats.running === 0);
    for (const reason of reasons) expect(reason).toBeInstanceOf(DisconnectedError);
    expect(await take(client(server).stream("?"), 10)).toHaveLength(10);
  });

  test("while its input is read rejects the read", async () => {
    const failures: unknown[] = [];
    const server = served(async function* (_, { input }) {
      try {
        for await (const _ of input) yield "read";
      } catch (error) {
        failures.push(error);
      }
    });
    await using link = await FlakyLink.open(server.endpoints[0] as string);
    const stopped = gate();
    async function* input() {
      yield "item";
      await stopped.opened;
    }
    const stream = connected({ connect: link.address }).stream("?", { input: input() });
    await take(stream, 1);
    await link.cut();
    await eventually(() => failures.length === 1);
    expect(failures[0]).toBeInstanceOf(DisconnectedError);
    await expect(stream.next()).rejects.toBeInstanceOf(DisconnectedError);
    stopped.open();
  });
});

test("a link that goes silent ends the stream at both ends", async () => {
  let reason: unknown;
  const server = served(async function* (_, { signal }) {
    yield "one";
    reason = await aborted(signal);
  });
  await using link = await FlakyLink.open(server.endpoints[0] as string);
  const quick = { heartbeatInterval: 100, heartbeatTimeout: 300, heartbeatTimeToLive: 300 };
  const stream = connected({ connect: link.address, socket: quick }).stream("?");
  await take(stream, 1);
  // The server learns with a heartbeat how long the client may be silent.
  const before = link.relayed;
  await eventually(() => link.relayed > before + 30);
  link.stall();
  await expect(stream.next()).rejects.toBeInstanceOf(DisconnectedError);
  await eventually(() => reason !== undefined);
  expect(reason).toBeInstanceOf(DisconnectedError);
});
