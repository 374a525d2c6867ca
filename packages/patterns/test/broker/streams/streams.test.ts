/** Streams through a broker: items both ways, credit, leaving, and what else a call has. */

import { type Message, UnsupportedError } from "@awaitmq/core";
import { eventually, freshInproc, gate, numbers } from "@awaitmq/testing";
import { afterEach, describe, expect, test } from "vitest";
import type { BalancedContext } from "../../../src/index.ts";
import { aborted } from "../../request-reply/pair.ts";
import { itemsOf, take } from "../../request-reply/streams/reading.ts";
import { countsOf } from "../counts.ts";
import { brokered, client, closeAll, endless, scene, worker } from "./scene.ts";

afterEach(closeAll);

async function* countTo([count]: Message) {
  for (let number = 0; number < Number(count); number++) yield String(number);
}

async function* echo(_: Message, { input }: BalancedContext) {
  yield* input;
}

const counted = (count: number) => numbers(count).map(String);

describe("a stream through a broker", () => {
  test("brings all items in order, small and large ones, and their frames", async () => {
    const big = Buffer.alloc(100_000, 7);
    const { client } = scene(async function* () {
      for (const number of numbers(1_000)) yield number % 100 === 0 ? [String(number), big] : [String(number), "", "x"];
    });
    const seen: string[] = [];
    for await (const [number, second] of client.stream("go")) {
      seen.push(String(number));
      expect(second?.length).toBe(Number(number) % 100 === 0 ? big.length : 0);
    }
    expect(seen).toEqual(counted(1_000));
  });

  test("takes what the client streams, in order, to its end", async () => {
    const { client, worker } = scene(echo);
    expect(await itemsOf(client.stream("echo", { input: counted(1_000) }))).toEqual(counted(1_000));
    expect(await itemsOf(client.stream("echo", { input: [] }))).toEqual([]);
    expect(worker.stats).toMatchObject({ failed: 0, invalid: 0 });
  });

  test("takes one reply for a stream, after all of its input", async () => {
    const { client } = scene(async (_, { input }) => {
      let sum = 0;
      for await (const [number] of input) sum += Number(number);
      return String(sum);
    });
    expect(await itemsOf(client.stream("sum", { input: counted(1_000) }))).toEqual(["499500"]);
  });

  test("has the client stop when the handler leaves its input, and goes on", async () => {
    const { client } = scene(async function* (_, { input }) {
      for await (const item of input) {
        yield item;
        break;
      }
      yield "after";
    });
    let returned = false;
    const input = endless(undefined, () => {
      returned = true;
    });
    expect(await itemsOf(client.stream("first", { input }))).toEqual(["0", "after"]);
    await eventually(() => returned);
  });

  test("lets a worker be no more than the client's window ahead", async () => {
    let produced = 0;
    const { client } = scene(
      ([what]) => (String(what) === "request" ? "reply" : endless((count) => (produced = count))),
      { concurrency: 2 },
    );
    const stream = client.stream("endless", { window: { items: 10 } });
    expect(await take(stream, 1)).toEqual(["0"]);
    await eventually(() => produced === 10);
    for (const _ of numbers(10)) await client.request("request");
    expect(produced).toBe(10);
    await take(stream, 27);
    const read = 28;
    await eventually(() => produced >= read + 5);
    for (const _ of numbers(10)) await client.request("request");
    expect(produced).toBeLessThanOrEqual(read + 10);
    await stream.return();
  });

  test("lets a client be no more than the worker's window ahead, in bytes too", async () => {
    const go = gate();
    const { client } = scene(
      async ([what], { input }) => {
        if (String(what) === "request") return "reply";
        const first = await input.next();
        await go.opened;
        let read = first.done ? 0 : 1;
        for await (const _ of input) read += 1;
        return String(read);
      },
      { concurrency: 2, window: { items: 100, bytes: 1_000 } },
    );
    let produced = 0;
    async function* input() {
      while (produced < 50) {
        produced += 1;
        yield Buffer.alloc(300);
      }
    }
    const stream = client.stream("read", { input: input() });
    const reading = itemsOf(stream);
    await eventually(() => produced >= 4);
    for (const _ of numbers(10)) await client.request("request");
    // Four items have 1 200 bytes. One was read, which is less than half of the window.
    expect(produced).toBe(4);
    go.open();
    expect(await reading).toEqual(["50"]);
  });

  test("is left when the worker's handler has finished", async () => {
    const trail: string[] = [];
    const { client, worker } = scene(async function* (_, { signal }) {
      try {
        yield "one";
        yield "two";
        await aborted(signal);
        trail.push(`aborted: ${(signal.reason as Error).name}`);
      } finally {
        await new Promise((resolve) => setTimeout(resolve, 50));
        trail.push("finally");
      }
    });
    for await (const [item] of client.stream("go")) if (String(item) === "two") break;
    trail.push("left");
    expect(trail).toEqual(["aborted: CancelledError", "finally", "left"]);
    await eventually(() => worker.stats.running === 0);
    expect(await take(client.stream("go"), 1)).toEqual(["one"]);
  });

  test("carries metadata and the time that is left, as a request does", async () => {
    const { client } = scene(([what], { metadata, remaining }) => {
      const told = JSON.stringify({ ...metadata, isSoon: remaining > 0 && remaining <= 90_000 });
      return String(what) === "stream"
        ? (async function* () {
            yield told;
          })()
        : told;
    });
    const options = { metadata: { "x-tenant": "ä" }, timeout: 90_000 };
    const told = JSON.stringify({ "x-tenant": "ä", isSoon: true });
    expect(await itemsOf(client.stream("stream", options))).toEqual([told]);
    expect(String(await client.request("request", options))).toBe(told);
    expect(await itemsOf(client.stream("stream"))).toEqual([JSON.stringify({ isSoon: false })]);
  });

  test("is what `request` asks for when the handler streams", async () => {
    const { client } = scene(countTo);
    const failed = await client.request("5").catch((error: unknown) => error);
    expect(failed).toBeInstanceOf(UnsupportedError);
    expect(String(failed)).toContain("Call `stream` instead");
    expect(await itemsOf(client.stream("5"))).toEqual(counted(5));
  });

  test("stays with its worker, of whose concurrency it is one", async () => {
    const { running, clientEnd, workerEnd } = brokered();
    for (const name of ["a", "b"])
      worker(workerEnd, async function* (_, { input }) {
        for await (const _item of input) yield name;
      });
    await eventually(() => running.stats.held === 0);
    const asking = client(clientEnd);
    const goOn = gate();
    async function* input() {
      yield* ["", ""];
      await goOn.opened;
      yield* counted(500);
    }
    const [first, second, third] = numbers(3).map(() => asking.stream("go", { input: input() }));
    const [one] = await take(first!, 2);
    const [two] = await take(second!, 2);
    expect([one, two].sort()).toEqual(["a", "b"]);
    const late = third!.next();
    await eventually(() => running.stats.waiting === 1);
    expect(running.stats.held).toBe(2);
    goOn.open();
    expect(new Set(await itemsOf(first!))).toEqual(new Set([one]));
    await late;
    expect(new Set(await itemsOf(second!))).toEqual(new Set([two]));
    expect(await itemsOf(third!)).toHaveLength(501);
  });

  test.each(numbers(10).map((n) => n + 1))(
    "shares two workers of concurrency %i with other streams and requests",
    async (concurrency) => {
      const { running, clientEnd, workerEnd } = brokered();
      const handler = ([what]: Message, context: BalancedContext) =>
        String(what) === "request" ? "reply" : echo([what] as never, context);
      for (const _ of numbers(2)) worker(workerEnd, handler, { concurrency });
      const asking = client(clientEnd);
      const calls = numbers(12).map(async (number) =>
        number % 3 === 2
          ? [String(await asking.request("request"))]
          : itemsOf(asking.stream("echo", { input: numbers(40).map((item) => `${number}:${item}`) })),
      );
      for (const [number, items] of (await Promise.all(calls)).entries())
        expect(items).toEqual(number % 3 === 2 ? ["reply"] : numbers(40).map((item) => `${number}:${item}`));
      await eventually(() => running.stats.held === 0);
      await countsOf(running, { waiting: 0, given: 12, answered: 12, ignored: 0, undeliverable: 0 });
    },
  );

  test("is one of a hundred at once, all of which end well", async () => {
    const { clientEnd, workerEnd } = brokered();
    for (const _ of numbers(2)) worker(workerEnd, echo, { concurrency: 50 });
    const asking = client(clientEnd);
    const streams = numbers(100).map((number) =>
      itemsOf(asking.stream("echo", { input: numbers(100).map((item) => `${number}:${item}`), window: { items: 7 } })),
    );
    for (const [number, items] of (await Promise.all(streams)).entries())
      expect(items).toEqual(numbers(100).map((item) => `${number}:${item}`));
    expect(asking.stats).toMatchObject({ succeeded: 100, failed: 0, invalid: 0, inFlight: 0 });
  });

  test("runs over inproc", async () => {
    const { clientEnd, workerEnd } = brokered({}, [freshInproc(), freshInproc()]);
    const serving = worker(workerEnd, echo);
    const asking = client(clientEnd);
    expect(await itemsOf(asking.stream("echo", { input: counted(600) }))).toEqual(counted(600));
    const stream = asking.stream("echo", { input: endless() });
    await take(stream, 300);
    await stream.return();
    await eventually(() => serving.stats.running === 0);
    expect(await itemsOf(asking.stream("echo", { input: counted(3) }))).toEqual(counted(3));
  });
});
