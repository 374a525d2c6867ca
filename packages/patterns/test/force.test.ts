/** `force` bounds all that a handle does in its end: goodbyes, leave, and the linger of its sockets, whatever a peer does. */

import { Dealer, type Handle, Push } from "@awaitmq/core";
import { eventually, freshTcp, numbers } from "@awaitmq/testing";
import { describe, expect, test } from "vitest";
import { balance, route, serve, serveBalanced, work } from "../src/index.ts";
import { answerTo, rawWorker } from "./broker/raw.ts";

/** Longer than `soon` by far. */
const linger = 120_000;
/** Far more than grace, force and last words here, on a busy machine, and far less than that. */
const soon = 30_000;
const big = Buffer.alloc(4 * 1_024 * 1_024);

interface Scene extends AsyncDisposable {
  readonly handle: Handle<unknown>;
}

/** A peer that asks ten times and stands still: it reads nothing, and answers to nothing. */
async function standingStill(endpoint: string, question: string[]): Promise<Dealer> {
  const dealer = new Dealer({ receiveHighWaterMark: 1, receiveBufferSize: 4_096, linger: 0 });
  dealer.connect(endpoint);
  for (const _ of numbers(10)) await dealer.send(question);
  return dealer;
}

const own = { bind: "tcp://127.0.0.1:*", socket: { linger } };

/** Each has messages that do not leave: they are bigger than what a connection holds, or nobody connects. */
const scenes: Record<string, () => Promise<Scene>> = {
  serve: async () => {
    const handle = serve(own, () => big);
    const client = await standingStill(handle.endpoints[0] as string, ["", "?"]);
    await eventually(() => handle.stats.served === 10);
    return { handle, [Symbol.asyncDispose]: () => client.close() };
  },
  "serve with a full queue": async () => {
    const handle = serve({ ...own, socket: { linger, sendHighWaterMark: 1 } }, () => big, { replyTimeout: linger });
    const client = await standingStill(handle.endpoints[0] as string, ["", "?"]);
    await eventually(() => handle.stats.served > 0);
    return { handle, [Symbol.asyncDispose]: () => client.close() };
  },
  "serveBalanced without a broker": async () => {
    const handle = serveBalanced({ connect: await freshTcp(), socket: { linger, immediate: false } }, () => "");
    return { handle, [Symbol.asyncDispose]: async () => {} };
  },
  "serveBalanced with a full queue": async () => {
    const handle = serveBalanced({ bind: "tcp://127.0.0.1:*", socket: { linger } }, () => "");
    return { handle, [Symbol.asyncDispose]: async () => {} };
  },
  work: async () => {
    const push = new Push();
    const results = { connect: await freshTcp(), socket: { linger, immediate: false } };
    const handle = work(await push.bind("tcp://127.0.0.1:*"), () => "result", { results });
    await push.send("task");
    await eventually(() => handle.stats.completed === 1);
    return { handle, [Symbol.asyncDispose]: () => push.close() };
  },
  balance: async () => {
    const handle = balance(own, "tcp://127.0.0.1:*");
    const [front, back] = handle.endpoints as [string, string];
    const worker = await rawWorker(back, "READY 10");
    const client = await standingStill(front, ["", "?"]);
    for (const _ of numbers(10))
      await worker.send([...answerTo(await worker.receive({ timeout: 100_000 }), "").slice(0, -1), big]);
    await eventually(() => handle.stats.answered === 10);
    return {
      handle,
      async [Symbol.asyncDispose]() {
        await Promise.all([client.close(), worker.close()]);
      },
    };
  },
  route: async () => {
    const handle = route(own);
    const client = await standingStill(handle.endpoints[0] as string, ["?"]);
    const { value: peer } = await handle.next();
    for (const _ of numbers(10)) await peer?.send(big);
    return { handle, [Symbol.asyncDispose]: () => client.close() };
  },
};

describe.each(Object.keys(scenes))("%s whose peer stands still settles", (name) => {
  const begin = scenes[name] as () => Promise<Scene>;

  test("when grace and force of a stop are over", async () => {
    await using scene = await begin();
    const began = performance.now();
    await scene.handle.stop({ grace: 0, force: 100 });
    await scene.handle.done;
    expect(performance.now() - began).toBeLessThan(soon);
  });

  test("when a second stop is over sooner", async () => {
    await using scene = await begin();
    const first = scene.handle.stop({ grace: 0, force: linger });
    const began = performance.now();
    await scene.handle.stop({ grace: 0, force: 0 });
    await first;
    expect(performance.now() - began).toBeLessThan(soon);
  });
});

test("route whose loop is left settles when its force is over", async () => {
  const handle = route(own, { force: 100 });
  await using _client = await standingStill(handle.endpoints[0] as string, ["?"]);
  const began = performance.now();
  for await (const peer of handle) {
    for (const _ of numbers(10)) await peer.send(big);
    break;
  }
  await handle.done;
  expect(performance.now() - began).toBeLessThan(soon);
});

test("route refuses a force that is no time, as the others do", () => {
  expect(() => route("tcp://127.0.0.1:*", { force: -1 })).toThrow("force must be 0 or more milliseconds");
});
