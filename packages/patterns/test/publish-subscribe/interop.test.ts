/** Publishing and subscribing with pyzmq. */

import { Subscriber, XPublisher } from "@awaitmq/core";
import { interopMessages, python, pythonPeer } from "@awaitmq/testing";
import { describe, expect, test } from "vitest";
import { type Codec, subscribe, TopicPublisher } from "../../src/index.ts";

const hasPython = python() !== undefined;
if (!hasPython) console.warn("Skipped: no Python 3 here can import zmq (Debian and Ubuntu: python3-zmq)");

/** Values that are frames already. */
const frames: Codec<readonly (string | Buffer)[]> = { encode: (value) => value, decode: (message) => message };

describe.skipIf(!hasPython)("with pyzmq", () => {
  test("a plain SUB counts as a subscriber, and gets the topic and then the frames of each value", async () => {
    await using socket = new XPublisher();
    const publisher = new TopicPublisher(socket, { codec: frames });
    await using peer = pythonPeer({ socket: "SUB", act: "receive", endpoint: await socket.bind("tcp://127.0.0.1:*") });
    await publisher.subscribed("start", { timeout: 100_000 });
    // The peer expects whole messages: their first frame is the topic here, and the rest the value.
    for (const [topic, ...value] of interopMessages) await publish(socket, publisher, topic as string, value);
    await peer.line(/^done$/);
  });

  test("what a plain PUB publishes is read", async () => {
    await using subscriber = new Subscriber();
    await using peer = pythonPeer({ socket: "PUB", act: "publish", bind: true });
    subscriber.connect(await peer.line("tcp://"));
    const seen = new Map<string, number>();
    const messages = interopMessages.filter(([topic]) => topic === "one" || topic === "head");
    for await (const { topic, value } of subscribe(subscriber, ["one", "head"], { codec: frames })) {
      seen.set(topic, value.length);
      if (seen.size === messages.length) break;
    }
    expect(Object.fromEntries(seen)).toEqual({ one: 2, head: 2 });
  });
});

/** By the publisher where a message has a topic and a value, else by the socket below it. */
async function publish(
  socket: XPublisher,
  publisher: TopicPublisher<readonly (string | Buffer)[]>,
  topic: string,
  value: readonly (string | Buffer)[],
): Promise<void> {
  if (typeof topic === "string" && topic !== "" && value.length > 0) await publisher.publish(topic, value);
  else await socket.send([topic, ...value]);
}
