/** Requests leave no garbage for a full collection. */

import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { expect, test } from "vitest";
import { RequestClient, serve } from "../../src/index.ts";

setFlagsFromString("--expose-gc");
const collect = runInNewContext("gc") as (options?: { type: "minor" }) => void;

// From Node 24 on the young collections that are asked for here also keep some of what has just left, by which nothing can be told: there
// the test of TransientMap alone tells.
const isTelling = Number.parseInt(process.versions.node, 10) < 24;

test.runIf(isTelling)("requests leave no garbage that only a full collection frees", async () => {
  await using server = serve("tcp://127.0.0.1:*", ([body]) => body);
  await using client = new RequestClient({ connect: server.endpoints });
  await client.request("first");
  // Both have stood for a while when much begins to happen.
  collect();
  for (let round = 0; round < 100; round++)
    await Promise.all(Array.from({ length: 100 }, (_, index) => client.request(String(index))));
  for (let round = 0; round < 3; round++) collect({ type: "minor" });
  const before = process.memoryUsage().heapUsed;
  collect();
  expect(before - process.memoryUsage().heapUsed).toBeLessThan(3e6);
});
