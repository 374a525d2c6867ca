import { afterAll, beforeAll, expect, test } from "vitest";
import { BrowsedSite, reference } from "./browsed-site.ts";

let site: BrowsedSite;

beforeAll(async () => {
  site = await BrowsedSite.open();
});

afterAll(() => site?.[Symbol.asyncDispose]());

test.each([360, 1_280])(
  "every page of the reference, %i px wide, is shown without an error",
  { timeout: 600_000 },
  async (width) => {
    expect(reference.length).toBeGreaterThan(200);
    expect(await site.problems(reference, width)).toEqual([]);
  },
);
