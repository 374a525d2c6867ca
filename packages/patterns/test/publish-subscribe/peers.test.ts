/** Publishers and subscribers that die, start anew or do not read. */

import { Subscriber, TimeoutError, XPublisher } from "@awaitmq/core";
import { eventually, FlakyLink, fixture, freshTcp, spawnProcess } from "@awaitmq/testing";
import { expect, test } from "vitest";
import { bytes, subscribe, TopicPublisher, text } from "../../src/index.ts";

const subscriberScript = fixture("topic-subscriber.mjs", import.meta.url);
const publisherScript = fixture("topic-publisher.mjs", import.meta.url);

test("subscribers of several processes get the first message; one that is killed counts no longer", async () => {
  await using xpublisher = new XPublisher();
  const publisher = new TopicPublisher(xpublisher, { codec: text });
  const endpoint = await xpublisher.bind("tcp://127.0.0.1:*");
  await using one = spawnProcess(subscriberScript, { args: [endpoint, "prices."] });
  await using other = spawnProcess(subscriberScript, { args: [endpoint, "prices.", "2"] });
  await publisher.subscribed("prices.", { count: 2, timeout: 100_000 });
  await publisher.publish("prices.EUR", "first");
  expect(await one.line("first")).toBe("prices.EUR first");
  expect(await other.line("first")).toBe("prices.EUR first");

  one.kill("SIGKILL");
  await eventually(async () => {
    const error: unknown = await publisher.subscribed("prices.", { count: 2, timeout: 0 }).catch((reason) => reason);
    return error instanceof TimeoutError;
  });
  await publisher.subscribed("prices.", { count: 1, timeout: 0 });
  await publisher.publish("prices.EUR", "second");
  expect(await other.line("second")).toBe("prices.EUR second");
  // It leaves its loop and has nothing more to do.
  expect((await other.exited).code).toBe(0);
  const nobody = async () =>
    !(await publisher.subscribed("prices.", { timeout: 0 }).then(
      () => true,
      () => false,
    ));
  await eventually(nobody);
});

test("a publisher that is killed and starts anew has the subscription again, by itself", async () => {
  const endpoint = await freshTcp();
  await using subscriber = new Subscriber({ reconnectInterval: 10 });
  subscriber.connect(endpoint);
  const messages = subscribe(subscriber, ["prices"], { codec: text, match: "segments" });
  for (const value of ["of the first", "of the second", "of the third"]) {
    await using publishing = spawnProcess(publisherScript, { args: [endpoint, "prices.EUR", value, "1"] });
    await publishing.line("published");
    expect((await messages.next()).value).toEqual({ topic: "prices.EUR", value });
    publishing.kill("SIGKILL");
    await publishing.exited;
  }
  await messages.return();
});

test("one that does not read loses messages, and the others none", async () => {
  const total = 2_000;
  const body = Buffer.alloc(50_000);
  await using xpublisher = new XPublisher({ sendHighWaterMark: 500, linger: 0 });
  const publisher = new TopicPublisher(xpublisher, { codec: bytes });
  const endpoint = await xpublisher.bind("tcp://127.0.0.1:*");
  await using slow = new Subscriber({ receiveHighWaterMark: 10, receiveBufferSize: 65_536 });
  slow.connect(endpoint);
  const unread = subscribe(slow, ["n"], { codec: bytes });

  const received = [0, 0, 0];
  const inOrder = received.map(async (_, index) => {
    await using subscriber = new Subscriber();
    subscriber.connect(endpoint);
    for await (const { value } of subscribe(subscriber, ["n"], { codec: bytes })) {
      if (value.readUInt32LE(0) !== received[index]) return false;
      if (++received[index]! === total) return true;
    }
    return false;
  });
  await publisher.subscribed("n", { count: 4, timeout: 100_000 });

  for (let n = 0; n < total; n++) {
    body.writeUInt32LE(n);
    await publisher.publish("n", body);
    // No quicker than those that read: their queues have room for five times of what is under way here.
    if (n % 50 === 0) await eventually(() => Math.min(...received) >= n - 50, { interval: 1 });
  }
  expect(await Promise.all(inOrder)).toEqual([true, true, true]);

  // The slow one reads at last, to the first message that is published when it has room again.
  const got: number[] = [];
  const reading = (async () => {
    for await (const { value } of unread) {
      const n = value.readUInt32LE(0);
      if (n === total) return;
      got.push(n);
    }
  })();
  let finished = false;
  void reading.then(() => {
    finished = true;
  });
  body.writeUInt32LE(total);
  await eventually(async () => {
    await publisher.publish("n", body);
    return finished;
  });
  expect(got.length).toBeGreaterThan(0);
  expect(got.length).toBeLessThan(total);
  expect(got).toEqual([...new Set(got)].sort((a, b) => a - b));
});

test("a connection that breaks takes its subscription with it, and brings it again", async () => {
  await using xpublisher = new XPublisher();
  await using subscriber = new Subscriber({ reconnectInterval: 10 });
  const publisher = new TopicPublisher(xpublisher, { codec: text });
  await using link = await FlakyLink.open(await xpublisher.bind("tcp://127.0.0.1:*"));
  subscriber.connect(link.address);
  const messages = subscribe(subscriber, ["a"], { codec: text });
  for (const value of ["1", "2", "3"]) {
    await publisher.subscribed("a", { timeout: 100_000 });
    await publisher.publish("a", value);
    expect((await messages.next()).value).toEqual({ topic: "a", value });
    await link.cut();
    await eventually(async () => {
      const error: unknown = await publisher.subscribed("a", { timeout: 0 }).catch((reason) => reason);
      return error instanceof TimeoutError;
    });
    await link.restore();
  }
  await publisher.subscribed("a", { timeout: 100_000 });
  await expect(publisher.subscribed("a", { count: 2, timeout: 0 })).rejects.toBeInstanceOf(TimeoutError);
  await messages.return();
});

test("with noDrop publish waits for one that does not read, until its signal aborts, and nothing is lost", async () => {
  const body = Buffer.alloc(50_000);
  await using xpublisher = new XPublisher({ noDrop: true, sendHighWaterMark: 10, linger: 0 });
  await using slow = new Subscriber({ receiveHighWaterMark: 10 });
  const publisher = new TopicPublisher(xpublisher, { codec: bytes });
  slow.connect(await xpublisher.bind("tcp://127.0.0.1:*"));
  const unread = subscribe(slow, [""], { codec: bytes });
  await publisher.subscribed("", { timeout: 100_000 });
  const stop = new AbortController();
  let accepted = 0;
  let last = performance.now();
  const publishing = (async () => {
    for (;;) {
      body.writeUInt32LE(accepted);
      await publisher.publish("", body, { signal: stop.signal });
      accepted += 1;
      last = performance.now();
    }
  })();
  const rejected = expect(publishing).rejects.toBe("full");
  await eventually(() => accepted > 20 && performance.now() - last > 300);
  stop.abort("full");
  await rejected;
  let next = 0;
  for await (const { value } of unread) {
    expect(value.readUInt32LE(0)).toBe(next);
    next += 1;
    if (next === accepted) break;
  }
  // The publisher may still know of the subscription that has just ended, and not yet of the next.
  await eventually(() =>
    publisher.subscribed("", { timeout: 0 }).then(
      () => false,
      (error) => error instanceof TimeoutError,
    ),
  );
  const more = subscribe(slow, [""], { codec: bytes });
  await publisher.subscribed("", { timeout: 100_000 });
  body.writeUInt32LE(1_000_000);
  await publisher.publish("", body);
  expect((await more.next()).value?.value.readUInt32LE(0)).toBe(1_000_000);
});
