/** What a contract may be called, and what it may contain. */

import { type as ark } from "arktype";
import * as v from "valibot";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import { contract, stream, type } from "../../src/contract.ts";

const long = "a".repeat(64);

describe("the name of a contract", () => {
  test.each(["a", "prices", "shop.prices", "a-b_c.d1", long, "awaitmqs", "my.awaitmq", `${long}.${"b".repeat(63)}`])(
    "may be %s",
    (name) => {
      const made = contract(name, { get: {} });
      expect(made.get.path).toBe(`${name}.get`);
      expect(made["~contract"].name).toBe(name);
    },
  );

  test.each([
    ["empty", ""],
    ["begun by a digit", "1a"],
    ["begun by a dot", ".a"],
    ["ended by a dot", "a."],
    ["with two dots", "a..b"],
    ["with a space", "a b"],
    ["with a slash", "a/b"],
    ["with a quote", 'a"b'],
    ["with a line break", "a\n"],
    ["no ASCII", "précios"],
    ["of 200 characters", "a".repeat(200)],
    ["of a part of 65 characters", "a".repeat(65)],
    ["of 130 characters in parts", `${long}.${long}.a`],
    ["__proto__", "__proto__"],
    ["reserved", "awaitmq"],
    ["begun by a reserved part", "awaitmq.health"],
    ["a number", 7],
    ["undefined", undefined],
    ["an object", { toString: () => "a" }],
  ])("must not be %s", (_, name) => {
    expect(() => contract(name as string, { get: {} })).toThrow(TypeError);
  });

  test("is cut in the sentence of its error", () => {
    const attempt = () => contract("!".repeat(100_000), {});
    expect(attempt).toThrow(/^The name of a contract has at most 128 characters, not 100000, got "!!!/);
    expect(attempt).not.toThrow(/.{500}/);
  });

  test.each([
    ["", 'must not be empty, got ""'],
    ["1a", 'begins with a letter of A to Z or a to z, got "1a"'],
    ["a b", 'has only letters, digits, "_", "-", and dots between its parts, not " ", got "a b"'],
    ["précios", 'has only letters, digits, "_", "-", and dots between its parts, not "é", got "précios"'],
    ["a".repeat(65), `has at most 64 characters, not 65, got "${"a".repeat(65)}"`],
    ["a..b", 'with dots has parts, each of which must not be empty, got "a..b"'],
    ["a.1", 'with dots has parts, each of which begins with a letter of A to Z or a to z, got "a.1"'],
    [undefined, "must be a string, got undefined"],
    [["a"], "must be a string, got an array"],
  ])("%j breaks a rule, which the error names", (name, rule) => {
    expect(() => contract(name as string, {})).toThrow(new TypeError(`The name of a contract ${rule}`));
  });
});

describe("the name of a method", () => {
  test.each(["a", "getAll", "get_all", "a1", long, "name", "length", "prototypes", "call"])("may be %s", (name) => {
    const made = contract("a", { [name]: {} });
    expect(made[name]).toMatchObject({ name, path: `a.${name}` });
  });

  test.each([
    ["empty", ""],
    ["with a dot", "a.b"],
    ["with a hyphen", "a-b"],
    ["begun by a digit", "1"],
    ["begun by _", "_a"],
    ["no ASCII", "größe"],
    ["of 200 characters", "a".repeat(200)],
    ["the name of the details", "~contract"],
    ["then", "then"],
    ["constructor", "constructor"],
    ["toString", "toString"],
    ["valueOf", "valueOf"],
    ["hasOwnProperty", "hasOwnProperty"],
    ["prototype", "prototype"],
    ["toJSON", "toJSON"],
    ["__proto__ as an own key", "__proto__"],
  ])("must not be %s", (_, name) => {
    const methods = Object.fromEntries([[name, {}]]);
    expect(() => contract("a", methods)).toThrow(TypeError);
  });

  test.each([
    ["", 'must not be empty, got ""'],
    ["_a", 'begins with a letter of A to Z or a to z, got "_a"'],
    ["größe", 'has only letters, digits and "_", not "ö", got "größe"'],
    ["a.b", 'has only letters, digits and "_", not ".", got "a.b"'],
    ["a".repeat(200), `has at most 64 characters, not 200, got "${"a".repeat(100)}"`],
  ])("%j breaks a rule, which the error names", (name, rule) => {
    const sentence = `The name of a method ${rule} in contract shop`;
    expect(() => contract("shop", { [name]: {} })).toThrow(new TypeError(sentence));
  });

  test("must not be __proto__ in a literal, which sets the prototype instead", () => {
    expect(() => contract("a", { __proto__: { input: type<string>() } } as never)).toThrow(/__proto__/);
    expect(() => contract("a", { get: { __proto__: { input: type<string>() } } as never })).toThrow(TypeError);
  });
});

describe("a contract refuses", () => {
  test.each([
    ["methods that are no object", null],
    ["methods that are an array", []],
    ["methods that are an instance of a class", new (class Methods {})()],
    ["a method that is no object", { get: 7 }],
    ["a method that is a schema", { get: z.string() }],
    ["a method that is a schema of plain data", { get: v.string() }],
    ["a method that is a stream", { get: stream(type<string>()) }],
    ["a method that is a function", { get: () => {} }],
    ["nested methods", { inner: { get: { input: type<string>() } } }],
    ["a misspelt word", { get: { inptu: type<string>() } }],
    ["a misspelt flag", { get: { idempotant: true } }],
    ["an input that is no schema", { get: { input: "string" } }],
    ["an output that is no schema", { get: { output: {} } }],
    ["a schema whose validate is none", { get: { input: { "~standard": { validate: true } } } }],
    ["errors that are no object", { get: { errors: ["GONE"] } }],
    ["an error without a schema", { get: { errors: { GONE: true } } }],
    ["an error that streams", { get: { errors: { GONE: stream(type<string>()) } } }],
    ["a code of another package", { get: { errors: { ERR_GONE: type<string>() } } }],
    ["a code with a space", { get: { errors: { "NOT FOUND": type<string>() } } }],
    ["an empty code", { get: { errors: { "": type<string>() } } }],
    ["a code of 200 characters", { get: { errors: { ["A".repeat(200)]: type<string>() } } }],
    ["idempotent that is no boolean", { get: { idempotent: 1 } }],
    ["a description that is no text", { get: { description: 1 } }],
  ])("%s", (_, methods) => {
    expect(() => contract("a", methods as never)).toThrow(TypeError);
  });

  test.each([
    [null, "null"],
    [undefined, "undefined"],
    [7, "7"],
    [[], "an array"],
    [() => {}, "a function"],
  ])("%j for methods with a sentence that says what it got", (methods, shown) => {
    const sentence = `The methods of a must be an object of methods, got ${shown}`;
    expect(() => contract("a", methods as never)).toThrow(new TypeError(sentence));
  });

  const properties = "must be one of input, output, errors, idempotent, description";

  test("nested methods with a sentence that says what to do", () => {
    const nested = { inner: { get: { input: type<string>() } } };
    expect(() => contract("a", nested as never)).toThrow(
      new TypeError(
        `The properties of a.inner ${properties}, got "get". Methods are not nested: write a contract "a.inner"`,
      ),
    );
  });

  test.each([
    ["a schema of zod", z.string()],
    ["a schema of valibot", v.string()],
    ["a schema of arktype", ark("string")],
    ["a type", type<string>()],
    ["a stream", stream(type<string>())],
    ["a flag", true],
    ["a function", () => {}],
  ])("a misspelt property that is %s with a sentence that lists those there are", (_, value) => {
    const sentence = `The properties of a.get ${properties}, got "inpt"`;
    expect(() => contract("a", { get: { inpt: value } } as never)).toThrow(new TypeError(sentence));
  });

  test.each([
    ["a number", 5, "5"],
    ["null", null, "null"],
    ["a text", "msgpack", '"msgpack"'],
    ["an array", [], "an array"],
    ["a function", () => {}, "a function"],
  ])("options that are %s", (_, options, shown) => {
    const sentence = `The options of contract a must be an object, got ${shown}`;
    expect(() => contract("a", {}, options as never)).toThrow(new TypeError(sentence));
  });

  test.each([
    ["a misspelt option", { codecs: [] }],
    ["a codec without functions", { codec: { name: "a" } }],
    ["a codec without a name", { codec: { encode: String, decode: String } }],
    ["a codec with a reserved name", { codec: { name: "bytes", encode: String, decode: String } }],
    ["a codec with a long name", { codec: { name: "a".repeat(33), encode: String, decode: String } }],
  ])("%s", (_, options) => {
    expect(() => contract("a", {}, options as never)).toThrow(TypeError);
  });

  test("a stream of something that is no schema", () => {
    expect(() => stream({} as never)).toThrow(TypeError);
    expect(() => stream(stream(type<string>()) as never)).toThrow(TypeError);
  });
});

describe("a contract", () => {
  test("knows the kind of each method", () => {
    const one = type<string>();
    const kinds = contract("kinds", {
      unary: { input: one, output: one },
      nothing: {},
      serverStreaming: { output: stream(one) },
      clientStreaming: { input: stream(one) },
      bidiStreaming: { input: stream(one), output: stream(one) },
    });
    expect(Object.values(kinds["~contract"].methods).map(({ kind }) => kind)).toEqual([
      "unary",
      "unary",
      "server-streaming",
      "client-streaming",
      "bidi-streaming",
    ]);
  });

  test("may be empty, and its methods may have no prototype", () => {
    expect(Object.keys(contract("empty", {}))).toEqual(["~contract"]);
    const methods = Object.assign(Object.create(null), { get: {} }) as { get: object };
    expect(contract("bare", methods).get.path).toBe("bare.get");
  });

  test("cannot be changed", () => {
    const frozen = contract("frozen", { get: { idempotent: true } });
    expect(frozen.get.idempotent).toBe(true);
    for (const part of [frozen, frozen.get, frozen["~contract"], frozen["~contract"].methods])
      expect(Object.isFrozen(part)).toBe(true);
  });
});
