/** Thousands of subscriptions, over all transports and through proxies. */

import { eventually, freshInproc, freshIpc, freshTcp } from "@awaitmq/testing";
import { describe, expect, test } from "vitest";
import { proxy, Subscriber, XPublisher, XSubscriber } from "../../src/index.ts";

/** Three times what a queue of libzmq holds by default. */
const topics = Array.from({ length: 3_000 }, (_, index) => `t${index}.`);

/** Reads subscriptions, or with 0 what takes them back, until it has one of each topic. */
async function told(publisher: XPublisher, kind: 0 | 1 = 1): Promise<number> {
  const missing = new Set(topics);
  const signal = AbortSignal.timeout(100_000);
  while (missing.size > 0) {
    const [frame] = await publisher.receive({ signal }).catch(() => [undefined]);
    if (frame === undefined) break;
    if (frame[0] === kind) missing.delete(frame.subarray(1).toString());
  }
  return topics.length - missing.size;
}

/** A subscriber sends its subscriptions to a new connection while it receives. */
function receiving(subscriber: Subscriber | XSubscriber): void {
  void subscriber.receive().catch(() => {});
}

async function subscribe(subscriber: Subscriber | XSubscriber, kind: 0 | 1 = 1): Promise<void> {
  if (subscriber instanceof XSubscriber) {
    for (const topic of topics) await subscriber.send(Buffer.from(`${String.fromCharCode(kind)}${topic}`));
  } else if (kind === 1) subscriber.subscribe(...topics);
  else subscriber.unsubscribe(...topics);
}

const kinds = [
  ["Subscriber", () => new Subscriber()],
  ["XSubscriber", () => new XSubscriber()],
] as const;

describe.each(kinds)("3 000 subscriptions of a %s all arrive", (_, open) => {
  test.each([
    ["tcp", freshTcp],
    ["ipc", freshIpc],
    ["inproc", freshInproc],
  ])("that were made before it connects, over %s", async (_, fresh) => {
    await using publisher = new XPublisher();
    await using subscriber = open();
    await subscribe(subscriber);
    subscriber.connect(await publisher.bind(await fresh()));
    receiving(subscriber);
    expect(await told(publisher)).toBe(topics.length);
  });

  test("that are made, and taken back, on a live connection", async () => {
    await using publisher = new XPublisher();
    await using subscriber = open();
    subscriber.connect(await publisher.bind("tcp://127.0.0.1:*"));
    await subscriber.ready({ timeout: 100_000 });
    await subscribe(subscriber);
    expect(await told(publisher)).toBe(topics.length);
    await subscribe(subscriber, 0);
    expect(await told(publisher, 0)).toBe(topics.length);
  });

  test("once more, at a publisher that has started anew", async () => {
    const endpoint = await freshTcp();
    await using subscriber = open();
    subscriber.connect(endpoint);
    receiving(subscriber);
    await subscribe(subscriber);
    for (const _ of ["first", "second"]) {
      await using publisher = new XPublisher();
      await eventually(() => publisher.bind(endpoint));
      expect(await told(publisher)).toBe(topics.length);
    }
  });
});

test("3 000 subscriptions pass a proxy", async () => {
  await using publisher = new XPublisher();
  await using front = new XSubscriber();
  await using back = new XPublisher();
  await using subscriber = new Subscriber();
  front.connect(await publisher.bind("tcp://127.0.0.1:*"));
  await using _relay = proxy(front, back);
  subscriber.connect(await back.bind("tcp://127.0.0.1:*"));
  subscriber.subscribe(...topics);
  receiving(subscriber);
  expect(await told(publisher)).toBe(topics.length);
});

test("XSubscriber's own sendHighWaterMark is kept, and the default is no limit", async () => {
  await using free = new XSubscriber();
  await using bound = new XSubscriber({ sendHighWaterMark: 10 });
  expect([free.sendHighWaterMark, bound.sendHighWaterMark]).toEqual([0, 10]);
});
