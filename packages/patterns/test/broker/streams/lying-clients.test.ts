/** Clients that break the rules at a broker: their own call ends, and nobody else is hurt. */

import { eventually, gate } from "@awaitmq/testing";
import { afterEach, describe, expect, test } from "vitest";
import { errorFlags, itemFlags, messageTypes } from "../../../src/wire/envelope.ts";
import { aborted } from "../../request-reply/pair.ts";
import { HandClient, itemsFrame, itemsIn } from "../../request-reply/streams/by-hand.ts";
import { itemsOf, take } from "../../request-reply/streams/reading.ts";
import { brokered, client, closeAll, endless, scene, worker } from "./scene.ts";

afterEach(closeAll);

const { cancel, credit, end, item, items } = messageTypes;
const own = { code: "ERR_ENVELOPE", flags: errorFlags.own };
const refused = { code: "ERR_ENVELOPE", flags: errorFlags.refused };
const mostCredit = 2 ** 32 - 1;

/** A worker of all kinds of handlers, an honest client that streams meanwhile, and a liar. */
async function lying() {
  const all = scene(
    async function* ([how], { input, signal }) {
      if (String(how) === "endless") yield* endless();
      else if (String(how) === "wait") await aborted(signal);
      else if (String(how) === "read late") {
        await input.next();
        await aborted(signal);
        // Not reached by a lie: the input fails.
        yield* input;
      } else yield* input;
    },
    { concurrency: 3, window: { items: 10, bytes: 10_000 } },
  );
  const goOn = gate();
  async function* speak() {
    yield "before";
    await goOn.opened;
    yield "after";
  }
  const stream = all.client.stream("echo", { input: speak() });
  expect(await take(stream, 1)).toEqual(["before"]);
  return {
    ...all,
    liar: new HandClient(all.clientEnd),
    async isUnhurt() {
      goOn.open();
      expect(await itemsOf(stream)).toEqual(["after"]);
      expect(await itemsOf(all.client.stream("echo", { input: ["1", "2"] }))).toEqual(["1", "2"]);
      expect(all.client.stats).toMatchObject({ failed: 0, invalid: 0, late: 0 });
      await eventually(() => all.worker.stats.running === 0 && all.broker.stats.held === 0);
    },
    async [Symbol.asyncDispose]() {
      await this.liar[Symbol.asyncDispose]();
    },
  };
}

const lies: Record<string, (liar: HandClient) => Promise<void>> = {
  "more items than its credit": (liar) => liar.post(1, items, {}, itemsFrame(..."0123456789a")),
  "an item after its bytes are spent": async (liar) => {
    await liar.post(1, item, {}, Buffer.alloc(10_000));
    await liar.post(1, item, { position: 1 }, "one more");
  },
  "a gap in its items": (liar) => liar.post(1, item, { position: 1 }, "second"),
  "an item after the end": async (liar) => {
    await liar.post(1, item, { flags: itemFlags.last }, "last");
    await liar.post(1, item, { position: 1 }, "after the end");
  },
  "an item without a frame": (liar) => liar.post(1, item),
  "items that are cut off": (liar) => liar.post(1, items, {}, itemsFrame("one").subarray(0, -1)),
  "a credit that is cut off": (liar) => liar.post(1, credit, {}, Buffer.alloc(7)),
  "too much credit": async (liar) => {
    await liar.grant(1, mostCredit, mostCredit);
    await liar.grant(1, mostCredit, mostCredit);
  },
};

describe("a client that sends", () => {
  test.each(Object.keys(lies))("%s ends its own stream alone", async (lie) => {
    await using all = await lying();
    await all.liar.open({ request: 1, body: "read late", hasInput: true });
    for (let granted = 0; granted === 0; ) granted = (await all.liar.next()).body[0]?.readUInt32BE(0) ?? 0;
    await lies[lie]?.(all.liar);
    expect(await all.liar.failure(1)).toEqual(own);
    await all.isUnhurt();
  });

  test.each(["wait", "endless"])("an item in a call without input, to a handler that is to %s", async (body) => {
    await using all = await lying();
    await all.liar.open({ request: 1, body, credit: { items: 0, bytes: 0 } });
    await all.liar.post(1, item, {}, "item");
    expect(await all.liar.failure(1)).toEqual(own);
    await all.isUnhurt();
  });

  test.each(["an item", "too much credit"])("%s while its stream waits for a worker", async (lie) => {
    const { running, clientEnd, workerEnd } = brokered();
    await using liar = new HandClient(clientEnd);
    await liar.open({ request: 1, hasInput: true });
    if (lie === "an item") await liar.post(1, item, {}, "item");
    else for (const _ of "12") await liar.grant(1, mostCredit, mostCredit);
    expect(await liar.failure(1)).toEqual(own);
    expect(running.stats.waiting).toBe(0);
    let begun = 0;
    worker(workerEnd, () => `${++begun}`);
    expect(String(await client(clientEnd).request("request"))).toBe("1");
  });

  test("anything for calls that never were, or are over", async () => {
    await using all = await lying();
    const { liar, worker: serving } = all;
    await liar.open({ request: 1, body: "echo" });
    expect((await liar.answer(1)).type).toBe(end);
    for (const request of [1, 2]) {
      await liar.post(request, item, {}, "item");
      await liar.post(request, items, {}, "garbage");
      await liar.post(request, end);
      await liar.grant(request, mostCredit, mostCredit);
      await liar.post(request, credit);
      await liar.post(request, cancel);
    }
    await all.isUnhurt();
    expect(serving.stats).toMatchObject({ failed: 0, invalid: 0 });
    expect(all.broker.stats).toMatchObject({ ignored: 0, undeliverable: 0 });
  });

  test("the ids of another client's call", async () => {
    await using all = await lying();
    await using thief = new HandClient(all.clientEnd, 42);
    await using victim = new HandClient(all.clientEnd, 42);
    await victim.open({ request: 1, body: "echo", hasInput: true });
    await thief.post(1, item, {}, "stolen");
    await thief.post(1, cancel);
    await thief.open({ request: 2, body: "echo" });
    expect((await thief.answer(2)).type).toBe(end);
    await eventually(() => all.worker.stats.running === 2);
    for (let granted = 0; granted === 0; ) granted = (await victim.next()).body[0]?.readUInt32BE(0) ?? 0;
    await victim.post(1, item, { flags: itemFlags.last }, "mine");
    expect(itemsIn(await victim.answer(1))).toEqual(["mine"]);
    await all.isUnhurt();
  });

  test("a second open with the same id has that refused, and the first goes on", async () => {
    await using all = await lying();
    await all.liar.open({ request: 1, body: "endless", credit: { items: 1, bytes: 1 } });
    expect(itemsIn(await all.liar.answer(1))).toEqual(["0"]);
    await all.liar.open({ request: 1, body: "echo" });
    expect(await all.liar.failure(1)).toEqual(refused);
    await all.liar.grant(1, 1, 10);
    expect(itemsIn(await all.liar.answer(1))).toEqual(["1"]);
    await all.liar.post(1, cancel);
    expect((await all.liar.answer(1)).type).toBe(end);
    await all.isUnhurt();
  });

  test.each([
    ["a header that is cut off", [0xf5, 0x6d, 1, messageTypes.request]],
    ["an open that is cut off", [0xf5, 0x6d, 1, messageTypes.open, 0, 0, 0, 0, 0, 0, 0, 0, 0]],
    ["a header of another version", [0xf5, 0x6d, 9, messageTypes.open, ...Buffer.alloc(14)]],
    ["an open without an extension", [0xf5, 0x6d, 1, messageTypes.open, ...Buffer.alloc(14)]],
    ["an unknown type", [0xf5, 0x6d, 1, 99, ...Buffer.alloc(14)]],
    ["a type of servers", [0xf5, 0x6d, 1, messageTypes.welcome, ...Buffer.alloc(14)]],
  ])("%s is answered, and neither broker nor worker is hurt", async (_, header) => {
    await using all = await lying();
    const { dealer } = all.liar;
    await dealer.send([Buffer.from(header), null, "wait"]);
    let [answered, , body] = await dealer.receive();
    if (answered[3] === credit) [answered, , body] = await dealer.receive();
    // Nothing of the broker's memory is in it.
    if (header.length < 18) expect([...answered]).toEqual(header);
    else {
      expect(answered[3]).toBe(messageTypes.error);
      expect(answered[4]).toBe(errorFlags.refused);
      expect(JSON.parse(String(body)).code).toBe("ERR_ENVELOPE");
    }
    await all.isUnhurt();
  });
});

test("a client may say at once what it grants, that it ends its input, and that it leaves", async () => {
  const { running, clientEnd, workerEnd } = brokered();
  await using hand = new HandClient(clientEnd);
  await hand.open({ request: 1, body: "one", credit: { items: 0, bytes: 0 }, hasInput: true });
  await hand.grant(1, 1, 1);
  await hand.grant(1, 2, 100);
  await hand.post(1, end);
  await hand.open({ request: 2, body: "two" });
  await hand.post(2, cancel);
  expect((await hand.answer(2)).type).toBe(end);
  expect(running.stats).toMatchObject({ waiting: 1, given: 0 });
  const seen: string[] = [];
  worker(workerEnd, async function* ([what], { input }) {
    seen.push(String(what));
    for await (const _ of input) seen.push("input");
    yield* ["a", "b", "c"];
  });
  const got: string[] = [];
  while (got.length < 3) got.push(...itemsIn(await hand.answer(1)));
  expect(got).toEqual(["a", "b", "c"]);
  expect(seen).toEqual(["one"]);
});
