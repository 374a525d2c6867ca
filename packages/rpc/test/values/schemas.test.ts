/** Wrong values, at each side of each kind of method. */

import { SchemaError } from "@awaitmq/patterns";
import { afterEach, describe, expect, test, vi } from "vitest";
import { z } from "zod";
import { contract, remote, stream } from "../../src/index.ts";
import { all, type Caught, closeAll, errorOf, isQuiet, scene } from "../scene.ts";

afterEach(closeAll);

const Tick = z.object({ price: z.number(), deep: z.array(z.object({ name: z.string() })).optional() });
type Tick = z.infer<typeof Tick>;
const ticks = contract("ticks", {
  one: { input: Tick, output: Tick },
  many: { input: Tick, output: stream(Tick) },
  sum: { input: stream(Tick), output: Tick },
  both: { input: stream(Tick), output: stream(Tick) },
});

const good: Tick = { price: 1 };
const wrong = { price: 1, deep: [{ name: "a" }, { name: 7 }] } as unknown as Tick;
const place = ["deep", 1, "name"];

/** All methods give these, whatever they get. What they read is kept. */
function giving(...given: Tick[]) {
  const read: unknown[] = [];
  const last = given.at(-1) as Tick;
  return {
    read,
    handlers: {
      one(input: Tick) {
        read.push(input);
        return last;
      },
      async *many(input: Tick) {
        read.push(input);
        yield* given;
      },
      async sum(items: AsyncIterable<Tick>) {
        for await (const item of items) read.push(item);
        return last;
      },
      async *both(items: AsyncIterable<Tick>) {
        for await (const item of items) read.push(item);
        yield* given;
      },
    },
  };
}

function expectRefusal(error: Caught, path: string): void {
  expect(error).toBeInstanceOf(SchemaError);
  expect(error).toMatchObject({ code: "ERR_SCHEMA", issues: [{ path: place }] });
  expect(error.message).toContain(`${path}: deep[1].name: `);
}

describe("a wrong input", () => {
  test("rejects at the caller before anything is sent", async () => {
    const { handlers, read } = giving(good);
    const { calls, server, client } = scene(ticks, handlers);
    expectRefusal(await errorOf(calls.one(wrong)), "as the input of ticks.one");
    expectRefusal(await errorOf(all(calls.many(wrong))), "as the input of ticks.many");
    expect(client.stats).toMatchObject({ succeeded: 0, failed: 0, inFlight: 0, waiting: 0 });
    expect(await calls.one(good)).toEqual(good);
    expect(server.stats).toMatchObject({ served: 1, failed: 0, dropped: 0 });
    expect(read).toEqual([good]);
  });

  test("is thrown by the first read of a stream, once", async () => {
    const { calls } = scene(ticks, giving(good).handlers);
    const items = calls.many(wrong);
    const [first, second] = await Promise.allSettled([items.next(), items.next()]);
    expect(first).toMatchObject({ status: "rejected", reason: { code: "ERR_SCHEMA" } });
    expect(second).toMatchObject({ status: "fulfilled", value: { done: true } });
    expect(await items.next()).toEqual({ value: undefined, done: true });
  });

  test("ends the call when it is an item, which is not sent", async () => {
    const { handlers, read } = giving(good);
    const { calls, server } = scene(ticks, handlers);
    const returned = vi.fn();
    function* source() {
      try {
        yield good;
        yield wrong;
        yield good;
      } finally {
        returned();
      }
    }
    expectRefusal(await errorOf(calls.sum(source())), "as the input of ticks.sum");
    expectRefusal(await errorOf(all(calls.both(source()))), "as the input of ticks.both");
    await isQuiet(server);
    expect(returned).toHaveBeenCalledTimes(2);
    expect(read).not.toContainEqual(wrong);
  });

  test("that a client did not check is refused by the server, with the same issues", async () => {
    const { handlers, read } = giving(good);
    const onError = vi.fn();
    const { client, server, calls } = scene(ticks, handlers, { serve: { onError } });
    const careless = remote(ticks, client, { validate: false });
    const known = await errorOf(calls.one(wrong));
    const refusals = [
      () => careless.one(wrong),
      () => all(careless.many(wrong)),
      () => careless.sum([good, wrong]),
      () => all(careless.both([good, wrong])),
    ];
    for (const [index, refusal] of refusals.entries()) {
      const error = await errorOf(refusal());
      expectRefusal(error, `as the input of ticks.${["one", "many", "sum", "both"][index]}`);
      expect(error.issues).toEqual(known.issues);
    }
    await isQuiet(server);
    expect(onError).toHaveBeenCalledTimes(4);
    expect(read).not.toContainEqual(wrong);
  });

  test("is the caller's to know even if the server hides its errors", async () => {
    const { client } = scene(ticks, giving(good).handlers, { serve: { exposeErrors: "none" } });
    const careless = remote(ticks, client, { validate: "incoming" });
    expectRefusal(await errorOf(careless.one(wrong)), "as the input of ticks.one");
    expectRefusal(await errorOf(careless.sum([good, wrong])), "as the input of ticks.sum");
  });
});

describe("a wrong output", () => {
  test("is a SchemaError for the caller, and onError of the server gets it", async () => {
    const onError = vi.fn();
    const { calls, server } = scene(ticks, giving(good, wrong).handlers, { serve: { onError } });
    expectRefusal(await errorOf(calls.one(good)), "as the output of ticks.one");
    expectRefusal(await errorOf(calls.sum([good])), "as the output of ticks.sum");
    const seen: Tick[] = [];
    const read = async (items: AsyncIterable<Tick>) => {
      for await (const item of items) seen.push(item);
    };
    expectRefusal(await errorOf(read(calls.many(good))), "as the output of ticks.many");
    expectRefusal(await errorOf(read(calls.both([good]))), "as the output of ticks.both");
    expect(seen).toEqual([good, good]);
    await isQuiet(server);
    expect(onError.mock.calls.map(([error]) => error)).toEqual(Array(4).fill(expect.any(SchemaError)));
  });

  test("is hidden by a server that hides its errors", async () => {
    const onError = vi.fn();
    const { calls } = scene(ticks, giving(wrong).handlers, { serve: { exposeErrors: "none", onError } });
    for (const refusal of [() => calls.one(good), () => all(calls.many(good))]) {
      const error = await errorOf(refusal());
      expect(error).toMatchObject({ code: "ERR_REMOTE", remoteName: "RemoteError" });
      expect(JSON.stringify([error.message, error])).not.toContain("deep");
    }
    expect(onError).toHaveBeenCalledTimes(2);
  });

  test("ends the handler's generator, its finally included", async () => {
    const ended = vi.fn();
    const { calls, server } = scene(ticks, {
      ...giving(good).handlers,
      async *many() {
        try {
          yield wrong;
          yield good;
        } finally {
          ended();
        }
      },
    });
    expectRefusal(await errorOf(all(calls.many(good))), "as the output of ticks.many");
    await isQuiet(server);
    expect(ended).toHaveBeenCalledTimes(1);
  });

  test("that the server did not check is refused by the caller, which leaves the stream", async () => {
    const ended = vi.fn();
    const { calls, server } = scene(
      ticks,
      {
        ...giving(wrong).handlers,
        async *many() {
          try {
            for (;;) yield wrong;
          } finally {
            ended();
          }
        },
      },
      { implement: { validate: "incoming" } },
    );
    expectRefusal(await errorOf(calls.one(good)), "as the output of ticks.one");
    expectRefusal(await errorOf(all(calls.many(good))), "as the output of ticks.many");
    await isQuiet(server);
    expect(ended).toHaveBeenCalledTimes(1);
  });
});

test("validate: false at both ends checks nothing", async () => {
  const { handlers, read } = giving(wrong);
  const options = { implement: { validate: false }, remote: { validate: false } } as const;
  const { calls } = scene(ticks, handlers, options);
  expect(await calls.one(wrong)).toEqual(wrong);
  expect(await all(calls.many(wrong))).toEqual([wrong]);
  expect(await calls.sum([wrong])).toEqual(wrong);
  expect(await all(calls.both([wrong]))).toEqual([wrong]);
  expect(read).toEqual([wrong, wrong, wrong, wrong]);
});
