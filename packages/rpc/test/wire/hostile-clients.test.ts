/** Clients that send what no client of this package sends: each gets a short error, and nothing else is hurt. */

import { afterEach, describe, expect, test, vi } from "vitest";
import { z } from "zod";
import { contract, implement, remote, services, stream, type } from "../../src/index.ts";
import { plainClient } from "../by-hand.ts";
import { all, closeAll, connected, errorOf, isQuiet, served } from "../scene.ts";

afterEach(closeAll);

const prices = contract("prices", {
  quote: { input: z.object({ symbol: z.string() }), output: z.string(), errors: { GONE: type<void>() } },
  echo: { input: type<unknown>(), output: type<unknown>() },
  watch: { input: type<unknown>(), output: stream(z.string()) },
  sum: { input: stream(z.number()), output: z.number() },
});

function victim() {
  const handler = vi.fn((input: unknown) => input);
  const service = implement(prices, {
    quote: ({ symbol }, { fail }) => {
      if (symbol === "gone") throw fail("GONE");
      if (symbol === "broken") throw new Error("a secret");
      return symbol;
    },
    echo: handler,
    async *watch() {
      yield "one";
    },
    sum: async (items) => (await all(items)).length,
  });
  const server = served(services(service));
  return { server, handler, client: plainClient(server.endpoints[0] as string) };
}

const brackets = 100_000;
const deep = `${"[".repeat(brackets)}${"]".repeat(brackets)}`;
const notUtf8 = Buffer.from([0x5b, 0x22, 0xff, 0xfe, 0x22, 0x5d]);

const messages: Record<string, readonly (string | Buffer)[]> = {
  "an empty frame": [""],
  "no JSON": ["prices.quote"],
  "cut off JSON": ['["prices.quote",{"sym'],
  "an object": ['{"method":"prices.quote"}'],
  "a number": ["7"],
  null: ["null"],
  "an empty array": ["[]"],
  "an array whose first is no text": ['[["prices.quote"],1]'],
  "an array of three": ['["prices.quote",1,2]'],
  "bytes that are not UTF-8": [notUtf8],
  "two frames": ["prices.quote", "json"],
  "four frames": ["prices.quote", "json", "1", "2"],
  "fifty frames": Array<string>(50).fill("a"),
  "an encoding that nobody knows": ["prices.echo", "pickle", "1"],
  "an encoding of 1 MB": ["prices.echo", "x".repeat(1_000_000), "1"],
  "the encoding of errors": ["prices.echo", "error", "1"],
  "a payload that is no JSON": ["prices.echo", "json", "{"],
  "a payload that is not UTF-8": ["prices.echo", "json", notUtf8],
};

test.each(Object.keys(messages))("%s is a CodecError, in few words", async (name) => {
  const { server, client, handler } = victim();
  await using plain = client;
  const [mark, body] = await plain.ask(...(messages[name] as string[]));
  expect(String(mark)).toBe("error");
  const { code, message } = JSON.parse(String(body));
  expect(code).toBe("ERR_CODEC");
  expect(message).toMatch(/^Cannot /);
  expect(message.length).toBeLessThan(400);
  expect(handler).not.toHaveBeenCalled();
  expect(String((await plain.ask('["prices.quote",{"symbol":"a"}]'))[0])).toBe('"a"');
  await isQuiet(server);
});

test.each([
  "prices",
  "prices.",
  ".quote",
  "quote",
  "prices.__proto__",
  "prices.constructor",
  "prices.toString",
  "__proto__.quote",
  "prices.quote.quote",
  "prices.Quote",
  "prices.quote ",
  "",
  "\0",
  "~contract",
])("the path %j is no method", async (path) => {
  const { server, client } = victim();
  await using plain = client;
  for (const frames of [[JSON.stringify([path])], [path, "json", "1"]]) {
    const [mark, body] = await plain.ask(...frames);
    expect(String(mark)).toBe("error");
    expect(JSON.parse(String(body))).toMatchObject({ code: "ERR_UNIMPLEMENTED", methods: expect.any(Array) });
  }
  await isQuiet(server);
});

test("a path of 1 MB is no method, and the error stays short", async () => {
  const { client } = victim();
  await using plain = client;
  for (const frames of [[JSON.stringify(["p".repeat(1_000_000)])], ["\u{1f600}".repeat(250_000), "json", "1"]]) {
    const [, body] = await plain.ask(...frames);
    expect(JSON.parse(String(body))).toMatchObject({ code: "ERR_UNIMPLEMENTED" });
    expect(String(body).length).toBeLessThan(1_000);
  }
});

test("keys __proto__ pollute nothing, and arrive as own keys or not at all", async () => {
  const { client, handler } = victim();
  await using plain = client;
  await plain.ask('["prices.echo",{"__proto__":{"polluted":true},"constructor":{"prototype":{"polluted":true}}}]');
  await plain.ask('["prices.quote",{"symbol":"a","__proto__":{"polluted":true}}]');
  expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
  const [input] = handler.mock.calls[0] as [{ polluted?: boolean }];
  expect(input.polluted).toBeUndefined();
  expect(Object.getPrototypeOf(input)).toBe(Object.prototype);
});

test("JSON of 100 000 levels does not end the server", async () => {
  const { client, server } = victim();
  await using plain = client;
  const replies = [
    await plain.ask(`["prices.quote",${deep}]`),
    await plain.ask(`["prices.echo",${deep}]`),
    await plain.ask(deep),
    await plain.ask("prices.quote", "json", deep),
  ];
  for (const reply of replies) expect(reply.length).toBeGreaterThan(0);
  expect(String((await plain.ask('["prices.quote",{"symbol":"a"}]'))[0])).toBe('"a"');
  await isQuiet(server);
});

describe("a plain client gets", () => {
  test("a SchemaError with its issues, and a failure with its data", async () => {
    const { client } = victim();
    await using plain = client;
    const [mark, refused] = await plain.ask('["prices.quote",{"symbol":7}]');
    expect(String(mark)).toBe("error");
    expect(JSON.parse(String(refused))).toMatchObject({ code: "ERR_SCHEMA", issues: [{ path: ["symbol"] }] });
    const [, failed, ...value] = await plain.ask('["prices.quote",{"symbol":"gone"}]');
    expect(JSON.parse(String(failed))).toMatchObject({ code: "GONE", method: "prices.quote" });
    expect(value.map(String)).toEqual(["none", ""]);
  });

  test("one empty frame if the handler failed for another reason", async () => {
    const { client } = victim();
    await using plain = client;
    expect((await plain.ask('["prices.quote",{"symbol":"broken"}]')).map(String)).toEqual([""]);
  });

  test.each(["watch", "sum"])("why it cannot call %s, which streams", async (method) => {
    const { client } = victim();
    await using plain = client;
    for (const input of ["", ",[1,2]"]) {
      const [mark, error] = await plain.ask(`["prices.${method}"${input}]`);
      expect(String(mark)).toBe("error");
      expect(JSON.parse(String(error))).toMatchObject({
        code: "ERR_UNSUPPORTED",
        message: expect.stringContaining(`prices.${method}`),
      });
    }
  });
});

test("a client with the contract of another kind of method gets an error, and nothing hangs", async () => {
  const { server } = victim();
  const client = connected(server);
  const other = contract("prices", {
    quote: { input: type<unknown>(), output: stream(type<string>()) },
    watch: { input: type<unknown>(), output: type<string>() },
    echo: { input: stream(type<number>()), output: type<unknown>() },
    sum: { input: type<number>(), output: type<number>() },
  });
  const calls = remote(other, client);
  expect(await all(calls.quote({ symbol: "a" }))).toEqual(["a"]);
  for (const call of [calls.watch(1), calls.echo([1, 2]), calls.sum(1)])
    expect(await errorOf(call)).toMatchObject({ name: "UnsupportedError", code: "ERR_UNSUPPORTED" });
  await isQuiet(server);
});
