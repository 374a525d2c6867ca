/** The statistics of the bench. */

import { expect, test } from "vitest";
import { slope } from "../src/statistics.ts";

test("the slope is that of the line nearest to the points", () => {
  const line = [0, 1, 2, 3].map((x) => ({ x, y: 5 + 2 * x }));
  expect(slope(line)).toBeCloseTo(2);
  expect(slope([0, 1, 2, 3].map((x) => ({ x, y: 7 })))).toBe(0);
  // The sawtooth of a garbage collector has nearly none.
  expect(Math.abs(slope([0, 4, 0, 4, 0, 4, 0].map((y, x) => ({ x, y }))))).toBeLessThan(0.1);
});
