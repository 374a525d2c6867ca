/** How calls end early, at every stage, for each kind. */

import { gate } from "@awaitmq/testing";
import { afterEach, describe, expect, test } from "vitest";
import { remote } from "../../src/index.ts";
import { answering, call, kinds, probe } from "../probe.ts";
import { aborted, all, closeAll, connected, errorOf, isQuiet, scene } from "../scene.ts";

afterEach(closeAll);

/** Where nobody listens. */
const nowhere = "tcp://127.0.0.1:9";

/** A server whose handlers wait until nobody waits for them, and tell why. */
function waiting() {
  const began = gate();
  const reasons: unknown[] = [];
  const all = scene(
    probe,
    answering(async (_, { signal }) => {
      began.open();
      reasons.push(await aborted(signal));
      throw signal.reason;
    }),
  );
  return { ...all, began, reasons };
}

describe.each(kinds)("a %s call", (kind) => {
  test("whose signal is already aborted rejects with its reason, and nothing is sent", async () => {
    const { calls, server, client } = scene(
      probe,
      answering((value) => value),
    );
    const reason = new Error("too late");
    expect(await errorOf(call(calls, kind, "a", { signal: AbortSignal.abort(reason) }))).toBe(reason);
    expect(await call(calls, kind, "b")).toBe("b");
    expect(client.stats).toMatchObject({ succeeded: 1, inFlight: 0 });
    expect(server.stats).toMatchObject({ served: 1 });
  });

  test("can be aborted while it waits for a server", async () => {
    const client = connected(nowhere);
    const ending = new AbortController();
    const error = errorOf(call(remote(probe, client), kind, "a", { signal: ending.signal }));
    ending.abort(new Error("changed my mind"));
    expect(await error).toMatchObject({ message: "changed my mind" });
    expect(client.stats).toMatchObject({ inFlight: 0, waiting: 0 });
  });

  test("can be aborted while its handler runs, whose signal aborts", async () => {
    const { calls, server, client, began, reasons } = waiting();
    const ending = new AbortController();
    const error = errorOf(call(calls, kind, "a", { signal: ending.signal }));
    await began.opened;
    ending.abort(new Error("changed my mind"));
    expect(await error).toMatchObject({ message: "changed my mind" });
    await isQuiet(server);
    expect(reasons).toEqual([expect.objectContaining({ code: "ERR_CANCELLED" })]);
    expect(client.stats.inFlight).toBe(0);
  });

  test("ends at its deadline, and its handler's signal aborts", async () => {
    const { calls, server } = waiting();
    const error = await errorOf(call(calls, kind, "a", { timeout: 50 }));
    expect(error).toMatchObject({ code: "ERR_TIMEOUT" });
    await isQuiet(server);
  });

  test("tells its handler how much time is left, what the client says about it, and its priority", async () => {
    const seen: unknown[] = [];
    const { calls } = scene(
      probe,
      answering((value, { remaining, metadata, priority, peer, user }) => {
        seen.push(remaining > 0 && remaining <= 60_000, metadata.token, priority, Buffer.isBuffer(peer), user);
        return value;
      }),
    );
    await call(calls, kind, "a", { timeout: 60_000, metadata: { token: "secret" }, priority: 7 });
    expect(seen).toEqual([true, "secret", 7, true, undefined]);
  });

  test("of a closed client rejects with a ClosedError", async () => {
    const { calls, client } = scene(
      probe,
      answering((value) => value),
    );
    await client.close();
    expect(await errorOf(call(calls, kind, "a"))).toMatchObject({ code: "ERR_CLOSED" });
  });

  test("rejects with a ClosedError when its client closes meanwhile, and its handler's signal aborts", async () => {
    const { calls, server, client, began, reasons } = waiting();
    const error = errorOf(call(calls, kind, "a"));
    await began.opened;
    await client.close();
    expect(await error).toMatchObject({ code: "ERR_CLOSED" });
    await isQuiet(server);
    expect(reasons).toHaveLength(1);
  });

  test("fails when its server stops and its handler does not end in time", async () => {
    const { calls, server, began, reasons } = waiting();
    const error = errorOf(call(calls, kind, "a"));
    await began.opened;
    await server.stop({ grace: 0 });
    expect(await error).toMatchObject({ name: expect.stringMatching(/^(Remote|Unavailable)Error$/) });
    expect(reasons).toEqual([expect.objectContaining({ code: "ERR_UNAVAILABLE" })]);
    expect(server.stats.running).toBe(0);
  });

  test("is finished by a server that stops, within its grace", async () => {
    const began = gate();
    const { calls, server } = scene(
      probe,
      answering(async (value, { stopping }) => {
        began.open();
        await aborted(stopping);
        return `${value}!`;
      }),
    );
    const answer = call(calls, kind, "a");
    await began.opened;
    await server.stop({ grace: 100_000 });
    expect(await answer).toBe("a!");
  });

  test("refuses options that it does not know, and wrong ones", async () => {
    const { calls } = scene(
      probe,
      answering((value) => value),
    );
    const attempt = async (options: object) => call(calls, kind, "a", options);
    expect(await errorOf(attempt({ timeuot: 1 }))).toBeInstanceOf(TypeError);
    expect(await errorOf(attempt({ timeout: -1 }))).toBeInstanceOf(RangeError);
    expect(await errorOf(attempt({ codec: {} }))).toBeInstanceOf(TypeError);
  });
});

describe("a stream", () => {
  test.each(["serverStreaming", "bidiStreaming"] as const)("of %s can be aborted between two items", async (kind) => {
    const { calls, server } = scene(probe, {
      ...answering((value) => value),
      async *serverStreaming() {
        for (let number = 0; ; number++) yield String(number);
      },
      async *bidiStreaming() {
        for (let number = 0; ; number++) yield String(number);
      },
    });
    const ending = new AbortController();
    const { signal } = ending;
    const stream =
      kind === "serverStreaming" ? calls.serverStreaming("a", { signal }) : calls.bidiStreaming(["a"], { signal });
    expect((await stream.next()).value).toBe("0");
    ending.abort(new Error("enough"));
    expect(await errorOf(all(stream))).toMatchObject({ message: "enough" });
    expect(await stream.next()).toEqual({ value: undefined, done: true });
    await isQuiet(server);
  });

  test("fails after idleTimeout without an item", async () => {
    const { calls, server } = scene(probe, {
      ...answering((value) => value),
      async *serverStreaming(_, { signal }) {
        yield "one";
        await aborted(signal);
      },
    });
    const stream = calls.serverStreaming("a", { idleTimeout: 50 });
    expect((await stream.next()).value).toBe("one");
    expect(await errorOf(stream.next())).toMatchObject({ code: "ERR_TIMEOUT" });
    await isQuiet(server);
  });

  test("that nobody reads sends nothing, and can be left", async () => {
    const { calls, server, client } = scene(
      probe,
      answering((value) => value),
    );
    const stream = calls.serverStreaming("a");
    await stream.return();
    expect(await stream.next()).toEqual({ value: undefined, done: true });
    await calls.unary("b");
    expect(server.stats.served).toBe(1);
    expect(client.stats.succeeded).toBe(1);
  });

  test("can be left by await using, by throw() and in the turn of its first read", async () => {
    const { calls, server, client } = scene(probe, {
      ...answering((value) => value),
      async *serverStreaming() {
        for (let number = 0; ; number++) yield String(number);
      },
    });
    {
      await using stream = calls.serverStreaming("a");
      expect((await stream.next()).value).toBe("0");
    }
    const thrown = calls.serverStreaming("a");
    await thrown.next();
    expect(await errorOf(thrown.throw(new Error("mine")))).toMatchObject({ message: "mine" });
    const early = calls.serverStreaming("a");
    const first = early.next();
    await early.return();
    expect(await first).toEqual({ value: undefined, done: true });
    await isQuiet(server);
    expect(client.stats.inFlight).toBe(0);
  });
});
