/** A broker whose queue is full while streams run: it must read on, so it refuses what it would not have read. */

import { Request } from "@awaitmq/core";
import { eventually, gate, numbers } from "@awaitmq/testing";
import { afterEach, expect, test } from "vitest";
import { OverloadedError } from "../../../src/index.ts";
import { itemsOf, take } from "../../request-reply/streams/reading.ts";
import { brokered, client, closeAll, opens, scene, worker } from "./scene.ts";

afterEach(closeAll);

test("streams go on while the queue is full, and further calls are refused with OverloadedError", async () => {
  const dropped: unknown[] = [];
  const {
    broker,
    clientEnd,
    client: streaming,
  } = scene(
    async function* ([what], { input }) {
      if (String(what) === "echo") yield* input;
      else yield "late";
    },
    {},
    { maxQueued: 2, onUndeliverable: (_, error) => dropped.push(error) },
  );
  const goOn = gate();
  async function* input() {
    yield "before";
    await goOn.opened;
    for (let number = 0; number < 1_000; number++) yield String(number);
  }
  const stream = streaming.stream("echo", { input: input(), window: { items: 10 } });
  expect(await take(stream, 1)).toEqual(["before"]);
  const waiting = numbers(2).map((number) => take(streaming.stream(String(number)), 1));
  await eventually(() => broker.stats.waiting === 2);
  const refused = client(clientEnd, { retry: { attempts: 1 } });
  await expect(refused.request("request")).rejects.toThrow(OverloadedError);
  await expect(take(refused.stream("stream"), 1)).rejects.toThrow(OverloadedError);
  // A REQ would take a refusal for its reply.
  const plain = opens(new Request({ linger: 0 }));
  plain.connect(clientEnd);
  await plain.send("dropped");
  await eventually(() => dropped.length === 1);
  expect(dropped).toEqual([expect.any(OverloadedError)]);
  goOn.open();
  expect(await itemsOf(stream)).toHaveLength(1_000);
  expect(await Promise.all(waiting)).toEqual([["late"], ["late"]]);
});

test("no request is refused once the last stream has ended, although the queue is still full", async () => {
  const { running, clientEnd, workerEnd } = brokered({ maxQueued: 2 });
  const leaves = worker(workerEnd, (_, { input }) => input);
  const goOn = gate();
  async function* input() {
    yield "one";
    await goOn.opened;
  }
  const stream = client(clientEnd).stream("echo", { input: input() });
  expect(await take(stream, 1)).toEqual(["one"]);
  const stopped = leaves.stop({ grace: 100_000 });
  const ask = async (body: string) => {
    const request = opens(new Request({ linger: 0, receiveTimeout: 100_000 }));
    request.connect(clientEnd);
    await request.send(body);
    return async () => String(await request.receive());
  };
  const replies = [await ask("1"), await ask("2")];
  await eventually(() => running.stats.waiting === 2);
  goOn.open();
  expect(await itemsOf(stream)).toEqual([]);
  await stopped;
  replies.push(await ask("3"), await ask("4"));
  await eventually(() => running.stats.waiting === 3);
  worker(workerEnd, ([what]) => `re: ${what}`);
  for (const [number, reply] of replies.entries()) expect(await reply()).toBe(`re: ${number + 1}`);
  expect(running.stats.undeliverable).toBe(0);
});
