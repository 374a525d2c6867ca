/** What becomes of calls whose server stops. */

import { setTimeout as sleep } from "node:timers/promises";
import { Dealer, Request, Router } from "@awaitmq/core";
import { eventually, fixture, freshTcp, gate, numbers, type RunningProcess, spawnProcess } from "@awaitmq/testing";
import { afterEach, describe, expect, test, vi } from "vitest";
import { serve, UnavailableError } from "../../src/index.ts";
import { encodeHeader, messageTypes, requestFlags, typeOf } from "../../src/wire/envelope.ts";
import { client, closeAll, connected, served } from "./pair.ts";

afterEach(closeAll);

describe("stop", () => {
  test("loses none of the requests that are on their way: another server answers them, idempotent or not", async () => {
    const servers = [served(([body]) => body as Buffer), served(([body]) => body as Buffer)];
    const asking = client(servers);
    await eventually(async () => {
      await Promise.all(numbers(4).map(() => asking.request("warm up")));
      return servers.every(({ stats }) => stats.served > 0);
    });
    const calls = numbers(300).map((number) => asking.request(String(number)));
    await servers[0]?.stop();
    expect((await Promise.all(calls)).map(String)).toEqual(numbers(300).map(String));
    expect(servers[0]?.stats.refused).toBeGreaterThan(0);
    expect(asking.stats).toMatchObject({ failed: 0, invalid: 0 });
  });

  test("loses none either of a plain client, which can't be told: it gets what errorReply says", async () => {
    const server = served(() => "served", { errorReply: (error) => `${error}` });
    await using plain = new Request({ receiveTimeout: 100_000 });
    plain.connect(server.endpoints[0] as string);
    await plain.send("first");
    expect(String(await plain.receive())).toBe("served");
    const sent = plain.send("on its way");
    const stopped = server.stop();
    await sent;
    expect(String(await plain.receive())).toMatch(/^UnavailableError/);
    await stopped;
    expect(server.stats).toMatchObject({ served: 1, refused: 1 });
  });

  test("loses none either of a client that has rested, or that never asked this server", async () => {
    const servers = [served(() => "first"), served(() => "second")];
    const asking = client(servers);
    await asking.request("warm up");
    await eventually(async () => {
      await asking.request("warm up");
      return servers.every(({ stats }) => stats.served > 0);
    });
    const fresh = connected({ connect: servers.flatMap(({ endpoints }) => endpoints) });
    await eventually(() => process.getActiveResourcesInfo().every((name) => name !== "Timeout")); // both rest
    const calls = [asking, fresh].flatMap((one) => numbers(50).map(() => one.request("?")));
    await eventually(() => fresh.stats.waiting === 0, { interval: 0 });
    await servers[0]?.stop();
    const replies = new Set((await Promise.all(calls)).map(String));
    expect(replies).toContain("second");
    expect(fresh.stats).toMatchObject({ failed: 0, succeeded: 50 });
  });

  test.each([
    ["grace is over", "grace"],
    ["the signal aborts", "signal"],
  ])("refuses what waits for its turn when %s, though the handler that runs heeds nothing", async (_, how) => {
    const running = gate();
    const ending = new AbortController();
    const begun = vi.fn();
    const server = served(
      async () => {
        begun();
        await running.opened;
        return "answered";
      },
      {
        concurrency: 1,
        grace: how === "grace" ? 50 : 20_000,
        signal: ending.signal,
        errorReply: (error) => `${error}`,
      },
    );
    const asking = client(server, { retry: { attempts: 1 } });
    const first = asking.request("first");
    await eventually(() => server.stats.running === 1);
    const waiting = numbers(20).map(() => asking.request("waits").catch((error) => error));
    await using plain = new Request();
    plain.connect(server.endpoints[0] as string);
    await plain.send("waits too");
    await eventually(() => server.stats.queued === 21);
    if (how === "grace") void server.stop();
    else ending.abort(new Error("the process ends"));
    for (const error of await Promise.all(waiting)) expect(error).toBeInstanceOf(UnavailableError);
    expect(String(await plain.receive())).toMatch(/^UnavailableError/);
    running.open();
    expect(String(await first)).toBe("answered");
    await server.done;
    expect(begun).toHaveBeenCalledTimes(1);
    expect(server.stats).toMatchObject({ running: 0, served: 1, refused: 21, dropped: 0 });
  });

  test("of a Router of the caller lets its clients ask again when it is served again", async () => {
    await using router = new Router();
    const first = serve(router, () => "first");
    const asking = connected({ connect: await router.bind("tcp://127.0.0.1:*") });
    expect(String(await asking.request("?"))).toBe("first");
    await first.stop();
    await using second = serve(router, () => "second");
    expect((await Promise.all(numbers(20).map(() => asking.request("?")))).map(String)).toEqual(
      numbers(20).map(() => "second"),
    );
    expect(second.stats.served).toBe(20);
    await second.stop();
    await eventually(() => asking.servers[0]?.state === "stopping"); // the second said goodbye too
    const call = asking.request("?");
    await using third = serve(router, () => "third");
    expect(asking.stats).toMatchObject({ inFlight: 0, waiting: 1 });
    expect(String(await call)).toBe("third");
    await third.stop();
  });

  test("says goodbye to a client once, however often that asks what it is connected to", async () => {
    const running = gate();
    const server = served(async () => {
      await running.opened;
      return "";
    });
    await using dealer = new Dealer();
    dealer.connect(server.endpoints[0] as string);
    const ask = (request: number) => {
      const flags = requestFlags.ask;
      const header = { type: messageTypes.request, flags, priority: 0, remaining: 60_000, client: 1, request };
      return dealer.send([encodeHeader(header), null, "?"]);
    };
    await ask(0);
    await eventually(() => server.stats.running === 1);
    const stopped = server.stop();
    running.open();
    const types: number[] = [];
    for (let request = 1; !types.includes(messageTypes.goodbye); request++) {
      await ask(request);
      types.push(typeOf((await dealer.receive())[0]));
    }
    for (let request = 1_000; request < 1_050; request++) await ask(request);
    await stopped;
    for (;;) {
      const message = await dealer.receive({ timeout: 100 }).catch(() => undefined);
      if (message === undefined) break;
      types.push(typeOf(message[0]));
    }
    expect(types.filter((type) => type === messageTypes.goodbye)).toEqual([messageTypes.goodbye]);
  });

  test("by SIGTERM, of each of three processes in turn, fails no call of a client that goes on asking", async () => {
    const endpoints = [await freshTcp(), await freshTcp(), await freshTcp()];
    const start = async (endpoint: string) => {
      const life = spawnProcess(fixture("ends-on-sigterm.mjs", import.meta.url), { args: [endpoint] });
      await life.line("ready");
      return life;
    };
    const lives: RunningProcess[] = await Promise.all(endpoints.map(start));
    let over = false;
    try {
      const asking = connected({ connect: endpoints });
      let asked = 0;
      const failures: unknown[] = [];
      const lane = async () => {
        while (!over && failures.length === 0) {
          const token = `request ${asked++}`;
          const [reply] = await asking.request(token).catch((error) => [failures.push(error) && error]);
          if (String(reply) !== token) failures.push(reply);
        }
      };
      const lanes = numbers(100).map(lane);
      for (const [index, endpoint] of endpoints.entries()) {
        const before = asked;
        await eventually(() => asked > before + 1_000);
        const life = lives[index] as RunningProcess;
        life.kill("SIGTERM");
        expect(await life.exited).toMatchObject({ code: 0, stderr: "" });
        lives[index] = await start(endpoint);
      }
      over = true;
      await Promise.all(lanes);
      expect(failures).toEqual([]);
      expect(asking.stats).toMatchObject({ failed: 0, invalid: 0, succeeded: asked });
    } finally {
      over = true;
      await Promise.all(lives.map((life) => life[Symbol.asyncDispose]()));
    }
  });

  test("has what it refuses wait for the next server at its endpoint, however often it would be tried meanwhile", async () => {
    const endpoint = await freshTcp();
    const opening = gate();
    const stopping = serve(endpoint, async () => opening.opened.then(() => "before"), { grace: 20_000 });
    const asking = connected({ connect: endpoint, retry: { delay: 1, budget: 0 }, socket: { reconnectInterval: 10 } });
    const before = asking.request("?");
    await eventually(() => stopping.stats.running === 1);
    const stopped = stopping.stop();
    const calls = numbers(100).map(() => asking.request("?"));
    await eventually(() => stopping.stats.refused === 100);
    await eventually(() => asking.stats.waiting === 100);
    opening.open();
    expect(String(await before)).toBe("before");
    await stopped;
    const next = serve(endpoint, () => "after");
    expect(new Set((await Promise.all(calls)).map(String))).toEqual(new Set(["after"]));
    await next.stop();
    expect(stopping.stats.refused).toBe(100);
  });

  test("twice within the life of many calls, which wait for their turn at one handler, fails none of them", async () => {
    const endpoint = await freshTcp();
    const start = () => serve(endpoint, async ([body]) => sleep(5, body), { concurrency: 1, grace: 30 });
    let server = start();
    const asking = connected({ connect: endpoint, socket: { reconnectInterval: 10 } });
    const calls = numbers(60).map((number) => asking.request(String(number)));
    for (let life = 0; life < 2; life++) {
      await eventually(() => server.stats.served > 1);
      await server.stop();
      server = start();
    }
    expect((await Promise.all(calls)).map(String)).toEqual(numbers(60).map(String));
    expect(asking.stats.retried).toBeGreaterThan(60);
    await server.stop();
  });
});
