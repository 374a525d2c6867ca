/** The client's end of a stream, message by message. */

import { setImmediate as turn } from "node:timers/promises";
import type { Frame } from "@awaitmq/core";
import { afterEach, expect, test, vi } from "vitest";
import { StreamCall } from "../../src/request-reply/client/stream-call.ts";
import { encodeCredit } from "../../src/wire/credit.ts";
import { type MessageType, messageTypes } from "../../src/wire/envelope.ts";
import { turns } from "./turns.ts";

vi.mock("@awaitmq/core/internals", async (original) => {
  const { turns } = await import("./turns.ts");
  return { ...(await original<object>()), turnIsOver: () => turns.isOver, nextTurn: () => turns.next() };
});

afterEach(() => {
  turns.begin();
  vi.useRealTimers();
});

test("the time without an item counts from the last one, however many reads wait", () => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "performance"] });
  const idle = vi.fn();
  const call = new StreamCall({
    window: { items: 4, bytes: 100 },
    input: undefined,
    idleTimeout: 100,
    grace: 0,
    encode: () => [],
    read: (item) => item,
  });
  call.owner = { idle, left: () => {}, failed: () => {} };
  for (const _ of [1, 2, 3]) void call.replies.next();
  for (const position of [0, 1]) {
    vi.advanceTimersByTime(80);
    call.take(messageTypes.item, 0, position, [Buffer.from("an item")]);
  }
  vi.advanceTimersByTime(80);
  expect(idle).not.toHaveBeenCalled();
  vi.advanceTimersByTime(30);
  expect(idle).toHaveBeenCalledOnce();
  call.settle(undefined);
});

/** A call with this input, whose server has granted it ten items. */
function called(input: AsyncIterable<unknown>) {
  const sent: MessageType[] = [];
  const failures: unknown[] = [];
  const call = new StreamCall({
    window: { items: 4, bytes: 100 },
    input,
    idleTimeout: Number.POSITIVE_INFINITY,
    grace: 0,
    encode: (item) => {
      if (item instanceof Error) throw item;
      return item as readonly Frame[];
    },
    read: (item) => item,
  });
  call.owner = { idle: () => {}, left: () => {}, failed: (error) => failures.push(error) };
  const send = (type: MessageType, ...[, , , done]: [number, number, readonly Frame[], (error?: Error) => void]) => {
    sent.push(type);
    done();
  };
  call.begin({ send, grant: () => {} });
  call.take(messageTypes.credit, 0, 0, [encodeCredit({ items: 10, bytes: 1_000 })]);
  return { call, sent, failures };
}

/** An iterator whose `return` does not wait for its pending `next`. */
function byHand() {
  const asked: ((item: readonly Frame[]) => void)[] = [];
  const input = {
    [Symbol.asyncIterator]: () => ({
      next: () =>
        new Promise<IteratorResult<unknown>>((resolve) => asked.push((value) => resolve({ value, done: false }))),
      return: async () => ({ value: undefined, done: true as const }),
    }),
  };
  return { input, asked };
}

test("an item that an iterator gives after its return does not follow the end", async () => {
  const { input, asked } = byHand();
  const { call, sent, failures } = called(input);
  call.take(messageTypes.enough, 0, 0, []);
  await turn();
  expect(sent).toEqual([messageTypes.end]);
  asked[0]?.(["late"]);
  await turn();
  expect([sent, failures]).toEqual([[messageTypes.end], []]);
});

test("an input that was told to return in the turn before its next item is not asked for that", async () => {
  turns.isOver = true;
  const { input, asked } = byHand();
  const { call, sent } = called(input);
  call.take(messageTypes.enough, 0, 0, []);
  turns.begin();
  await turn();
  expect([asked.length, sent]).toEqual([0, [messageTypes.end]]);
});

test.each([
  ["throws", { throws: true }],
  ["gives an item that cannot be sent", { throws: false }],
])("an input that %s when the server has enough fails its call", async (_, { throws }) => {
  const failure = new Error("The input has failed");
  let go = () => {};
  const input = (async function* () {
    await new Promise<void>((resolve) => {
      go = resolve;
    });
    if (throws) throw failure;
    yield failure;
  })();
  const { call, sent, failures } = called(input);
  call.take(messageTypes.enough, 0, 0, []);
  go();
  await turn();
  expect([sent, failures]).toEqual([[], [failure]]);
});
