import { afterAll, beforeAll, expect, test } from "vitest";
import { BrowsedSite, reference } from "./browsed-site.ts";

let site: BrowsedSite;

beforeAll(async () => {
  site = await BrowsedSite.open();
});

afterAll(() => site?.[Symbol.asyncDispose]());

test("every page of the reference is shown without an error, narrow and wide", { timeout: 600_000 }, async () => {
  expect(reference.length).toBeGreaterThan(200);
  expect(await site.problems(reference)).toEqual([]);
});
