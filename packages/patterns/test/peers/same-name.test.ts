/** Two workers or peers under one routing id. */

import { Dealer, Router } from "@awaitmq/core";
import { expect, test } from "vitest";
import { balance, route } from "../../src/index.ts";

const inTime = { timeout: 100_000 };

test("A worker that comes under the routing id of another gets what the other held", async () => {
  await using frontend = new Router();
  await using backend = new Router();
  await using running = balance(frontend, backend);
  await using client = new Dealer({ linger: 0 });
  client.connect(await frontend.bind("tcp://127.0.0.1:*"));
  const endpoint = await backend.bind("tcp://127.0.0.1:*");
  await client.send(["", "question"]);
  await using first = new Dealer({ routingId: "worker", linger: 0 });
  await using second = new Dealer({ routingId: "worker", linger: 0 });
  for (const worker of [first, second]) {
    worker.connect(endpoint);
    await worker.send(["", "READY"]);
    const given = await worker.receive(inTime);
    expect(String(given.at(-1))).toBe("question");
    if (worker === second) await worker.send([...given.slice(0, -1), "answer"]);
  }
  expect((await client.receive(inTime)).join(" ")).toBe(" answer");
  await running.stop();
});

test("A peer of route that comes again before its connection has ended goes on as the same peer", async () => {
  await using router = new Router();
  const peers = route(router);
  const endpoint = await router.bind("tcp://127.0.0.1:*");
  await using first = new Dealer({ routingId: "dev", linger: 0 });
  await using second = new Dealer({ routingId: "dev", linger: 0 });
  first.connect(endpoint);
  await first.send("1");
  const { value: peer } = await peers.next();
  expect(String(await peer!.receive(inTime))).toBe("1");
  second.connect(endpoint);
  await second.send("2");
  expect(String(await peer!.receive(inTime))).toBe("2");
  await peer!.send("3");
  expect(String(await second.receive(inTime))).toBe("3");
  await peers.return?.();
});
