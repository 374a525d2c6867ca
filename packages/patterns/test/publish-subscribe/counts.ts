/** How many subscriptions take a topic. */

import { TimeoutError } from "@awaitmq/core";
import { eventually } from "@awaitmq/testing";
import { expect } from "vitest";
import type { TopicPublisher } from "../../src/index.ts";

export const deadline = { timeout: 100_000 };

/** How many subscriptions take the topic now. */
export async function countOf(publisher: TopicPublisher<string>, topic: string): Promise<number> {
  for (let count = 1; ; count++) {
    try {
      await publisher.subscribed(topic, { count, timeout: 0 });
    } catch (error) {
      expect(error).toBeInstanceOf(TimeoutError);
      return count - 1;
    }
  }
}

export async function eventuallyCounts(publisher: TopicPublisher<string>, topic: string, count: number): Promise<void> {
  await eventually(async () => (await countOf(publisher, topic)) === count, { message: `${topic} never had ${count}` });
}
