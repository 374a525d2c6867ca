/** Workers that break the rules at a broker: it lives on, and only their own calls suffer. */

import { Dealer, UnsupportedError } from "@awaitmq/core";
import { eventually } from "@awaitmq/testing";
import { afterEach, describe, expect, test } from "vitest";
import { EnvelopeError } from "../../../src/index.ts";
import { encodeCredit } from "../../../src/wire/credit.ts";
import { encodeHeader, messageTypes, streamHeader } from "../../../src/wire/envelope.ts";
import { HandClient } from "../../request-reply/streams/by-hand.ts";
import { itemsOf, readAll } from "../../request-reply/streams/reading.ts";
import { answerTo, rawWorker } from "../raw.ts";
import { brokered, client, closeAll, opens, worker } from "./scene.ts";

afterEach(closeAll);

const { cancel, credit, end, item, open, reply } = messageTypes;

/** A worker by hand that has got a stream. */
async function lying() {
  const { running, clientEnd, workerEnd } = brokered();
  const dealer = opens(await rawWorker(workerEnd, "READY 1"));
  const asking = client(clientEnd);
  const reading = readAll(asking.stream("stream"));
  const [, tag, header] = (await dealer.receive()) as unknown as [Buffer, Buffer, Buffer];
  return {
    running,
    workerEnd,
    dealer,
    tag,
    asking,
    reading,
    /** Sends a message of its stream, or with another tag. */
    say: (type: number, body: (Buffer | string)[] = [], given = tag, position = 0) =>
      dealer.send(["", given, streamHeader(header, type as typeof item, 0, position), "", ...body]),
    /** The type of what the broker says next. */
    hear: async () => (await dealer.receive())[2]?.[3],
    /** The broker serves another worker and client. */
    async isUnhurt() {
      worker(workerEnd, (_, { input }) => input);
      const honest = client(clientEnd);
      for (let tries = 0; tries < 2; tries++)
        expect(await itemsOf(honest.stream("echo", { input: ["1", "2"] }))).toEqual(["1", "2"]);
      expect(honest.stats).toMatchObject({ failed: 0, invalid: 0, late: 0 });
    },
  };
}

/** Whether the worker hears nothing but requests. */
async function hearsNoCancel(dealer: Dealer): Promise<boolean> {
  const message = await dealer.receive({ timeout: 100 }).catch(() => undefined);
  return message === undefined || message[2]?.[3] === open;
}

describe("a worker that sends", () => {
  test("items for tags that it does not hold has them ignored", async () => {
    const all = await lying();
    await all.say(item, ["forged"], Buffer.alloc(16, 1));
    await all.say(end, [], Buffer.alloc(16, 2));
    await all.say(item, ["one"]);
    await all.say(end, [], all.tag, 1);
    await all.say(item, ["late"], all.tag, 1);
    expect(await all.reading).toEqual({ items: ["one"], error: undefined });
    await eventually(() => all.running.stats.ignored === 3);
    expect(all.asking.stats).toMatchObject({ invalid: 0, late: 0 });
    await all.dealer.close({ linger: 0 });
    await all.isUnhurt();
  });

  test("items for an earlier broker is cancelled, and has no room until it has stopped", async () => {
    const { running, clientEnd, workerEnd } = brokered();
    const dealer = opens(new Dealer({ linger: 0, receiveTimeout: 100_000 }));
    dealer.connect(workerEnd);
    const asked = client(clientEnd).request("request");
    await eventually(() => running.stats.waiting === 1);
    const header = encodeHeader({
      type: item,
      flags: 0,
      priority: 0,
      remaining: 0,
      client: 7,
      request: 7,
    });
    const tag = Buffer.alloc(16, 1);
    await dealer.send(["", tag, header, "", "item"]);
    const [, heardOf, what] = await dealer.receive();
    expect(heardOf).toEqual(tag);
    expect(what?.[3]).toBe(cancel);
    expect(running.stats).toMatchObject({ ignored: 1, given: 0 });
    await dealer.send(["", tag, streamHeader(header, end, 0, 0), ""]);
    await dealer.send(answerTo(await dealer.receive(), "reply"));
    expect(String(await asked)).toBe("reply");
  });

  test("the open back counts as one that cannot stream, and gets no cancellation", async () => {
    const all = await lying();
    await all.say(open, ["stream"]);
    expect((await all.reading).error).toBeInstanceOf(UnsupportedError);
    expect(await hearsNoCancel(all.dealer)).toBe(true);
    expect(all.running.stats.held).toBe(0);
    await all.dealer.close({ linger: 0 });
    await all.isUnhurt();
  });

  test.each([[[]], [[Buffer.alloc(7)]]])("a malformed credit fails the call, and gets a cancellation", async (body) => {
    const all = await lying();
    await all.say(credit, body);
    expect((await all.reading).error).toBeInstanceOf(EnvelopeError);
    expect(await all.hear()).toBe(cancel);
    // The broker believes that the handler runs until the worker says otherwise.
    expect(all.running.stats.held).toBe(1);
    await all.say(end);
    await eventually(() => all.running.stats.held === 0);
    await all.dealer.close({ linger: 0 });
    await all.isUnhurt();
  });

  test("a gap in its items has the client cancel", async () => {
    const all = await lying();
    await all.say(item, ["second"], all.tag, 1);
    expect((await all.reading).error).toBeInstanceOf(EnvelopeError);
    expect(await all.hear()).toBe(cancel);
    await all.say(end);
    await eventually(() => all.running.stats.held === 0);
    await all.dealer.close({ linger: 0 });
    await all.isUnhurt();
  });

  test("messages that no worker sends has them ignored", async () => {
    const all = await lying();
    for (const type of [messageTypes.goodbye, messageTypes.welcome, messageTypes.probe, cancel, 99])
      await all.say(type, ["?"]);
    await all.say(reply, ["reply"]);
    expect(await all.reading).toEqual({ items: ["reply"], error: undefined });
    expect(all.running.stats.ignored).toBe(5);
    expect(all.asking.stats).toMatchObject({ invalid: 0, late: 0 });
    await all.dealer.close({ linger: 0 });
    await all.isUnhurt();
  });

  test.each([
    ["3 bytes", Buffer.from([0xf5, 0x6d, 1])],
    ["9 bytes", Buffer.from([0xf5, 0x6d, 1, reply, 0, 0, 0, 0, 0])],
    ["another version", Buffer.from([0xf5, 0x6d, 2, reply, ...Buffer.alloc(14)])],
  ])("a header of %s cannot end the broker", async (_, header) => {
    const all = await lying();
    await all.dealer.send(["", all.tag, header, "", "body"]);
    expect((await all.reading).error).toBeInstanceOf(UnsupportedError);
    const asked = all.asking.request("request");
    const [, tag] = await all.dealer.receive();
    await all.dealer.send(["", tag as Buffer, header, "", "body"]);
    expect(String(await asked)).toBe("body");
    await all.dealer.close({ linger: 0 });
    await all.isUnhurt();
  });

  test("nothing before its client has left hears of that when it begins", async () => {
    const { running, clientEnd, workerEnd } = brokered();
    const dealer = opens(await rawWorker(workerEnd, "READY 2"));
    const gone = new HandClient(clientEnd);
    await gone.open({ request: 1, hasInput: true });
    const [, first, header] = (await dealer.receive()) as unknown as [Buffer, Buffer, Buffer];
    await gone[Symbol.asyncDispose]();
    await using leaves = new HandClient(clientEnd);
    await leaves.open({ request: 1 });
    const [, second] = (await dealer.receive()) as unknown as [Buffer, Buffer];
    await leaves.post(1, cancel);
    expect(await hearsNoCancel(dealer)).toBe(true);
    for (const tag of [first, second]) {
      await dealer.send(["", tag, streamHeader(header, credit, 0, 0), "", encodeCredit({ items: 0, bytes: 0 })]);
      const [, heardOf, what] = await dealer.receive();
      expect(heardOf).toEqual(tag);
      expect(what?.[3]).toBe(cancel);
      await dealer.send(["", tag, streamHeader(header, end, 0, 0), ""]);
    }
    expect((await leaves.answer(1)).type).toBe(end);
    await eventually(() => running.stats.held === 0);
  });
});
