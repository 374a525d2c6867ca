/** Codecs other than JSON: of a contract, of a call, and codecs that fail. */

import { Dealer } from "@awaitmq/core";
import { pack, unpack } from "msgpackr";
import { afterEach, describe, expect, test, vi } from "vitest";
import { type ContractCodec, contract, implement, remote, services, stream, type } from "../../src/index.ts";
import { all, closeAll, connected, errorOf, scene, served } from "../scene.ts";

afterEach(closeAll);

const methods = {
  one: { input: type<unknown>(), output: type<unknown>() },
  both: { input: stream(type<unknown>()), output: stream(type<unknown>()) },
};

const handlers = { one: (input: unknown) => input, both: (items: AsyncIterable<unknown>) => items };

/** msgpack that counts. */
function spied(name = "msgpack") {
  return { name, encode: vi.fn((value: unknown) => pack(value)), decode: vi.fn((bytes: Uint8Array) => unpack(bytes)) };
}

const json = contract("echo", methods);

test("the codec of a contract encodes values, items and results, both ways", async () => {
  const codec = spied();
  const { calls } = scene(contract("echo", methods, { codec }), handlers);
  const value = { date: new Date(7), big: 2n ** 60n, nothing: undefined };
  expect(await calls.one(value)).toEqual(value);
  expect(await all(calls.both([value, 1]))).toEqual([value, 1]);
  expect(codec.encode).toHaveBeenCalledTimes(2 + 4);
  expect(codec.decode).toHaveBeenCalledTimes(2 + 4);
});

test("bytes and undefined do not pass through the codec", async () => {
  const codec = spied();
  const { calls } = scene(contract("echo", methods, { codec }), handlers);
  const bytes = Buffer.from([0, 255]);
  expect(await calls.one(bytes)).toEqual(bytes);
  expect(await calls.one(undefined)).toBeUndefined();
  expect(await all(calls.both([bytes, undefined]))).toEqual([bytes, undefined]);
  expect(codec.encode).not.toHaveBeenCalled();
});

test("a reply of an input in bytes comes in the codec of the contract", async () => {
  const codec = spied();
  const { calls } = scene(contract("echo", methods, { codec }), { ...handlers, one: () => ({ at: new Date(7) }) });
  expect(await calls.one(Buffer.alloc(1))).toEqual({ at: new Date(7) });
});

test("a caller that knows JSON alone gets JSON from a service with a codec", async () => {
  const codec = spied();
  const server = served(services(implement(contract("echo", methods, { codec }), handlers)));
  const calls = remote(json, connected(server));
  expect(await calls.one({ a: 1 })).toEqual({ a: 1 });
  await using dealer = new Dealer({ linger: 0, receiveTimeout: 100_000 });
  dealer.connect(server.endpoints[0] as string);
  await dealer.send(["", '["echo.one",[1,2]]']);
  expect((await dealer.receive()).map(String)).toEqual(["", "[1,2]"]);
  expect(codec.encode).not.toHaveBeenCalled();
});

describe("the codec of a call", () => {
  test("works if the server knows it, and is for that call alone", async () => {
    const codec = spied();
    const { calls } = scene(json, handlers, { implement: { codecs: [codec] } });
    expect(await calls.one(new Date(7), { codec })).toEqual(new Date(7));
    expect(await all(calls.both([new Date(7)], { codec }))).toEqual([new Date(7)]);
    expect(codec.encode).toHaveBeenCalledTimes(4);
    expect(await calls.one({ a: 1 })).toEqual({ a: 1 });
    expect(codec.encode).toHaveBeenCalledTimes(4);
  });

  test("is a CodecError that names what the server knows, if it does not know it", async () => {
    const { calls } = scene(json, handlers, { implement: { codecs: [spied("cbor")] } });
    const codec = spied();
    for (const call of [() => calls.one(1, { codec }), () => all(calls.both([1], { codec }))]) {
      const error = await errorOf(call());
      expect(error).toMatchObject({ name: "CodecError", code: "ERR_CODEC" });
      expect(error.message).toContain('its encoding "msgpack" is none of json, bytes, cbor');
    }
  });

  test.each([
    ["without a name", { encode: pack, decode: unpack }],
    ["without encode", { name: "a", decode: unpack }],
    ["called json", { name: "json", encode: pack, decode: unpack }],
    ["with a wrong name", { name: "Msg Pack", encode: pack, decode: unpack }],
  ])("must not be one %s", async (_, codec) => {
    const { calls, client } = scene(json, handlers);
    expect(await errorOf(calls.one(1, { codec: codec as ContractCodec }))).toBeInstanceOf(TypeError);
    expect(client.stats.inFlight).toBe(0);
  });
});

describe("a codec that fails", () => {
  const failing = (part: Partial<ContractCodec>): ContractCodec => ({
    name: "mine",
    encode: pack,
    decode: unpack,
    ...part,
  });
  const scenes = (atServer: Partial<ContractCodec>, atClient: Partial<ContractCodec>) => {
    const service = implement(contract("echo", methods, { codec: failing(atServer) }), handlers);
    return remote(contract("echo", methods, { codec: failing(atClient) }), connected(served(services(service))));
  };
  const fails = () => {
    throw new Error("codec failed");
  };
  const nothing = () => 7 as never;
  const later = async (bytes: Uint8Array) => unpack(bytes);

  test.each([
    ["throws as the caller encodes", {}, { encode: fails }, "encode a value as the input", "codec failed"],
    ["throws as the server decodes", { decode: fails }, {}, "decode a value as the input", "codec failed"],
    ["throws as the server encodes", { encode: fails }, {}, "encode a value as the output", "codec failed"],
    ["throws as the caller decodes", {}, { decode: fails }, "decode a value as the output", "codec failed"],
    ["gives no bytes at the caller", {}, { encode: nothing }, "encode a value as the input", "returned number"],
    ["gives no bytes at the server", { encode: nothing }, {}, "encode a value as the output", "returned number"],
    ["decodes later at the server", { decode: later }, {}, "decode a value as the input", "must be synchronous"],
    ["decodes later at the caller", {}, { decode: later }, "decode a value as the output", "must be synchronous"],
  ] as const)("because it %s is a CodecError", async (_, atServer, atClient, where, why) => {
    const calls = scenes(atServer, atClient);
    for (const call of [() => calls.one(1), () => all(calls.both([1]))]) {
      const error = await errorOf(call());
      expect(error).toMatchObject({ name: "CodecError", code: "ERR_CODEC" });
      expect(error.message).toContain(`Cannot ${where}`);
      expect(error.message).toContain(why);
    }
  });

  test("may give a text instead of bytes", async () => {
    const text = { encode: (value: unknown) => `<${value}>`, decode: (bytes: Uint8Array) => `${bytes}` };
    expect(await scenes(text, text).one("a")).toBe("<<a>>");
  });
});
