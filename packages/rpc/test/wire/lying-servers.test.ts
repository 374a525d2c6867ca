/** Servers that answer garbage: the call rejects with a clear error, nothing hangs, and the next call works. */

import { Router } from "@awaitmq/core";
import { afterEach, describe, expect, test } from "vitest";
import { z } from "zod";
import { contract, remote, stream, type } from "../../src/index.ts";
import { liar, types } from "../by-hand.ts";
import { all, closeAll, connected, errorOf } from "../scene.ts";

afterEach(closeAll);

const prices = contract("prices", {
  quote: { input: type<string>(), output: z.object({ bid: z.number() }), errors: { GONE: z.number() } },
  watch: { input: type<string>(), output: stream(z.number()), errors: { GONE: z.number() } },
});

type Liar = Awaited<ReturnType<typeof liar>>;

async function lied() {
  const server = await liar();
  const client = connected(server.endpoint);
  const calls = remote(prices, client);
  return {
    server,
    client,
    calls,
    /** Calls work as before. */
    async isUnhurt() {
      const call = calls.quote("a");
      expect((await server.take()).map(String)).toEqual(['["prices.quote","a"]']);
      await server.answer(types.reply, ['{"bid":1}']);
      expect(await call).toEqual({ bid: 1 });
      expect(client.stats.inFlight).toBe(0);
    },
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
}

const notUtf8 = Buffer.from([0xff, 0xfe]);

const values: Record<string, readonly [body: readonly (string | Buffer)[], code: string]> = {
  "an empty text as JSON": [["json", ""], "ERR_CODEC"],
  "no JSON": [["{"], "ERR_CODEC"],
  "bytes that are not UTF-8": [[notUtf8], "ERR_CODEC"],
  "three frames": [["json", "1", "2"], "ERR_CODEC"],
  "an unknown encoding": [["pickle", "1"], "ERR_CODEC"],
  "an unknown encoding of 1 MB": [["x".repeat(1_000_000), "1"], "ERR_CODEC"],
  "a value that the schema refuses": [['{"bid":"1"}'], "ERR_SCHEMA"],
  "bytes where an object should be": [["bytes", "1"], "ERR_SCHEMA"],
  nothing: [["none", ""], "ERR_SCHEMA"],
  "deep JSON": [["[".repeat(100_000) + "]".repeat(100_000)], "ERR_"],
  "a key __proto__": [['{"__proto__":{"bid":1}}'], "ERR_SCHEMA"],
};

describe.each(Object.keys(values))("a value that is %s", (name) => {
  const [body, code] = values[name]!;

  test("is refused as a reply", async () => {
    await using all = await lied();
    const error = errorOf(all.calls.quote("a"));
    await all.server.take();
    await all.server.answer(types.reply, body);
    expect((await error).code).toContain(code);
    expect((await error).message).toContain("as the output of prices.quote");
    expect((await error).message.length).toBeLessThan(600);
    await all.isUnhurt();
  });

  test("is refused as the second item of a stream", async () => {
    await using all = await lied();
    const items = all.calls.watch("a", { grace: 0 });
    const first = items.next();
    await all.server.take();
    await all.server.answer(types.item, ["1"]);
    expect(await first).toEqual({ value: 1, done: false });
    const second = errorOf(items.next());
    await all.server.answer(types.item, body, 1);
    expect((await second).code).toContain(code);
    expect(await items.next()).toEqual({ value: undefined, done: true });
    expect(all.client.stats.inFlight).toBe(0);
  });
});

const told = JSON.stringify({ name: "Error", message: "told", code: "E_TOLD" });
const head = (body: object) => JSON.stringify(body);
const lies: Record<string, readonly [body: readonly (string | Buffer)[], error: object]> = {
  "no JSON": [["{"], { code: "ERR_ENVELOPE" }],
  "no frame": [[], { code: "ERR_ENVELOPE" }],
  "JSON that is null": [["null"], { code: "ERR_REMOTE" }],
  "no details": [[told], { code: "ERR_REMOTE", remoteCode: "E_TOLD" }],
  "details of another kind": [[told, "other", "1"], { code: "ERR_REMOTE", remoteCode: "E_TOLD" }],
  "a mark without a head": [[told, "error"], { code: "ERR_REMOTE" }],
  "a head that is no JSON": [[told, "error", "{"], { code: "ERR_CODEC" }],
  "a head that is null": [[told, "error", "null"], { code: "ERR_CODEC" }],
  "a head without a code": [[told, "error", "{}"], { code: "ERR_CODEC" }],
  "a head with a wrong method": [
    [told, "error", head({ code: "GONE", message: "", method: 7 })],
    { code: "ERR_CODEC" },
  ],
  "a failure of another method": [
    [told, "error", head({ code: "GONE", message: "gone", method: "prices.other", data: 1 })],
    { code: "ERR_REMOTE" },
  ],
  "a failure with an inherited code": [
    [told, "error", head({ code: "constructor", message: "", method: "prices.quote", data: 1 })],
    { code: "ERR_REMOTE" },
  ],
  "a failure with wrong data": [
    [told, "error", head({ code: "GONE", message: "gone", method: "prices.quote", data: "1" })],
    { code: "ERR_SCHEMA" },
  ],
  "a failure with data of an unknown codec": [
    [told, "error", head({ code: "GONE", message: "gone", method: "prices.quote" }), "pickle", "1"],
    { code: "ERR_CODEC" },
  ],
  "a failure with too many frames": [
    [told, "error", head({ code: "GONE", message: "gone", method: "prices.quote" }), "json", "1", "2"],
    { code: "ERR_CODEC" },
  ],
  "a SchemaError without issues": [
    [told, "error", head({ code: "ERR_SCHEMA", message: "no issues" })],
    { name: "SchemaError", issues: [] },
  ],
  "a SchemaError with strange issues": [
    [told, "error", head({ code: "ERR_SCHEMA", message: "", issues: [null, 7, { path: [{}, "a", 1], message: 1 }] })],
    {
      name: "SchemaError",
      issues: [
        { message: "undefined", path: [] },
        { message: "undefined", path: [] },
        { message: "1", path: ["a", 1] },
      ],
    },
  ],
  "an UnimplementedError with strange methods": [
    [told, "error", head({ code: "ERR_UNIMPLEMENTED", message: "none", methods: [1, "a.b", null] })],
    { name: "UnimplementedError", methods: ["a.b"] },
  ],
  "an honest failure": [
    [told, "error", head({ code: "GONE", message: "gone", method: "prices.quote", data: 1 })],
    { name: "Failure", code: "GONE", data: 1, message: "gone" },
  ],
};

describe("a server that sends as an error", () => {
  test.each(Object.keys(lies))("%s", async (lie) => {
    await using all = await lied();
    const [body, expected] = lies[lie]!;
    const error = errorOf(all.calls.quote("a"));
    await all.server.take();
    await all.server.answer(types.error, body);
    expect(await error).toMatchObject(expected);
    await all.isUnhurt();
  });
});

describe("a server that breaks the rules of streams", () => {
  const broken: Record<string, (server: Liar) => Promise<void>> = {
    "a gap in its items": (server) => server.answer(types.item, ["1"], 7),
    "an item without a frame": (server) => server.answer(types.item, []),
    "an end at the wrong place": (server) => server.answer(types.end, [], 7),
    "an error that is no JSON": (server) => server.answer(types.error, ["{"]),
  };

  test.each(Object.keys(broken))("by %s gets the call to fail with an EnvelopeError", async (way) => {
    await using it = await lied();
    const error = errorOf(all(it.calls.watch("a", { grace: 0 })));
    await it.server.take();
    await broken[way]?.(it.server);
    expect(await error).toMatchObject({ code: "ERR_ENVELOPE" });
    expect(it.client.stats.inFlight).toBe(0);
  });
});

test("a plain server, which returns the envelope as it came, may reply by a value or an error", async () => {
  await using router = new Router({ linger: 0, receiveTimeout: 100_000 });
  const calls = remote(prices, connected(await router.bind("tcp://127.0.0.1:*")));
  const replies = [
    ['{"bid":1}'],
    ["error", head({ code: "GONE", message: "gone", method: "prices.quote", data: 3 })],
    [""],
  ];
  const outcomes: unknown[] = [];
  for (const reply of replies) {
    const call = calls.quote("a").catch((error) => error);
    const [peer, header] = await router.receive();
    await router.send([peer, header as Buffer, "", ...reply]);
    outcomes.push(await call);
  }
  expect(outcomes).toMatchObject([{ bid: 1 }, { code: "GONE", data: 3 }, { code: "ERR_REMOTE" }]);
});
