/** PUSH and PULL, with `pause`, `read` and `resume`. */

import { setImmediate as turn } from "node:timers/promises";
import { eventually, freshInproc } from "@awaitmq/testing";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Socket } from "../../src/index.ts";
import { arrival, bound, closeAll, heard, open } from "../sockets.ts";

let push: Socket;
let pull: Socket;

beforeEach(() => {
  push = open("push");
  pull = open("pull");
});

afterEach(closeAll);

/** The next message as texts, as soon as there is one. */
async function readText(): Promise<string[]> {
  const frames = await eventually(() => pull.read());
  return frames!.map(String);
}

describe("a pull socket", () => {
  test("hears what a push socket sends, in order", async () => {
    const messages = heard(pull);
    push.connect(await bound(pull, freshInproc()));
    for (const text of ["foo", "bar", "baz"]) push.send(text);
    await arrival(messages, 3);
    expect(messages).toEqual([["foo"], ["bar"], ["baz"]]);
  });

  test("that is paused emits nothing more", async () => {
    const messages = heard(pull);
    push.connect(await bound(pull, freshInproc()));
    push.send("foo");
    pull.pause();
    push.send("bar");
    push.send("baz");
    // Only what was sent before may be on its way to the listener.
    for (let turns = 0; turns < 20; turns++) await turn();
    expect([[], [["foo"]]]).toContainEqual(messages);
    const emitted = messages.length;
    const rest = [];
    while (rest.length < 3 - emitted) rest.push(await readText());
    expect([...messages, ...rest]).toEqual([["foo"], ["bar"], ["baz"]]);
    expect(messages.length).toBe(emitted);
  });

  test("that is paused can be read, message by message", async () => {
    push.connect(await bound(pull, freshInproc()));
    pull.pause();
    push.send("bar");
    push.send("foo");
    const read = [pull.read(), pull.read()];
    expect(read).toEqual([[Buffer.from("bar")], [Buffer.from("foo")]]);
    expect(String(read[0])).toBe("bar");
    expect(pull.read()).toBeNull();
  });

  test("that is resumed emits what came while it was paused", async () => {
    const early: unknown[] = [];
    const noteEarly = (message: Buffer) => void early.push(message);
    pull.on("message", noteEarly);
    push.connect(await bound(pull, freshInproc()));
    pull.pause();
    for (const text of ["foo", "bar", "baz"]) push.send(text);
    for (let turns = 0; turns < 20; turns++) await turn();
    expect(early).toEqual([]);
    pull.removeListener("message", noteEarly);
    const messages = heard(pull);
    pull.resume();
    await arrival(messages, 3);
    expect(messages).toEqual([["foo"], ["bar"], ["baz"]]);
    expect(early).toEqual([]);
  });
});
