/** Credit: how far a producer is ahead of its reader, and that no stream holds up another. */

import { setImmediate as turn } from "node:timers/promises";
import { type Message, Router } from "@awaitmq/core";
import { eventually, fixture, freshTcp, numbers, quickest, spawnProcess } from "@awaitmq/testing";
import { afterEach, describe, expect, test } from "vitest";
import { type RequestContext, serve, type Window } from "../../../src/index.ts";
import { decodeCredit } from "../../../src/wire/credit.ts";
import { messageTypes } from "../../../src/wire/envelope.ts";
import { client, closeAll, connected, served } from "../pair.ts";
import { HandClient } from "./by-hand.ts";
import { itemsOf, take } from "./reading.ts";

afterEach(closeAll);

/** A server whose handler yields items of these sizes, over and over, and what it has yielded. */
function producing(sizes: readonly number[]) {
  const produced = { items: 0, bytes: 0 };
  const server = served(async function* () {
    for (;;) {
      const size = sizes[produced.items % sizes.length] as number;
      produced.items += 1;
      produced.bytes += size;
      yield Buffer.alloc(size);
    }
  });
  return { server, produced };
}

/** Waits until something does not change for some turns of the event loop, several milliseconds each. */
async function settled(value: () => number): Promise<void> {
  let last = value();
  let same = 0;
  await eventually(
    () => {
      same = value() === last ? same + 1 : 0;
      last = value();
      return same >= 5;
    },
    { interval: 5 },
  );
}

const megabyte = 1_048_576;

describe("a producer is never more than the window ahead of its reader", () => {
  test.each<[string, Window, readonly number[]]>([
    ["tiny items", {}, [10]],
    ["empty items", { items: 100 }, [0]],
    ["one item at a time", { items: 1 }, [100]],
    ["one byte at a time", { bytes: 1 }, [100]],
    ["items of many sizes", { items: 50, bytes: 20_000 }, [10, 1_000, 1_024, 1_025, 5_000, 0, 300]],
    ["large items", {}, [300_000]],
    ["items larger than the window", { bytes: 1_000 }, [100_000, 10]],
    ["small items and few bytes", { bytes: 5_000 }, [900]],
  ])("with %s", async (_, window, sizes) => {
    const { server, produced } = producing(sizes);
    const { items = 256, bytes = megabyte } = window;
    const largest = Math.max(...sizes);
    const read = { items: 0, bytes: 0 };
    const stream = client(server).stream("?", { window });
    for (const count of [1, 2, items / 2, 200]) {
      for (const _ of numbers(Math.ceil(count))) {
        const { value } = await stream.next();
        read.items += 1;
        read.bytes += value?.[0]?.length ?? 0;
      }
      await settled(() => produced.items);
      expect(produced.items - read.items).toBeLessThanOrEqual(items);
      // One item may exceed the bytes.
      expect(produced.bytes - read.bytes).toBeLessThan(bytes + largest);
      expect(produced.items).toBeGreaterThan(read.items);
    }
    await stream.return();
  });

  test("nor is a client ahead of a handler, with the window of the server", async () => {
    const taken = { items: 0, read: 0, most: 0 };
    function* input() {
      for (; taken.items < 2_000; taken.items++) {
        taken.most = Math.max(taken.most, taken.items + 1 - taken.read);
        yield Buffer.alloc(taken.items % 2_000);
      }
    }
    const server = served(
      async (_, { input }) => {
        for await (const _ of input) {
          taken.read += 1;
          if (taken.read % 100 === 0) await new Promise((resolve) => setTimeout(resolve, 1));
        }
        return String(taken.read);
      },
      { window: { items: 32 } },
    );
    expect(await itemsOf(client(server).stream("?", { input: input() }))).toEqual(["2000"]);
    expect(taken.most).toBeLessThanOrEqual(32);
    expect(taken.most).toBeGreaterThan(16);
  });
});

describe("an item of any size goes", () => {
  test.each([1, 1_000, 3 * megabyte])("with a window of %i bytes, in both directions", async (bytes) => {
    const large = Buffer.alloc(5 * megabyte, 7);
    const server = served(
      async function* (_: Message, { input }: RequestContext) {
        for await (const item of input) {
          yield item;
          yield "and";
        }
      },
      { window: { bytes } },
    );
    const lengths: number[] = [];
    for await (const [item] of client(server).stream("?", { window: { bytes }, input: ["", large, "small", large] }))
      lengths.push(item?.length ?? -1);
    expect(lengths).toEqual([0, 3, large.length, 3, 5, 3, large.length, 3]);
  });
});

describe("a reader that does not read", () => {
  test("holds up its own stream alone: another one, and requests, go on by the same connection", async () => {
    const { server, produced } = producing([1_000]);
    const other = served(async function* ([what]) {
      if (String(what) === "count") yield* numbers(5_000).map(String);
      else for (;;) yield Buffer.alloc(1_000);
    });
    const asking = client(other);
    const slow = asking.stream("endless");
    await take(slow, 1);
    expect(await itemsOf(asking.stream("count"))).toEqual(numbers(5_000).map(String));
    expect(await itemsOf(asking.stream("count", { window: { items: 3 } }))).toHaveLength(5_000);
    await take(slow, 1_000);
    await slow.return();
    const stopped = client(server).stream("?");
    await take(stopped, 1);
    await settled(() => produced.items);
    expect(produced.items).toBeLessThanOrEqual(257);
  });

  test("of its input at the server holds up that call alone", async () => {
    const server = served(async function* ([what], { input, signal }) {
      if (String(what) === "echo") yield* input;
      await input.next();
      yield "read one";
      await new Promise((resolve) => signal.addEventListener("abort", resolve));
    });
    const asking = client(server);
    const slow = asking.stream("slow", { input: numbers(10_000).map(() => Buffer.alloc(2_000)) });
    await take(slow, 1);
    const stream = asking.stream("echo", { input: numbers(2_000).map(String) });
    expect(await take(stream, 2_000)).toEqual(numbers(2_000).map(String));
    await Promise.all([slow.return(), stream.return()]);
  });
});

test("a client that reads late gets all of its credit, however few messages may wait at the server", async () => {
  const count = 3_000;
  let read = 0;
  await using router = new Router({ sendHighWaterMark: 1, sendBufferSize: 4_096, maxPendingSends: 1, linger: 0 });
  const reading = async (_: Message, { input }: RequestContext) => {
    for await (const _item of input) read += 1;
    return "never";
  };
  await using _server = serve(router, reading, { window: { items: 2 }, grace: 0 });
  const endpoint = await router.bind("tcp://127.0.0.1:*");
  await using hand = new HandClient(endpoint, 7, { receiveHighWaterMark: 1, receiveBufferSize: 4_096 });
  for (const request of [1, 2]) await hand.open({ request, hasInput: true });
  const granted: [number, number] = [0, 0];
  const hear = async () => {
    const { type, request, body } = await hand.next();
    if (type === messageTypes.credit) granted[request === 1 ? 0 : 1] += decodeCredit(body[0]).items;
  };
  while (granted[0] < 2 || granted[1] < 2) await hear();
  for (const position of numbers(count)) {
    for (const request of [1, 2]) await hand.post(request, messageTypes.item, { position }, "item");
    while (read < 2 * position + 2) await turn();
  }
  while (granted[0] < count + 2 || granted[1] < count + 2) await hear();
  expect(granted).toEqual([count + 2, count + 2]);
});

describe("a generator that awaits nothing", () => {
  test("leaves timers on time in its process", async () => {
    const endpoint = await freshTcp();
    await using child = spawnProcess(fixture("streams.mjs", import.meta.url), { args: [endpoint] });
    await child.line("ready");
    const asking = connected({ connect: endpoint });
    const late = await quickest(200, async () => {
      await using stream = asking.stream("busy");
      const items = await take(stream, 100_000);
      return Number(items.at(-1));
    });
    expect(late).toBeLessThan(200);
  });

  test("leaves the event loop of a reader in the same process some turns", async () => {
    const server = served(async function* () {
      for (;;) yield "item";
    });
    let turns = 0;
    const timer = setInterval(() => {
      turns += 1;
    }, 1);
    await using stream = client(server).stream("?");
    const began = performance.now();
    await take(stream, 50_000);
    clearInterval(timer);
    // Each turn takes a hundredth of a second at most, on a machine that is not busy.
    expect(turns).toBeGreaterThan((performance.now() - began) / 200);
  });
});
