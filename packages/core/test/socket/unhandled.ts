/** Importing this makes each test of a file fail that leaves an unhandled rejection. */

import { setImmediate as turn } from "node:timers/promises";
import { afterEach, beforeEach, expect } from "vitest";

const unhandled: unknown[] = [];
const note = (reason: unknown) => unhandled.push(reason);

beforeEach(() => {
  unhandled.length = 0;
  process.on("unhandledRejection", note);
});

afterEach(async () => {
  for (let turns = 0; turns < 5; turns++) await turn();
  process.off("unhandledRejection", note);
  expect(unhandled).toEqual([]);
});
