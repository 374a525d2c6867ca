/** Failures that a contract declares, from each kind of method. */

import { json, RemoteError, RequestClient, SchemaError } from "@awaitmq/patterns";
import { eventually, gate } from "@awaitmq/testing";
import { pack, unpack } from "msgpackr";
import { afterEach, describe, expect, test } from "vitest";
import { z } from "zod";
import { contract, Failure, implement, isFailure, remote, services, stream, type } from "../../src/index.ts";
import { answering, call, kinds, probe } from "../probe.ts";
import { closeAll, connected, errorOf, isQuiet, scene, served } from "../scene.ts";

afterEach(closeAll);

const refusing = answering((_, { fail }) => {
  throw fail("REFUSED", { why: "not today" });
});

test.each(kinds)("a %s call rejects with the failure: its code, data, method and message", async (kind) => {
  const { calls, server } = scene(probe, refusing);
  const error = await errorOf(call(calls, kind, "a"));
  const { path } = probe[kind];
  expect(error).toBeInstanceOf(Failure);
  expect(error).toMatchObject({ code: "REFUSED", data: { why: "not today" }, method: path, name: "Failure" });
  expect(error.message).toBe(`${path} failed with REFUSED`);
  expect(isFailure(probe[kind], error)).toBe(true);
  expect(isFailure(probe.unary, error)).toBe(kind === "unary");
  await isQuiet(server);
});

test.each(["none", "message", "stack"] as const)("callers get failures with exposeErrors %s", async (exposeErrors) => {
  const { calls } = scene(probe, refusing, { serve: { exposeErrors } });
  for (const kind of kinds)
    expect(await errorOf(call(calls, kind, "a"))).toMatchObject({ code: "REFUSED", data: { why: "not today" } });
});

test("a stream fails after the items that came before", async () => {
  const { calls } = scene(probe, {
    ...refusing,
    async *serverStreaming(_, { fail }) {
      yield* ["1", "2", "3"];
      throw fail("REFUSED", { why: "done" }, "No fourth item");
    },
  });
  const seen: string[] = [];
  const loop = async () => {
    for await (const item of calls.serverStreaming("a")) seen.push(item);
  };
  const error = await errorOf(loop());
  expect(seen).toEqual(["1", "2", "3"]);
  expect(error).toMatchObject({ code: "REFUSED", data: { why: "done" }, message: "No fourth item" });
});

const messages = { encode: pack, decode: unpack, name: "msgpack" };

describe.each([
  ["JSON", undefined],
  ["msgpack", messages],
] as const)("with %s", (_, codec) => {
  const details = contract(
    "details",
    {
      get: {
        errors: {
          OBJECT: type<{ at: number[] }>(),
          NOTHING: type<void>(),
          BYTES: type<Uint8Array>(),
          NULL: type<null>(),
          TEXT: type<string>(),
        },
      },
    },
    codec === undefined ? {} : { codec },
  );
  const all = {
    OBJECT: { at: [1, 2] },
    NOTHING: undefined,
    BYTES: Buffer.from([0, 255, 1]),
    NULL: null,
    TEXT: 'a "quoted" text\n',
  } as const;

  test.each(Object.keys(all) as (keyof typeof all)[])("data of %s arrives as it is", async (code) => {
    const { calls } = scene(details, {
      get: (_, { fail }) => {
        throw (fail as (code: string, data: unknown, message: string) => Error)(code, all[code], `It's "${code}"`);
      },
    });
    const error = await errorOf(calls.get());
    expect(error).toMatchObject({ code, message: `It's "${code}"` });
    expect(error.data).toEqual(all[code]);
  });
});

describe("fail", () => {
  const checked = contract("checked", {
    get: { input: type<string>(), output: type<string>(), errors: { GONE: z.object({ since: z.number() }) } },
    silent: {},
  });

  test("throws a SchemaError at that line for data that the contract does not allow", async () => {
    const caught: unknown[] = [];
    const { calls } = scene(checked, {
      get: (_, { fail }) => {
        try {
          throw fail("GONE", { since: "yesterday" as never });
        } catch (error) {
          caught.push(error);
          return "caught";
        }
      },
      silent: () => {},
    });
    expect(await calls.get("")).toBe("caught");
    expect(caught).toEqual([expect.any(SchemaError)]);
    expect(caught).toMatchObject([{ issues: [{ path: ["since"] }], stack: expect.stringContaining("failures.test") }]);
  });

  test("throws a TypeError for a code that the contract does not declare, and lists those it does", async () => {
    const { calls } = scene(checked, {
      get: (_, { fail }) => {
        throw fail("LOST" as never);
      },
      silent: (_, { fail }) => {
        throw fail("toString" as never);
      },
    });
    const one = await errorOf(calls.get(""));
    expect(one).toMatchObject({ code: "ERR_REMOTE", remoteName: "TypeError" });
    expect(one.message).toBe("checked.get cannot fail with LOST: the errors that its contract declares are: GONE");
    expect((await errorOf(calls.silent())).message).toContain("are: none");
  });

  test("refuses an asynchronous schema, at the server and at the caller", async () => {
    const later = z.object({}).refine(async () => true);
    const slow = contract("slow", { get: { errors: { LATER: later } } });
    const loose = contract("slow", { get: { errors: { LATER: type<object>() } } });
    const { calls } = scene(slow, {
      get: (_, { fail }) => {
        throw fail("LATER", {});
      },
    });
    expect((await errorOf(calls.get())).message).toContain("asynchronous");
    const { client } = scene(loose, {
      get: (_, { fail }) => {
        throw fail("LATER", {});
      },
    });
    const error = await errorOf(remote(slow, client).get());
    expect(error).toBeInstanceOf(SchemaError);
    expect(error.message).toContain("asynchronous");
  });

  test("gives the caller data that its own schema refuses as a SchemaError", async () => {
    const loose = contract("checked", { get: { errors: { GONE: type<unknown>() } } });
    const { client } = scene(loose, {
      get: (_, { fail }) => {
        throw fail("GONE", { since: "yesterday" });
      },
    });
    const error = await errorOf(remote(checked, client).get(""));
    expect(error).toBeInstanceOf(SchemaError);
    expect(error.issues).toMatchObject([{ path: ["since"] }]);
  });
});

describe("a failure that a handler passes on", () => {
  const shop = contract("shop", {
    buy: { output: type<string>(), errors: { SOLD_OUT: type<number>() } },
    order: { output: type<string>(), errors: { SOLD_OUT: type<number>() } },
    list: { output: stream(type<string>()), errors: { SOLD_OUT: type<number>() } },
  });
  const other = contract("other", { buy: { output: type<string>(), errors: { SOLD_OUT: type<number>() } } });
  const inner = implement(shop, {
    buy: (_, { fail }) => {
      throw fail("SOLD_OUT", 7);
    },
    order: () => "ordered",
    async *list(_, { fail }) {
      yield "one";
      throw fail("SOLD_OUT", 8);
    },
  });

  /** A server that forwards calls to another. */
  function gateway() {
    const behind = remote(shop, connected(served(services(inner))));
    const outer = implement(shop, { buy: () => behind.buy(), order: () => behind.buy(), list: () => behind.list() });
    const strange = implement(other, { buy: () => behind.buy() });
    const client = connected(served(services(outer, strange)));
    return { outer: remote(shop, client), strange: remote(other, client) };
  }

  test("is that of the outer method, if it is of the same contract and method", async () => {
    const { outer } = gateway();
    const error = await errorOf(outer.buy());
    expect(isFailure(shop.buy, error) && error.data).toBe(7);
    const seen: string[] = [];
    const failed = await errorOf(
      (async () => {
        for await (const item of outer.list()) seen.push(item);
      })(),
    );
    expect(seen).toEqual(["one"]);
    expect(isFailure(shop.list, failed) && failed.data).toBe(8);
  });

  test("is a RemoteError, if it is of another method or contract", async () => {
    const { outer, strange } = gateway();
    for (const call of [outer.order, strange.buy]) {
      const error = await errorOf(call());
      expect(error).toBeInstanceOf(RemoteError);
      expect(error).toMatchObject({ remoteCode: "SOLD_OUT", remoteName: "Failure" });
    }
  });

  test("is a RemoteError, if it is the gateway's own wrong call", async () => {
    const strict = contract("strict", { get: { input: z.string(), output: z.string() } });
    const behind = remote(strict, connected(served(services(implement(strict, { get: (text) => text })))));
    const missing = remote(contract("missing", { get: {} }), connected(served(services())));
    const doors = contract("doors", { wrong: { output: z.string() }, none: {} });
    const { calls } = scene(doors, { wrong: () => behind.get(7 as never), none: () => missing.get() });
    expect(await errorOf(calls.wrong())).toMatchObject({ name: "RemoteError", remoteCode: "ERR_SCHEMA" });
    expect(await errorOf(calls.none())).toMatchObject({ name: "RemoteError", remoteCode: "ERR_UNIMPLEMENTED" });
  });

  test("of a later contract is a RemoteError with its code, for a caller with an older one", async () => {
    const older = contract("shop", { buy: { output: type<string>() } });
    const error = await errorOf(remote(older, connected(served(services(inner)))).buy());
    expect(error).toBeInstanceOf(RemoteError);
    expect(error).toMatchObject({ code: "ERR_REMOTE", remoteCode: "SOLD_OUT" });
  });
});

test("anything else that a handler throws is a RemoteError without its stack", async () => {
  const { calls } = scene(
    probe,
    answering(() => {
      throw Object.assign(new RangeError("out of range"), { code: "E_RANGE" });
    }),
  );
  for (const kind of kinds)
    expect(await errorOf(call(calls, kind, "a"))).toMatchObject({
      message: "out of range",
      remoteName: "RangeError",
      remoteCode: "E_RANGE",
      remoteStack: undefined,
    });
});

test("calls that fail with the same error get it in their own codecs", async () => {
  const codec = { name: "msgpack", encode: pack, decode: unpack };
  const began: string[] = [];
  const looked = gate();
  let lookup: Promise<never> | undefined;
  const handlers = answering((value, { fail }) => {
    began.push(value);
    lookup ??= looked.opened.then(() => {
      throw fail("REFUSED", { why: "not today" });
    });
    return lookup;
  });
  const { calls } = scene(probe, handlers, { implement: { codecs: [codec] } });
  const errors = [calls.unary("a"), calls.unary("b", { codec }), calls.unary("c")].map(errorOf);
  await eventually(() => began.length === 3);
  looked.open();
  const expected = { name: "Failure", code: "REFUSED", data: { why: "not today" } };
  for (const error of errors) expect(await error).toMatchObject(expected);
});

test("an error that a handler got of another service, without a contract, is a RemoteError of the caller", async () => {
  const inner = contract("inner", { add: { input: z.number(), output: z.number() } });
  const innerServer = served(services(implement(inner, { add: (number) => number + 1 })));
  await using client = new RequestClient({ connect: innerServer.endpoints, codec: json, timeout: 100_000 });
  const { calls } = scene(
    probe,
    answering(async (value) => String(await client.request([value, "wrong"]))),
  );
  for (const path of ["inner.add", "inner.none"])
    for (const kind of kinds) expect(await errorOf(call(calls, kind, path))).toBeInstanceOf(RemoteError);
});

test("a failure that is returned instead of thrown is an error of the handler", async () => {
  const one = contract("one", { take: { output: type<unknown>(), errors: { TAKEN: type<undefined>() } } });
  const { calls } = scene(one, { take: (_, { fail }) => fail("TAKEN") });
  const error = await errorOf(calls.take());
  expect(error).toBeInstanceOf(RemoteError);
  expect(error.message).toBe("The handler of one.take returned a failure: throw it");
});
