/** The limits of a server: peers that never read, and overload. */

import { setTimeout as sleep } from "node:timers/promises";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { Dealer, QueueFullError, Router, TimeoutError } from "@awaitmq/core";
import { eventually, freshTcp, gate, numbers } from "@awaitmq/testing";
import { afterEach, describe, expect, test } from "vitest";
import { OverloadedError, type RequestHandler, type ServeOptions, serve } from "../../src/index.ts";
import { encodeHeader, messageTypes } from "../../src/wire/envelope.ts";
import { aborted, client, closeAll, connected, served } from "./pair.ts";

afterEach(closeAll);

/** A server whose socket holds ten messages a peer, beside those in the buffers of TCP. */
async function servedByFew(handler: RequestHandler, options: ServeOptions) {
  const router = new Router({ sendHighWaterMark: 10, sendBufferSize: 32_768 });
  const server = serve(router, handler, { grace: 0, ...options });
  const connect = await router.bind("tcp://127.0.0.1:*");
  const close = async () => {
    await server.stop();
    await router.close({ linger: 0 });
  };
  return { server, connect, [Symbol.asyncDispose]: close };
}

/** A peer that sends requests, and never reads a reply. */
function deafPeer(connect: string) {
  const dealer = new Dealer({ receiveHighWaterMark: 1, receiveBufferSize: 32_768, linger: 0 });
  dealer.connect(connect);
  let request = 0;
  return {
    async ask(count: number): Promise<void> {
      for (let sent = 0; sent < count; sent++, request++) {
        const header = encodeHeader({
          type: messageTypes.request,
          flags: 0,
          priority: 0,
          remaining: 60_000,
          client: 1,
          request,
        });
        await dealer.send([header, null, "deaf"]);
      }
    },
    [Symbol.asyncDispose]: () => dealer.close({ linger: 0 }),
  };
}

setFlagsFromString("--expose-gc");
const gc = runInNewContext("gc") as () => void;

/** Bytes that the program holds, without what waits to be collected. Frames above 128 bytes are shared with libzmq, and count too. */
function held(): number {
  gc();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

describe("a peer that never reads its replies", () => {
  const large = Buffer.alloc(65_536);

  test("makes the server hold no more, however much it asks, and others are served meanwhile", async () => {
    const handler: RequestHandler = ([body]) => (String(body) === "deaf" ? large : (body as Buffer));
    await using bounded = await servedByFew(handler, { maxQueuedPerPeer: 20, replyTimeout: 50 });
    const { server, connect } = bounded;
    await using deaf = deafPeer(connect);
    const asking = connected({ connect });
    const ask = async (count: number) => {
      const asked = deaf.ask(count);
      for (const number of numbers(50)) expect(String(await asking.request(String(number)))).toBe(String(number));
      await asked;
    };
    await ask(2_000);
    await eventually(() => server.stats.undeliverable > 0 && server.stats.refused > 0);
    const before = held();
    // As many replies as would be 64 MiB more, had they been kept.
    const goal = server.stats.undeliverable + 1_000;
    await eventually(
      async () => {
        await ask(200);
        return server.stats.undeliverable >= goal;
      },
      { timeout: 100_000, interval: 25 },
    );
    expect(held() - before).toBeLessThan(48 * 2 ** 20);
    await eventually(() => server.stats.running === 0 && server.stats.queued === 0);
  });

  test("and opens 1 000 requests holds up nobody else, with handlers that are few", async () => {
    const handler: RequestHandler = async ([body]) => {
      await sleep(1);
      return String(body) === "deaf" ? large : (body as Buffer);
    };
    await using bounded = await servedByFew(handler, { concurrency: 4, maxQueued: 2_000, replyTimeout: 500 });
    const { server, connect } = bounded;
    await using deaf = deafPeer(connect);
    const asking = connected({ connect });
    await deaf.ask(1_000);
    await eventually(() => server.stats.served + server.stats.running + server.stats.queued > 0);
    const replies = await Promise.all(numbers(100).map((number) => asking.request(String(number))));
    expect(replies.map(String)).toEqual(numbers(100).map(String));
    // Some are on the way, in buffers; the others were dropped and counted.
    await eventually(() => server.stats.undeliverable > 500);
    await eventually(() => server.stats.served + server.stats.refused === 1_100);
  });

  test("may have `maxQueuedPerPeer` requests open; the rest are refused, and others are served", async () => {
    const begun: string[] = [];
    await using bounded = await servedByFew(
      async ([body], { signal }) => {
        begun.push(String(body));
        if (String(body) === "deaf") await aborted(signal);
        return body as Buffer;
      },
      { maxQueuedPerPeer: 100 },
    );
    const { server, connect } = bounded;
    await using deaf = deafPeer(connect);
    await deaf.ask(1_000);
    await eventually(() => server.stats.refused === 900);
    expect(String(await connected({ connect }).request("other"))).toBe("other");
    expect(begun.filter((body) => body === "deaf").length).toBe(100);
    expect(server.stats.running).toBe(100);
  });
});

describe("a server that is asked ten times as much as it can do", () => {
  test("refuses at once what its queue does not hold, and answers what it accepted", async () => {
    const first = gate();
    const server = served(
      async ([body]) => {
        await first.opened;
        return body as Buffer;
      },
      { concurrency: 1, maxQueued: 100 },
    );
    const asking = client(server, { retry: { attempts: 1 } });
    const refusals: unknown[] = [];
    const calls = numbers(1_000).map((number) =>
      asking.request(String(number)).then(String, (error) => void refusals.push(error)),
    );
    // No handler has ended yet.
    await eventually(() => refusals.length === 899);
    for (const error of refusals) expect(error).toBeInstanceOf(OverloadedError);
    expect(server.stats).toMatchObject({ running: 1, queued: 100, refused: 899, served: 0 });
    first.open();
    const replies = (await Promise.all(calls)).filter((reply) => reply !== undefined);
    expect(new Set(replies).size).toBe(101);
    expect(server.stats).toMatchObject({ running: 0, queued: 0, served: 101 });
  });

  test("goes on at its own speed for as long as that lasts", async () => {
    let most = 0;
    const server = served(
      async ([body]) => {
        await sleep(5);
        return body as Buffer;
      },
      {
        concurrency: 1,
        maxQueued: 100,
        // Called when a request is refused, which is when most wait.
        onError: () => {
          most = Math.max(most, server.stats.queued);
          return null;
        },
      },
    );
    const asking = client(server, { retry: { attempts: 1 } });
    const calls: Promise<string | Error>[] = [];
    while (server.stats.served < 300) {
      for (const number of numbers(10))
        calls.push(asking.request(`${calls.length} ${number}`).then(String, (error) => error));
      await sleep(5);
    }
    const outcomes = await Promise.all(calls);
    const answers = outcomes.filter((outcome) => typeof outcome === "string");
    const refusals = outcomes.filter((outcome) => outcome instanceof OverloadedError);
    expect(answers.length + refusals.length).toBe(calls.length);
    expect(new Set(answers).size).toBe(server.stats.served);
    expect(refusals.length).toBe(server.stats.refused);
    expect(refusals.length).toBeGreaterThan(answers.length);
    expect(most).toBe(100);
  });
});

describe("a client whose servers are all away", () => {
  test("has maxPending calls wait, rejects the rest with QueueFullError, and each that waits at its deadline", async () => {
    const connect = [await freshTcp(), await freshTcp()];
    const asking = connected({ connect, maxPending: 100 });
    const began = performance.now();
    const errors = numbers(150).map(async (number) => {
      const beside = sleep(300 + number).then(() => performance.now() - began);
      const error = await asking.request("?", { timeout: 300 + number }).catch((error: unknown) => error);
      return { number, error, elapsed: performance.now() - began, beside: await beside };
    });
    expect(asking.stats).toMatchObject({ waiting: 100, inFlight: 0, failed: 50 });
    const settled = await Promise.all(errors);
    for (const { number, error } of settled) expect(error).toBeInstanceOf(number < 100 ? TimeoutError : QueueFullError);
    for (const { number, elapsed, beside } of settled.slice(0, 100)) {
      expect(elapsed).toBeGreaterThan(298 + number);
      expect(elapsed - beside).toBeLessThan(3_000);
    }
    expect(asking.stats).toMatchObject({ waiting: 0, inFlight: 0, failed: 150 });
    const server = serve(connect[0] as string, () => "back", { grace: 0 });
    expect(String(await asking.request("?"))).toBe("back");
    await server.stop();
  });

  test("has calls wait past maxInFlight too, within maxPending, and answers them in their order", async () => {
    const first = gate();
    const begun: string[] = [];
    const server = served(async ([body]) => {
      begun.push(String(body));
      await first.opened;
      return body as Buffer;
    });
    const asking = client(server, { maxInFlight: 5, maxPending: 20 });
    const calls = numbers(26).map((number) => asking.request(String(number)).then(String, (error) => error));
    // Until the connection stands all of them wait.
    expect(asking.stats.waiting).toBe(20);
    await eventually(() => begun.length === 5);
    expect(asking.stats).toMatchObject({ waiting: 15, inFlight: 5 });
    first.open();
    const outcomes = await Promise.all(calls);
    expect(outcomes.slice(0, 20)).toEqual(numbers(20).map(String));
    for (const outcome of outcomes.slice(20)) expect(outcome).toBeInstanceOf(QueueFullError);
    expect(begun).toEqual(numbers(20).map(String));
  });
});

test("200 000 calls leave no more than 10 MB behind", async () => {
  const server = served(async ([body]) => body as Buffer);
  const asking = client(server);
  const askMany = async (count: number) => {
    let left = count;
    const lane = async () => {
      while (left-- > 0) await asking.request("sixteen bytes!!!");
    };
    await Promise.all(numbers(256).map(lane));
  };
  await askMany(20_000);
  const before = held();
  await askMany(200_000);
  expect(held() - before).toBeLessThan(10e6);
  expect(asking.stats).toMatchObject({ succeeded: 220_000, failed: 0, late: 0 });
});
