/** The counts in a server's `stats`. */

import { Dealer, Request, Router } from "@awaitmq/core";
import { eventually, gate } from "@awaitmq/testing";
import { afterEach, describe, expect, test } from "vitest";
import { OverloadedError, serve } from "../../src/index.ts";
import { aborted, client, closeAll, connected, served } from "./pair.ts";

afterEach(closeAll);

const none = {
  running: 0,
  queued: 0,
  served: 0,
  failed: 0,
  refused: 0,
  dropped: 0,
  undeliverable: 0,
  invalid: 0,
};

describe("a server counts", () => {
  test("handlers that run, requests that wait, those refused, and replies", async () => {
    const opening = gate();
    const server = served(async () => opening.opened.then(() => "done"), { concurrency: 2, maxQueued: 3 });
    expect(server.stats).toEqual(none);
    const asking = client(server, { retry: { attempts: 1 } });
    const calls = Promise.allSettled(Array.from({ length: 7 }, () => asking.request("?")));
    await eventually(() => server.stats.refused === 2);
    expect(server.stats).toEqual({ ...none, running: 2, queued: 3, refused: 2 });
    opening.open();
    await calls;
    await eventually(() => server.stats.served === 5);
    expect(server.stats).toEqual({ ...none, served: 5, refused: 2 });
  });

  test("handlers that throw, at once or later", async () => {
    const server = served(([what]) => {
      if (String(what) === "at once") throw new Error("no");
      return Promise.reject(new Error("no"));
    });
    const asking = client(server);
    await Promise.allSettled([asking.request("at once"), asking.request("later")]);
    await eventually(() => server.stats.failed === 2);
    expect(server.stats).toEqual({ ...none, failed: 2 });
  });

  test("requests that were given up, or expired, before a handler began", async () => {
    const opening = gate();
    const server = served(async () => opening.opened.then(() => "done"), { concurrency: 1, maxQueued: 2 });
    const asking = client(server, { retry: { attempts: 1 } });
    const first = asking.request("holds the only place");
    await eventually(() => server.stats.running === 1);
    const ending = new AbortController();
    const others = Promise.allSettled([
      asking.request("given up", { signal: ending.signal }),
      asking.request("expires", { timeout: 50 }),
    ]);
    await eventually(() => server.stats.queued === 2);
    ending.abort();
    await others;
    // It comes behind the cancellations: when it is refused the server has read them.
    await expect(asking.request("one too many")).rejects.toBeInstanceOf(OverloadedError);
    opening.open();
    await first;
    await eventually(() => server.stats.dropped === 2);
    expect(server.stats).toMatchObject({ served: 1, dropped: 2, queued: 0 });
  });

  test("replies that their client did not collect", async () => {
    const router = new Router({ sendHighWaterMark: 1, sendBufferSize: 4_096 });
    const server = serve(router, () => Buffer.alloc(100_000), { replyTimeout: 50, grace: 0 });
    const dealer = new Dealer({ receiveHighWaterMark: 1, receiveBufferSize: 4_096 });
    dealer.connect(await router.bind("tcp://127.0.0.1:*"));
    for (let count = 0; count < 100; count++) await dealer.send([null, "?"]);
    await eventually(() => server.stats.undeliverable > 50);
    await eventually(() => server.stats.served === 100);
    await server.stop();
    await Promise.all([dealer.close({ linger: 0 }), router.close({ linger: 0 })]);
  });

  test("messages that are no requests", async () => {
    const server = served(() => "reply");
    await using dealer = new Dealer();
    dealer.connect(server.endpoints[0] as string);
    await dealer.send("no delimiter");
    await dealer.send(["no body", null]);
    await eventually(() => server.stats.invalid === 2);
    expect(server.stats).toEqual({ ...none, invalid: 2 });
  });

  test("no probe, as ZMQ_PROBE_ROUTER sends one at each connection", async () => {
    const server = served(() => "reply");
    await using request = new Request({ probeRouter: true });
    request.connect(server.endpoints[0] as string);
    await request.send("question");
    expect(String(await request.receive())).toBe("reply");
    expect(server.stats).toEqual({ ...none, served: 1 });
  });
});

describe("a client counts", () => {
  test("requests in flight, calls that wait, and how they ended", async () => {
    const opening = gate();
    const server = served(async ([what]) => {
      await opening.opened;
      if (String(what) === "throw") throw new Error("no");
      return "done";
    });
    const asking = client(server, { maxInFlight: 3 });
    const calls = Promise.allSettled(["a", "b", "throw", "c", "d"].map((what) => asking.request(what)));
    await eventually(() => asking.stats.inFlight === 3);
    expect(asking.stats).toMatchObject({ inFlight: 3, waiting: 2, succeeded: 0, failed: 0 });
    opening.open();
    await calls;
    expect(asking.stats).toEqual({
      inFlight: 0,
      waiting: 0,
      succeeded: 4,
      failed: 1,
      retried: 0,
      hedged: 0,
      late: 0,
      invalid: 0,
    });
  });

  test("retries, second attempts, and replies that came late", async () => {
    const slow = served(async (_, { signal }) => {
      await aborted(signal);
      return "slow";
    });
    const quick = served(() => "quick");
    const asking = client([slow, quick], { hedge: { after: 5, budget: 1 }, retry: { attemptTimeout: 30, budget: 1 } });
    await eventually(async () => {
      await asking.request("?", { idempotent: true });
      return asking.stats.hedged > 0;
    });
    const lone = client(slow, { retry: { attempts: 2, attemptTimeout: 20, delay: 1, budget: 1 } });
    await lone.request("?", { idempotent: true, timeout: 200 }).catch(() => {});
    expect(lone.stats).toMatchObject({ retried: 1, failed: 1 });
  });

  test("what is no reply, and replies to calls that have settled", async () => {
    const router = new Router();
    const asking = connected({ connect: await router.bind("tcp://127.0.0.1:*") });
    const call = asking.request("?", { timeout: 300 });
    const [peer, header] = (await router.receive()) as unknown as [Buffer, Buffer];
    await router.send([peer, "no reply"]);
    const toAnother = Buffer.from(header);
    toAnother.writeUInt32BE(~toAnother.readUInt32BE(10) >>> 0, 10);
    await router.send([peer, toAnother, null, "to another client"]);
    await eventually(() => asking.stats.invalid === 2);
    await expect(call).rejects.toThrow("300 ms");
    await router.send([peer, header, null, "too late"]);
    await eventually(() => asking.stats.late === 1);
    expect(asking.stats).toMatchObject({ inFlight: 0, failed: 1, late: 1, invalid: 2 });
    await router.close();
  });
});
