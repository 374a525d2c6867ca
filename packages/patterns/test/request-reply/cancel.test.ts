/** Calls that are cancelled before their request leaves. */

import { Dealer, Router, TimeoutError } from "@awaitmq/core";
import { eventually, fixture, freshInproc, gate, numbers, spawnProcess } from "@awaitmq/testing";
import { afterEach, describe, expect, test, vi } from "vitest";
import { CancelledError, DisconnectedError, type RequestContext, serve } from "../../src/index.ts";
import { aborted, client, closeAll, connected, served } from "./pair.ts";

afterEach(closeAll);

const asker = fixture("asker.mjs", import.meta.url);

/** A server whose handlers wait for their signal, and what they saw: the reason, and when. */
function watching(options?: Parameters<typeof served>[1]) {
  const seen: { readonly reason: unknown; readonly at: number }[] = [];
  const server = served(waitForAbort(seen), options);
  return { server, seen };
}

const waitForAbort =
  (seen: { readonly reason: unknown; readonly at: number }[]) => async (_: unknown, context: RequestContext) => {
    seen.push({ reason: await aborted(context.signal), at: performance.now() });
    return "too late";
  };

/** Milliseconds: a guard, far below the 100 s of the calls, after which the handler would see its deadline. */
const soon = 50_000;

describe("a call that is given up before it leaves is not sent", () => {
  test("by an abort in the turn of the call", async () => {
    const begun: string[] = [];
    const server = served(([name]) => {
      begun.push(String(name));
      return "";
    });
    const asking = client(server);
    await asking.request("warm up");
    const aborting = new AbortController();
    const call = asking.request("given up", { signal: aborting.signal });
    aborting.abort(new Error("enough"));
    await expect(call).rejects.toThrow("enough");
    await asking.request("later");
    expect(begun).toEqual(["warm up", "later"]);
  });

  test.each(["abort", "deadline"])("by the %s that it shares with the one it waits for", async (how) => {
    await using router = new Router();
    const seen: string[] = [];
    const serving = (async () => {
      for await (const message of router) {
        const name = String(message.at(-1));
        seen.push(name);
        if (name !== "stuck") await router.send(message);
      }
    })();
    const asking = connected({ connect: await router.bind("tcp://127.0.0.1:*"), maxInFlight: 1 });
    await asking.request("warm up");
    const aborting = new AbortController();
    const options = how === "abort" ? { signal: aborting.signal } : { timeout: 300 };
    // So that all have the same deadline, however long it takes to make them.
    const clock = vi.spyOn(performance, "now").mockReturnValue(performance.now());
    const calls = ["stuck", ...Array.from({ length: 50 }, () => "waits")].map((name) =>
      asking.request(name, options).catch((error) => error),
    );
    clock.mockRestore();
    await eventually(() => seen.includes("stuck"));
    aborting.abort(new Error("enough"));
    for (const error of await Promise.all(calls)) expect(error).toBeInstanceOf(Error);
    await asking.request("later");
    expect(seen).toEqual(["warm up", "stuck", "later"]);
    await router.close();
    await serving;
  });
});

describe("a call that is given up while there is no room for its request", () => {
  test.each(["abort", "abort behind the tick", "deadline"])("by %s is not sent when there is", async (how) => {
    await using router = new Router({ receiveHighWaterMark: 1 });
    const connect = freshInproc();
    await router.bind(connect);
    const asking = connected({ connect, socket: { sendHighWaterMark: 1 } });
    const aborting = new AbortController();
    const kept = numbers(10).map((number) => asking.request(String(number)));
    await eventually(() => asking.stats.inFlight === 10);
    const options = how === "deadline" ? { timeout: 50 } : { signal: aborting.signal };
    const told = Promise.allSettled(numbers(10).map(() => asking.request("given up", options)));
    // At the end of the tick they would have left, had there been room.
    const abort = () => aborting.abort(new Error("enough"));
    if (how === "abort behind the tick") process.nextTick(abort);
    else setImmediate(abort);
    for (const { status } of await told) expect(status).toBe("rejected");
    const last = asking.request("last");
    const seen: string[] = [];
    for await (const message of router) {
      seen.push(String(message[3]));
      await router.send(message);
      if (seen.at(-1) === "last") break;
    }
    expect(seen).toEqual([...numbers(10).map(String), "last"]);
    await Promise.all([...kept, last]);
  });

  test("by a timeout of 0 rejects with TimeoutError", async () => {
    await using router = new Router({ receiveHighWaterMark: 1 });
    const connect = freshInproc();
    await router.bind(connect);
    const asking = connected({ connect, retry: { attempts: 1 }, socket: { sendHighWaterMark: 1 } });
    const open = Promise.allSettled(numbers(10).map((number) => asking.request(String(number))));
    await eventually(() => asking.stats.inFlight === 10);
    for (let round = 0; round < 10; round++)
      await expect(asking.request("now", { timeout: 0 })).rejects.toBeInstanceOf(TimeoutError);
    await asking.close();
    for (const { status } of await open) expect(status).toBe("rejected");
  });
});

describe("the signal of a handler aborts", () => {
  test("when the client's call is aborted, also the first of all", async () => {
    const { server, seen } = watching();
    const asking = client(server);
    for (let round = 1; round <= 3; round++) {
      const aborting = new AbortController();
      const call = asking.request("?", { signal: aborting.signal });
      await eventually(() => server.stats.running === 1);
      const reason = new Error("changed my mind");
      const began = performance.now();
      aborting.abort(reason);
      await expect(call).rejects.toBe(reason);
      await eventually(() => seen.length === round);
      expect(seen[round - 1]?.reason).toBeInstanceOf(CancelledError);
      expect((seen[round - 1]?.at ?? 0) - began).toBeLessThan(soon);
    }
    expect(asking.stats).toMatchObject({ inFlight: 0, failed: 3, late: 0, invalid: 0 });
  });

  test("when the call is aborted in the turn in which it was made, or the handler never begins", async () => {
    const { server, seen } = watching();
    const asking = client(server);
    const aborting = new AbortController();
    const calls = [1, 2, 3].map(() => asking.request("?", { signal: aborting.signal }));
    aborting.abort();
    const outcomes = await Promise.allSettled(calls);
    expect(outcomes.map((outcome) => (outcome as PromiseRejectedResult).reason)).toEqual([
      aborting.signal.reason,
      aborting.signal.reason,
      aborting.signal.reason,
    ]);
    await expect(asking.request("?", { signal: aborting.signal })).rejects.toBe(aborting.signal.reason);
    // Whatever reached the server was cancelled behind it.
    const last = asking.request("?", { timeout: 200 });
    await expect(last).rejects.toBeInstanceOf(TimeoutError);
    await eventually(() => server.stats.running === 0);
    for (const { reason } of seen) expect(reason).not.toBeInstanceOf(DisconnectedError);
  });

  test("when the client's time is over", async () => {
    const { server, seen } = watching();
    const asking = client(server);
    const began = performance.now();
    await expect(asking.request("?", { timeout: 100 })).rejects.toBeInstanceOf(TimeoutError);
    await eventually(() => seen.length === 1);
    expect(seen[0]?.at).toBeGreaterThan(began + 90);
    expect((seen[0]?.at ?? 0) - began).toBeLessThan(soon);
    expect(seen[0]?.reason).toMatchObject({ code: expect.stringMatching(/^ERR_(TIMEOUT|CANCELLED)$/) });
  });

  test("when the client's process is killed", async () => {
    const { server, seen } = watching();
    await using asking = spawnProcess(asker, { args: [server.endpoints[0] as string] });
    await eventually(() => server.stats.running === 1);
    asking.kill("SIGKILL");
    await asking.exited;
    const began = performance.now();
    await eventually(() => seen.length === 1);
    expect(seen[0]?.reason).toBeInstanceOf(DisconnectedError);
    expect((seen[0]?.at ?? 0) - began).toBeLessThan(soon);
  });

  test("when the client's process is killed that libzmq tells nothing of, by a probe", async () => {
    await using router = new Router();
    const endpoint = await router.bind("tcp://127.0.0.1:*");
    await using asking = spawnProcess(asker, { args: [endpoint] });
    // Its connection is older than the server, so that libzmq does not tell of its end.
    await asking.line("asked");
    await router.ready({ timeout: 100_000 });
    const seen: { readonly reason: unknown; readonly at: number }[] = [];
    await using server = serve(router, waitForAbort(seen), { probeInterval: 20, grace: 0 });
    await eventually(() => server.stats.running === 1);
    asking.kill("SIGKILL");
    await eventually(() => seen.length === 1);
    expect(seen[0]?.reason).toBeInstanceOf(DisconnectedError);
  });

  test("of a plain client's request never by a probe, which it would take for a reply", async () => {
    await using router = new Router();
    const endpoint = await router.bind("tcp://127.0.0.1:*");
    await using plain = new Dealer();
    plain.connect(endpoint);
    const opening = gate();
    await using server = serve(router, async () => opening.opened.then(() => "reply"), { probeInterval: 1, grace: 0 });
    await plain.send([null, "?"]);
    const asking = connected({ connect: endpoint });
    const call = asking.request("?");
    await eventually(() => server.stats.running === 2);
    // Both were there for a while, and the other client was probed: each probe is a message that it counts as nothing.
    await expect(plain.receive({ timeout: 100 })).rejects.toBeInstanceOf(TimeoutError);
    opening.open();
    expect((await plain.receive({ timeout: 100_000 })).map(String)).toEqual(["", "reply"]);
    expect(String(await call)).toBe("reply");
    expect(asking.stats).toMatchObject({ late: 0, invalid: 0 });
  });

  test("when the client closes", async () => {
    const { server, seen } = watching();
    const asking = client(server);
    const call = asking.request("?");
    await eventually(() => server.stats.running === 1);
    const rejected = expect(call).rejects.toMatchObject({ code: "ERR_CLOSED" });
    await asking.close();
    await rejected;
    await expect(call).rejects.toMatchObject({ code: "ERR_CLOSED" });
    await expect(asking.request("?")).rejects.toMatchObject({ code: "ERR_CLOSED" });
    await eventually(() => seen.length === 1);
  });

  test("for no other client's call", async () => {
    const { server, seen } = watching();
    const [one, other] = [client(server), client(server)];
    const aborting = new AbortController();
    const calls = [one.request("a", { signal: aborting.signal }), one.request("b"), other.request("c")];
    for (const call of calls) call.catch(() => {});
    await eventually(() => server.stats.running === 3);
    aborting.abort();
    await eventually(() => seen.length === 1);
    for (let turns = 0; turns < 20; turns++) await new Promise(setImmediate);
    expect(server.stats.running).toBe(2);
  });
});

describe("a deadline", () => {
  test("travels as the time that is left, and shrinks while the call waits for a server", async () => {
    await using router = new Router();
    const endpoint = await router.bind("tcp://127.0.0.1:*");
    await router.unbind(endpoint);
    const asking = connected({ connect: endpoint });
    const call = asking.request("?", { timeout: 100_000 });
    call.catch(() => {});
    await new Promise((resolve) => setTimeout(resolve, 100));
    await router.bind(endpoint);
    const [, header] = await router.receive({ timeout: 100_000 });
    const remaining = (header as Buffer).readUInt32BE(6);
    expect(remaining).toBeLessThanOrEqual(99_901);
    expect(remaining).toBeGreaterThan(5_000);
  });

  test("that passed in the queue begins no handler", async () => {
    const first = gate();
    const begun: string[] = [];
    const server = served(
      async ([name]) => {
        begun.push(String(name));
        await first.opened;
        return "";
      },
      { concurrency: 1 },
    );
    const asking = client(server);
    const blocking = asking.request("first");
    await eventually(() => begun.length === 1);
    const calls = await Promise.allSettled([50, 60, 70].map((timeout) => asking.request("expires", { timeout })));
    for (const call of calls) expect((call as PromiseRejectedResult).reason).toBeInstanceOf(TimeoutError);
    // The server counts from the arrival of a request on, which is a little later.
    const expired = performance.now();
    await eventually(() => performance.now() > expired + 50);
    first.open();
    await blocking;
    await eventually(() => server.stats.dropped === 3);
    expect(begun).toEqual(["first"]);
  });
});
