/** Every page of the API reference and of the rest of the site, opened in a browser. */

import { afterAll, beforeAll, expect, test } from "vitest";
import { BrowsedSite, reference, written } from "./browsed-site.ts";

let site: BrowsedSite;

beforeAll(async () => {
  site = await BrowsedSite.open();
});

afterAll(() => site?.[Symbol.asyncDispose]());

test("every page of the reference is shown without an error, at each width, light and dark", {
  timeout: 1_200_000,
}, async () => {
  expect(reference.length).toBeGreaterThan(200);
  expect(await site.problems(reference)).toEqual([]);
});

test("every page that was written has text that can be read on what is behind it", { timeout: 1_200_000 }, async () => {
  expect(await site.problems(written, { contrast: true })).toEqual([]);
});
