/** A shutdown beyond `grace` and `force`. */

import { setTimeout as sleep } from "node:timers/promises";
import { type Handle, Reply, Request, Router } from "@awaitmq/core";
import { eventually, gate } from "@awaitmq/testing";
import { afterEach, describe, expect, test, vi } from "vitest";
import { DeadlockError, type RequestHandler, type ServeOptions, type ServerStats, serve } from "../../src/index.ts";
import { aborted, client, closeAll, connected, served } from "./pair.ts";

afterEach(closeAll);

const never = new Promise<string>(() => {});

function warnings() {
  const spy = vi.spyOn(process, "emitWarning").mockReturnValue();
  return { spy, [Symbol.dispose]: () => spy.mockRestore() };
}

const stillRunning = { type: "awaitmq", code: "AWAITMQ_STILL_RUNNING" };

/** A server on a Router or a Reply of its own, with a plain client. */
async function plainPair(Socket: typeof Router | typeof Reply, handler: RequestHandler, options?: ServeOptions) {
  const socket = new Socket();
  const asking = new Request();
  const server = serve(socket as Router, handler, options);
  asking.connect(await socket.bind("tcp://127.0.0.1:*"));
  return {
    server,
    socket,
    asking,
    async [Symbol.asyncDispose]() {
      await Promise.all([socket.close({ linger: 0 }), asking.close({ linger: 0 })]);
    },
  };
}

describe("past grace and force", () => {
  test("a server ends though a handler heeds nothing, warns, and its client gets an error at once", async () => {
    using warned = warnings();
    const reasons: unknown[] = [];
    const server = served(
      ([name], { signal }) => {
        if (String(name) === "heeds") return aborted(signal).then((reason) => String(reasons.push(reason)));
        return never;
      },
      { grace: 20, force: 20 },
    );
    const asking = client(server);
    const calls = ["heeds", "heeds not"].map((name) => asking.request(name).catch((error) => error));
    await eventually(() => server.stats.running === 2);
    const beside = sleep(40).then(() => performance.now());
    await server.stop();
    await server.done;
    // By default it would wait for 5 s each.
    expect(performance.now() - (await beside)).toBeLessThan(4_000);
    expect(reasons).toMatchObject([{ code: "ERR_UNAVAILABLE" }]);
    const [reply, error] = await Promise.all(calls);
    expect(String(reply)).toBe("1");
    expect(error).toMatchObject({
      remoteName: "UnavailableError",
      message: "The server shut down before its handler finished",
    });
    expect(warned.spy).toHaveBeenCalledExactlyOnceWith(
      expect.stringMatching(
        /1 of its handlers still run, although their signals aborted: a request of peer [0-9a-f]{10} \(9 bytes\)/,
      ),
      stillRunning,
    );
    expect(server.stats).toMatchObject({ running: 1, served: 1 });
  });

  test.each(["signal", "options of stop", "a second stop"])(
    "by %s too, whatever the server was told before",
    async (how) => {
      using warned = warnings();
      const ending = new AbortController();
      const force = how === "signal" ? 20 : 60_000;
      const server = served(() => never, { grace: 60_000, force, signal: ending.signal });
      const call = client(server)
        .request("?")
        .catch((error) => error);
      await eventually(() => server.stats.running === 1);
      const first = how === "a second stop" ? server.stop() : undefined;
      if (how === "signal") ending.abort(new Error("the process ends"));
      else await server.stop({ grace: 10, force: 10 });
      await server.done;
      await first;
      expect(await call).toBeInstanceOf(Error);
      expect(warned.spy).toHaveBeenCalledExactlyOnceWith(expect.any(String), stillRunning);
    },
  );

  test.each([
    ["Router", Router],
    ["Reply", Reply],
  ])(
    "a plain client of a %s gets what errorReply says, and what the handler gives later is dropped",
    async (_, Socket) => {
      using warned = warnings();
      const opening = gate();
      await using pair = await plainPair(Socket, () => opening.opened.then(() => "late"), {
        errorReply: async (error) => (error as Error).name,
      });
      await pair.asking.send("?");
      await eventually(() => pair.server.stats.running === 1);
      await pair.server.stop({ grace: 0, force: 10 });
      expect(String(await pair.asking.receive())).toBe("UnavailableError");
      expect(warned.spy).toHaveBeenCalledTimes(1);
      await using second = serve(pair.socket as Router, () => "second");
      opening.open();
      await pair.asking.send("?");
      expect(String(await pair.asking.receive())).toBe("second");
      await second.stop();
    },
  );

  test("a server on a Reply ends though its errorReply never does", async () => {
    using warned = warnings();
    await using pair = await plainPair(Reply, () => never, { errorReply: () => never });
    await pair.asking.send("?");
    await eventually(() => pair.server.stats.running === 1);
    await pair.server.stop({ grace: 0, force: 0 });
    expect(String(await pair.asking.receive())).toBe("");
    expect(warned.spy).toHaveBeenCalled();
  });

  test("wrong bounds are refused, and nothing ends", async () => {
    await using reply = new Reply();
    for (const server of [served(() => "there"), serve(reply, () => "there")]) {
      await expect(server.stop({ grace: -1 })).rejects.toThrow(RangeError);
      await expect(server.stop({ force: "1" as never })).rejects.toThrow(TypeError);
      await expect(server.stop({ timeout: 1 } as never)).rejects.toThrow('stop has no option "timeout"');
    }
    expect(() => serve("tcp://127.0.0.1:*", () => "", { force: -1 })).toThrow(RangeError);
    expect(String(await connected({ connect: await reply.bind("tcp://127.0.0.1:*") }).request("?"))).toBe("there");
  });
});

describe("a handler that awaits stop() of its server gets a DeadlockError, and the server ends", () => {
  const waits: Record<string, (stop: () => Promise<void>) => unknown> = {
    "at once": (stop) => stop(),
    "behind another await": async (stop) => {
      await Promise.resolve();
      await stop();
    },
    "by way of functions and a promise of several": async (stop) => {
      const leave = async () => {
        await Promise.all([stop(), Promise.resolve()]);
      };
      await leave();
    },
    "as the disposal of a scope": async (stop) => {
      await using scope = { [Symbol.asyncDispose]: stop };
      return scope;
    },
    "in then": (stop) => Promise.resolve().then(stop),
  };

  test.each(Object.keys(waits))("%s", async (name) => {
    const errors: unknown[] = [];
    const servers: Handle<ServerStats>[] = [];
    const handler = async () => {
      await Promise.resolve(waits[name]?.(() => (servers[0] as Handle<ServerStats>).stop())).catch((error) =>
        errors.push(error),
      );
      return "answered";
    };
    servers.push(served(handler, { grace: 60_000 }));
    expect(String(await client(servers).request("?"))).toBe("answered");
    await servers[0]?.done;
    expect(errors).toEqual([expect.any(DeadlockError)]);
    expect(errors).toMatchObject([{ code: "ERR_DEADLOCK", message: expect.stringContaining("Call it without await") }]);
  });

  test("also on a Reply, where the client of one that does not catch it gets what errorReply says", async () => {
    const servers: Handle<ServerStats>[] = [];
    const handler = async () => {
      await servers[0]?.stop();
      return "";
    };
    await using pair = await plainPair(Reply, handler, { grace: 60_000, errorReply: (error) => (error as Error).name });
    servers.push(pair.server);
    await pair.asking.send("?");
    expect(String(await pair.asking.receive())).toBe("DeadlockError");
    await pair.server.done;
  });

  test("also where it awaits it long after the call", async () => {
    const servers: Handle<ServerStats>[] = [];
    const other = gate();
    const handler = async () => {
      const stopped = servers[0]?.stop({ grace: 200, force: 60_000 });
      await other.opened;
      await stopped;
      return "";
    };
    servers.push(served(handler));
    const call = client(servers).request("?");
    setImmediate(other.open);
    await expect(call).rejects.toMatchObject({ remoteName: "DeadlockError", remoteCode: "ERR_DEADLOCK" });
    await servers[0]?.done;
  });

  test("and a wait that nobody can see ends past force", async () => {
    using warned = warnings();
    const servers: Handle<ServerStats>[] = [];
    const handler = () => new Promise<string>((resolve) => void servers[0]?.stop().then(() => resolve("")));
    servers.push(served(handler, { grace: 10, force: 10 }));
    const call = client(servers).request("?");
    await expect(call).rejects.toMatchObject({ message: "The server shut down before its handler finished" });
    await servers[0]?.done;
    expect(warned.spy).toHaveBeenCalledTimes(1);
  });
});

describe("a handler may call stop() without a wait for itself", () => {
  test("where it does not await it, or another task of it does", async () => {
    for (const how of ["void", "task"]) {
      const servers: Handle<ServerStats>[] = [];
      const outcomes: unknown[] = [];
      const handler = async () => {
        const stopped = servers[0]?.stop();
        if (how === "task") void (async () => outcomes.push(await stopped))();
        return "goodbye";
      };
      servers.push(served(handler, { grace: 60_000 }));
      expect(String(await client(servers).request("?"))).toBe("goodbye");
      await servers[0]?.done;
      if (how === "task") await eventually(() => outcomes.length === 1);
    }
  });

  test("where it awaits the end of another server", async () => {
    const other = served(() => "other");
    const server = served(async () => {
      await other.stop();
      return "stopped the other";
    });
    expect(String(await client(server).request("?"))).toBe("stopped the other");
  });
});
