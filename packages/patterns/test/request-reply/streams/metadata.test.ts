/** Metadata and the remaining time of calls, as handlers see them, and what goes over the wire. */

import { Request } from "@awaitmq/core";
import { numbers } from "@awaitmq/testing";
import { afterEach, describe, expect, test } from "vitest";
import { EnvelopeError, type Metadata } from "../../../src/index.ts";
import { headerLength, messageTypes } from "../../../src/wire/envelope.ts";
import { client, closeAll, served } from "../pair.ts";
import { HandClient } from "./by-hand.ts";
import { itemsOf, take } from "./reading.ts";

afterEach(closeAll);

/** The metadata of each call, as its handler saw it. */
function listening() {
  const seen: Metadata[] = [];
  const server = served(([how], { metadata }) => {
    seen.push(metadata);
    if (String(how) === "fail") throw new Error("failed");
    if (String(how) !== "stream") return "reply";
    return (async function* () {
      yield "one";
      yield Buffer.alloc(3_000);
    })();
  });
  return { server, seen };
}

describe("metadata", () => {
  const metadata = { "x-tenant": "ä 🦀", traceparent: "00-0af7-01", empty: "", "!#$%&'*+.^_|~-`": "1" };

  test("comes to the handler of a request and of a stream, alone and in packets", async () => {
    const { server, seen } = listening();
    const asking = client(server);
    await asking.request("reply", { metadata });
    await itemsOf(asking.stream("stream", { metadata }));
    await itemsOf(asking.stream("reply", { metadata }));
    await Promise.all(numbers(20).map(() => asking.request("reply", { metadata })));
    await Promise.all(numbers(20).map(() => itemsOf(asking.stream("stream", { metadata }))));
    expect(seen).toHaveLength(43);
    for (const each of seen) expect({ ...each }).toEqual(metadata);
  });

  test("does not change what a failed call rejects with", async () => {
    const { server } = listening();
    const asking = client(server);
    await asking.request("warm up");
    const calls = numbers(5).map(() => asking.request("fail", { metadata }));
    for (const call of calls) await expect(call).rejects.toMatchObject({ code: "ERR_REMOTE", message: "failed" });
    await expect(itemsOf(asking.stream("fail", { metadata }))).rejects.toMatchObject({ message: "failed" });
  });

  test("belongs to its own call, and is empty without any", async () => {
    const { server, seen } = listening();
    const asking = client(server);
    await asking.request("?");
    await Promise.all([
      asking.request("?", { metadata: { a: "1" } }),
      asking.request("?"),
      asking.request("?", { metadata: {} }),
      itemsOf(asking.stream("stream")),
    ]);
    expect(seen.map((each) => Object.entries(each))).toEqual([[], [["a", "1"]], [], [], []]);
  });

  test("is frozen, and has no prototype", async () => {
    const { server, seen } = listening();
    const asking = client(server);
    await asking.request("?", { metadata: { constructor: "mine", __proto__: "lost" } as unknown as Metadata });
    await asking.request("?");
    await itemsOf(asking.stream("stream", { metadata }));
    for (const each of seen) {
      expect(Object.isFrozen(each)).toBe(true);
      expect(Object.getPrototypeOf(each)).toBe(null);
      expect(() => Object.assign(each, { "x-tenant": "other" })).toThrow(TypeError);
    }
    expect(seen[0]?.constructor).toBe("mine");
  });

  test("may have 8 KiB of names and values together, and no more", async () => {
    const { server, seen } = listening();
    const asking = client(server);
    const most = { name: "x".repeat(8_188) };
    const many = Object.fromEntries(numbers(1_024).map((number) => [`n${1_000 + number}`, "abc"]));
    for (const large of [most, many]) {
      await asking.request("?", { metadata: large });
      await itemsOf(asking.stream("stream", { metadata: large }));
    }
    expect(seen.map((each) => ({ ...each }))).toEqual([most, most, many, many]);
    const more = { ...most, a: "" };
    await expect(asking.request("?", { metadata: more })).rejects.toBeInstanceOf(RangeError);
    expect(() => asking.stream("?", { metadata: more })).toThrow(RangeError);
  });

  test.each([{ Tenant: "a" }, { "": "a" }, { ä: "a" }, { "a b": "a" }, { a: 1 }, ["a"], "a=b", null, new Map()])(
    "%o is refused at once",
    async (wrong) => {
      const asking = client(listening().server);
      const options = { metadata: wrong as unknown as Metadata };
      await expect(asking.request("?", options)).rejects.toBeInstanceOf(TypeError);
      expect(() => asking.stream("?", options)).toThrow(TypeError);
    },
  );

  test("is the client's own at the time of the call", async () => {
    const { server, seen } = listening();
    const mine = { a: "1" };
    const call = client(server).request("?", { metadata: mine });
    mine.a = "2";
    await call;
    expect({ ...seen[0] }).toEqual({ a: "1" });
  });

  test("is never echoed: answers have a header of 18 bytes, and no trace of it", async () => {
    const { server } = listening();
    await using dealer = new HandClient(server.endpoints[0] as string);
    const secret = { token: "secret" };
    const received: Buffer[] = [];
    for (const [request, body] of ["reply", "fail", "stream", "other"].entries()) {
      await dealer.open({ request, body, metadata: secret });
      for (let isOver = false; !isOver; ) {
        const { header, type, flags, body: frames } = await dealer.answer(request);
        received.push(header, ...frames);
        expect(header).toHaveLength(headerLength);
        isOver = type === messageTypes.reply || type === messageTypes.error || type === messageTypes.end || flags === 1;
      }
    }
    expect(received.length).toBeGreaterThan(4);
    expect(Buffer.concat(received).includes("secret")).toBe(false);
    expect(Buffer.concat(received).includes("token")).toBe(false);
  });

  test("that breaks the rules is refused with EnvelopeError, and hurts no other call", async () => {
    const { server, seen } = listening();
    await using dealer = new HandClient(server.endpoints[0] as string);
    const entry = (name: string, value: Buffer | string, length = Buffer.byteLength(value)) =>
      Buffer.concat([Buffer.from([name.length, length >> 8, length & 255]), Buffer.from(name), Buffer.from(value)]);
    const wrong = [
      entry("Tenant", "a"),
      entry("", "a"),
      entry("a", "b", 200),
      Buffer.concat([entry("a", "1"), entry("a", "2")]),
      entry("a", Buffer.from([0xff])),
      Buffer.from([1]),
      Buffer.concat([entry("a", "x".repeat(8_000)), entry("b", "x".repeat(8_000))]),
    ];
    for (const [request, extension] of wrong.entries()) {
      await dealer.send({ type: messageTypes.request, request, extension }, "?");
      expect(await dealer.failure(request)).toEqual({ code: "ERR_ENVELOPE", flags: 1 });
    }
    expect(server.stats.invalid).toBe(wrong.length);
    expect(seen).toEqual([]);
    await dealer.send({ type: messageTypes.request, request: 99, extension: entry("a", "1") }, "?");
    expect(String((await dealer.answer(99)).body[0])).toBe("reply");
    expect({ ...seen[0] }).toEqual({ a: "1" });
  });

  test("is empty for a plain client", async () => {
    const { server, seen } = listening();
    await using request = new Request();
    request.connect(server.endpoints[0] as string);
    await request.send("?");
    expect(String(await request.receive())).toBe("reply");
    expect(Object.keys(seen[0] ?? { not: "empty" })).toEqual([]);
  });
});

describe("remaining", () => {
  test("counts down to the timeout of the call, and is 0 after it", async () => {
    const server = served(async function* (_, context) {
      const before = context.remaining;
      yield String(before);
      await new Promise((resolve) => setTimeout(resolve, 30));
      yield String(context.remaining);
    });
    const asking = client(server);
    const [before, after] = (await itemsOf(asking.stream("?", { timeout: 50_000 }))).map(Number) as [number, number];
    expect(before).toBeGreaterThan(0);
    expect(before).toBeLessThanOrEqual(50_000);
    expect(after).toBeLessThanOrEqual(before - 25);
    const request = client(served((_, { remaining }) => String(remaining)));
    expect(Number(await request.request("?", { timeout: 10_000 }))).toBeLessThanOrEqual(10_000);
  });

  test("is Infinity for a stream by default", async () => {
    const stream = client(served((_, { remaining }) => String(remaining))).stream("?");
    expect(await take(stream, 1)).toEqual(["Infinity"]);
  });

  test("is 0 when the time is over", async () => {
    let left: number | undefined;
    const server = served(async (_, context) => {
      await new Promise((resolve) => context.signal.addEventListener("abort", resolve));
      // A cancellation may come a moment before the deadline.
      while (context.remaining > 0) await new Promise((resolve) => setImmediate(resolve));
      left = context.remaining;
      return "";
    });
    const call = client(server).request("?", { timeout: 100 });
    await expect(call).rejects.toMatchObject({ code: "ERR_TIMEOUT" });
    await server.stop({ grace: 100_000 });
    expect(left).toBe(0);
  });
});

test("an open without its credit is refused with EnvelopeError", async () => {
  const errors: unknown[] = [];
  const server = served(() => "reply", { onInvalid: (error) => errors.push(error) });
  await using dealer = new HandClient(server.endpoints[0] as string);
  await dealer.send({ type: messageTypes.open, request: 1 }, "?");
  expect(await dealer.failure(1)).toEqual({ code: "ERR_ENVELOPE", flags: 1 });
  await dealer.send({ type: messageTypes.open, request: 2, extension: Buffer.alloc(7) }, "?");
  expect(await dealer.failure(2)).toEqual({ code: "ERR_ENVELOPE", flags: 1 });
  expect(errors).toEqual([expect.any(EnvelopeError), expect.any(EnvelopeError)]);
});

test("metadata is that of the call of stream(), whatever becomes of the object", async () => {
  const server = served(async function* (_, { metadata }) {
    yield metadata.tenant as string;
  });
  const asking = client(server);
  const metadata = { tenant: "a" };
  const streams = ["a", "b", "c"].map((tenant) =>
    asking.stream("?", { metadata: Object.assign(metadata, { tenant }) }),
  );
  const found: string[] = [];
  for (const stream of streams) for await (const [tenant] of stream) found.push(String(tenant));
  expect(found).toEqual(["a", "b", "c"]);
});

test("metadata without a form in UTF-8 is a TypeError", () => {
  const asking = client(served((message) => message));
  expect(() => asking.stream("?", { metadata: { tenant: "\ud800" } })).toThrow(/lone surrogate/);
});
