/** The server's end of a stream, message by message. */

import type { Frame } from "@awaitmq/core";
import { expect, test } from "vitest";
import { ServedStream } from "../../src/streams/served-stream.ts";
import { encodeCredit } from "../../src/wire/credit.ts";
import { messageTypes } from "../../src/wire/envelope.ts";

const port = { send: () => {}, grant: () => {}, enough: () => {} };
const window = { items: 4, bytes: 100 };
const most = encodeCredit({ items: 2 ** 32 - 1, bytes: 2 ** 32 - 1 });

function served(): ServedStream {
  return new ServedStream(port, { items: 1, bytes: 1 }, window, (item) => item);
}

test("items that a client sent before it learns that its call has failed break no rule", async () => {
  const stream = served();
  const read = stream.input.next();
  const reason = new Error("The server shuts down");
  stream.leave(reason);
  await expect(read).rejects.toBe(reason);
  stream.take(messageTypes.item, 0, 0, [Buffer.from("late")]);
  stream.take(messageTypes.end, 0, 1, []);
});

test("more credit than a stream can have breaks the rules before the handler streams too", async () => {
  const refusal = expect.objectContaining({ code: "ERR_ENVELOPE" });
  const stream = served();
  expect(() => stream.take(messageTypes.credit, 0, 0, [most])).toThrow(refusal);
  const items = { [Symbol.asyncIterator]: () => ({ next: () => new Promise<never>(() => {}) }) };
  const begun = served();
  void begun.run(items, (item) => item as readonly Frame[]);
  expect(() => begun.take(messageTypes.credit, 0, 0, [most])).toThrow(refusal);
});

test("a stream that was left before its handler began ends when the producer has returned", async () => {
  const stream = served();
  stream.leave(new Error("The client has left"));
  let hasReturned = false;
  const items = {
    [Symbol.asyncIterator]: () => ({
      next: () => Promise.reject(new Error("nobody wants an item")),
      return: async () => {
        await new Promise(setImmediate);
        hasReturned = true;
        return { value: undefined, done: true as const };
      },
    }),
  };
  await stream.run(items, (item) => item as readonly Frame[]);
  expect(hasReturned).toBe(true);
});

test("a producer whose next returns no result fails the stream", async () => {
  const stream = served();
  const items = { [Symbol.asyncIterator]: () => ({ next: async () => undefined as never }) };
  await expect(stream.run(items, (item) => item as readonly Frame[])).rejects.toBeInstanceOf(TypeError);
});
