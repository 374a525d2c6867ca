/** Strangers who make a publisher keep long prefixes. */

import { connect } from "node:net";
import { curveKeyPair, Subscriber, XPublisher } from "@awaitmq/core";
import { describe, expect, test } from "vitest";
import { subscribe, TopicPublisher, text } from "../../src/index.ts";

/** The greeting and the READY of a SUB of ZMTP 3.0, by hand. */
const greeting = Buffer.alloc(64);
greeting.set([0xff, 0, 0, 0, 0, 0, 0, 0, 1, 0x7f, 3, 0]);
greeting.write("NULL", 12);
const ready = Buffer.from("\x04\x19\x05READY\x0bSocket-Type\0\0\0\x03SUB", "latin1");

/** Subscribes to a prefix of so many bytes by a connection without a socket behind it; resolves when the publisher ends it. */
async function subscribeAsStranger(endpoint: string, bytes: number): Promise<void> {
  const stranger = connect(Number(endpoint.split(":").pop()), "127.0.0.1");
  stranger.on("error", () => {});
  const ended = new Promise((resolve) => stranger.on("close", resolve));
  stranger.resume();
  const header = Buffer.alloc(10, 1);
  header[0] = 2;
  header.writeBigUInt64BE(BigInt(bytes + 1), 1);
  stranger.write(Buffer.concat([greeting, ready, header, Buffer.alloc(bytes, "a")]));
  const timer = setTimeout(() => stranger.destroy(new Error("late")), 100_000);
  await ended.finally(() => clearTimeout(timer));
  expect(stranger.errored?.message).not.toBe("late");
}

describe("a TopicPublisher", () => {
  test("disconnects a peer that subscribes to a prefix of megabytes, which takes no memory", async () => {
    await using socket = new XPublisher();
    const publisher = new TopicPublisher(socket, { codec: text });
    const endpoint = await socket.bind("tcp://127.0.0.1:*");
    const before = process.memoryUsage.rss();
    await subscribeAsStranger(endpoint, 4 * 1_024 * 1_024);
    // Without a bound each of its bytes takes 53.
    expect(process.memoryUsage.rss() - before).toBeLessThan(100 * 1_024 * 1_024);

    await using subscriber = new Subscriber();
    subscriber.connect(endpoint);
    const values = subscribe(subscriber, ["a"], { codec: text });
    await publisher.subscribed("a", { timeout: 100_000 });
    await publisher.publish("a", "still here");
    expect((await values.next()).value).toEqual({ topic: "a", value: "still here" });
    await values.return();
  });

  test.each(["without", "with"])("takes prefixes of 980 bytes, %s CURVE", async (how) => {
    const server = curveKeyPair();
    const client = curveKeyPair();
    await using socket = new XPublisher(
      how === "with" ? { curveServer: true, curveSecretKey: server.secretKey } : undefined,
    );
    const publisher = new TopicPublisher(socket, { codec: text });
    await using subscriber = new Subscriber(
      how === "with"
        ? {
            curveServerKey: server.publicKey,
            curvePublicKey: client.publicKey,
            curveSecretKey: client.secretKey,
          }
        : undefined,
    );
    subscriber.connect(await socket.bind("tcp://127.0.0.1:*"));
    const topic = "t".repeat(980);
    const values = subscribe(subscriber, [topic], { codec: text });
    await publisher.subscribed(topic, { timeout: 100_000 });
    await publisher.publish(topic, "arrived");
    expect((await values.next()).value).toEqual({ topic, value: "arrived" });
    await values.return();
  });

  test("leaves a maxMessageSize alone that the socket has", async () => {
    await using socket = new XPublisher({ maxMessageSize: 10_000 });
    const publisher = new TopicPublisher(socket, { codec: text });
    await using subscriber = new Subscriber();
    subscriber.connect(await socket.bind("tcp://127.0.0.1:*"));
    const topic = "t".repeat(9_000);
    const values = subscribe(subscriber, [topic], { codec: text });
    await publisher.subscribed(topic, { timeout: 100_000 });
    await values.return();
  });

  test("tells who takes a topic of megabytes as soon as of a short one", async () => {
    await using socket = new XPublisher();
    const publisher = new TopicPublisher(socket, { codec: text });
    await using subscriber = new Subscriber();
    subscriber.connect(await socket.bind("tcp://127.0.0.1:*"));
    const values = subscribe(subscriber, ["tt"], { codec: text });
    await publisher.subscribed("tt", { timeout: 100_000 });
    const long = "t".repeat(16_000_000);
    // The time that its bytes take on this machine, gone through once. Less than that can't have looked at all of them.
    const passing = performance.now();
    Buffer.from(long).indexOf("u");
    const passed = performance.now() - passing;
    const times = [];
    for (let count = 0; count < 4; count++) {
      const began = performance.now();
      await publisher.subscribed(long);
      times.push(performance.now() - began);
    }
    expect(Math.min(...times)).toBeLessThan(passed);
    await values.return();
  });
});
