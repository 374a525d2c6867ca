import { dirname } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { lessons } from "../../examples/workshop/lessons.mjs";
import { BrowsedSite, missing, reference, written } from "./browsed-site.ts";

const required = process.env.AWAITMQ_REQUIRE_INTEROP === "1";
if (missing !== undefined && !required) console.warn(`The site is not looked at: ${missing} is missing`);

/** There are hundreds, all made by one hand: one of each kind is looked at here, and all by `pnpm soak reference`. */
const oneOfEachKind = [...new Map(reference.map((file) => [dirname(file), file])).values()];

describe.skipIf(missing !== undefined && !required)("the site", () => {
  let site: BrowsedSite;

  beforeAll(async () => {
    site = await BrowsedSite.open();
  });

  afterAll(() => site?.[Symbol.asyncDispose]());

  test("has every lesson, in both languages", () => {
    for (const { folder } of lessons) {
      expect(written).toContain(`workshop/${folder}.html`);
      expect(written).toContain(`es/taller/${folder}.html`);
    }
  });

  test.each([
    { what: "each page that was written", pages: written, atLeast: 55 },
    { what: "one page of each kind of the reference", pages: oneOfEachKind, atLeast: 15 },
  ])("shows $what, narrow and wide, without an error", { timeout: 600_000 }, async ({ pages, atLeast }) => {
    expect(pages.length).toBeGreaterThan(atLeast);
    expect(await site.problems(pages)).toEqual([]);
  });
});
