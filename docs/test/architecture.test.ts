/** The tables and diagrams of the architecture page, held to the files of the packages. */

import { access, readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";

const root = fileURLToPath(new URL("../..", import.meta.url));
const sections = (await readFile(join(root, "docs/architecture.md"), "utf8")).split(/^## /m);

/** A section's diagram, and its table: what the two cells of each row name as code. */
function section(heading: string) {
  const text = sections.find((each) => each.startsWith(heading)) ?? "";
  const cells = text.matchAll(/^\| (`.*?) +\| (.*) \|$/gm);
  const rows = Array.from(cells, ([, first, second]) => [namesIn(first), namesIn(second)] as const);
  return { diagram: /^```text\n(.*?)^```/ms.exec(text)?.[1] ?? "", rows };
}

function namesIn(cell = ""): string[] {
  return Array.from(cell.matchAll(/`([^`]+)`/g), ([, name]) => name as string);
}

/** What is in a package's `src`, folders with a slash behind. */
async function entriesOf(name: string, options = { recursive: false }): Promise<string[]> {
  const src = join(root, "packages", name, "src");
  const entries = await readdir(src, { ...options, withFileTypes: true });
  return entries.map((entry) => {
    const path = join(entry.parentPath, entry.name).slice(src.length + 1);
    return entry.isDirectory() ? `${path}/` : path;
  });
}

async function missingOf(name: string, files: readonly string[]): Promise<string[]> {
  const found = await Promise.allSettled(files.map((file) => access(join(root, "packages", name, "src", file))));
  return files.filter((_, index) => found[index]?.status === "rejected");
}

const isFolder = (name: string) => name.endsWith("/");

describe.each([
  ["core", "The folders of core"],
  ["patterns", "How patterns is put together"],
  ["rpc", "The folders of rpc"],
])("The architecture page of %s", (name, heading) => {
  const { diagram, rows } = section(heading);

  test("has a row for each folder", async () => {
    const folders = (await entriesOf(name, { recursive: true })).filter(isFolder);
    expect(rows.flatMap(([first]) => first).sort()).toEqual(folders.sort());
  });

  test("names files that are there", async () => {
    const files = rows.flatMap(([[folder], names]) => names.map((file) => `${folder}${file}.ts`));
    expect(files.length).toBeGreaterThan(30);
    expect(await missingOf(name, files)).toEqual([]);
  });

  test("names each file of a folder, but for the options of a function", async () => {
    const files = (await entriesOf(name, { recursive: true })).filter((file) => /\/[^/]+(?<!-options)\.ts$/.test(file));
    const named = rows.flatMap(([[folder], names]) => names.map((file) => `${folder}${file}.ts`));
    expect(files.length).toBeGreaterThan(30);
    expect(files.filter((file) => !named.includes(file))).toEqual([]);
  });

  test("draws each folder", async () => {
    const drawn = diagram.match(/[a-z-]+\//g) ?? [];
    expect(drawn.sort()).toEqual((await entriesOf(name)).filter(isFolder).sort());
  });
});

describe("The architecture page of compat", () => {
  const { rows } = section("How compat is put together");

  test("has a row for each file and folder", async () => {
    expect(rows.flatMap(([first]) => first).sort()).toEqual((await entriesOf("compat")).sort());
  });

  test("names files in folders that are there", async () => {
    const files = rows.flatMap(([[folder], names]) =>
      names.filter((file) => file.endsWith(".ts")).map((file) => `${folder}${file}`),
    );
    expect(files.length).toBeGreaterThan(1);
    expect(await missingOf("compat", files)).toEqual([]);
  });
});
