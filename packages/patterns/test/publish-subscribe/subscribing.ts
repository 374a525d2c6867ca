/** A publisher with one subscriber, and what is read from it. */

import { Subscriber, TimeoutError, XPublisher } from "@awaitmq/core";
import { pair as connectedPair, eventually } from "@awaitmq/testing";
import { type TopicMessage, TopicPublisher, text } from "../../src/index.ts";

export const deadline = { timeout: 100_000 };

/** `scene` is for setting the scene: it waits for subscriptions. */
export async function pair(options: ConstructorParameters<typeof XPublisher>[0] = {}) {
  const xpublisher = new XPublisher(options);
  const scene = new TopicPublisher(xpublisher, { codec: text });
  return { ...(await connectedPair({ xpublisher, subscriber: new Subscriber() })), scene };
}

export async function take<T>(stream: AsyncIterable<TopicMessage<T>>, count: number): Promise<TopicMessage<T>[]> {
  const taken: TopicMessage<T>[] = [];
  for await (const message of stream) if (taken.push(message) === count) break;
  return taken;
}

export async function untilNobody(publisher: TopicPublisher<string>, topic: string): Promise<void> {
  await eventually(async () => {
    const error: unknown = await publisher.subscribed(topic, { timeout: 0 }).catch((reason) => reason);
    return error instanceof TimeoutError;
  });
}
