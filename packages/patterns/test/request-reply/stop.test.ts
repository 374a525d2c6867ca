/** What `stop` finishes, aborts and leaves. */

import { Reply, Router } from "@awaitmq/core";
import { eventually, fixture, type Gate, gate, numbers, spawnProcess } from "@awaitmq/testing";
import { afterEach, describe, expect, test, vi } from "vitest";
import { RequestClient, type RequestContext, serve, UnavailableError } from "../../src/index.ts";
import { aborted, client, closeAll, connected, served } from "./pair.ts";

afterEach(closeAll);

describe("stop", () => {
  test("answers the 100 requests that run, refuses new ones, and settles after the last", async () => {
    const gates: Gate[] = [];
    const server = served(
      async ([name]) => {
        const mine = gate();
        gates.push(mine);
        await mine.opened;
        return `done ${name}`;
      },
      { grace: 20_000 },
    );
    const asking = client(server, { retry: { attempts: 1 } });
    const calls = numbers(100).map((number) => asking.request(String(number)));
    await eventually(() => gates.length === 100);
    let over = false;
    const stopped = server.stop().then(() => {
      over = true;
    });
    await expect(asking.request("late")).rejects.toBeInstanceOf(UnavailableError);
    for (const { open } of gates.splice(0, 99)) open();
    expect((await Promise.all(calls.slice(0, 99))).map(String)).toEqual(numbers(99).map((number) => `done ${number}`));
    expect(over).toBe(false);
    gates[0]?.open();
    expect(String(await calls[99])).toBe("done 99");
    await stopped;
    await server.done;
    expect(server.stats).toMatchObject({ running: 0, queued: 0, served: 100, refused: 1, undeliverable: 0 });
  });

  test("sends new requests to another server that is there", async () => {
    const first = gate();
    const stopping = served(async () => {
      await first.opened;
      return "stopping";
    });
    const other = served(() => "other");
    const asking = client([stopping, other]);
    await eventually(async () => {
      void asking.request("warm up").catch(() => {});
      return stopping.stats.running > 0;
    });
    void stopping.stop();
    const replies = await Promise.all(numbers(100).map(() => asking.request("?", { timeout: 100_000 }))).finally(
      first.open,
    );
    expect(new Set(replies.map(String))).toEqual(new Set(["other"]));
  });

  test("is not held up by a client that does not look at its messages", async () => {
    const server = served(() => "", { grace: 60_000, force: 60_000 });
    await using blocked = spawnProcess(fixture("asks-and-blocks.mjs", import.meta.url), {
      args: [server.endpoints[0] as string],
    });
    await blocked.line("blocked");
    const began = performance.now();
    await server.stop();
    expect(performance.now() - began).toBeLessThan(50_000);
  });

  test("leaves no timer for a signal that is asked for behind the reply", async () => {
    let kept: RequestContext | undefined;
    const server = served((_, context) => {
      kept = context;
      return "";
    });
    const asking = client(server);
    await asking.request("?", { timeout: 100_000 });
    await asking.close();
    await server.stop();
    const timers = vi.spyOn(globalThis, "setTimeout");
    expect(kept?.signal.aborted).toBe(false);
    expect(timers).not.toHaveBeenCalled();
    timers.mockRestore();
  });

  test("aborts what runs past `grace`, waits for it, and answers it", async () => {
    const server = served(
      async (_, { signal }) => {
        const reason = await aborted(signal);
        return `aborted: ${(reason as Error).name}`;
      },
      { grace: 50 },
    );
    const call = client(server).request("?");
    await eventually(() => server.stats.running === 1);
    await server.stop();
    expect(String(await call)).toBe("aborted: UnavailableError");
  });

  test("by its signal aborts what runs at once, with the reason", async () => {
    const ending = new AbortController();
    const reasons: unknown[] = [];
    const server = served(
      async (_, { signal }) => {
        reasons.push(await aborted(signal));
        return "";
      },
      { grace: 20_000, signal: ending.signal },
    );
    const call = client(server).request("?");
    await eventually(() => server.stats.running === 1);
    const reason = new Error("the process ends");
    ending.abort(reason);
    await server.done;
    expect(reasons).toEqual([reason]);
    await call;
    await serve("tcp://127.0.0.1:*", () => null, { signal: AbortSignal.abort() }).done;
  });

  test("comes by itself when the router is closed", async () => {
    const router = new Router();
    const reasons: unknown[] = [];
    const server = serve(router, async (_, { signal }) => {
      reasons.push(await aborted(signal));
      return "";
    });
    const asking = connected({ connect: await router.bind("tcp://127.0.0.1:*"), timeout: 1_000 });
    const call = asking.request("?").catch((error) => error);
    await eventually(() => server.stats.running === 1);
    await router.close({ linger: 0 });
    await server.done;
    expect(reasons).toMatchObject([{ code: "ERR_CLOSED" }]);
    expect(await call).toBeInstanceOf(Error);
    const reply = new Reply();
    const other = serve(reply, () => null);
    await reply.close();
    await other.done;
  });

  test("leaves nothing: no timer, no socket, no handler", async () => {
    const held = () => process.getActiveResourcesInfo().filter((name) => name !== "PipeWrap" && name !== "TTYWrap");
    await eventually(() => held().length === 0);
    const started = vi.fn();
    {
      await using server = serve(
        "tcp://127.0.0.1:*",
        async (_, { signal }) => {
          started();
          await aborted(signal);
          return "";
        },
        { grace: 10, probeInterval: 5 },
      );
      await using asking = new RequestClient({ connect: server.endpoints });
      const call = asking.request("?", { timeout: 100_000 });
      await eventually(() => started.mock.calls.length === 1);
      await server.stop();
      await call;
      expect(server.stats.running).toBe(0);
    }
    await eventually(() => held().length === 0);
  });
});
