/** Both ends of a stream connected to each other: everything arrives, whatever the pauses and the windows are. */

import { sized } from "@awaitmq/testing";
import fc from "fast-check";
import { expect, test, vi } from "vitest";
import { Conversation, type Plan } from "./conversation.ts";

vi.mock("@awaitmq/core/internals", async (original) => {
  const { turns } = await import("./turns.ts");
  return { ...(await original<object>()), turnIsOver: () => turns.isOver, nextTurn: () => turns.next() };
});

const window = fc.record({
  items: fc.constantFrom(1, 2, 3, 7, 16, 256),
  bytes: fc.constantFrom(1, 10, 300, 5_000, 2 ** 20),
});
const plans: fc.Arbitrary<Plan> = fc.record({
  seed: fc.nat(2 ** 32 - 1),
  clientWindow: window,
  serverWindow: window,
  replies: fc.nat(60),
  input: fc.nat(60),
  handler: fc.constantFrom("reads first", "reads beside", "echoes"),
  readers: fc.integer({ min: 1, max: 4 }),
  longest: fc.constantFrom(0, 10, 1_000, 3_000),
  leavesAfter: fc.oneof(fc.constant(Number.POSITIVE_INFINITY), fc.integer({ min: 1, max: 70 })),
  enoughAfter: fc.oneof(fc.constant(Number.POSITIVE_INFINITY), fc.integer({ min: 1, max: 70 })),
});

test("whatever pauses, waits and leaves: all items come in order, and both ends come to rest", async () => {
  await fc.assert(
    fc.asyncProperty(plans, (plan) => new Conversation(plan).run()),
    { numRuns: sized({ test: 1_000, soak: 100_000 }) },
  );
});

test("no credit gets lost among many items with any pauses and windows, in both directions", async () => {
  const count = sized({ test: 100_000, soak: 1_000_000 });
  const most = 5_000;
  const seed = Date.now() >>> 0;
  const whole = {
    input: most,
    replies: most,
    leavesAfter: Number.POSITIVE_INFINITY,
    enoughAfter: Number.POSITIVE_INFINITY,
  };
  let sum = 0;
  for (const plan of fc.sample(plans, { seed, numRuns: count / most })) {
    const conversation = new Conversation({ ...plan, ...whole });
    await conversation.run().catch((cause) => {
      throw new Error(`In a conversation of the seed ${seed}: ${JSON.stringify(plan)}`, { cause });
    });
    sum += conversation.read.input;
  }
  expect(sum).toBe(count);
});
