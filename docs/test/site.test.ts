/** The built site in a browser: lessons, languages, contrast and widths. */

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
  ])(
    "shows $what at each width, light and dark, without an error",
    { timeout: 600_000 },
    async ({ pages, atLeast }) => {
      expect(pages.length).toBeGreaterThan(atLeast);
      expect(await site.problems(pages)).toEqual([]);
    },
  );

  test("has text that can be read on what is behind it, on a page of each kind", { timeout: 600_000 }, async () => {
    const pages = ["index", "es/index", "guide/errors", "patterns/index", "workshop/12-dealer", "bench/index"];
    const files = [...pages.map((page) => `${page}.html`), ...oneOfEachKind.slice(0, 2)];
    expect([...written, ...reference]).toEqual(expect.arrayContaining(files));
    expect(await site.problems(files, { contrast: true })).toEqual([]);
  });

  test("follows the language switch to the same lesson, and back", async () => {
    expect(await site.otherLanguage("workshop/12-dealer")).toBe("/es/taller/12-dealer");
    expect(await site.otherLanguage("es/taller/12-dealer")).toBe("/workshop/12-dealer");
    expect(await site.otherLanguage("workshop/glossary")).toBe("/es/taller/glosario");
    expect(await site.otherLanguage("guide/errors")).toBe("/es/");
  });

  test("remembers which program a reader looks at", async () => {
    expect(await site.chosenTab("workshop/12-dealer", "modern", "es/taller/08-request-reply")).toBe("moderno");
  });

  test("finds the guide before the reference, and an error by its code", async () => {
    expect((await site.search("backpressure"))[0]).toMatch(/^\/guide\/backpressure/);
    expect((await site.search("ERR_UNROUTABLE"))[0]).toMatch(/^\/guide\/errors.*#err-unroutable$/);
  });
});
