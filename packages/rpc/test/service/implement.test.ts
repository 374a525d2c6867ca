/** What may implement a contract, and which services stand together. */

import { RequestClient } from "@awaitmq/patterns";
import { numbers } from "@awaitmq/testing";
import { afterEach, describe, expect, test } from "vitest";
import {
  contract,
  health,
  implement,
  introspection,
  remote,
  services,
  stream,
  type,
  UnimplementedError,
} from "../../src/index.ts";
import { all, closeAll, connected, errorOf, scene, served } from "../scene.ts";

afterEach(closeAll);

const same = { name: "same", encode: String, decode: String };

const sums = contract("sums", {
  add: { input: type<[number, number]>(), output: type<number>() },
  count: { output: stream(type<number>()) },
});
const nothing = async function* () {};
const add = () => 1;

describe("implement", () => {
  test.each([
    ["no contract", {}, { add, count: nothing }, /takes what contract/],
    ["undefined", undefined, { add, count: nothing }, /takes what contract/],
    ["no handlers", sums, undefined, /must be an object/],
    ["a function for handlers", sums, () => {}, /must be an object/],
    ["a missing handler", sums, { add }, "sums needs a handler for count"],
    ["two missing handlers", sums, {}, "sums needs a handler for add, count"],
    ["a handler that is no function", sums, { add: 7, count: nothing }, "sums needs a handler for add"],
    ["a handler of another name", sums, { add, count: nothing, sub: add }, /has no method sub: .* add, count/],
  ])("refuses %s", (_, made, handlers, message) => {
    expect(() => implement(made as typeof sums, handlers as never)).toThrow(TypeError);
    expect(() => implement(made as typeof sums, handlers as never)).toThrow(message);
  });

  test.each([
    ["a misspelt option", { middleware: [] }],
    ["use that is no array", { use: () => {} }],
    ["a layer that is no function", { use: [{}] }],
    ["validate of another kind", { validate: "outgoing" }],
    ["codecs of another kind", { codecs: [{}] }],
    ["codecs that are no array", { codecs: same }],
    ["two codecs with one name", { codecs: [same, { ...same }] }],
    ["a number for options", 5],
    ["null for options", null],
    ["an array for options", []],
  ])("refuses %s", (_, options) => {
    const handlers = { add, count: nothing };
    expect(() => implement(sums, handlers, options as never)).toThrow(TypeError);
  });

  test("takes an instance of a class, whose methods keep their this", async () => {
    class Sums {
      readonly #more = 100;
      #calls = 0;
      add([a, b]: [number, number]) {
        this.#calls += 1;
        return a + b + this.#more;
      }
      async *count() {
        yield this.#calls;
      }
      other() {}
    }
    class Derived extends Sums {}
    const { calls } = scene(sums, new Derived());
    expect(await calls.add([1, 2])).toBe(103);
    expect(await all(calls.count())).toEqual([1]);
  });

  test("takes handlers without a prototype, and a handler may be replaced later", async () => {
    const handlers = Object.assign(Object.create(null), { add, count: nothing });
    const { calls } = scene(sums, handlers);
    expect(await calls.add([1, 2])).toBe(1);
    handlers.add = () => 2;
    expect(await calls.add([1, 2])).toBe(2);
  });

  test("has the contract and the methods, and cannot be changed", () => {
    const service = implement(sums, { add, count: nothing });
    expect(service.contract).toBe(sums);
    expect([...service.methods.keys()]).toEqual(["sums.add", "sums.count"]);
    expect(Object.isFrozen(service)).toBe(true);
  });
});

describe("a handler of the wrong kind", () => {
  test("that gives a stream where the contract says one value fails, and its generator ends", async () => {
    const ended: string[] = [];
    async function* items() {
      try {
        yield 1;
      } finally {
        ended.push("ended");
      }
    }
    const { calls, server } = scene(sums, { add: (() => items()) as never, count: nothing });
    expect(await errorOf(calls.add([1, 2]))).toMatchObject({
      remoteName: "TypeError",
      message: /sums\.add returned an async iterable/,
    });
    expect(server.stats.running).toBe(0);
    expect(ended).toEqual([]);
  });

  test.each([
    ["a value", () => 7],
    ["a promise of a value", async () => 7],
    ["nothing", () => undefined],
    ["an array", () => [1, 2]],
    ["a plain generator", function* () {}],
  ])("that gives %s where the contract says a stream fails", async (_, count) => {
    const { calls } = scene(sums, { add: () => 1, count: count as never });
    expect(await errorOf(all(calls.count()))).toMatchObject({ remoteName: "TypeError" });
  });

  test("may give a promise of a stream", async () => {
    const { calls } = scene(sums, {
      add: () => 1,
      count: async () =>
        (async function* () {
          yield 1;
        })(),
    });
    expect(await all(calls.count())).toEqual([1]);
  });
});

describe("services", () => {
  const service = implement(sums, { add: ([a, b]) => a + b, count: nothing });

  test("refuses two contracts with one name, and what is not a service", () => {
    const same = implement(contract("sums", {}), {});
    expect(() => services(service, same)).toThrow("Two services have contracts with the name sums");
    expect(() => services(health(), health())).toThrow(TypeError);
    for (const wrong of [sums, {}, undefined, () => {}]) expect(() => services(wrong as never)).toThrow(TypeError);
  });

  test("serves several contracts, one name of which begins as another does", async () => {
    const more = contract("sums.more", { add: { output: type<string>() } });
    const server = served(services(service, implement(more, { add: () => "more" })));
    const client = connected(server);
    expect(await remote(sums, client).add([1, 2])).toBe(3);
    expect(await remote(more, client).add()).toBe("more");
  });

  test("may be empty: it describes itself", async () => {
    const client = connected(served(services()));
    expect(await remote(introspection, client).describe()).toEqual({ version: 1, contracts: [] });
  });

  test("answers a call of an unknown method with all that there are", async () => {
    const other = contract("sums", { sub: { output: type<number>() }, list: { output: stream(type<number>()) } });
    const client = connected(served(services(service), { exposeErrors: "none" }));
    const calls = remote(other, client);
    for (const [path, call] of [
      ["sums.sub", () => calls.sub()],
      ["sums.list", () => all(calls.list())],
    ] as const) {
      const error = await errorOf(call());
      expect(error).toBeInstanceOf(UnimplementedError);
      expect(error).toMatchObject({ name: "UnimplementedError", code: "ERR_UNIMPLEMENTED" });
      expect(error.message).toBe(`The server has no method "${path}". It has sums.add, sums.count, awaitmq.describe`);
      expect(error.methods).toEqual(["sums.add", "sums.count", "awaitmq.describe"]);
    }
    expect((await errorOf(remote(introspection, client).health())).code).toBe("ERR_UNIMPLEMENTED");
  });

  test("lists at most 200 methods, and 20 of them in the sentence", async () => {
    const many = contract("many", Object.fromEntries(numbers(2_000).map((number) => [`method${number}`, {}])));
    const handlers = Object.fromEntries(numbers(2_000).map((number) => [`method${number}`, () => {}]));
    const server = served(services(implement(many, handlers)));
    const error = await errorOf(remote(contract("none", { get: {} }), connected(server)).get());
    expect(error.methods).toHaveLength(200);
    expect(error.message).toMatch(/It has many\.method0, .* many\.method19, and 1981 more$/);
    expect(error.message.length).toBeLessThan(1_000);
  });
});

describe("remote", () => {
  const client = () => connected("tcp://127.0.0.1:9");

  test.each([
    ["no contract", {}, client],
    ["a service", implement(sums, { add, count: nothing }), client],
    ["no client", sums, () => undefined],
    ["an endpoint", sums, () => "tcp://127.0.0.1:9"],
    ["something like a client", sums, () => Object.create(RequestClient)],
  ])("refuses %s", (_, made, to) => {
    expect(() => remote(made as typeof sums, to() as never)).toThrow(TypeError);
  });

  test.each([5, null, [], "use", { uses: [] }, { use: {} }, { use: [1] }, { validate: 1 }, { codec: {} }])(
    "refuses %o",
    (options) => {
      expect(() => remote(sums, client(), options as never)).toThrow(TypeError);
    },
  );

  test("has a function per method and nothing else, and cannot be changed", async () => {
    const calls = remote(sums, client());
    expect(Object.keys(calls)).toEqual(["add", "count"]);
    expect(Object.isFrozen(calls)).toBe(true);
    expect(await calls).toBe(calls);
    expect((calls as unknown as Record<string, unknown>).constructor).toBe(Object);
  });

  test.each([undefined, 7, "text", {}, Buffer.from("a")])(
    "refuses %o where the method reads a stream",
    async (source) => {
      const uploads = contract("uploads", {
        sum: { input: stream(type<number>()), output: type<number>() },
        both: { input: stream(type<number>()), output: stream(type<number>()) },
      });
      const calls = remote(uploads, client());
      expect(await errorOf(calls.sum(source as never))).toBeInstanceOf(TypeError);
      expect(await errorOf((async () => all(calls.both(source as never)))())).toBeInstanceOf(TypeError);
    },
  );
});
