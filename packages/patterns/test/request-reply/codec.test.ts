/** Requests and replies as values, with a codec and a schema. */

import { Reply, Request } from "@awaitmq/core";
import { eventually, gate } from "@awaitmq/testing";
import { afterEach, describe, expect, test } from "vitest";
import { z } from "zod";
import {
  bytes,
  CodecError,
  json,
  RemoteError,
  RequestClient,
  type Schema,
  SchemaError,
  serve,
} from "../../src/index.ts";
import { endlessSchema } from "../endless-schema.ts";
import { closeAll, connected, served } from "./pair.ts";

const opened: AsyncDisposable[] = [];
afterEach(async () => {
  await Promise.all(opened.splice(0).map((each) => each[Symbol.asyncDispose]()));
  await closeAll();
});

function open<T extends AsyncDisposable>(one: T): T {
  opened.push(one);
  return one;
}

const local = "tcp://127.0.0.1:*";
const sum = z.object({ a: z.number(), b: z.number().default(0) });

async function failureOf(call: Promise<unknown>): Promise<RemoteError> {
  const error: unknown = await call.catch((reason) => reason);
  expect(error).toBeInstanceOf(RemoteError);
  return error as RemoteError;
}

describe("requests and replies by value", () => {
  test("are what the codec makes of them, at both ends, in packets too", async () => {
    const server = open(serve(local, ({ a, b }: { a: number; b: number }) => a + b, { codec: json }));
    const client = open(new RequestClient({ connect: server.endpoints, codec: json }));
    expect(await client.request({ a: 1, b: 2 })).toBe(3);
    const calls = Array.from({ length: 50 }, (_, a) => client.request({ a, b: a }));
    expect(await Promise.all(calls)).toEqual(calls.map((_, a) => 2 * a));
  });

  test("are the same in frames for those who have no codec", async () => {
    const server = open(serve(local, async ({ a }: { a: number }) => ({ twice: 2 * a }), { codec: json }));
    const plain = connected({ connect: server.endpoints });
    expect(String(await plain.request('{"a":4}'))).toBe('{"twice":8}');
    const client = open(new RequestClient({ connect: served(([body]) => body as Buffer).endpoints, codec: bytes }));
    const bytesOfOurs = Buffer.from([0, 1, 255]);
    const call = client.request(bytesOfOurs);
    bytesOfOurs.fill(7);
    expect([...(await call)]).toEqual([0, 1, 255]);
  });

  test("have a Reply socket's too, one after the other", async () => {
    const reply = open(new Reply());
    open(serve(reply, (value: string) => value.toUpperCase(), { codec: json }));
    const request = open(new Request());
    request.connect(await reply.bind(local));
    await request.send('"hi"');
    expect(String(await request.receive())).toBe('"HI"');
  });

  test("are what the schema makes of those that come", async () => {
    const server = open(serve(local, ({ a, b }) => a + b, { codec: json, schema: sum }));
    const schema = z.number().transform((value) => `${value}!`);
    const client = open(new RequestClient({ connect: server.endpoints, codec: json, schema }));
    expect(await client.request({ a: 5 })).toBe("5!");
  });

  test("wait for an asynchronous schema; a request that was given up meanwhile begins no handler", async () => {
    const begun: string[] = [];
    const checking = gate();
    const checked = gate();
    const schema = z.string().refine(async (what) => {
      if (what === "unwanted") {
        checking.open();
        await checked.opened;
      }
      return true;
    });
    const handler = (what: string) => {
      begun.push(what);
      return what;
    };
    const server = open(serve(local, handler, { codec: json, schema }));
    const client = open(new RequestClient({ connect: server.endpoints, codec: json }));
    expect(await client.request("wanted")).toBe("wanted");
    const ending = new AbortController();
    const call = client.request("unwanted", { signal: ending.signal });
    await checking.opened;
    ending.abort();
    await expect(call).rejects.toBe(ending.signal.reason);
    // Behind the cancellation.
    expect(await client.request("last")).toBe("last");
    checked.open();
    await eventually(() => server.stats.failed === 1);
    expect(begun).toEqual(["wanted", "last"]);
  });
});

describe("a request that can't be read", () => {
  test("is answered with the CodecError, and no handler begins", async () => {
    let handled = 0;
    const server = open(serve(local, () => ++handled, { codec: json }));
    const plain = connected({ connect: server.endpoints });
    const error = await failureOf(plain.request("{"));
    expect(error).toMatchObject({ code: "ERR_REMOTE", remoteName: "CodecError", remoteCode: "ERR_CODEC" });
    expect(error.message).toMatch(/^Cannot decode a message as a request: /);
    await failureOf(plain.request(["1", "2"]));
    expect(handled).toBe(0);
    expect(server.stats).toMatchObject({ failed: 2, served: 0 });
  });

  test.each([
    ["synchronous", sum],
    ["asynchronous", sum.refine(async () => true)],
  ])("is answered with the SchemaError of a %s schema, which names the path", async (_, schema) => {
    let handled = 0;
    const server = open(serve(local, () => ++handled, { codec: json, schema: schema as Schema }));
    const client = open(new RequestClient({ connect: server.endpoints, codec: json }));
    const error = await failureOf(client.request({ a: "1" }));
    expect(error).toMatchObject({ remoteName: "SchemaError", remoteCode: "ERR_SCHEMA" });
    expect(error.message).toMatch(/^The schema refuses a value as a request: a: /);
    expect(handled).toBe(0);
  });

  test("is told to onError, and a plain REQ gets what errorReply says", async () => {
    const told: unknown[] = [];
    const reply = open(new Reply());
    open(
      serve(reply, () => 0, {
        codec: json,
        onError: (error) => told.push(error),
        errorReply: (error) => (error as Error).name,
      }),
    );
    const request = open(new Request());
    request.connect(await reply.bind(local));
    await request.send("{");
    expect(String(await request.receive())).toBe("CodecError");
    expect(told).toMatchObject([{ code: "ERR_CODEC" }]);
  });
});

describe("a reply that can't be written or read", () => {
  test("is a CodecError where it is written: the server's is a RemoteError", async () => {
    const server = open(serve(local, (what) => (what === "sync" ? undefined : Promise.resolve()), { codec: json }));
    const client = open(new RequestClient({ connect: server.endpoints, codec: json }));
    for (const what of ["sync", "async"])
      expect(await failureOf(client.request(what))).toMatchObject({
        remoteCode: "ERR_CODEC",
        message: "Cannot encode a value as a reply: JSON cannot represent a value of type undefined",
      });
    const error: unknown = await client.request(undefined).catch((reason) => reason);
    expect(error).toBeInstanceOf(CodecError);
    expect(String(error)).toMatch(/: Cannot encode a value as a request: /);
    expect(server.stats.failed).toBe(2);
  });

  test("rejects with the CodecError or SchemaError of the client", async () => {
    const server = served(([body]) => body as Buffer);
    const asJson = open(new RequestClient({ connect: served(() => "{").endpoints, codec: json }));
    await expect(asJson.request(1)).rejects.toBeInstanceOf(CodecError);
    for (const schema of [z.string(), z.string().refine(async () => true)]) {
      const checking = open(new RequestClient({ connect: server.endpoints, codec: json, schema }));
      expect(await checking.request("fine")).toBe("fine");
      await expect(checking.request(5)).rejects.toBeInstanceOf(SchemaError);
    }
  });

  test("rejects with the reason of the call's signal, while an asynchronous schema is at work", async () => {
    const ending = new AbortController();
    const schema = z.unknown().refine(() => {
      ending.abort(new Error("enough"));
      return new Promise<boolean>(() => {});
    });
    const client = open(new RequestClient({ connect: served(() => "1").endpoints, codec: json, schema }));
    await expect(client.request(1, { signal: ending.signal })).rejects.toThrow("enough");
  });

  test("ends by its deadline, and by the end of its client, while an asynchronous schema is at work", async () => {
    const endless = endlessSchema();
    const options = { connect: served(() => "1").endpoints, codec: json, schema: endless.schema };
    const client = open(new RequestClient(options));
    await expect(client.request(1, { timeout: 300 })).rejects.toThrow("The schema did not check a value within the ");
    const closed = client.request(1).catch((error) => error);
    await eventually(() => endless.checking === 2);
    await client.close();
    expect(await closed).toMatchObject({ code: "ERR_CLOSED", message: "Cannot send a request: the client is closed" });

    const end = new AbortController();
    const aborted = open(new RequestClient({ ...options, signal: end.signal })).request(1);
    const outcome = expect(aborted).rejects.toBe("over");
    await eventually(() => endless.checking === 3);
    end.abort("over");
    await outcome;
  });
});

test("a codec or a schema that is none, and a schema without a codec, are refused", () => {
  for (const [options, message] of [
    [{ codec: { encode() {} } }, "codec must have a function decode"],
    [{ codec: json, schema: {} }, "schema must implement Standard Schema"],
    [{ schema: sum }, "schema needs a codec: it checks values, not frames"],
  ] as const) {
    expect(() => serve(local, () => null, options as never)).toThrow(message);
    expect(() => new RequestClient({ connect: "tcp://127.0.0.1:1", ...(options as object) } as never)).toThrow(message);
  }
});
