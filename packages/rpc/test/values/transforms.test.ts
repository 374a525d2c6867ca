/** What schemas make of values: the raw value travels, and the receiver gets what its schema makes of it. */

import * as v from "valibot";
import { afterEach, expect, test, vi } from "vitest";
import { z } from "zod";
import { contract, implement, remote, services, stream } from "../../src/index.ts";
import { all, closeAll, connected, scene, served } from "../scene.ts";

afterEach(closeAll);

const Padded = z
  .string()
  .trim()
  .transform((text) => text.length);

const lengths = contract("lengths", {
  one: { input: Padded, output: Padded },
  many: { input: Padded, output: stream(Padded) },
  sum: { input: stream(Padded), output: Padded },
  both: { input: stream(Padded), output: stream(Padded) },
});

test("the handler gets what the schema makes of the input, and the caller what it makes of the output", async () => {
  const seen: number[] = [];
  const { calls } = scene(lengths, {
    one: (length) => {
      seen.push(length);
      return "  four";
    },
    async *many(length) {
      seen.push(length);
      yield* [" a", " bc"];
    },
    async sum(items) {
      seen.push(...(await all(items)));
      return " seven77";
    },
    async *both(items) {
      for await (const length of items) yield ".".repeat(length + 1);
    },
  });
  expect(await calls.one(" ab ")).toBe(4);
  expect(await all(calls.many(" abc "))).toEqual([1, 2]);
  expect(await calls.sum([" ", " abcd "])).toBe(7);
  expect(await all(calls.both([" a", "  bc"]))).toEqual([2, 3]);
  expect(seen).toEqual([2, 3, 0, 4]);
});

test("the raw value travels, as a peer without checks sees it", async () => {
  const handler = vi.fn((input: unknown) => input);
  const raw = implement(lengths, { one: handler, many: vi.fn(), sum: vi.fn(), both: vi.fn() } as never, {
    validate: false,
  });
  const client = connected(served(services(raw)));
  expect(await remote(lengths, client).one("  ab  ")).toBe(2);
  expect(handler.mock.calls[0]?.[0]).toBe("  ab  ");
  expect(await remote(lengths, client, { validate: false }).one("  ab  ")).toBe("  ab  ");
});

test("a Date becomes a text in JSON, and z.coerce.date makes a Date of it again", async () => {
  const clock = contract("clock", {
    next: { input: z.coerce.date(), output: z.coerce.date() },
    ticks: { output: stream(z.coerce.date()) },
  });
  const { calls } = scene(clock, {
    next: (date) => new Date(date.getTime() + 1_000),
    async *ticks() {
      yield new Date(5);
    },
  });
  expect(await calls.next(new Date(0))).toEqual(new Date(1_000));
  expect(await calls.next("1970-01-01T00:00:07Z")).toEqual(new Date(8_000));
  expect(await all(calls.ticks())).toEqual([new Date(5)]);
});

test("defaults are filled in at the receiver, of an input that is left out as well", async () => {
  const search = contract("search", {
    find: {
      input: z.object({ text: z.string().default("*"), limit: z.number().default(10) }).optional(),
      output: z.object({ hits: z.array(z.string()).default([]) }),
    },
    page: { input: v.optional(v.number(), 1), output: v.number() },
  });
  const handler = vi.fn();
  const { calls } = scene(search, {
    find: (query) => {
      handler(query);
      return {};
    },
    page: (number) => number,
  });
  expect(await calls.find({ text: "a" })).toEqual({ hits: [] });
  expect(await calls.find()).toEqual({ hits: [] });
  expect(handler.mock.calls).toEqual([[{ text: "a", limit: 10 }], [undefined]]);
  expect(await calls.page()).toBe(1);
  expect(await calls.page(3)).toBe(3);
});

test("a schema is no filter at the sender: properties that it does not know travel, and the receiver's drops them", async () => {
  const Named = z.object({ name: z.string() });
  const people = contract("people", { get: { input: Named, output: Named } });
  const { calls, client } = scene(people, {
    get: (input) => ({ ...input, secret: Object.keys(input) }) as { name: string },
  });
  expect(await calls.get({ name: "Ada", age: 36 } as { name: string })).toEqual({ name: "Ada" });
  const trusting = remote(people, client, { validate: false });
  expect(await trusting.get({ name: "Ada", age: 36 } as { name: string })).toEqual({ name: "Ada", secret: ["name"] });
});

test("a method without input ignores what it is given, and one without output gives undefined", async () => {
  const plain = contract("plain", {
    run: {},
    ticks: { output: stream(z.number()) },
    take: { input: stream(z.number()) },
  });
  const handler = vi.fn((_: undefined) => "a value" as never);
  const { calls } = scene(plain, {
    run: handler,
    async *ticks(input) {
      handler(input);
      yield 1;
    },
    take: async (items) => void (await all(items)),
  });
  expect(await (calls.run as (input: unknown) => Promise<void>)({ ignored: true })).toBeUndefined();
  expect(await all(calls.ticks())).toEqual([1]);
  expect(await calls.take([1, 2])).toBeUndefined();
  expect(handler.mock.calls.map(([input]) => input)).toEqual([undefined, undefined]);
});
