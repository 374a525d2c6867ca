/** Clients that break the rules of streams: that call ends with an EnvelopeError, and no other is hurt. */

import type { Message } from "@awaitmq/core";
import { eventually, gate, numbers } from "@awaitmq/testing";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { RequestContext } from "../../../src/index.ts";
import { errorFlags, itemFlags, messageTypes } from "../../../src/wire/envelope.ts";
import { aborted, client, closeAll, served } from "../pair.ts";
import { HandClient, itemsFrame, itemsIn } from "./by-hand.ts";
import { itemsOf, take } from "./reading.ts";

const { credit, end, enough, item, items, reply } = messageTypes;
const own = { code: "ERR_ENVELOPE", flags: errorFlags.own };
const mostCredit = 2 ** 32 - 1;

/** What the handlers of lying clients saw: the reasons of their signals, and their own errors. */
let reasons: unknown[] = [];
let told: unknown[] = [];

beforeEach(() => {
  reasons = [];
  told = [];
});
afterEach(closeAll);

test("a call that waits for a handler ends at once, not at its turn", async () => {
  const opening = gate();
  const server = served(() => opening.opened.then(() => "reply"), { concurrency: 1 });
  await using liar = new HandClient(server.endpoints[0] as string);
  await liar.open({ request: 1 });
  await liar.open({ request: 2, hasInput: true });
  await liar.post(2, item, {}, "nobody allowed it");
  expect(await liar.failure(2)).toEqual(own);
  expect(server.stats).toMatchObject({ running: 1, dropped: 1 });
  opening.open();
  expect(String((await liar.answer(1)).body[0])).toBe("reply");
  await eventually(() => server.stats.served === 1 && server.stats.queued === 0);
});

/** A server of all kinds of handlers, and an honest client that streams from it and to it meanwhile. */
async function serving() {
  const server = served(
    ([how], context) => {
      const { signal } = context;
      void aborted(signal).then((reason) => reasons.push(reason));
      if (String(how) === "endless") return yieldEndlessly();
      if (String(how) === "echo") return echo(context);
      if (String(how) === "stream") return readLate(context);
      if (String(how) === "reply late") return itemsOfAll(readLate(context));
      if (String(how) === "wait") return aborted(signal).then(() => "late");
      return "reply";
    },
    { window: { items: 10, bytes: 10_000 }, onError: (error) => told.push(error) },
  );
  const honest = client(server);
  const going = gate();
  async function* speak() {
    yield "before";
    await going.opened;
    yield "after";
  }
  const stream = honest.stream("echo", { input: speak() });
  expect(await take(stream, 1)).toEqual(["before"]);
  const liar = new HandClient(server.endpoints[0] as string);
  return {
    server,
    liar,
    /** The honest stream, requests, the liar's own other calls: all work. */
    async isUnhurt() {
      going.open();
      expect(await itemsOf(stream)).toEqual(["after"]);
      expect(String(await honest.request("reply"))).toBe("reply");
      expect(await itemsOf(honest.stream("echo", { input: numbers(50).map(String) }))).toHaveLength(50);
      expect(honest.stats).toMatchObject({ failed: 0, invalid: 0, late: 0 });
      await liar.open({ request: 1_000, body: "reply" });
      expect(String((await liar.answer(1_000)).body[0])).toBe("reply");
    },
    async [Symbol.asyncDispose]() {
      await liar[Symbol.asyncDispose]();
    },
  };
}

async function* yieldEndlessly() {
  for (let number = 0; ; number++) yield String(number);
}

async function* echo({ input }: RequestContext) {
  yield* input;
}

/** Reads the first item, and the rest when it is too late. */
async function* readLate({ input, signal }: RequestContext) {
  await input.next();
  await aborted(signal);
  yield* input;
}

/** A reply of all items. */
async function itemsOfAll(items: AsyncIterable<Message>) {
  const all: Buffer[] = [];
  for await (const frames of items) all.push(...frames);
  return all;
}

const tooMany = itemsFrame(...numbers(11).map(String));

/** What a client sends after it has opened a call with input, whose handler reads the first item: so it has a credit of 10 items. */
const lies: Record<string, (liar: HandClient) => Promise<void>> = {
  "more items than its credit in one message": (liar) => liar.post(1, items, {}, tooMany),
  "more items than its credit in several": async (liar) => {
    for (const position of numbers(11)) await liar.post(1, item, { position }, "item");
  },
  "an item after its bytes are spent": async (liar) => {
    await liar.post(1, item, {}, "1");
    await liar.post(1, item, { position: 1 }, Buffer.alloc(9_999));
    await liar.post(1, item, { position: 2 }, "one more");
  },
  "an item after the end": async (liar) => {
    await liar.post(1, item, { flags: itemFlags.last }, "last");
    await liar.post(1, item, { position: 1 }, "after the end");
  },
  "a gap in its items": (liar) => liar.post(1, item, { position: 1 }, "second"),
  "an item twice": async (liar) => {
    await liar.post(1, item, {}, "first");
    await liar.post(1, item, {}, "first");
  },
  "an end at the wrong place": (liar) => liar.post(1, end, { position: 5 }),
  "an item without a frame": (liar) => liar.post(1, item),
  "items without a frame": (liar) => liar.post(1, items),
  "no items": (liar) => liar.post(1, items, {}, ""),
  "items that are cut off": (liar) => liar.post(1, items, {}, itemsFrame("one", "two").subarray(0, -1)),
  "an item of items without a frame": (liar) => liar.post(1, items, {}, Buffer.from([0])),
  "items whose length is far too large": (liar) => liar.post(1, items, {}, Buffer.from([1, 255, 255, 255, 255, 1])),
  "a credit that is cut off": (liar) => liar.post(1, credit, {}, Buffer.alloc(7)),
  "a credit without a body": (liar) => liar.post(1, credit),
};

describe("a client that sends", () => {
  test.each(Object.keys(lies))("%s", async (lie) => {
    for (const body of ["stream", "reply late"]) {
      await using all = await serving();
      const { liar, server } = all;
      await liar.open({ request: 1, body, hasInput: true, credit: { items: 1_000, bytes: 1_000_000 } });
      // The handler has begun to read, and so there is credit.
      for (let granted = 0; granted === 0; ) {
        const { type, request, body: frames } = await liar.next();
        if (type === credit && request === 1) granted = frames[0]?.readUInt32BE(0) ?? 0;
      }
      reasons = [];
      told = [];
      await lies[lie]?.(liar);
      expect(await liar.failure(1)).toEqual(own);
      expect(reasons).toEqual([expect.objectContaining({ code: "ERR_ENVELOPE" })]);
      expect(told).toEqual([expect.objectContaining({ code: "ERR_ENVELOPE" })]);
      await all.isUnhurt();
      await eventually(() => server.stats.running === 0);
    }
  });

  test.each(["endless", "wait", "reply"])(
    "items in a call that it opened without input, to a handler of the kind %s",
    async (body) => {
      await using all = await serving();
      await all.liar.open({ request: 1, body, credit: { items: 0, bytes: 0 } });
      await all.liar.post(1, item, {}, "item");
      if (body === "reply") expect(String((await all.liar.answer(1)).body[0])).toBe("reply");
      else expect(await all.liar.failure(1)).toEqual(own);
      await all.isUnhurt();
    },
  );

  test("items, ends, credits and cancellations for calls that never were, or are over, is not heard", async () => {
    await using all = await serving();
    const { liar, server } = all;
    await liar.open({ request: 1, body: "reply" });
    expect((await liar.answer(1)).type).toBe(reply);
    for (const request of [1, 2, 3]) {
      await liar.post(request, item, {}, "item");
      await liar.post(request, items, {}, tooMany);
      await liar.post(request, items, {}, "garbage");
      await liar.post(request, end);
      await liar.grant(request, mostCredit, mostCredit);
      await liar.grant(request, mostCredit, mostCredit);
      await liar.post(request, messageTypes.cancel);
    }
    await all.isUnhurt();
    expect(server.stats.failed).toBe(0);
    expect(told).toEqual([]);
  });

  test("items with the ids of another client's call hurts nobody: only its own connection counts", async () => {
    await using all = await serving();
    await using victim = new HandClient(all.server.endpoints[0] as string, 42);
    await using thief = new HandClient(all.server.endpoints[0] as string, 42);
    await victim.open({ request: 1, body: "echo", hasInput: true });
    await eventually(() => all.server.stats.running === 2);
    await thief.post(1, item, {}, "stolen");
    await thief.post(1, items, {}, tooMany);
    await thief.grant(1, mostCredit, mostCredit);
    await thief.post(1, messageTypes.cancel);
    await thief.open({ request: 2, body: "reply" });
    expect((await thief.answer(2)).type).toBe(reply);
    await victim.post(1, item, {}, "mine");
    expect(itemsIn(await victim.answer(1))).toEqual(["mine"]);
    await all.isUnhurt();
  });

  test("what only servers send is counted as invalid", async () => {
    await using all = await serving();
    await all.liar.open({ request: 1, body: "wait" });
    await all.liar.post(1, enough);
    await all.liar.post(1, messageTypes.welcome);
    expect(await all.liar.failure(1)).toEqual({ code: "ERR_ENVELOPE", flags: errorFlags.refused });
    expect(all.server.stats.invalid).toBeGreaterThan(0);
    await all.isUnhurt();
  });
});

describe("a client that grants", () => {
  test.each(["endless", "wait", "echo"])("2^32 - 1 twice, to a handler of the kind %s", async (body) => {
    await using all = await serving();
    await all.liar.open({ request: 1, body, hasInput: body === "echo" });
    await all.liar.grant(1, mostCredit, mostCredit);
    await all.liar.grant(1, mostCredit, mostCredit);
    expect(await all.liar.failure(1)).toEqual(own);
    expect(told).toEqual([expect.objectContaining({ code: "ERR_ENVELOPE" })]);
    await all.isUnhurt();
  });

  test("nothing gets nothing, however long: no item, and no end of other calls", async () => {
    await using all = await serving();
    await all.liar.open({ request: 1, body: "endless", credit: { items: 0, bytes: 0 } });
    await all.liar.open({ request: 2, body: "endless", credit: { items: 5, bytes: 0 } });
    await all.liar.open({ request: 3, body: "endless", credit: { items: 0, bytes: 5 } });
    await all.isUnhurt();
    for (const request of [1, 2, 3]) {
      await all.liar.grant(request, 1, 1);
      const given = itemsIn(await all.liar.answer(request));
      expect(given).toEqual(request === 1 ? ["0"] : given);
      expect(given[0]).toBe("0");
      await all.liar.post(request, messageTypes.cancel);
    }
    await eventually(() => all.server.stats.running === 0);
  });

  test("2^32 - 1 and does not read fills no more than its connection holds", async () => {
    await using all = await serving();
    let produced = 0;
    const server = served(
      async function* () {
        for (; ; produced++) yield Buffer.alloc(10_000);
      },
      { replyTimeout: 300 },
    );
    await using greedy = new HandClient(server.endpoints[0] as string);
    await greedy.open({ request: 1, credit: { items: mostCredit, bytes: mostCredit } });
    // Then its items are dropped, and the stream ends.
    await eventually(() => server.stats.failed === 1);
    expect(server.stats.running).toBe(0);
    expect(produced).toBeLessThan(5_000);
    expect(await take(client(server).stream("?"), 100)).toHaveLength(100);
    await all.isUnhurt();
  });
});

test("a second open with the same id is refused, and the first goes on", async () => {
  await using all = await serving();
  await all.liar.open({ request: 1, body: "endless", credit: { items: 1, bytes: 1 } });
  expect(itemsIn(await all.liar.answer(1))).toEqual(["0"]);
  await all.liar.open({ request: 1, body: "reply" });
  expect(await all.liar.failure(1)).toEqual({ code: "ERR_ENVELOPE", flags: errorFlags.refused });
  await all.liar.grant(1, 1, 10);
  expect(itemsIn(await all.liar.answer(1))).toEqual(["1"]);
  await all.isUnhurt();
});
