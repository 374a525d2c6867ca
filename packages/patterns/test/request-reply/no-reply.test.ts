/** Why a call got no reply, in the words of its error. */

import { connect, createServer } from "node:net";
import { AddressError, Router, TimeoutError } from "@awaitmq/core";
import { eventually, freshIpc, freshTcp, gate, OldPeer } from "@awaitmq/testing";
import { afterEach, describe, expect, test } from "vitest";
import { type RequestClientOptions, serve } from "../../src/index.ts";
import { client, closeAll, connected, served } from "./pair.ts";

afterEach(closeAll);

/** What a call of so many milliseconds rejects with. */
async function failure(options: RequestClientOptions, timeout: number): Promise<TimeoutError> {
  const error = await connected(options)
    .request("?", { timeout })
    .catch((error) => error);
  expect(error).toBeInstanceOf(TimeoutError);
  return error;
}

describe("the error of a call that was not answered in its time says that its server", () => {
  test("was never connected to, since nobody is there", async () => {
    const tcp = await freshTcp();
    expect((await failure({ connect: tcp }, 300)).message).toBe(
      `No reply within 300 ms: never connected to ${tcp} (connection refused). Start the server or check the address.`,
    );
    const ipc = freshIpc();
    const { message } = await failure({ connect: [tcp, ipc] }, 300);
    expect(message).toContain(`never connected to ${tcp} (connection refused); never connected to ${ipc} (`);
  });

  test("was never connected to, since its name is not known", async () => {
    const { message } = await failure({ connect: "tcp://no-such-host.invalid:5555" }, 500);
    expect(message).toMatch(
      /^No reply within 500 ms: (never|not yet) connected to tcp:\/\/no-such-host.invalid:5555( \(unknown host\))?\./,
    );
  });

  test("accepts connections and sends no handshake", async () => {
    const silent = createServer((socket) => socket.on("error", () => {}).resume());
    await new Promise<void>((resolve) => silent.listen(0, "127.0.0.1", resolve));
    const endpoint = `tcp://127.0.0.1:${(silent.address() as { port: number }).port}`;
    const { message } = await failure({ connect: endpoint, socket: { handshakeInterval: 200 } }, 600);
    expect(message).toContain(`reached ${endpoint}, but `);
    expect(message).toContain("Check that a ZeroMQ socket is bound there.");
    await closeAll();
    silent.close();
  });

  test("had the request, and did not answer", async () => {
    const never = gate();
    const server = served(() => never.opened.then(() => ""));
    const error = await client(server)
      .request("?", { timeout: 300 })
      .catch((error) => error);
    expect(error.message).toBe(
      `No reply within 300 ms: sent to ${server.endpoints[0]}, but not answered. Raise the timeout, or check the server.`,
    );
    never.open();
  });

  test("has as many requests as it may", async () => {
    const never = gate();
    const asking = client(
      served(() => never.opened.then(() => "")),
      { maxInFlight: 1 },
    );
    const first = asking.request("first");
    await expect(asking.request("second", { timeout: 300 })).rejects.toThrow(
      "1 requests are already in flight (maxInFlight)",
    );
    never.open();
    await first;
  });

  test("is gone, when it was there before", async () => {
    const router = new Router();
    const server = serve(router, () => "");
    const endpoint = await router.bind("tcp://127.0.0.1:*");
    const asking = connected({ connect: endpoint });
    await asking.request("?");
    await router.close({ linger: 0 });
    await server.done;
    // A request that leaves before the client knows would be lost with the connection.
    await eventually(() => asking.servers[0]?.state !== "connected");
    const error = await asking.request("?", { timeout: 500 }).catch((error) => error);
    expect(error.message).toContain(`no longer connected to ${endpoint}`);
  });
});

describe("the stack of an error", () => {
  test("has the function that awaited the call, whatever made it fail", async () => {
    const server = served(() => {
      throw new RangeError("no");
    });
    const failing = client(server);
    const lost = connected({ connect: await freshTcp(), waitForServer: false });
    async function whoAsks(asking: () => Promise<unknown>) {
      await asking();
    }
    for (const [kind, ask] of [
      ["RemoteError", () => failing.request("?")],
      ["TimeoutError", () => lost.request("?", { timeout: 20, waitForServer: true })],
      ["UnavailableError", () => lost.request("?")],
      ["TimeoutError", () => lost.ready({ timeout: 20 })],
    ] as const) {
      const error = await whoAsks(ask).catch((error) => error);
      expect(error.name).toBe(kind);
      expect(error.stack).toContain("whoAsks");
    }
    const reason = new TimeoutError("mine");
    const { stack } = reason;
    const stop = new AbortController();
    const call = lost.request("?", { signal: stop.signal, waitForServer: true });
    stop.abort(reason);
    await expect(call).rejects.toBe(reason);
    expect(reason.stack).toBe(stack);
  });
});

describe("a server whose port is taken", () => {
  test("throws AddressError, which says so", async () => {
    const [endpoint] = served(() => "").endpoints as [string];
    const error = (() => {
      try {
        return serve(endpoint, () => "");
      } catch (error) {
        return error;
      }
    })();
    expect(error).toBeInstanceOf(AddressError);
    expect(error).toMatchObject({ code: "ERR_ADDRESS_IN_USE", address: endpoint });
    expect(String(error)).toContain(`Cannot bind to ${endpoint}: the address is in use`);
  });
});

describe("a link that swallows a handshake", () => {
  test("is used some seconds after it is well again, and not half a minute", async () => {
    const server = served(() => "well");
    const port = Number(server.endpoints[0]?.split(":").at(-1));
    let isWell = false;
    const relay = createServer((near) => {
      near.on("error", () => {});
      if (!isWell) return void near.resume();
      const far = connect(port, "127.0.0.1").on("error", () => {});
      near.pipe(far).pipe(near);
    });
    await new Promise<void>((resolve) => relay.listen(0, "127.0.0.1", resolve));
    const swallowed = new Promise<void>((resolve) => relay.once("connection", () => resolve()));
    const asking = connected({ connect: `tcp://127.0.0.1:${(relay.address() as { port: number }).port}` });
    const call = asking.request("?");
    await swallowed;
    isWell = true;
    const began = performance.now();
    expect(String(await call)).toBe("well");
    expect(performance.now() - began).toBeLessThan(10_000);
    await asking.close();
    relay.close();
  });
});

describe("a server of ZMTP 2, of whose handshake libzmq makes no event,", () => {
  test("is asked, and answers", async () => {
    await using peer = new OldPeer("REP", (frames) => frames);
    const asking = connected({ connect: await peer.bind(), socket: { handshakeInterval: 200 } });
    expect(String(await asking.request("hello"))).toBe("hello");
    expect(String(await asking.request("again"))).toBe("again");
    await peer[Symbol.asyncDispose]();
  });
});
