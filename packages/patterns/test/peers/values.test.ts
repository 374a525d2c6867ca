/** The messages of peers as values. */

import { Dealer, TimeoutError } from "@awaitmq/core";
import { eventually, numbers } from "@awaitmq/testing";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import {
  CodecError,
  json,
  type OnInvalid,
  type RouteOptions,
  route,
  type Schema,
  SchemaError,
} from "../../src/index.ts";
import { endlessSchema } from "../endless-schema.ts";
import { warnings } from "../warnings.ts";

describe("a route with a codec", () => {
  const schema = z.object({ text: z.string() }).refine(async () => true);

  async function typed(options: RouteOptions & { schema?: Schema; onInvalid?: OnInvalid } = {}) {
    const peers = route("tcp://127.0.0.1:*", { codec: json, schema, ...options });
    const dealer = new Dealer({ linger: 0, receiveTimeout: 100_000 });
    dealer.connect(peers.endpoints[0]!);
    return {
      peers,
      dealer,
      async [Symbol.asyncDispose]() {
        await dealer.close();
        await peers.stop({ grace: 0 });
      },
    };
  }

  test("gives values, by receive and by loops, and sends them", async () => {
    await using net = await typed();
    await net.dealer.sendAll(['{"text":"1"}', '{"text":"2"}']);
    const { value: peer } = await net.peers.next();
    expect(await peer!.receive()).toEqual({ text: "1" });
    for await (const value of peer!) {
      await peer!.send({ echo: value });
      break;
    }
    expect(String(await net.dealer.receive())).toBe('{"echo":{"text":"2"}}');
  });

  test("rejects what is no value, and goes on behind it", async () => {
    await using net = await typed();
    await net.dealer.sendAll(["{", "{}", "[", '{"text":"at last"}']);
    const { value: peer } = await net.peers.next();
    await expect(peer!.receive()).rejects.toThrow(CodecError);
    await expect(peer!.receive()).rejects.toThrow(SchemaError);
    await expect(peer!.messages().next()).rejects.toThrow(CodecError);
    expect(await peer!.receive()).toEqual({ text: "at last" });
    await expect(peer!.send(1n)).rejects.toThrow(CodecError);
    expect(net.peers.stats.invalid).toBe(3);
  });

  test("tells onInvalid of what is no value, counts it, and goes on; what that throws is a warning", async () => {
    using warned = warnings();
    const told: string[] = [];
    const onInvalid: OnInvalid = (error, message) => {
      told.push(`${error.name} ${message}`);
      throw new Error("told");
    };
    await using net = await typed({ onInvalid });
    await net.dealer.sendAll(["{", '{"text":"1"}', "{}", "[", '{"text":"2"}']);
    const { value: peer } = await net.peers.next();
    expect(await peer!.receive({ timeout: 100_000 })).toEqual({ text: "1" });
    expect((await peer!.messages().next()).value).toEqual({ text: "2" });
    expect(told).toEqual(["CodecError {", "SchemaError {}", "CodecError ["]);
    expect(net.peers.stats.invalid).toBe(3);
    await eventually(() => warned.seen.length === 3);
    expect(warned.seen[0]).toContain("AWAITMQ_CALLBACK: onInvalid of route threw: Error: told");
  });

  test("gives calls that wait together the messages in order, however long each is checked", async () => {
    const slow = z.number().refine(async (value) => {
      if (value % 2 === 0) await new Promise(setImmediate);
      return value !== 3;
    });
    await using net = await typed({ schema: slow, onInvalid() {} });
    await net.dealer.sendAll(numbers(6).map(String));
    const { value: peer } = await net.peers.next();
    const messages = peer!.messages();
    const found = await Promise.all(numbers(5).map(() => messages.next()));
    expect(found.map(({ value }) => value)).toEqual([0, 1, 2, 4, 5]);
  });

  test("heeds signals and timeouts while an asynchronous schema checks", async () => {
    const endless = endlessSchema();
    await using net = await typed({ schema: endless.schema });
    await net.dealer.sendAll(numbers(4).map((n) => `"${n}"`));
    const { value: peer } = await net.peers.next();
    await expect(peer!.receive({ timeout: 20 })).rejects.toThrow(TimeoutError);
    const stop = new AbortController();
    const received = peer!.receive({ signal: stop.signal });
    received.catch(() => {});
    await eventually(() => endless.checking === 2);
    stop.abort("enough");
    await expect(received).rejects.toBe("enough");
    const aborting = new AbortController();
    const aborted = peer!.messages({ signal: aborting.signal }).next();
    aborted.catch(() => {});
    await eventually(() => endless.checking === 3);
    aborting.abort("enough");
    await expect(aborted).rejects.toBe("enough");
    const messages = peer!.messages();
    const left = messages.next();
    await eventually(() => endless.checking === 4);
    await messages.return?.();
    expect(await left).toEqual({ value: undefined, done: true });
  });

  test("needs one for a schema and for onInvalid", () => {
    expect(() => route("tcp://127.0.0.1:*", { schema } as never)).toThrow(
      "schema needs a codec: it checks values, not frames",
    );
    expect(() => route("tcp://127.0.0.1:*", { onInvalid() {} } as never)).toThrow(
      "onInvalid needs a codec: it is for values",
    );
  });
});
