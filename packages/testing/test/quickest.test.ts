/** The quickest of up to three measurements. */

import { expect, test } from "vitest";
import { quickest } from "../src/quickest.ts";

/** Returns `times` one after the other. */
function measured(...times: number[]) {
  return () => Promise.resolve(times.shift() as number);
}

test("gives the first that is below the limit, without measuring again", async () => {
  expect(await quickest(100, measured(300, 50, 10))).toBe(50);
});

test("gives the fewest of three where none is", async () => {
  expect(await quickest(100, measured(300, 200, 250, 1))).toBe(200);
});
