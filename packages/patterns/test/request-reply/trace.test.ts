/** Calls and handlers on the channels of node:diagnostics_channel. */

import { subscribe, unsubscribe } from "node:diagnostics_channel";
import { ClosedError, TimeoutError } from "@awaitmq/core";
import { eventually, freshTcp, gate } from "@awaitmq/testing";
import { afterEach, describe, expect, test, vi } from "vitest";
import { OverloadedError, RemoteError, type RequestTrace } from "../../src/index.ts";
import { aborted, client, closeAll, connected, served } from "./pair.ts";

afterEach(closeAll);

interface Told {
  readonly what: string;
  readonly trace: RequestTrace;
  /** As it was when it was told. */
  readonly duration: number | undefined;
}

/** What clients and servers of this process tell, until it is disposed of. */
function listening(side: "client" | "server") {
  const told: Told[] = [];
  const listeners = ["start", "end", "error"].map((what) => {
    const listener = (message: unknown) => {
      const trace = message as RequestTrace;
      told.push({ what, trace, duration: trace.duration });
    };
    subscribe(`awaitmq:${side}:request:${what}`, listener);
    return () => void unsubscribe(`awaitmq:${side}:request:${what}`, listener);
  });
  return {
    told,
    get kinds() {
      return told.map(({ what }) => what);
    },
    [Symbol.dispose]() {
      for (const stop of listeners) stop();
    },
  };
}

describe("a client tells of each call", () => {
  test("its start and its end, with the message and how long it took", async () => {
    using heard = listening("client");
    const server = served(() => "reply");
    const message = ["request", "of two frames"];
    await client(server).request(message);
    expect(heard.kinds).toEqual(["start", "end"]);
    const [start, end] = heard.told as [Told, Told];
    expect(start.trace.message).toBe(message);
    expect(start.duration).toBeUndefined();
    expect(end.trace).toBe(start.trace);
    expect(end.duration).toBeGreaterThan(0);
    expect(end.duration).toBeLessThan(10_000);
    expect(end.trace.error).toBeUndefined();
  });

  test("the error that it rejects with: of the handler, the deadline, the signal, the end of the client", async () => {
    using heard = listening("client");
    const server = served(async ([what], { signal }) => {
      if (String(what) === "throw") throw new Error("no");
      return String(await aborted(signal));
    });
    const asking = client(server);
    const ending = new AbortController();
    const reason = new Error("enough");
    const calls = [
      asking.request("throw"),
      asking.request("wait", { timeout: 20 }),
      asking.request("wait", { signal: ending.signal }),
    ];
    ending.abort(reason);
    await Promise.allSettled(calls);
    const last = Promise.allSettled([asking.request("wait")]);
    await asking.close();
    await last;
    expect(heard.kinds.filter((kind) => kind === "start")).toHaveLength(4);
    expect(heard.kinds).not.toContain("end");
    const errors = heard.told.filter(({ what }) => what === "error").map(({ trace }) => trace.error);
    for (const kind of [RemoteError, TimeoutError, ClosedError])
      expect(errors.filter((error) => error instanceof kind)).toHaveLength(1);
    expect(errors.filter((error) => error === reason)).toHaveLength(1);
  });

  test("one start and one end, however often it was sent", async () => {
    using heard = listening("client");
    let asked = 0;
    const server = served(() => {
      if (asked++ < 2) throw new OverloadedError("from a handler");
      return "at last";
    });
    const full = served(async (_, { signal }) => String(await aborted(signal)), { concurrency: 1, maxQueued: 0 });
    const held = client(full).request("hold");
    held.catch(() => {});
    await eventually(() => full.stats.running === 1);
    const asking = client([full, server], { retry: { attempts: 5, delay: 1 } });
    await Promise.allSettled(Array.from({ length: 4 }, () => asking.request("?")));
    expect(asking.stats.retried).toBeGreaterThan(0);
    expect(heard.kinds.filter((kind) => kind === "start")).toHaveLength(5);
    expect(heard.kinds.filter((kind) => kind !== "start")).toHaveLength(4);
  });
});

describe("a server tells of each handler", () => {
  test("its start, and its end or what it threw", async () => {
    using heard = listening("server");
    const thrown = new Error("no");
    const server = served(async ([what]) => {
      if (String(what) === "throw") throw thrown;
      return what as Buffer;
    });
    const asking = client(server);
    await asking.request("good");
    await asking.request("throw").catch(() => {});
    await eventually(() => heard.kinds.length === 4);
    expect(heard.kinds).toEqual(["start", "end", "start", "error"]);
    const [good, , bad, failure] = heard.told as [Told, Told, Told, Told];
    expect(String(good.trace.message)).toBe("good");
    expect(heard.told[1]?.trace).toBe(good.trace);
    expect(failure.trace).toBe(bad.trace);
    expect(failure.trace.error).toBe(thrown);
    expect(failure.duration).toBeGreaterThan(0);
  });

  test("the end of one that streams, though the server had shut down without it", async () => {
    using _warning = vi.spyOn(process, "emitWarning").mockReturnValue();
    using heard = listening("server");
    const opening = gate();
    const server = served(
      async function* () {
        yield "one";
        await opening.opened;
      },
      { grace: 0, force: 0 },
    );
    await client(server).stream("?").next();
    await server.stop();
    expect(heard.kinds).toEqual(["start"]);
    opening.open();
    await eventually(() => heard.kinds.length > 1);
    expect(heard.kinds).toEqual(["start", "end"]);
    expect(server.stats).toMatchObject({ running: 0, served: 0 });
  });
});

test("nobody is told any more who has unsubscribed", async () => {
  const heard = listening("client");
  const server = served(() => "reply");
  const asking = client(server);
  await asking.request("1");
  heard[Symbol.dispose]();
  await asking.request("2");
  expect(heard.told.map(({ trace }) => trace.message)).toEqual(["1", "1"]);
});

test("a call that never reached a server is told of too", async () => {
  using heard = listening("client");
  await connected({ connect: await freshTcp() })
    .request("?", { timeout: 10 })
    .catch(() => {});
  expect(heard.kinds).toEqual(["start", "error"]);
});
