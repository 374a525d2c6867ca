/** `ready` of a client, and connecting and disconnecting servers. */

import { getEventListeners } from "node:events";
import { ClosedError, TimeoutError } from "@awaitmq/core";
import { eventually, freshTcp, gate } from "@awaitmq/testing";
import { afterEach, describe, expect, test, vi } from "vitest";
import { serve, UnavailableError } from "../../src/index.ts";
import { aborted, client, closeAll, connected, served } from "./pair.ts";

afterEach(closeAll);

describe("ready of a client", () => {
  test("resolves when so many servers are connected, and at once when they are", async () => {
    const server = served(() => "");
    const late = await freshTcp();
    const asking = client(server, { connect: [...server.endpoints, late] });
    await asking.ready();
    let isBoth = false;
    const both = asking.ready({ servers: 2 }).then(() => {
      isBoth = true;
    });
    await asking.request("?");
    expect(isBoth).toBe(false);
    await using _server = serve(late, () => "");
    await both;
    await asking.ready({ servers: 2, timeout: 0 });
    expect(asking.servers).toEqual([
      { endpoint: server.endpoints[0], state: "connected", inFlight: 0 },
      { endpoint: late, state: "connected", inFlight: 0 },
    ]);
  });

  test("gives up by its timeout, which says what is missing, by its signal, and when the client closes", async () => {
    const nobody = await freshTcp();
    const asking = connected({ connect: nobody });
    await expect(asking.ready({ timeout: 200 })).rejects.toThrow(
      new TimeoutError(
        `Only 0 of 1 servers were connected within 200 ms: never connected to ${nobody} (connection refused). Start the server or check the address.`,
      ),
    );
    const reason = new Error("enough");
    await expect(asking.ready({ signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
    const stop = new AbortController();
    const waiting = expect(asking.ready({ signal: stop.signal })).rejects.toBe(reason);
    stop.abort(reason);
    await waiting;
    const closed = expect(asking.ready()).rejects.toBeInstanceOf(ClosedError);
    await asking.close();
    await closed;
    await expect(asking.ready()).rejects.toBeInstanceOf(ClosedError);
  });

  test.each([
    [{ servers: 0 }, RangeError],
    [{ servers: "2" }, TypeError],
    [{ timeout: -1 }, RangeError],
    [{ signal: {} }, TypeError],
    [{ peers: 2 }, TypeError],
  ])("refuses the options %j", async (options, kind) => {
    const asking = connected({ connect: await freshTcp() });
    await expect(asking.ready(options as never)).rejects.toBeInstanceOf(kind);
  });
});

describe("a client that is connected to one more server", () => {
  test("asks that too, and once only", async () => {
    const [first, second] = [served(() => "first"), served(() => "second")];
    const asking = client(first);
    expect(String(await asking.request("?"))).toBe("first");
    for (let time = 0; time < 2; time++) asking.connect(second.endpoints[0] as string);
    expect(asking.servers.length).toBe(2);
    await asking.ready({ servers: 2 });
    const replies = await Promise.all(Array.from({ length: 10 }, () => asking.request("?")));
    expect(new Set(replies.map(String))).toEqual(new Set(["first", "second"]));
  });

  test("refuses what is no address, and all when it is closed", async () => {
    const asking = client(served(() => ""));
    expect(() => asking.connect(undefined as never)).toThrow(TypeError);
    expect(() => asking.connect("nowhere")).toThrow(expect.objectContaining({ code: "ERR_ADDRESS_INVALID" }));
    expect(asking.servers.length).toBe(1);
    await asking.close();
    expect(() => asking.connect("tcp://127.0.0.1:1")).toThrow(ClosedError);
    await expect(asking.disconnect("tcp://127.0.0.1:1")).rejects.toBeInstanceOf(ClosedError);
  });
});

describe("a client that is disconnected from a server", () => {
  test("lets what is with it finish, asks it no more, and then closes the connection", async () => {
    const slow = gate();
    const leaving = served(async ([body]) => {
      if (String(body) === "slow") await slow.opened;
      return "leaving";
    });
    const staying = served(() => "staying");
    const asking = client(leaving);
    const call = asking.request("slow");
    await eventually(() => leaving.stats.running === 1);
    const [endpoint] = leaving.endpoints as [string];
    asking.connect(staying.endpoints[0] as string);
    let isClosed = false;
    const closed = asking.disconnect(endpoint).then(() => {
      isClosed = true;
    });
    expect(asking.servers).toMatchObject([{ state: "connecting" }, { endpoint, state: "disconnecting", inFlight: 1 }]);
    for (let time = 0; time < 5; time++) expect(String(await asking.request("?"))).toBe("staying");
    expect([isClosed, leaving.stats.running]).toEqual([false, 1]);
    slow.open();
    expect(String(await call)).toBe("leaving");
    await closed;
    expect(asking.servers).toEqual([{ endpoint: staying.endpoints[0], state: "connected", inFlight: 0 }]);
  });

  test("waits, if it was the only one, until it is connected again", async () => {
    const server = served(() => "here");
    const [endpoint] = server.endpoints as [string];
    const asking = client(server);
    await asking.request("?");
    await asking.disconnect(endpoint);
    expect(asking.servers).toEqual([]);
    await expect(asking.request("?", { timeout: 20 })).rejects.toThrow(
      "No reply within 20 ms: the client has no server. Connect it to one.",
    );
    const call = asking.request("?");
    asking.connect(endpoint);
    expect(String(await call)).toBe("here");
  });

  test("closes while something is with it, when the client closes", async () => {
    const server = served(
      (_, { signal }) => new Promise((resolve) => signal.addEventListener("abort", () => resolve(""))),
    );
    const asking = client(server);
    const call = expect(asking.request("?")).rejects.toBeInstanceOf(ClosedError);
    await eventually(() => server.stats.running === 1);
    const left = asking.disconnect(server.endpoints[0] as string);
    await asking.close();
    await Promise.all([call, left]);
  });

  test("refuses an endpoint that it does not have", async () => {
    const asking = client(served(() => ""));
    await expect(asking.disconnect("tcp://127.0.0.1:1")).rejects.toMatchObject({ code: "ERR_ADDRESS_UNAVAILABLE" });
    expect(asking.servers.length).toBe(1);
  });
});

describe("a call that does not wait for a server", () => {
  test("rejects at once while none is connected, and is answered when one is", async () => {
    const endpoint = await freshTcp();
    const asking = connected({ connect: endpoint, waitForServer: false, socket: { reconnectInterval: 10 } });
    const began = performance.now();
    await expect(asking.request("?")).rejects.toBeInstanceOf(UnavailableError);
    expect(performance.now() - began).toBeLessThan(50_000);
    const waiting = asking.request("?", { waitForServer: true });
    const server = serve(endpoint, () => "here");
    expect(String(await waiting)).toBe("here");
    // At rest it is known of no server whether it is there.
    await eventually(() => process.getActiveResourcesInfo().every((name) => name !== "Timeout"));
    expect(String(await asking.request("?"))).toBe("here");
    await server.stop();
    await eventually(() => asking.servers[0]?.state !== "connected");
    await expect(asking.request("?")).rejects.toBeInstanceOf(UnavailableError);
  });

  test("rejects when the last server goes while it waits for room", async () => {
    const open = gate();
    const server = served(() => open.opened.then(() => ""));
    const asking = client(server, { maxInFlight: 1, waitForServer: false });
    await asking.ready();
    const first = asking.request("1");
    const second = expect(asking.request("2")).rejects.toBeInstanceOf(UnavailableError);
    await eventually(() => server.stats.running === 1 && asking.stats.waiting === 1);
    const left = asking.disconnect(server.endpoints[0] as string);
    await second;
    open.open();
    await Promise.all([first, left]);
  });
});

test("connect and disconnect name what is no endpoint, and a closed client has no servers", async () => {
  const asking = connected({ connect: "inproc://nobody" });
  for (const wrong of [undefined, 5, ["inproc://a"]]) {
    expect(() => asking.connect(wrong as never)).toThrow(/^connect takes an endpoint, got /);
    await expect(asking.disconnect(wrong as never)).rejects.toThrow(/^disconnect takes an endpoint, got /);
  }
  expect(asking.servers).toHaveLength(1);
  await asking.close();
  expect(asking.servers).toEqual([]);
});

describe("a client whose servers come and go", () => {
  test("asks those of the last set, without a server waits for one, and leaves the source when it closes", async () => {
    const [first, second] = [served(() => "first"), served(() => "second")];
    const [a, b] = [first.endpoints, second.endpoints];
    const sets = new Channel<readonly string[]>();
    const asking = connected({ connect: sets });
    const early = asking.request("?");
    sets.push(a);
    expect(String(await early)).toBe("first");
    sets.push([...a, ...b]);
    await asking.ready({ servers: 2 });
    sets.push(b);
    await eventually(() => asking.servers.length === 1);
    for (let time = 0; time < 5; time++) expect(String(await asking.request("?"))).toBe("second");
    sets.push([]);
    await eventually(() => asking.servers.length === 0);
    await expect(asking.request("?", { waitForServer: false })).rejects.toBeInstanceOf(UnavailableError);
    expect(sets.isLeft).toBe(false);
    await asking.close();
    expect(sets.isLeft).toBe(true);
  });

  test("keeps those of the last set when the source fails, of which a process warning tells", async () => {
    using warning = vi.spyOn(process, "emitWarning").mockReturnValue();
    const server = served(() => "still there");
    const asking = connected({
      connect: (async function* () {
        yield server.endpoints;
        throw new Error("no name server");
      })(),
    });
    await eventually(() => warning.mock.calls.length > 0);
    expect(warning).toHaveBeenCalledWith(expect.stringContaining("no name server"), {
      type: "awaitmq",
      code: "AWAITMQ_SERVERS",
    });
    expect(String(await asking.request("?"))).toBe("still there");
  });
});

describe("a client whose signal aborts", () => {
  test("closes: its calls and those who wait for servers reject with the reason, later calls with ClosedError", async () => {
    const ending = new AbortController();
    const reason = new Error("the process ends");
    const reasons: unknown[] = [];
    const server = served(async (_, { signal }) => {
      reasons.push(await aborted(signal));
      return null;
    });
    const asking = client(server, { signal: ending.signal });
    const outcomes = [asking.request("?"), asking.ready({ servers: 2 })].map((each) => each.catch((error) => error));
    await eventually(() => server.stats.running === 1);
    ending.abort(reason);
    expect(await Promise.all(outcomes)).toEqual([reason, reason]);
    await expect(asking.request("?")).rejects.toBeInstanceOf(ClosedError);
    await eventually(() => reasons.length === 1);
  });

  test("before it is made is closed from the start", async () => {
    const asking = client(
      served(() => ""),
      { signal: AbortSignal.abort() },
    );
    expect(asking.servers).toEqual([]);
    await expect(asking.request("?")).rejects.toBeInstanceOf(ClosedError);
  });

  test("after it was closed leaves nothing to be told", async () => {
    const ending = new AbortController();
    const asking = client(
      served(() => ""),
      { signal: ending.signal },
    );
    await asking.close();
    expect(getEventListeners(ending.signal, "abort")).toEqual([]);
  });
});

/** Sets that a test gives. */
class Channel<T> implements AsyncIterable<T> {
  isLeft = false;
  readonly #given: T[] = [];
  #taken: ((given: IteratorResult<T>) => void) | undefined;

  push(value: T): void {
    if (this.#taken === undefined) this.#given.push(value);
    else this.#taken({ value, done: false });
    this.#taken = undefined;
  }

  [Symbol.asyncIterator](): AsyncIterator<T> {
    return {
      next: () =>
        new Promise((resolve) => {
          const [value] = this.#given.splice(0, 1);
          if (value === undefined) this.#taken = resolve;
          else resolve({ value, done: false });
        }),
      return: async () => {
        this.isLeft = true;
        return { value: undefined, done: true };
      },
    };
  }
}
