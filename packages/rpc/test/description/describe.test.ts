/** Descriptions of contracts, made here and by a server. */

import { toStandardJsonSchema } from "@valibot/to-json-schema";
import { type as ark } from "arktype";
import * as v from "valibot";
import { afterEach, expect, test } from "vitest";
import { z } from "zod";
import {
  contract,
  describe as described,
  implement,
  introspection,
  remote,
  services,
  stream,
  type,
} from "../../src/index.ts";
import { closeAll, connected, served } from "../scene.ts";

afterEach(closeAll);

const named = { type: "object", properties: { name: { type: "string" } }, required: ["name"] };

test.each([
  ["zod", z.object({ name: z.string() })],
  ["valibot", toStandardJsonSchema(v.object({ name: v.string() }))],
  ["arktype", ark({ name: "string" })],
])("the schemas of %s are JSON Schemas, of values, items and errors", (_, schema) => {
  const made = contract("people", {
    get: { input: schema, output: schema, errors: { GONE: schema }, idempotent: true, description: "Finds one." },
    many: { input: stream(schema), output: stream(schema) },
  });
  const { version, contracts } = described(made);
  expect(version).toBe(1);
  expect(contracts).toHaveLength(1);
  expect(contracts[0]?.name).toBe("people");
  expect(contracts[0]?.methods).toEqual([
    {
      name: "get",
      kind: "unary",
      description: "Finds one.",
      idempotent: true,
      input: expect.objectContaining(named),
      output: expect.objectContaining(named),
      errors: { GONE: expect.objectContaining(named) },
    },
    {
      name: "many",
      kind: "bidi-streaming",
      idempotent: false,
      input: expect.objectContaining(named),
      output: expect.objectContaining(named),
      errors: {},
    },
  ]);
});

test("a schema is that of the wire: before it transforms", () => {
  const length = z.string().transform((text) => text.length);
  const [made] = described(contract("lengths", { get: { input: length, output: length } })).contracts;
  expect(made?.methods[0]).toMatchObject({ input: { type: "string" }, output: { type: "string" } });
});

test("parts without a JSON Schema are left out, and errors without one are null", () => {
  const made = contract("plain", {
    typed: { input: type<string>(), output: type<string>(), errors: { GONE: type<string>() } },
    valibot: { input: v.string() },
    date: { input: z.date(), output: z.instanceof(Uint8Array), errors: { LATE: z.date() } },
    nothing: {},
  });
  expect(described(made).contracts[0]?.methods).toEqual([
    { name: "typed", kind: "unary", idempotent: false, errors: { GONE: null } },
    { name: "valibot", kind: "unary", idempotent: false, errors: {} },
    { name: "date", kind: "unary", idempotent: false, errors: { LATE: null } },
    { name: "nothing", kind: "unary", idempotent: false, errors: {} },
  ]);
});

test("a server gives the same as describe, of all its contracts in order", async () => {
  const one = contract("one", { get: { input: z.string() } });
  const two = contract("two", { put: { input: stream(ark("number")), description: "Puts." } });
  const handler = services(implement(one, { get: () => {} }), implement(two, { put: () => {} }));
  const description = await remote(introspection, connected(served(handler))).describe();
  expect(description).toEqual(described(one, two));
  expect(description).toEqual(JSON.parse(JSON.stringify(described(one, two))));
  expect(description.contracts.map(({ name }) => name)).toEqual(["one", "two"]);
});

test("a codec is there by its name, here and from a server, and JSON is not named", async () => {
  const codec = { name: "text", encode: String, decode: String };
  const coded = contract("coded", { get: {} }, { codec });
  const plain = contract("plain", { get: {} });
  const handler = services(implement(coded, { get: () => {} }), implement(plain, { get: () => {} }));
  const description = await remote(introspection, connected(served(handler))).describe();
  expect(description).toEqual(described(coded, plain));
  expect(description.contracts[0]).toMatchObject({ name: "coded", codec: "text" });
  expect(description.contracts[1]).not.toHaveProperty("codec");
});

test("describe refuses what is no contract", () => {
  for (const wrong of [undefined, {}, "one", implement(contract("a", {}), {})])
    expect(() => described(wrong as never)).toThrow(TypeError);
});
