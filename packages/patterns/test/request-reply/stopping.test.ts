/** `context.stopping` of `serve`: when it aborts, why, and what handlers that obey it do for a shutdown. */

import { Reply, Router } from "@awaitmq/core";
import { eventually, gate, numbers } from "@awaitmq/testing";
import { afterEach, describe, expect, test } from "vitest";
import { json, RequestClient, type RequestContext, serve, UnavailableError } from "../../src/index.ts";
import { aborted, client, closeAll, connected, served } from "./pair.ts";
import { itemsOf, readAll, take } from "./streams/reading.ts";

afterEach(closeAll);

/** Longer than any test may take. */
const endless = { grace: 1_000_000 };

async function* untilStopping(_: unknown, { stopping }: RequestContext<unknown>) {
  yield "first";
  await aborted(stopping);
  yield "last";
}

describe("stopping", () => {
  test("aborts when stop() is called, and signal only after grace, for the same reason", async () => {
    let context: RequestContext | undefined;
    const server = served(async (_, given) => {
      context = given;
      await aborted(given.signal);
      return "";
    });
    const call = client(server).request("?");
    await eventually(() => context !== undefined);
    const { signal, stopping } = context as RequestContext;
    expect(stopping.aborted).toBe(false);
    const stopped = server.stop({ grace: 50 });
    expect([stopping.aborted, signal.aborted]).toEqual([true, false]);
    expect(stopping.reason).toBeInstanceOf(UnavailableError);
    expect(stopping.reason).toMatchObject({ message: "The server is shutting down" });
    await stopped;
    await call;
    expect(signal.reason).toBe(stopping.reason);
  });

  test("lets an endless stream end in order, so that stop() does not wait for grace", async () => {
    const server = served(untilStopping, endless);
    const stream = client(server).stream("?");
    await take(stream, 1);
    const stopped = server.stop();
    expect(await itemsOf(stream)).toEqual(["last"]);
    await stopped;
    expect(server.stats).toMatchObject({ served: 1, failed: 0, running: 0 });
  });

  test("also ends waits for either signal in order", async () => {
    const server = served(async function* (_, { signal, stopping }) {
      yield "first";
      await aborted(AbortSignal.any([signal, stopping]));
      yield signal.aborted ? "too late" : "last";
    }, endless);
    const stream = client(server).stream("?");
    await take(stream, 1);
    const stopped = server.stop();
    expect(await itemsOf(stream)).toEqual(["last"]);
    await stopped;
  });

  test("aborts with the signal of the server, and its reason, not after the signal of the handler", async () => {
    const aborting = new AbortController();
    let context: RequestContext | undefined;
    let isFirst: boolean | undefined;
    const server = served(
      async (_, given) => {
        context = given;
        given.signal.addEventListener("abort", () => {
          isFirst = given.stopping.aborted;
        });
        await aborted(given.stopping);
        return "";
      },
      { signal: aborting.signal, ...endless },
    );
    const call = client(server).request("?");
    await eventually(() => context !== undefined);
    const reason = new Error("mine");
    aborting.abort(reason);
    await server.done;
    await call;
    expect(context?.stopping.reason).toBe(reason);
    expect(isFirst).toBe(true);
  });

  test.each(["Router", "Reply"])("aborts when the %s closes", async (name) => {
    const socket = name === "Router" ? new Router() : new Reply();
    const reasons: unknown[] = [];
    let begun = 0;
    const server = serve(socket, async (_, { stopping }) => {
      begun += 1;
      reasons.push(await aborted(stopping));
      return "";
    });
    const asking = connected({ connect: await socket.bind("tcp://127.0.0.1:*") });
    const call = asking.request("?").catch((error) => error);
    await eventually(() => begun === 1);
    await socket.close({ linger: 0 });
    await server.done;
    expect(reasons).toMatchObject([{ code: "ERR_CLOSED" }]);
    expect(await call).toBeInstanceOf(Error);
  });

  test("has aborted for a request that waited, and begins during the shutdown", async () => {
    const more = gate();
    const server = served(
      async ([name], context) => {
        if (String(name) === "first") await more.opened;
        return String(context.stopping.aborted);
      },
      { concurrency: 1, ...endless },
    );
    const asking = client(server);
    const calls = ["first", "second"].map((name) => asking.request(name));
    await eventually(() => server.stats.queued === 1);
    const stopped = server.stop();
    more.open();
    expect((await Promise.all(calls)).map(String)).toEqual(["true", "true"]);
    await stopped;
  });

  test("is one signal for all handlers of a server, and not that of another server", async () => {
    const seen: AbortSignal[] = [];
    const handler = (_: unknown, { stopping }: RequestContext) => {
      seen.push(stopping);
      return "";
    };
    const servers = [served(handler), served(handler)] as const;
    const callers = [client(servers[0]), client(servers[0]), client(servers[1])];
    for (const caller of callers) await caller.request("?");
    expect(seen[0]).toBe(seen[1]);
    expect(seen[0]).not.toBe(seen[2]);
    await servers[0].stop();
    expect(seen.map(({ aborted }) => aborted)).toEqual([true, true, false]);
  });

  test("does not abort for a client that cancels, leaves or closes", async () => {
    const contexts: RequestContext[] = [];
    const server = served(async (_, context) => {
      contexts.push(context);
      await aborted(context.signal);
      return "";
    }, endless);
    const asking = client(server);
    const closing = client(server);
    const cancelling = new AbortController();
    const stream = asking.stream("?", { input: [] });
    const cancelled = asking.request("?", { signal: cancelling.signal }).catch((error) => error);
    const closed = closing.request("?").catch((error) => error);
    await eventually(() => contexts.length === 3);
    cancelling.abort();
    await Promise.all([cancelled, stream.return(), closing.close(), closed]);
    await eventually(() => contexts.every(({ signal }) => signal.aborted));
    expect(contexts.map(({ stopping }) => stopping.aborted)).toEqual([false, false, false]);
  });

  test("notifies 2 000 streams at once, which all end in order, without a warning of too many listeners", async () => {
    const warned: string[] = [];
    const note = ({ name }: Error) => warned.push(name);
    process.on("warning", note);
    try {
      const server = served(untilStopping, { maxQueuedPerPeer: 2_000, ...endless });
      const asking = client(server, { maxInFlight: 2_000, maxPending: 2_000 });
      const streams = numbers(2_000).map(() => asking.stream("?"));
      await Promise.all(streams.map((stream) => take(stream, 1)));
      const reading = streams.map(readAll);
      await server.stop();
      for (const read of await Promise.all(reading)) expect(read).toEqual({ items: ["last"], error: undefined });
      expect(server.stats).toMatchObject({ served: 2_000, failed: 0 });
      expect(warned).not.toContain("MaxListenersExceededWarning");
    } finally {
      process.off("warning", note);
    }
  });

  test("is for handlers of values too", async () => {
    const server = serve("tcp://127.0.0.1:*", untilStopping, { codec: json, ...endless });
    await using asking = new RequestClient({ connect: server.endpoints, codec: json });
    const stream = asking.stream({});
    expect(await stream.next()).toEqual({ value: "first", done: false });
    const stopped = server.stop();
    expect(await stream.next()).toEqual({ value: "last", done: false });
    expect(await stream.next()).toEqual({ value: undefined, done: true });
    await stopped;
  });
});

test("on a Reply socket, stopping lets the handler that runs send its reply, long before grace is over", async () => {
  await using reply = new Reply();
  const signals: AbortSignal[] = [];
  const server = serve(
    reply,
    async ([name], { signal, stopping }) => {
      signals.push(stopping);
      if (String(name) === "wait") await aborted(stopping);
      return signal.aborted ? "too late" : "in time";
    },
    endless,
  );
  const asking = connected({ connect: await reply.bind("tcp://127.0.0.1:*") });
  expect(String(await asking.request("go"))).toBe("in time");
  const call = asking.request("wait");
  await eventually(() => signals.length === 2);
  expect(signals[0]).toBe(signals[1]);
  await server.stop();
  expect(String(await call)).toBe("in time");
  expect(signals[0]?.reason).toMatchObject({ code: "ERR_UNAVAILABLE" });
});
