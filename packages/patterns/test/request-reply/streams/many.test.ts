/** Many streams at once, with readers of all speeds and with none. */

import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { eventually, fixture, numbers, spawnProcess } from "@awaitmq/testing";
import { afterEach, expect, test } from "vitest";
import { client, closeAll, served } from "../pair.ts";
import { itemsOf, take } from "./reading.ts";

setFlagsFromString("--expose-gc");
const collect = runInNewContext("gc") as () => void;

afterEach(closeAll);

const unlimited = { maxQueuedPerPeer: 1_000_000 };

test("streams that end leave nothing behind", async () => {
  const server = served(async function* (_, { input }) {
    yield* input;
  });
  const asking = client(server);
  const round = async () => {
    const streams = numbers(200).map((number) => asking.stream("?", { input: ["one", "two", String(number)] }));
    await Promise.all(
      streams.map(async (stream, index) => {
        if (index % 2 === 0) await itemsOf(stream);
        else {
          await take(stream, 1);
          await stream.return();
        }
      }),
    );
  };
  for (const _ of numbers(3)) await round();
  const before = memory();
  for (const _ of numbers(15)) await round();
  // 3 000 streams, of which each would keep some kilobytes. What libzmq gave back is freed a little later.
  await eventually(() => memory() - before < 3e6, { interval: 50 });
  expect(asking.stats.late).toBe(0);
});

test("1 000 streams at once, read at mixed speeds, each have all of their items in order", async () => {
  const server = served(
    async function* ([from], { signal }) {
      for (const number of numbers(50, Number(from))) {
        // Handlers have mixed speeds too.
        if (number % 97 === 0) await new Promise((resolve) => setTimeout(resolve, number % 7));
        signal.throwIfAborted();
        yield String(number);
      }
    },
    { ...unlimited, concurrency: 900 },
  );
  const asking = client(server, { maxInFlight: 950 });
  const reading = numbers(1_000).map(async (from) => {
    const stream = asking.stream(String(from), { window: { items: 1 + (from % 20) } });
    if (from % 10 === 1) {
      // It leaves early.
      const items = await take(stream, 3);
      await stream.return();
      return items;
    }
    const items: string[] = [];
    for await (const [item] of stream) {
      if (from % 10 === 2) await new Promise((resolve) => setTimeout(resolve, 1));
      items.push(String(item));
    }
    return items;
  });
  const all = await Promise.all(reading);
  for (const [from, items] of all.entries()) expect(items).toEqual(numbers(from % 10 === 1 ? 3 : 50, from).map(String));
  expect(asking.stats).toMatchObject({ inFlight: 0, waiting: 0, succeeded: 1_000, failed: 0, late: 0, invalid: 0 });
  await eventually(() => server.stats.running === 0);
  expect(server.stats).toMatchObject({ queued: 0, invalid: 0, refused: 0 });
});

test("100 streams with input echo 100 items each, at once", async () => {
  const asking = client(
    served(async function* (_, { input }) {
      yield* input;
    }),
  );
  const all = numbers(100).map((from) => {
    const items = numbers(100, from).map(String);
    return itemsOf(asking.stream("?", { input: items })).then((read) => expect(read).toEqual(items));
  });
  await Promise.all(all);
});

test("10 000 streams that are opened and not read keep bounded memory, and hold up no other call", async () => {
  let left = 0;
  let yielded = 0;
  const server = served(async function* ([what]) {
    if (String(what) === "count") {
      yield* numbers(1_000).map(String);
      return;
    }
    try {
      for (;;) {
        yielded += 1;
        yield Buffer.alloc(500);
      }
    } finally {
      left += 1;
    }
  }, unlimited);
  const asking = client(server, { maxInFlight: 20_000 });
  const streams = numbers(10_000).map(() => asking.stream("?", { window: { items: 4 } }));
  const before = memory();
  for (const { value } of await Promise.all(streams.map((stream) => stream.next()))) expect(value).toHaveLength(1);
  // Four items wait at most for each, and one was read. A grant comes after two.
  await eventually(() => yielded === 10_000 * 4);
  expect(await itemsOf(asking.stream("count"))).toHaveLength(1_000);
  const other = client(server);
  expect(await itemsOf(other.stream("count"))).toHaveLength(1_000);
  expect(yielded).toBe(10_000 * 4);
  expect(server.stats.running).toBe(10_000);
  // Both ends of a stream are in this process: their items (2 KB) and what each end knows of the call.
  expect(memory() - before).toBeLessThan(250e6);
  await asking.close();
  await eventually(() => left === 10_000);
  await eventually(() => server.stats.running === 0);
  await Promise.all(streams.map((stream) => stream.return()));
  expect(await itemsOf(other.stream("count"))).toHaveLength(1_000);
});

test("2 000 streams of a client that is killed all end at the server", async () => {
  let left = 0;
  const server = served(async function* () {
    try {
      for (;;) yield "item";
    } finally {
      left += 1;
    }
  }, unlimited);
  const endpoint = server.endpoints[0] as string;
  await using child = spawnProcess(fixture("stream-reader.mjs", import.meta.url), { args: [endpoint, "2000"] });
  await child.line("reading");
  child.kill("SIGKILL");
  await eventually(() => left === 2_000 && server.stats.running === 0);
});

/** Bytes in use after a full collection, buffers included. */
function memory(): number {
  collect();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}
