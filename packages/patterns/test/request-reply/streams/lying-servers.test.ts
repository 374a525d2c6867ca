/** Servers that break the rules of streams: that call rejects with an EnvelopeError, and no other is hurt. */

import { eventually, gate, numbers } from "@awaitmq/testing";
import { afterEach, describe, expect, test } from "vitest";
import { EnvelopeError } from "../../../src/index.ts";
import { itemFlags, type MessageType, messageTypes } from "../../../src/wire/envelope.ts";
import { closeAll, connected } from "../pair.ts";
import { HandServer, itemsFrame, itemsIn } from "./by-hand.ts";
import { readAll, take } from "./reading.ts";

const { cancel, credit, end, enough, item, items, open, reply, request: asked } = messageTypes;
const mostCredit = 2 ** 32 - 1;
const window = { items: 10, bytes: 10_000 };

afterEach(closeAll);

/** A server by hand, a client that reads two streams of it, and the numbers of both calls. */
async function liar(input?: Iterable<string>) {
  const server = await HandServer.bind();
  const asking = connected({ connect: server.endpoint });
  const stream = asking.stream("lied to", { window, input, grace: 100_000 });
  const other = asking.stream("honest", { window });
  const first = stream.next();
  first.catch(() => {});
  const { request } = await server.next(open);
  const second = other.next();
  second.catch(() => {});
  const honest = await server.next(open);
  return {
    server,
    asking,
    stream,
    request,
    first,
    /** The other stream goes on, and requests are answered. */
    async isUnhurt() {
      await server.post(honest.request, item, {}, "one");
      expect(String((await second).value?.[0])).toBe("one");
      await server.post(honest.request, items, { position: 1, flags: itemFlags.last }, itemsFrame("two", "three"));
      expect((await readAll(other)).items).toEqual(["two", "three"]);
      const call = asking.request("?");
      const { request } = await server.next(asked);
      await server.post(request, reply, {}, "reply");
      expect(String(await call)).toBe("reply");
      expect(asking.stats.inFlight).toBe(0);
    },
    async [Symbol.asyncDispose]() {
      await server[Symbol.asyncDispose]();
    },
  };
}

const lies: Record<string, (server: HandServer, request: number) => Promise<void>> = {
  "more items than its credit in one message": (server, request) =>
    server.post(request, items, {}, itemsFrame(...numbers(11).map(String))),
  "more items than its credit in several": async (server, request) => {
    for (const position of numbers(12)) await server.post(request, item, { position }, "item");
  },
  "an item after its bytes are spent": async (server, request) => {
    await server.post(request, item, {}, "1");
    await server.post(request, item, { position: 1 }, Buffer.alloc(9_999));
    await server.post(request, item, { position: 2 }, "one more");
  },
  "a gap in its items": (server, request) => server.post(request, item, { position: 1 }, "second"),
  "an item twice": async (server, request) => {
    await server.post(request, item, {}, "first");
    await server.post(request, item, {}, "first");
  },
  "an end at the wrong place": (server, request) => server.post(request, end, { position: 7 }),
  "an item without a frame": (server, request) => server.post(request, item),
  "items without a frame": (server, request) => server.post(request, items),
  "no items": (server, request) => server.post(request, items, {}, ""),
  "items that are cut off": (server, request) => server.post(request, items, {}, itemsFrame("1", "2").subarray(0, -1)),
  "items whose length is far too large": (server, request) =>
    server.post(request, items, {}, Buffer.from([1, 255, 255, 255, 255, 1])),
  "a credit that is cut off": (server, request) => server.post(request, credit, {}, Buffer.alloc(7)),
  "a reply without a body": (server, request) => server.post(request, reply),
  "an error that cannot be read": (server, request) => server.post(request, messageTypes.error, {}, "no JSON"),
  "a cancellation": (server, request) => server.post(request, cancel),
  "a message of an unknown type": (server, request) => server.post(request, 99 as MessageType),
};

describe("a server that sends", () => {
  test.each(Object.keys(lies))("%s", async (lie) => {
    await using all = await liar();
    const { server, request, stream, first } = all;
    await lies[lie]?.(server, request);
    await eventually(() => all.asking.stats.failed === 1);
    // Items that came before are read first.
    const { error } = await first.then(
      () => readAll(stream),
      (reason: unknown) => ({ error: reason }),
    );
    expect(error).toBeInstanceOf(EnvelopeError);
    expect(await stream.next()).toEqual({ value: undefined, done: true });
    await all.isUnhurt();
  });

  test("a violation gets a cancellation for that call, and the reader may leave", async () => {
    await using all = await liar();
    await all.server.post(all.request, item, { position: 3 }, "later");
    await expect(all.first).rejects.toBeInstanceOf(EnvelopeError);
    expect((await all.server.next(cancel)).request).toBe(all.request);
    const left = all.stream.return();
    await all.server.post(all.request, end);
    await left;
    await all.isUnhurt();
  });

  test("items after the end, or after the reply, hurts nobody: the call is over", async () => {
    await using all = await liar();
    const { server, request, stream, first, asking } = all;
    await server.post(request, item, { flags: itemFlags.last }, "last");
    await server.post(request, item, { position: 1 }, "after the end");
    await server.post(request, items, { position: 1 }, "garbage");
    await server.post(request, reply, {}, "reply");
    await server.grant(request, mostCredit, mostCredit);
    await server.grant(request, mostCredit, mostCredit);
    expect(String((await first).value?.[0])).toBe("last");
    expect(await stream.next()).toEqual({ value: undefined, done: true });
    await all.isUnhurt();
    expect(asking.stats).toMatchObject({ failed: 0, late: 5 });
  });

  test("items before a reply is no reply", async () => {
    await using all = await liar();
    await all.server.post(all.request, item, {}, "item");
    await all.server.post(all.request, reply, {}, "reply");
    expect(String((await all.first).value?.[0])).toBe("item");
    await expect(all.stream.next()).rejects.toBeInstanceOf(EnvelopeError);
    await all.isUnhurt();
  });

  test("items to a plain request", async () => {
    await using all = await liar();
    const call = all.asking.request("?");
    call.catch(() => {});
    const { request } = await all.server.next(asked);
    await all.server.post(request, item, {}, "item");
    await expect(call).rejects.toBeInstanceOf(EnvelopeError);
    await all.server.post(all.request, end);
    expect((await all.first).done).toBe(true);
  });

  test("items of calls that never were is not heard", async () => {
    await using all = await liar();
    const { server, request, first, stream, asking } = all;
    const header = server.headerOf(request);
    for (const unknown of [request + 100, request + 101]) {
      header.writeUInt32BE(unknown >>> 0, 14);
      await server.forge(request, header, item, "item");
      await server.forge(request, header, end);
      await server.forge(request, header, credit, Buffer.alloc(8, 255));
    }
    // Another client's ids are no ids of this one.
    header.writeUInt32BE(request, 14);
    header.writeUInt32BE((header.readUInt32BE(10) + 1) >>> 0, 10);
    await server.forge(request, header, item, "item");
    await server.post(request, item, { flags: itemFlags.last }, "mine");
    expect(String((await first).value?.[0])).toBe("mine");
    expect((await stream.next()).done).toBe(true);
    expect(asking.stats).toMatchObject({ late: 6, invalid: 1, failed: 0 });
  });
});

describe("a server that grants", () => {
  test("2^32 - 1 twice ends the call, and closes its input", async () => {
    const closed = gate();
    function* speak() {
      try {
        yield* numbers(3).map(String);
      } finally {
        closed.open();
      }
    }
    await using all = await liar(speak());
    await all.server.grant(all.request, 1, 1);
    expect(itemsIn(await all.server.next(item, items))).toEqual(["0"]);
    await all.server.grant(all.request, mostCredit, mostCredit);
    await all.server.grant(all.request, mostCredit, mostCredit);
    const outcome = await all.first.then(
      ({ done }) => done,
      (error: unknown) => error,
    );
    // The three items may have left, with which the client has nothing more to send.
    if (outcome !== true) expect(outcome).toBeInstanceOf(EnvelopeError);
    await closed.opened;
    await all.isUnhurt();
  });

  test("nothing gets nothing of the input, and the call goes on", async () => {
    let taken = 0;
    function* speak() {
      for (;;) yield String(taken++);
    }
    await using all = await liar(speak());
    await all.server.grant(all.request, 0, 0);
    await all.server.grant(all.request, 5, 0);
    await all.server.grant(all.request, 0, 0);
    await all.server.post(all.request, item, {}, "item");
    expect(String((await all.first).value?.[0])).toBe("item");
    expect(taken).toBe(0);
    await all.server.grant(all.request, 0, 1);
    expect(itemsIn(await all.server.next(item, items))[0]).toBe("0");
    await all.server.post(all.request, enough);
    await all.server.post(all.request, end, { position: 1 });
    expect(await take(all.stream, 0)).toEqual([]);
    expect((await all.stream.next()).done).toBe(true);
    await all.isUnhurt();
  });

  test("a call without input is not heard", async () => {
    await using all = await liar();
    await all.server.grant(all.request, mostCredit, mostCredit);
    await all.server.grant(all.request, mostCredit, mostCredit);
    await all.server.post(all.request, enough);
    await all.server.post(all.request, item, { flags: itemFlags.last }, "item");
    expect(String((await all.first).value?.[0])).toBe("item");
    await all.isUnhurt();
  });
});

test("a server that never answers a stream that was left holds up its reader for the grace at most", async () => {
  await using server = await HandServer.bind();
  const asking = connected({ connect: server.endpoint });
  const stream = asking.stream("?", { grace: 50 });
  const first = stream.next();
  const { request } = await server.next(open);
  await server.grant(request, 0, 0);
  await stream.return();
  expect((await first).done).toBe(true);
  expect((await server.next(cancel)).request).toBe(request);
});
