/** The built site in a browser: each page in each language, narrow and wide, renders without an error, its diagrams drawn. */

import { existsSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { dirname, extname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { type Browser, chromium } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { lessons } from "../../examples/workshop/lessons.mjs";

const site = fileURLToPath(new URL("../.vitepress/dist", import.meta.url));
const executablePath = "/usr/bin/chromium";
const required = process.env.AWAITMQ_REQUIRE_INTEROP === "1";
const missing = [
  existsSync(executablePath) || "Debian's chromium",
  existsSync(site) || "the site, which `pnpm docs:build` makes",
];
const why = missing.filter((what) => typeof what === "string").join(" and ");
if (why !== "" && !required) console.warn(`The site is not looked at: ${why} is missing`);

const pages = existsSync(site)
  ? (await readdir(site, { recursive: true })).filter((file) => file.endsWith(".html") && file !== "404.html")
  : [];
/** Hundreds, all made by the same hand: of each kind the first is looked at, and all by `pnpm soak`. */
const reference = [
  ...new Map(pages.filter((file) => file.startsWith("api/")).map((file) => [dirname(file), file])).values(),
];
const written = pages.filter((file) => !file.startsWith("api/"));

describe.skipIf(why !== "" && !required)("the site", () => {
  let server: Server;
  let browser: Browser;
  let origin: string;

  beforeAll(async () => {
    server = createServer(async ({ url = "" }, response) => {
      const path = decodeURIComponent(new URL(url, "http://site").pathname);
      const candidates = [path, `${path}.html`, `${path}index.html`].map((name) => join(site, name));
      const file = candidates.find((name) => existsSync(name) && extname(name) !== "");
      response.writeHead(file === undefined ? 404 : 200, {
        "content-type": types[extname(file ?? "")] ?? "text/plain",
      });
      response.end(file === undefined ? "" : await readFile(file));
    });
    await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
    origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    browser = await chromium.launch({ executablePath, args: ["--no-sandbox"] });
  });

  afterAll(async () => {
    await browser?.close();
    server?.close();
  });

  test("has all that was written, in both languages", () => {
    for (const { folder } of lessons) {
      expect(written).toContain(`workshop/${folder}.html`);
      expect(written).toContain(`es/taller/${folder}.html`);
    }
    expect(reference.length).toBeGreaterThan(15);
  });

  test.each([
    { pages: written, width: 360, look: "narrow" },
    { pages: written, width: 1_280, look: "wide" },
    { pages: reference, width: 1_280, look: "the reference" },
  ])("shows each page without an error, $look", { timeout: 240_000 }, async ({ pages, width }) => {
    const context = await browser.newContext({ viewport: { width, height: 900 } });
    const left = [...pages];
    const wrong: string[] = [];
    const look = async () => {
      for (let page = left.pop(); page !== undefined; page = left.pop())
        wrong.push(...(await problems(context, page, width)));
    };
    await Promise.all([look(), look(), look()]);
    await context.close();
    expect(wrong).toEqual([]);
  });

  /** What is wrong with a page, as it is seen by a reader. */
  async function problems(
    context: Awaited<ReturnType<Browser["newContext"]>>,
    file: string,
    width: number,
  ): Promise<string[]> {
    const page = await context.newPage();
    const found: string[] = [];
    page.on("console", (message) => {
      if (["error", "warning"].includes(message.type())) found.push(message.text());
    });
    page.on("pageerror", (error) => found.push(error.message));
    page.on("response", (response) => {
      if (response.status() >= 400) found.push(`${response.status()} ${response.url()}`);
    });
    await page.goto(`${origin}/${file.replace(/(index)?\.html$/, "")}`, { waitUntil: "load" });
    const diagrams = await page.locator(".diagram").count();
    if (diagrams > 0)
      await page
        .locator("div.diagram svg")
        .nth(diagrams - 1)
        .waitFor({ timeout: 20_000 })
        .catch(() => {});
    const seen = await page.evaluate(() => ({
      title: document.querySelector("h1")?.textContent ?? "",
      undrawn: document.querySelectorAll("pre.diagram").length,
      blank: [...document.querySelectorAll("div.diagram svg")].filter((svg) => svg.getBoundingClientRect().height < 20)
        .length,
      cut: [...document.querySelectorAll("div.diagram")].filter((box) => box.scrollWidth > box.clientWidth + 1).length,
      text: document.body.textContent,
      overflow: document.documentElement.scrollWidth - document.documentElement.clientWidth,
    }));
    if (seen.title === "") found.push("no title");
    if (seen.undrawn > 0) found.push(`${seen.undrawn} diagrams are not drawn`);
    if (seen.blank > 0) found.push(`${seen.blank} diagrams are blank`);
    if (seen.cut > 0 && width > 1_000) found.push(`${seen.cut} diagrams are wider than the page`);
    if (/Code snippet path not found|Syntax error in text/.test(seen.text))
      found.push("an inclusion or a diagram failed");
    if (seen.overflow > 1) found.push(`it is ${seen.overflow} px too wide`);
    await page.close();
    return found.map((problem) => `${file}: ${problem}`);
  }
});

const types: Readonly<Record<string, string>> = {
  ".html": "text/html",
  ".js": "text/javascript",
  ".css": "text/css",
  ".svg": "image/svg+xml",
  ".json": "application/json",
  ".woff2": "font/woff2",
};
