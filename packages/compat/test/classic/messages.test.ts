/** What a message may consist of, and when the callback of its send is called. */

import { freshInproc, freshTcp } from "@awaitmq/testing";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import zmq, { type Socket } from "../../src/index.ts";
import { arrival, bound, closeAll, heard, open } from "../sockets.ts";

let push: Socket;
let pull: Socket;
let messages: string[][];

beforeEach(() => {
  push = open("push");
  pull = open("pull");
  messages = heard(pull);
});

afterEach(closeAll);

describe("a message", () => {
  test("may be a string, a number or a buffer, and arrives as a buffer", async () => {
    push.connect(await bound(pull, freshInproc()));
    push.send("string");
    push.send(15.99);
    push.send(Buffer.from("buffer"));
    await arrival(messages, 3);
    expect(messages).toEqual([["string"], ["15.99"], ["buffer"]]);
  });

  test("of several frames arrives as as many arguments", async () => {
    push.connect(await bound(pull, freshInproc()));
    push.send(["string", 15.99, Buffer.from("buffer")]);
    await arrival(messages, 1);
    expect(messages).toEqual([["string", "15.99", "buffer"]]);
  });

  test("is made by several sends when all but the last say that more follows", async () => {
    push.connect(await bound(pull, freshInproc()));
    push.send(["one", "two"], zmq.ZMQ_SNDMORE);
    push.send(["three", "four"], zmq.ZMQ_SNDMORE);
    push.send("five");
    await arrival(messages, 1);
    expect(messages).toEqual([["one", "two", "three", "four", "five"]]);
  });

  test("sent before there is a peer waits for it, however low the high-water marks", async () => {
    push.setsockopt(zmq.ZMQ_SNDHWM, 1);
    pull.setsockopt(zmq.ZMQ_RCVHWM, 1);
    const address = await bound(push, await freshTcp());
    push.send("string");
    push.send(15.99);
    push.send(Buffer.from("buffer"));
    pull.connect(address);
    await arrival(messages, 3);
    expect(messages).toEqual([["string"], ["15.99"], ["buffer"]]);
  });

  test("has the callback of its send called, of one frame or of several, once and before it arrives", async () => {
    const outcomes: unknown[] = [];
    const note = (error?: Error) => void outcomes.push(error);
    const calledByArrival: number[] = [];
    pull.on("message", () => void calledByArrival.push(outcomes.length));
    push.connect(await bound(pull, freshInproc()));
    push.send("hello", null, note);
    push.send("hello", null, note);
    push.send("hello", null, note);
    push.send(["hello", "world"], null, note);
    await arrival(messages, 4);
    expect(messages).toEqual([["hello"], ["hello"], ["hello"], ["hello", "world"]]);
    expect(calledByArrival.at(-1)).toBe(4);
    expect(outcomes).toEqual([undefined, undefined, undefined, undefined]);
  });
});
