/** Subscriptions to everything and to prefixes. */

import { eventually, freshInproc } from "@awaitmq/testing";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Socket } from "../../src/index.ts";
import { bound, closeAll, heard, open } from "../sockets.ts";

let pub: Socket;
let sub: Socket;
let messages: string[][];

beforeEach(() => {
  pub = open("pub");
  sub = open("sub");
  messages = heard(sub);
});

afterEach(closeAll);

/** Publishes until the first of it arrives: then the publisher knows its subscriber. */
async function acquaint(text: string): Promise<void> {
  await eventually(() => {
    pub.send(text);
    return messages.length > 0;
  });
}

describe("a subscriber", () => {
  test("to everything hears all that is published, in order", async () => {
    sub.subscribe("");
    pub.connect(await bound(sub, freshInproc()));
    await acquaint("hello?");
    for (const text of ["foo", "bar", "baz"]) pub.send(text);
    const news = await eventually(() => {
      const others = messages.filter(([text]) => text !== "hello?");
      return others.length >= 3 && others;
    });
    expect(news).toEqual([["foo"], ["bar"], ["baz"]]);
  });

  test("to some prefixes hears what starts with one of them, and nothing else", async () => {
    sub.subscribe("js");
    sub.subscribe("luna");
    pub.connect(await bound(sub, freshInproc()));
    // The subscriptions travel in order: with the second the first is known too.
    await acquaint("luna?");
    for (const text of ["js is cool", "ruby is meh", "py is pretty cool", "luna is cool too"]) pub.send(text);
    await eventually(() => messages.some(([text]) => text === "luna is cool too"));
    expect(messages.filter(([text]) => text !== "luna?")).toEqual([["js is cool"], ["luna is cool too"]]);
  });
});
