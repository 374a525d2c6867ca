/** Clients of streams that do not read their socket, and streams whose workers die one after the other. */

import { eventually, numbers } from "@awaitmq/testing";
import { afterEach, expect, test } from "vitest";
import { DisconnectedError } from "../../../src/index.ts";
import { errorFlags, messageTypes } from "../../../src/wire/envelope.ts";
import { HandClient } from "../../request-reply/streams/by-hand.ts";
import { itemsOf, readAll } from "../../request-reply/streams/reading.ts";
import { countsOf } from "../counts.ts";
import { rawWorker } from "../raw.ts";
import { brokered, client, closeAll, endless, scene } from "./scene.ts";

afterEach(closeAll);

const most = 2 ** 32 - 1;

test("a client that grants everything and does not read loses its stream, and learns that when it reads again", async () => {
  let ended = false;
  const all = scene(
    async function* ([what]) {
      if (String(what) === "few") yield* ["1", "2"];
      else
        try {
          for (;;) yield Buffer.alloc(50_000);
        } finally {
          ended = true;
        }
    },
    { concurrency: 2 },
    { replyTimeout: 200, maxQueuedReplies: 10 },
  );
  await using greedy = new HandClient(all.clientEnd);
  await greedy.open({ request: 1, body: "many", credit: { items: most, bytes: most } });
  await eventually(() => ended);
  expect(await itemsOf(all.client.stream("few"))).toEqual(["1", "2"]);
  expect(await greedy.failure(1)).toEqual({ code: "ERR_UNAVAILABLE", flags: errorFlags.own });
  await eventually(() => all.broker.stats.held === 0);
  expect(all.broker.stats.undeliverable).toBeGreaterThan(0);
  await greedy.open({ request: 2, body: "few" });
  expect((await greedy.answer(2)).type).toBe(messageTypes.items);
});

test("a stream that is never read leaves its worker at the window, and the next one is served", async () => {
  let produced = 0;
  const all = scene(() => endless((count) => (produced = Math.max(produced, count))), { concurrency: 2 });
  const idle = all.client.stream("idle", { window: { items: 20 }, input: [] });
  await eventually(() => produced === 20);
  let read = 0;
  for await (const _ of all.client.stream("read", { window: { items: 10 } })) if (++read === 1_000) break;
  await idle.return();
  await eventually(() => all.worker.stats.running === 0);
});

test("a stream that no worker begins before it is lost fails after maxAttempts", async () => {
  const { running, clientEnd, workerEnd } = brokered({ maxAttempts: 2 });
  const reading = readAll(client(clientEnd).stream("deadly"));
  for (const _ of numbers(2)) {
    const dealer = await rawWorker(workerEnd);
    await dealer.receive();
    await dealer.close({ linger: 0 });
  }
  const { error } = await reading;
  expect(error).toBeInstanceOf(DisconnectedError);
  expect(String(error)).toContain("2 workers were lost");
  await countsOf(running, { waiting: 0, held: 0, given: 2 });
});
