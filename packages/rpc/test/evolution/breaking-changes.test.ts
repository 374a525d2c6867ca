/** Changes of contracts, methods and errors, and what is no description. */

import {
  type BreakingChange,
  breakingChanges,
  contract,
  type Description,
  describe as descriptionOf,
  type MethodDescription,
  stream,
} from "@awaitmq/rpc";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import { describing, sentences } from "./describing.ts";

const string = { type: "string" };
const contracts = (...names: string[]): Description => ({
  version: 1,
  contracts: names.map((name) => ({ name, methods: [] })),
});

test("equal descriptions, new contracts and new methods break nothing", () => {
  const before = describing({ input: string });
  const { methods } = before.contracts[0]!;
  const added: MethodDescription = { name: "watch", kind: "server-streaming", idempotent: false, errors: {} };
  const after: Description = {
    version: 1,
    contracts: [
      { name: "shop.orders", methods: [added] },
      { name: "prices", methods: [added, ...methods] },
    ],
  };
  expect(breakingChanges(before, before)).toEqual([]);
  expect(breakingChanges(before, after)).toEqual([]);
});

test("a removed contract breaks callers, and a removed method does", () => {
  expect(breakingChanges(contracts("prices", "shop.orders"), contracts("prices"))).toEqual<BreakingChange[]>([
    { path: "shop.orders", message: "The contract shop.orders was removed" },
  ]);
  expect(breakingChanges(describing(), contracts("prices"))).toEqual<BreakingChange[]>([
    { path: "prices.quote", message: "The method prices.quote was removed" },
  ]);
});

test("another kind breaks callers, whatever the schemas are", () => {
  const before = describing({ kind: "unary", output: string });
  const after = describing({ kind: "server-streaming", output: { type: "number" } });
  expect(sentences(before, after)).toEqual(["prices.quote: The method was unary, and is now server-streaming"]);
});

test("callers that use a codec break if the contract has another or none, and those that use JSON do not", () => {
  const coded = (codec?: string): Description => ({
    version: 1,
    contracts: [{ name: "prices", ...(codec !== undefined && { codec }), methods: [] }],
  });
  const advice = "Old callers still use msgpack: keep it in `codecs` of implement";
  expect(breakingChanges(coded("msgpack"), coded())).toEqual<BreakingChange[]>([
    { path: "prices", message: `The codec was msgpack, and is now JSON. ${advice}` },
  ]);
  expect(breakingChanges(coded("msgpack"), coded("cbor"))).toEqual<BreakingChange[]>([
    { path: "prices", message: `The codec was msgpack, and is now cbor. ${advice}` },
  ]);
  expect(breakingChanges(coded(), coded("msgpack"))).toEqual([]);
  expect(breakingChanges(coded("msgpack"), coded("msgpack"))).toEqual([]);
});

test("callers break if a method is no longer idempotent, and not if it becomes idempotent", () => {
  const [before, after] = [describing({ idempotent: true }), describing({ idempotent: false })];
  expect(sentences(before, after)).toEqual([
    "prices.quote: The method is no longer idempotent, but old clients still retry and hedge",
  ]);
  expect(sentences(after, before)).toEqual([]);
});

test("a schema that appears breaks callers that send, unless it accepts everything", () => {
  const change = "prices.quote input: The input has a schema now, which may refuse values";
  expect(sentences(describing(), describing({ input: string }))).toEqual([change]);
  expect(sentences(describing(), describing({ input: { title: "anything" } }))).toEqual([]);
  expect(sentences(describing(), describing({ output: string }))).toEqual([]);
});

test("a schema that disappears breaks callers that receive", () => {
  const change = "prices.quote output: The output no longer has a schema, so it may be anything";
  expect(sentences(describing({ output: string }), describing())).toEqual([change]);
  expect(sentences(describing({ output: true }), describing())).toEqual([]);
  expect(sentences(describing({ input: string }), describing())).toEqual([]);
});

test("items of a stream are named in the sentences", () => {
  const method = (type: string) => describing({ kind: "bidi-streaming", input: { type }, output: { type } });
  expect(sentences(method("string"), method("null"))).toEqual([
    "prices.quote input: An item of the input no longer accepts a string",
    "prices.quote output: An item of the output may now be null",
  ]);
});

describe("Errors", () => {
  const failing = (errors: MethodDescription["errors"]) => describing({ errors });
  const data = (...required: string[]) => ({ type: "object", properties: { symbol: string }, required });

  test("that are new or removed break nothing", () => {
    expect(sentences(failing({ A: null }), failing({ B: string }))).toEqual([]);
  });

  test("break callers if their data may be more than before", () => {
    expect(sentences(failing({ NONE: data("symbol") }), failing({ NONE: data() }))).toEqual([
      'prices.quote error NONE: The data of the error NONE does not always have the property "symbol" any more',
    ]);
    expect(sentences(failing({ NONE: data() }), failing({ NONE: data("symbol") }))).toEqual([]);
    expect(sentences(failing({ NONE: data() }), failing({ NONE: null }))).toEqual([
      "prices.quote error NONE: The data of the error NONE no longer has a schema, so it may be anything",
    ]);
    expect(sentences(failing({ NONE: null }), failing({ NONE: data() }))).toEqual([]);
  });

  test("may have names as prototypes do", () => {
    const before = failing(JSON.parse('{"__proto__":{"type":"string"},"constructor":{"type":"string"}}'));
    expect(sentences(before, failing({}))).toEqual([]);
    expect(sentences(before, failing(JSON.parse('{"__proto__":{"type":"null"}}')))).toEqual([
      "prices.quote error __proto__: The data of the error __proto__ may now be null",
    ]);
  });
});

describe("What is no description", () => {
  const method = { name: "quote", kind: "unary", idempotent: true, errors: {} };
  const withMethod = (change: object) => ({
    version: 1,
    contracts: [{ name: "prices", methods: [{ ...method, ...change }] }],
  });

  test.each<[unknown, string]>([
    [undefined, "must be an object, got undefined"],
    [null, "must be an object, got null"],
    ["prices", 'must be an object, got "prices"'],
    [[], "must be an object, got []"],
    [{}, "version must be 1, got undefined"],
    [{ version: 2, contracts: [] }, "version must be 1, got 2"],
    [{ version: 1 }, "contracts must be an array, got undefined"],
    [{ version: 1, contracts: [1] }, "contracts[0] must be an object, got 1"],
    [{ version: 1, contracts: [{ methods: [] }] }, "contracts[0].name must be a string, got undefined"],
    [{ version: 1, contracts: [{ name: "a", codec: 1, methods: [] }] }, "contracts[0].codec must be a string, got 1"],
    [{ version: 1, contracts: [{ name: "prices" }] }, "contracts[0].methods must be an array, got undefined"],
    [contracts("a", "a"), 'contracts[1].name must be unique, got "a"'],
    [withMethod({ name: 1 }), "contracts[0].methods[0].name must be a string, got 1"],
    [withMethod({ kind: "odd" }), "contracts[0].methods[0].kind must be one of unary, server-streaming,"],
    [withMethod({ idempotent: "no" }), 'contracts[0].methods[0].idempotent must be a boolean, got "no"'],
    [withMethod({ input: null }), "contracts[0].methods[0].input must be a JSON Schema, got null"],
    [withMethod({ output: [] }), "contracts[0].methods[0].output must be a JSON Schema, got []"],
    [withMethod({ errors: [] }), "contracts[0].methods[0].errors must be an object, got []"],
    [withMethod({ errors: { A: 1 } }), "contracts[0].methods[0].errors.A must be a JSON Schema or null, got 1"],
  ])("is refused: %j", (value, sentence) => {
    const found = value as Description;
    const refusal = (name: string) =>
      expect.objectContaining({
        name: "TypeError",
        message: expect.stringContaining(`${name} is not a description of services: ${sentence}`),
      });
    expect(() => breakingChanges(found, contracts())).toThrow(refusal("before"));
    expect(() => breakingChanges(contracts(), found)).toThrow(refusal("after"));
  });
});

test("descriptions of contracts can be compared", () => {
  const before = contract("prices", {
    quote: { input: z.object({ symbol: z.string() }), output: z.object({ bid: z.number() }), idempotent: true },
    watch: { input: z.object({ symbols: z.array(z.string()) }), output: stream(z.object({ bid: z.number() })) },
  });
  const after = contract("prices", {
    quote: { input: z.object({ symbol: z.string(), venue: z.string() }), output: z.object({ bid: z.number() }) },
    watch: { input: z.object({ symbols: z.array(z.string().max(3)) }), output: stream(z.object({ bid: z.int() })) },
  });
  expect(sentences(descriptionOf(before), descriptionOf(before))).toEqual([]);
  expect(sentences(descriptionOf(before), descriptionOf(after))).toEqual([
    "prices.quote: The method is no longer idempotent, but old clients still retry and hedge",
    'prices.quote input: The input has a new required property "venue"',
    'prices.watch input.symbols[]: input.symbols[] has a tighter "maxLength": before none, now 3',
  ]);
});
