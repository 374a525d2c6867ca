/** Many sends in one turn of the event loop: order, callbacks, memory and exit. */

import { eventually, fixture, freshTcp, numbers, run, spawnProcess } from "@awaitmq/testing";
import { afterEach, describe, expect, test } from "vitest";
import { closeAll, heard, open } from "./sockets.ts";

afterEach(closeAll);

const bursts = fixture("bursts.cjs", import.meta.url);

describe("a burst of one turn", () => {
  test.each(["and-close", "and-exit"])("has left when the program exits: %s", async (name) => {
    const pull = open("pull").bindSync("tcp://127.0.0.1:*");
    const messages = heard(pull);
    expect(await run(bursts, { args: [name, pull.last_endpoint] })).toMatchObject({ code: 0, stderr: "" });
    await eventually(() => messages.length >= 1_000);
    expect(messages.map(([text]) => Number(text))).toEqual(numbers(1_000));
  });

  test("of a publisher may go on for ever: its subscriber hears, and its memory does not grow", async () => {
    const address = await freshTcp();
    const sub = open("sub").connect(address).subscribe("");
    const messages = heard(sub);
    await using child = spawnProcess(bursts, { args: ["for-ever", address] });
    const megabytes: number[] = [];
    while (megabytes.length < 10) megabytes.push(Number(await child.line("")));
    await eventually(() => messages.length > 1_000);
    child.kill("SIGKILL");
    expect(Math.max(...megabytes.slice(5)) - Math.max(...megabytes.slice(0, 5))).toBeLessThan(20);
  });

  test("reaches the peer while the turn still goes on, in order", async () => {
    const pull = open("pull").bindSync("tcp://127.0.0.1:*");
    const messages = heard(pull);
    await using child = spawnProcess(bursts, { args: ["long-turn", pull.last_endpoint] });
    await child.line("sent");
    await eventually(() => messages.length > 1_000);
    child.kill("SIGKILL");
    expect(messages.map(([text]) => Number(text))).toEqual(numbers(messages.length));
  });

  test("calls each callback before the send returns, where libzmq takes the message", () => {
    const push = open("push").bindSync("inproc://burst");
    open("pull").connect("inproc://burst");
    let called = 0;
    for (const number of numbers(500)) push.send(number, null, () => (called += 1));
    expect(called).toBe(500);
  });

  test("goes on behind what waits after pause, resume and the end of a bind", async () => {
    const address = await freshTcp();
    const push = open("push", { sndhwm: 10 });
    push.send(0).bind(address).send(1);
    const messages = heard(open("pull", { rcvhwm: 10 }).connect(address));
    await eventually(() => messages.length === 2);
    for (const number of numbers(100)) push.send(2 + number);
    push.pause();
    push.send(102);
    push.resume();
    for (const number of numbers(5_000)) push.send(103 + number);
    await eventually(() => messages.length === 5_103);
    expect(messages.map(([text]) => Number(text))).toEqual(numbers(5_103));
  });

  test("to a router's peer that is not there is an error of each send, where the program asked for that", () => {
    const router = open("router", { mandatory: 1 });
    router.bindSync("tcp://127.0.0.1:*");
    for (const _ of numbers(200))
      expect(() => router.send(["nobody", "x"])).toThrow(expect.objectContaining({ code: "EHOSTUNREACH" }));
  });

  test("of a publisher that may not drop waits for the subscriber", async () => {
    const xpub = open("xpub", { xpub_nodrop: 1, sndhwm: 10 }).bindSync("tcp://127.0.0.1:*");
    const subscribed = new Promise((resolve) => xpub.once("message", resolve));
    const messages = heard(open("sub", { rcvhwm: 10 }).connect(xpub.last_endpoint).subscribe(""));
    await subscribed;
    for (const number of numbers(3_000)) xpub.send(number);
    await eventually(() => messages.length === 3_000);
  });
});
