/** `subscribe` with endpoints: opening and closing its own socket. */

import { AddressError, ClosedError, Subscriber, TimeoutError, XPublisher } from "@awaitmq/core";
import { eventually, freshTcp } from "@awaitmq/testing";
import { describe, expect, test } from "vitest";
import { CodecError, json, type Subscription, subscribe, TooLateError, TopicPublisher, text } from "../../src/index.ts";

const deadline = { timeout: 100_000 };

async function untilNobody(publisher: TopicPublisher<string>, topic: string): Promise<void> {
  await eventually(async () => {
    const error: unknown = await publisher.subscribed(topic, { timeout: 0 }).catch((reason) => reason);
    return error instanceof TimeoutError;
  });
}

describe("a loop with endpoints of its own", () => {
  test("connects, and closes its socket however it ends", async () => {
    await using publisher = new TopicPublisher("tcp://127.0.0.1:*", { codec: text });
    const stop = new AbortController();
    const endings: Record<string, (stream: Subscription<string>) => Promise<unknown>> = {
      async left(stream) {
        for await (const { value } of stream) {
          expect(value).toBe("1");
          break;
        }
      },
      "returned from": (stream) => stream.return(),
      "disposed of": (stream) => stream[Symbol.asyncDispose](),
      aborted: async (stream) => {
        stop.abort("enough");
        await expect(stream.next()).rejects.toBe("enough");
      },
    };
    for (const end of Object.values(endings)) {
      const stream = subscribe(publisher.endpoints, ["a"], { codec: text, signal: stop.signal });
      expect(stream.endpoints).toEqual([]);
      await publisher.subscribed("a", deadline);
      await publisher.publish("a", "1");
      await end(stream);
      await untilNobody(publisher, "a");
      expect(await stream.next()).toEqual({ value: undefined, done: true });
    }
    const unreadable = subscribe(publisher.endpoints, ["a"], { codec: json });
    await publisher.subscribed("a", deadline);
    await publisher.publish("a", "{");
    await expect(unreadable.next()).rejects.toBeInstanceOf(CodecError);
    await untilNobody(publisher, "a");
  });

  test("binds where that is said, with options of the socket, and frees the endpoint", async () => {
    const free = await freshTcp();
    const stream = subscribe({ bind: free, socket: { receiveTimeout: 20 } }, ["a"], { codec: text });
    expect(stream.endpoints).toEqual([free]);
    await expect(stream.next()).rejects.toBeInstanceOf(TimeoutError);
    await stream.return();
    const again = subscribe({ bind: free }, ["a"], { codec: text });
    await using publisher = new TopicPublisher({ connect: free }, { codec: text });
    const first = again.next();
    await publisher.subscribed("a", deadline);
    await publisher.publish("a", "1");
    expect((await first).value).toEqual({ topic: "a", value: "1" });
    await again.return();
  });

  test("goes with publishers that come and go", async () => {
    await using one = new TopicPublisher("tcp://127.0.0.1:*", { codec: text });
    await using other = new TopicPublisher("tcp://127.0.0.1:*", { codec: text });
    let move = () => {};
    const moved = new Promise<void>((resolve) => {
      move = resolve;
    });
    const sets = (async function* () {
      yield one.endpoints;
      await moved;
      yield other.endpoints;
    })();
    await using stream = subscribe({ connect: sets }, [""], { codec: text });
    await one.subscribed("", deadline);
    await one.publish("one", "1");
    expect((await stream.next()).value).toEqual({ topic: "one", value: "1" });
    move();
    await other.subscribed("", deadline);
    await untilNobody(one, "");
    await other.publish("other", "2");
    expect((await stream.next()).value).toEqual({ topic: "other", value: "2" });
  });

  test("leaves nothing behind where they are wrong", async () => {
    expect(() => subscribe("tcp://nowhere", ["a"], { codec: text })).toThrow(AddressError);
    await using socket = new Subscriber();
    const free = await freshTcp();
    expect(() => subscribe({ bind: [free, "tcp://nowhere:1"] }, ["a"], { codec: text })).toThrow(AddressError);
    await eventually(() =>
      socket.bind(free).then(
        () => true,
        () => false,
      ),
    );
  });
});

describe("a publisher with endpoints of its own", () => {
  test("binds them with a bound on subscriptions, tells which, and frees them when it is closed", async () => {
    const free = await freshTcp();
    const publisher = new TopicPublisher(free, { codec: text });
    expect(publisher.endpoints).toEqual([free]);
    const waiting = expect(publisher.subscribed("a")).rejects.toBeInstanceOf(ClosedError);
    await publisher.close();
    await waiting;
    await expect(publisher.publish("a", "1")).rejects.toThrow("Cannot publish: the publisher is closed");
    await expect(publisher.subscribed("a")).rejects.toBeInstanceOf(ClosedError);
    await using again = new TopicPublisher({ bind: [free], socket: { noDrop: true } }, { codec: text });
    expect(again.endpoints).toEqual([free]);
    await publisher[Symbol.asyncDispose]();
  });

  test("sends what it has accepted before it closes", async () => {
    await using subscriber = new Subscriber();
    const publisher = new TopicPublisher("tcp://127.0.0.1:*", { codec: text });
    const messages = subscribe(subscriber, [""], { codec: text });
    subscriber.connect(publisher.endpoints[0]!);
    await publisher.subscribed("", deadline);
    for (let n = 0; n < 100; n++) await publisher.publish("n", `${n}`);
    await publisher.close();
    for (let n = 0; n < 100; n++) expect((await messages.next()).value?.value).toBe(`${n}`);
  });

  test("is closed by its signal, aborted before or meanwhile, and the error has the reason as its cause", async () => {
    const reason = new Error("enough");
    const stop = new AbortController();
    const publisher = new TopicPublisher("tcp://127.0.0.1:*", { codec: text, signal: stop.signal });
    const waiting = publisher.subscribed("a").catch((error: unknown) => error);
    stop.abort(reason);
    expect(await waiting).toMatchObject({ code: "ERR_CLOSED", cause: reason });
    await expect(publisher.publish("a", "1")).rejects.toMatchObject({ code: "ERR_CLOSED", cause: reason });
    await publisher.close();
    await using other = new XPublisher();
    expect(await other.bind(publisher.endpoints[0]!)).toBe(publisher.endpoints[0]);
    const late = new TopicPublisher("tcp://127.0.0.1:*", { codec: text, signal: stop.signal });
    await expect(late.publish("a", "1")).rejects.toBeInstanceOf(ClosedError);
  });

  test("leaves nothing open where they are wrong", async () => {
    const free = await freshTcp();
    expect(() => new TopicPublisher([free, "tcp://nowhere:1"], { codec: text })).toThrow(AddressError);
    await using other = new XPublisher();
    await eventually(() =>
      other.bind(free).then(
        () => true,
        () => false,
      ),
    );
  });
});

test("a publisher on a socket that was handed in leaves it open, and another one on it goes on", async () => {
  await using xpublisher = new XPublisher();
  const one = new TopicPublisher(xpublisher, { codec: text });
  const endpoint = await xpublisher.bind("tcp://127.0.0.1:*");
  // With a ledger it is not too late.
  const other = new TopicPublisher(xpublisher, { codec: text });
  expect(one.endpoints).toEqual([]);
  await one.close();
  await expect(one.publish("a", "1")).rejects.toBeInstanceOf(ClosedError);
  expect(xpublisher.closed).toBe(false);
  await using stream = subscribe(endpoint, ["a"], { codec: text });
  await other.subscribed("a", deadline);
  await other.publish("a", "2");
  expect((await stream.next()).value).toEqual({ topic: "a", value: "2" });
});

test("a socket that has endpoints already is refused with a TooLateError, and not touched", async () => {
  await using xpublisher = new XPublisher();
  const endpoint = await xpublisher.bind("tcp://127.0.0.1:*");
  expect(() => new TopicPublisher(xpublisher, { codec: text })).toThrow(TooLateError);
  expect(() => new TopicPublisher(xpublisher, { codec: text })).toThrow(endpoint);
  expect(xpublisher.endpoints).toEqual([endpoint]);
  expect(xpublisher.maxMessageSize).toBe(-1);
});
