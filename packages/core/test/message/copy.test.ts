/** Sent buffers that are reused at once, with and without a copy. */

import { freshInproc, numbers, pair } from "@awaitmq/testing";
import { describe, expect, test } from "vitest";
import { Dealer, Pull, Push, Router } from "../../src/index.ts";

const addresses = ["tcp://127.0.0.1:*", "inproc"];

const pushAndPull = (address = "inproc", highWaterMark = 1_000) =>
  pair(
    {
      pull: new Pull({ receiveHighWaterMark: highWaterMark }),
      push: new Push({ sendHighWaterMark: highWaterMark }),
    },
    address,
  );

/** How many of the messages are not whole: message n of the given size is all bytes n. */
async function damaged(pull: Pull, count: number, size: number): Promise<number> {
  let damage = 0;
  let index = 0;
  for await (const [body] of pull) {
    if (!body.equals(Buffer.alloc(size, index % 251))) damage += 1;
    index += 1;
    if (index === count) break;
  }
  return damage;
}

describe.each(addresses)("a buffer over %s", (address) => {
  test.each([1_024, 64, 65_536])(
    "of %s bytes that is reused right after each of 500 awaited sends corrupts none",
    async (size) => {
      await using it = await pushAndPull(address);
      const reading = damaged(it.pull, 500, size);
      const buffer = Buffer.alloc(size);
      for (const index of numbers(500)) {
        buffer.fill(index % 251);
        await it.push.send(buffer);
        buffer.fill(255);
      }
      expect(await reading).toBe(0);
    },
  );

  test("that is reused right after the call of send, without waiting for it, corrupts none of 500", async () => {
    await using it = await pushAndPull(address, 1);
    const buffer = Buffer.alloc(1_024);
    const sends = numbers(500).map((index) => {
      buffer.fill(index % 251);
      return it.push.send(buffer);
    });
    buffer.fill(255);
    expect(await damaged(it.pull, 500, 1_024)).toBe(0);
    await Promise.all(sends);
  });
});

test("every kind of bytes is copied, in any frame, and only the part that a view shows", async () => {
  await using it = await pushAndPull();
  const memory = new ArrayBuffer(4_096);
  const all = new Uint8Array(memory).fill(1);
  const frames = [
    memory,
    new Uint8Array(memory, 1_000, 500),
    new DataView(memory, 2_000, 600),
    new Float64Array(memory, 2_400, 100),
    Buffer.from(memory, 3_000, 700),
  ];
  await it.push.send(frames);
  all.fill(2);
  const received = await it.pull.receive();
  expect(received.map(({ length }) => length)).toEqual([4_096, 500, 600, 800, 700]);
  for (const frame of received) expect(frame.equals(Buffer.alloc(frame.length, 1))).toBe(true);
});

test("the routing id and the body that a Router sends are copied", async () => {
  await using router = new Router();
  await using dealer = new Dealer({ routingId: "peer" });
  dealer.connect(await router.bind(freshInproc()));
  await dealer.send("hello");
  await router.receive();
  const peer = Buffer.from("peer");
  const body = Buffer.alloc(1_024, 1);
  const sends = numbers(20).map(() => router.send([peer, body]));
  peer.fill(0);
  body.fill(0);
  await Promise.all(sends);
  for (const _ of numbers(20)) expect((await dealer.receive())[0].equals(Buffer.alloc(1_024, 1))).toBe(true);
});

describe("with copy: false", () => {
  // Over inproc:// memory above 128 bytes is handed from sender to receiver: what is written to it later is seen there.
  test.each([
    ["a Buffer", (memory: ArrayBuffer) => Buffer.from(memory)],
    ["a Uint8Array", (memory: ArrayBuffer) => new Uint8Array(memory)],
    ["a view of part of it", (memory: ArrayBuffer) => new DataView(memory, 100, 500)],
    ["the ArrayBuffer itself", (memory: ArrayBuffer) => memory],
  ])("no copy is made of %s", async (_, view) => {
    await using it = await pushAndPull();
    const memory = new ArrayBuffer(1_024);
    const bytes = new Uint8Array(memory).fill(1);
    const frame = view(memory);
    await it.push.send(frame, { copy: false });
    await it.push.send([frame, "and text", frame], { copy: false });
    await it.push.send(frame, { copy: true });
    bytes.fill(2);
    const expected = Buffer.alloc(frame.byteLength, 2);
    expect((await it.pull.receive())[0].equals(expected)).toBe(true);
    const [first, text, last] = await it.pull.receive();
    expect(first!.equals(expected)).toBe(true);
    expect(String(text)).toBe("and text");
    expect(last!.equals(expected)).toBe(true);
    expect((await it.pull.receive())[0].equals(Buffer.alloc(frame.byteLength, 1))).toBe(true);
  });

  test("nor of a message that waits for room", async () => {
    await using it = await pushAndPull("inproc", 1);
    const buffers = numbers(10).map(() => Buffer.alloc(1_024, 1));
    const sends = buffers.map((buffer) => it.push.send(buffer, { copy: false }));
    for (const buffer of buffers) buffer.fill(2);
    for (const _ of buffers) expect((await it.pull.receive())[0].equals(Buffer.alloc(1_024, 2))).toBe(true);
    await Promise.all(sends);
  });

  test.each(addresses)("500 buffers that are left alone arrive whole over %s", async (address) => {
    await using it = await pushAndPull(address);
    const reading = damaged(it.pull, 500, 1_024);
    for (const index of numbers(500)) await it.push.send(Buffer.alloc(1_024, index % 251), { copy: false });
    expect(await reading).toBe(0);
  });
});
