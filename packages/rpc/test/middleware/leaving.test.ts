/** Streams through layers at both ends that end at any point: nothing is left behind. */

import { numbers } from "@awaitmq/testing";
import { afterEach, expect, test, vi } from "vitest";
import { contract, stream, type } from "../../src/index.ts";
import { all, closeAll, errorOf, isQuiet, scene } from "../scene.ts";

afterEach(closeAll);

const count = type<number>();
const counts = contract("counts", {
  many: { input: count, output: stream(count) },
  sum: { input: stream(count), output: count },
  both: { input: stream(count), output: stream(count) },
});

/** Everything that begins and ends here is counted. */
function counted() {
  const begun = vi.fn();
  const ended = vi.fn();
  async function* through<T>(items: AsyncIterable<T> | Iterable<T>) {
    begun();
    try {
      yield* items;
    } finally {
      ended();
    }
  }
  async function* endless(): AsyncGenerator<number, void> {
    for (let number = 0; ; number++) yield number;
  }
  const layer = async (
    { input, method: { kind } }: { readonly input: unknown; readonly method: { readonly kind: string } },
    next: (changes: { readonly input?: unknown }) => Promise<unknown>,
  ) => {
    const reads = kind === "client-streaming" || kind === "bidi-streaming";
    const output = await next(reads ? { input: through(input as AsyncIterable<unknown>) } : {});
    return typeof output === "number" ? output : through(output as AsyncIterable<unknown>);
  };
  const parts = scene(
    counts,
    {
      many: () => through(endless()),
      async sum(items) {
        for await (const item of items) if (item >= 5) return item;
        return -1;
      },
      async *both(items) {
        for await (const item of items) yield item;
      },
    },
    { implement: { use: [layer] }, remote: { use: [layer] } },
  );
  return { ...parts, begun, ended, endless, through };
}

test.each(numbers(6))("left after %i items", async (most) => {
  const { calls, server, client, begun, ended, endless, through } = counted();
  for (const open of [() => calls.many(0), () => calls.both(through(endless()))]) {
    const items = open();
    for (const number of numbers(most)) expect((await items.next()).value).toBe(number);
    await items.return();
    expect(await items.next()).toEqual({ value: undefined, done: true });
  }
  await isQuiet(server);
  await vi.waitUntil(() => ended.mock.calls.length === begun.mock.calls.length, { timeout: 100_000 });
  expect(client.stats.inFlight).toBe(0);
});

test.each(numbers(4))("aborted after %i items", async (most) => {
  const { calls, server, client, begun, ended, endless, through } = counted();
  for (const open of [
    (signal: AbortSignal) => calls.many(0, { signal }),
    (signal: AbortSignal) => calls.both(through(endless()), { signal }),
  ]) {
    const ending = new AbortController();
    const items = open(ending.signal);
    for (const number of numbers(most)) expect((await items.next()).value).toBe(number);
    ending.abort(new Error("enough"));
    expect(await errorOf(all(items))).toMatchObject({ message: "enough" });
  }
  await isQuiet(server);
  await vi.waitUntil(() => ended.mock.calls.length === begun.mock.calls.length, { timeout: 100_000 });
  expect(client.stats.inFlight).toBe(0);
});

test("a source that the handler has left, or read to its end", async () => {
  const { calls, server, begun, ended, endless, through } = counted();
  expect(await calls.sum(through(endless()))).toBe(5);
  expect(await calls.sum(through([1, 2]))).toBe(-1);
  expect(await all(calls.both(through([1, 2])))).toEqual([1, 2]);
  await isQuiet(server);
  await vi.waitUntil(() => ended.mock.calls.length === begun.mock.calls.length, { timeout: 100_000 });
  expect(begun.mock.calls.length).toBeGreaterThan(6);
});
