/** Messages and their listeners: waiting, removing, pausing and throwing. */

import { once } from "node:events";
import { setImmediate as turn } from "node:timers/promises";
import { eventually, freshInproc, numbers } from "@awaitmq/testing";
import { afterEach, describe, expect, test } from "vitest";
import { closeAll, heard, joined, open } from "./sockets.ts";

afterEach(closeAll);

describe("messages", () => {
  test("that come before there is a listener wait for one", async () => {
    const address = freshInproc();
    const pull = open("pull").bindSync(address);
    open("push").connect(address).send("early");
    await turn();
    expect(String(await once(pull, "message"))).toBe("early");
  });

  test("stop at the removal of the last listener, and none is lost", async () => {
    const { to, from, messages } = joined("pull", "push");
    const [listener] = to.listeners("message") as [(...frames: Buffer[]) => void];
    from.send("first");
    await eventually(() => messages.length === 1);
    to.removeListener("message", listener);
    from.send("second");
    for (const _ of numbers(10)) await turn();
    expect(messages).toEqual([["first"]]);
    to.once("message", listener);
    await eventually(() => messages.length === 2);
    from.send("third");
    for (const _ of numbers(10)) await turn();
    expect(messages).toEqual([["first"], ["second"]]);
    to.addListener("message", listener);
    await eventually(() => messages.length === 3);
    to.removeAllListeners();
    expect(messages).toEqual([["first"], ["second"], ["third"]]);
  });

  test("whose handler throws are an error event, and the next comes", async () => {
    const { to, from, messages } = joined("pull", "push");
    const heard: unknown[] = [];
    to.on("error", (error: unknown) => heard.push(error));
    const thrown = new Error("handler");
    to.on("message", (body: Buffer) => {
      if (String(body) === "1") throw thrown;
    });
    for (const number of numbers(3)) from.send(number);
    await eventually(() => messages.length === 3);
    expect(heard).toEqual([thrown]);
  });
});

describe("a socket that is paused", () => {
  test("emits nothing and sends nothing until it resumes", async () => {
    const { to, from, messages } = joined("dealer", "dealer");
    const answers: string[] = [];
    from.on("message", (body: Buffer) => answers.push(String(body)));
    to.pause();
    to.send("answer");
    for (const number of numbers(3)) from.send(number);
    for (const _ of numbers(10)) await turn();
    expect([messages, answers]).toEqual([[], []]);
    to.resume();
    await eventually(() => messages.length === 3 && answers.length === 1);
    expect(messages).toEqual([["0"], ["1"], ["2"]]);
  });

  test("keeps also the message that waits for a peer, in its place", async () => {
    const address = freshInproc();
    const push = open("push").bindSync(address);
    for (const number of numbers(3)) push.send(number);
    await turn();
    push.pause();
    const messages = heard(open("pull").connect(address));
    push.send(3);
    for (const _ of numbers(20)) await turn();
    expect(messages).toEqual([]);
    push.resume();
    await eventually(() => messages.length === 4);
    expect(messages).toEqual([["0"], ["1"], ["2"], ["3"]]);
  });

  test("is read with read(), in the order of the messages, and null when there is none", async () => {
    const { to, from, messages } = joined("pull", "push");
    from.send("emitted");
    await eventually(() => messages.length === 1);
    to.pause();
    for (const number of numbers(3)) from.send([number, "more"]);
    const read: string[][] = [];
    await eventually(() => {
      for (let message = to.read(); message !== null; message = to.read()) read.push(message.map(String));
      return read.length === 3;
    });
    expect(read).toEqual([
      ["0", "more"],
      ["1", "more"],
      ["2", "more"],
    ]);
    expect(to.read()).toBeNull();
    expect(open("push").read()).toBeNull();
  });
});
