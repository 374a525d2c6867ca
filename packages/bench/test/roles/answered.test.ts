/** The check that every caller does. */

import { expect, test } from "vitest";
import type { Call } from "../../src/peers/peer.ts";
import { priceOf } from "../../src/peers/prices.ts";
import { answered } from "../../src/roles/answered.ts";

test("each call gets its own price, with no more calls in flight than asked for", async () => {
  let inFlight = 0;
  let most = 0;
  let calls = 0;
  const call: Call = async (request) => {
    calls += 1;
    most = Math.max(most, ++inFlight);
    const price = await priceOf(request);
    inFlight -= 1;
    return price;
  };
  const loop = answered(call, 8);
  await loop(100);
  await loop(3);
  expect({ calls, most }).toEqual({ calls: 103, most: 8 });
});

test.each([
  ["another call's price", { symbol: "S1", bid: 1, ask: 2 }],
  ["no numbers", { symbol: "S0", bid: undefined, ask: undefined }],
  ["mixed-up numbers", { symbol: "S0", bid: 2, ask: 1 }],
])("a call that gets %s fails", async (_, price) => {
  await expect(answered(async () => price as never, 1)(1)).rejects.toThrow("came where the price of S0 was due");
});
