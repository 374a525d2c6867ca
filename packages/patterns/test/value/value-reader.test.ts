/** Reading values from messages within a time limit. */

import { type Message, TimeoutError } from "@awaitmq/core";
import { describe, expect, test } from "vitest";
import { CodecError, text } from "../../src/index.ts";
import { unreadable, ValueReader } from "../../src/value/value-reader.ts";

const message: Message = [Buffer.from("hello")];
const forEver = () => ({});
const wrong = new CodecError("It is wrong");
const refuse = () => {
  throw wrong;
};

describe("a message is read", () => {
  test("at once, where the value is there at once", () => {
    const reader = new ValueReader("this", { codec: text }, undefined);
    expect(reader.read(message, () => "value", forEver)).toBe("value");
    expect(() => reader.read(message, refuse, forEver)).toThrow(wrong);
    expect(reader.invalid).toBe(1);
  });

  test("by its promise, where that takes a while", async () => {
    const reader = new ValueReader("this", { codec: text }, undefined);
    expect(await reader.read(message, async () => "value", forEver)).toBe("value");
    await expect(reader.read(message, async () => refuse(), forEver)).rejects.toBe(wrong);
    expect(reader.invalid).toBe(1);
    const late = reader.read(
      message,
      () => new Promise(() => {}),
      () => ({ timeout: 1 }),
    );
    await expect(late).rejects.toBeInstanceOf(TimeoutError);
    expect(reader.invalid).toBe(1);
  });

  test("and left out, where somebody is told of what can't be read", async () => {
    const told: unknown[] = [];
    const reader = new ValueReader("this", { codec: text }, (...what) => told.push(what));
    expect(reader.read(message, refuse, forEver)).toBe(unreadable);
    expect(await reader.read(message, async () => refuse(), forEver)).toBe(unreadable);
    expect(told).toEqual([
      [wrong, message],
      [wrong, message],
    ]);
    expect(reader.invalid).toBe(2);
  });
});

test("the next value is that of the first message that can be read, in the time that is left", async () => {
  const reader = new ValueReader("this", { codec: text }, () => {});
  const waits: (number | undefined)[] = [];
  const messages: Message[] = [[Buffer.from([0xff])], [Buffer.from("two"), Buffer.from("frames")], message];
  const next = reader.next(
    async ({ timeout }) => {
      waits.push(timeout);
      return messages.shift() as Message;
    },
    "for a test",
    { timeout: 60_000 },
  );
  expect(await next).toBe("hello");
  expect(waits).toHaveLength(3);
  expect(waits.every((wait) => wait !== undefined && wait > 0 && wait <= 60_000)).toBe(true);
  expect(reader.invalid).toBe(2);
});

test("a wait that is over says how many messages were left out meanwhile, and the whole time", async () => {
  const reader = new ValueReader("this", { codec: text }, () => {});
  const messages: Message[] = [[Buffer.from([0xff])], [Buffer.from([0xff])]];
  const late = new TimeoutError("No message arrived within 0 ms");
  const next = reader.next(
    async () => {
      const message = messages.shift();
      if (message === undefined) throw late;
      return message;
    },
    "for a test",
    { timeout: 60_000 },
  );
  await expect(next).rejects.toMatchObject({
    message: "No readable message arrived within 60000 ms: 2 messages were skipped (onInvalid)",
    cause: late,
  });
});
