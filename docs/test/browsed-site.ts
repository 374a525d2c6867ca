/** The built site in a browser: looks at pages as a reader does, and tells what is wrong with them. */

import { existsSync, readdirSync, statSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import { createRequire } from "node:module";
import type { AddressInfo } from "node:net";
import { extname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { type Browser, type BrowserContext, chromium, type Page } from "playwright-core";

const folder = fileURLToPath(new URL("../.vitepress/dist", import.meta.url));
const executablePath = "/usr/bin/chromium";

/** Of a phone, a laptop and a large screen. Code of 80 columns fits from the second on. */
const [phone, laptop, screen] = [390, 1_280, 1_920];
const schemes = ["light", "dark"] as const;
const axe = createRequire(import.meta.url).resolve("axe-core/axe.min.js");

const types: Readonly<Record<string, string>> = {
  ".html": "text/html",
  ".js": "text/javascript",
  ".css": "text/css",
  ".svg": "image/svg+xml",
  ".json": "application/json",
  ".woff2": "font/woff2",
};

/** What is not there to look at the site, or with; undefined when all is. */
export const missing = [
  existsSync(executablePath) ? undefined : "Debian's chromium",
  existsSync(folder) ? undefined : "the site, which `pnpm docs:build` makes",
].find((what) => what !== undefined);

/** Every page, by the path of its file: those that were written, and those of the reference, made from the sources. */
const pages = existsSync(folder)
  ? readdirSync(folder, { recursive: true, encoding: "utf8" }).filter(
      (file) => file.endsWith(".html") && file !== "404.html",
    )
  : [];
export const written = pages.filter((file) => !file.startsWith("api/"));
export const reference = pages.filter((file) => file.startsWith("api/"));

export class BrowsedSite implements AsyncDisposable {
  readonly #server: Server;
  readonly #browser: Browser;

  private constructor(server: Server, browser: Browser) {
    this.#server = server;
    this.#browser = browser;
  }

  static async open(): Promise<BrowsedSite> {
    const server = createServer(async ({ url = "" }, response) => {
      const path = decodeURIComponent(new URL(url, "http://site").pathname);
      const candidates = [path, `${path}.html`, `${path}index.html`].map((name) => join(folder, name));
      const file = candidates.find((name) => statSync(name, { throwIfNoEntry: false })?.isFile());
      response.writeHead(file === undefined ? 404 : 200, {
        "content-type": types[extname(file ?? "")] ?? "text/plain",
      });
      response.end(file === undefined ? "" : await readFile(file));
    });
    await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
    return new BrowsedSite(server, await chromium.launch({ executablePath, args: ["--no-sandbox"], timeout: 120_000 }));
  }

  /**
   * What is wrong with pages at each width, light and dark, each with its file in front.
   * With `contrast` also text that is harder to read than AA of WCAG 2 allows, by axe-core: that takes a second for each page.
   */
  async problems(files: readonly string[], { contrast = false } = {}): Promise<string[]> {
    const context = await this.#browser.newContext();
    const left = [...files];
    const found: string[] = [];
    const look = async () => {
      for (let file = left.pop(); file !== undefined; file = left.pop()) {
        for (const problem of await this.#look(context, file, contrast)) found.push(`${file}: ${problem}`);
      }
    };
    await Promise.all([look(), look(), look()]);
    await context.close();
    return found;
  }

  /** The path that the language switch of a page leads to. */
  async otherLanguage(path: string): Promise<string> {
    await using visit = await this.#visit(path);
    const { page } = visit;
    await page.locator(".VPNavBarTranslations button").hover();
    await page.locator(".VPNavBarTranslations .VPMenu a").click();
    await page.waitForFunction((before) => location.pathname !== before, `/${path}`);
    return await page.evaluate(() => location.pathname);
  }

  /** Chooses a tab on one page, and gives the one that is shown on another. */
  async chosenTab(path: string, tab: string, other: string): Promise<string> {
    await using visit = await this.#visit(path);
    const { page } = visit;
    await page.locator(`.vp-code-group label:text-is("${tab}")`).first().click();
    await page.goto(this.#address(other), { waitUntil: "load" });
    const shown = page.locator(".vp-code-group input:checked + label").first();
    await page.waitForFunction((before) => document.querySelector(".vp-code-group input:checked")?.id !== before, "");
    return (await shown.textContent()) ?? "";
  }

  /** Where the results of a search lead, best first. */
  async search(words: string): Promise<string[]> {
    await using visit = await this.#visit("guide/getting-started");
    const { page } = visit;
    await page.locator(".VPNavBarSearch button").first().click();
    await page.locator(".search-input").fill(words);
    await page.locator(".VPLocalSearchBox .results a").first().waitFor();
    return await page
      .locator(".VPLocalSearchBox .results a")
      .evaluateAll((links) => links.map((link) => link.getAttribute("href") ?? ""));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#browser.close();
    await new Promise((closed) => this.#server.close(closed));
  }

  #address(path: string): string {
    const { port } = this.#server.address() as AddressInfo;
    return `http://127.0.0.1:${port}/${path}`;
  }

  async #visit(path: string): Promise<AsyncDisposable & { readonly page: Page }> {
    const page = await this.#browser.newPage({ viewport: { width: laptop, height: 900 } });
    await page.goto(this.#address(path), { waitUntil: "load", timeout: 120_000 });
    return { page, [Symbol.asyncDispose]: () => page.close() };
  }

  async #look(context: BrowserContext, file: string, contrast: boolean): Promise<string[]> {
    const page = await context.newPage();
    await page.setViewportSize({ width: laptop, height: 900 });
    const found: string[] = [];
    page.on("console", (message) => {
      if (["error", "warning"].includes(message.type())) found.push(message.text());
    });
    page.on("pageerror", (error) => found.push(error.message));
    page.on("response", (response) => {
      if (response.status() >= 400) found.push(`${response.status()} ${response.url()}`);
    });
    await page.goto(this.#address(file.replace(/(index)?\.html$/, "")), { waitUntil: "load", timeout: 120_000 });
    // Those that are never drawn are counted below.
    const drawn = page.waitForFunction(() => document.querySelector("pre.diagram") === null, undefined, {
      timeout: 120_000,
    });
    await drawn.catch(() => {});
    for (const colorScheme of schemes) {
      await page.emulateMedia({ colorScheme });
      // The scheme moves nothing but the diagrams, which are drawn anew.
      for (const width of colorScheme === "light" ? [screen, laptop, phone] : [laptop]) {
        await page.setViewportSize({ width, height: 900 });
        for (const problem of await looksWrong(page, width)) found.push(`${problem}, at ${width} px, ${colorScheme}`);
      }
      if (contrast) {
        for (const problem of await isHardToRead(page)) found.push(`${problem}, ${colorScheme}`);
      }
    }
    await page.close();
    return found;
  }
}

async function looksWrong(page: Page, width: number): Promise<string[]> {
  const seen = await page.evaluate(() => ({
    title: document.querySelector("h1")?.textContent ?? "",
    undrawn: document.querySelectorAll("pre.diagram").length,
    blank: [...document.querySelectorAll(".diagram svg")].filter((svg) => svg.getBoundingClientRect().height < 20)
      .length,
    cut: [...document.querySelectorAll(".diagram")].filter((box) => box.scrollWidth > box.clientWidth + 1).length,
    text: document.body.textContent,
    cutCode: [...document.querySelectorAll(".vp-doc div[class*='language-'] pre")].filter(
      (code) => code.scrollWidth > code.clientWidth + 1,
    ).length,
    overflow: document.documentElement.scrollWidth - document.documentElement.clientWidth,
  }));
  const wrong: string[] = [];
  if (seen.title === "") wrong.push("it has no title");
  if (seen.undrawn > 0) wrong.push(`${seen.undrawn} diagrams are not drawn`);
  if (seen.blank > 0) wrong.push(`${seen.blank} diagrams are blank`);
  // On a phone they are scrolled.
  if (seen.cutCode > 0 && width !== phone) wrong.push(`${seen.cutCode} programs are wider than the page`);
  if (seen.cut > 0 && width !== phone) wrong.push(`${seen.cut} diagrams are wider than the page`);
  if (seen.overflow > 1) wrong.push(`it is ${seen.overflow} px too wide`);
  if (/Code snippet path not found|Syntax error in text/.test(seen.text))
    wrong.push("an inclusion or a diagram failed");
  return wrong;
}

/** Text whose contrast with what is behind it is too small. */
async function isHardToRead(page: Page): Promise<string[]> {
  // The shadows of what scrolls are images, on which axe-core does not judge text.
  await page.addStyleTag({ content: ".vp-doc :is(table, .diagram, pre) { background: none !important }" });
  await page.addScriptTag({ path: axe });
  return page.evaluate(async () => {
    const { axe } = window as unknown as { axe: { run(where: Document, how: object): Promise<AxeResult> } };
    const { violations } = await axe.run(document, { runOnly: ["color-contrast"] });
    return violations.flatMap(({ nodes }) => nodes.map(({ target, failureSummary }) => `${target}: ${failureSummary}`));
  });
}

interface AxeResult {
  readonly violations: readonly { readonly nodes: readonly { target: unknown; failureSummary: string }[] }[];
}
