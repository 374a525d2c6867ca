/** The source of the text: files, the files in folders, and their lines. */

import { createReadStream } from "node:fs";
import { readdir, stat } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";

/** The given files, and all files in the given folders. */
export async function findFiles(paths: readonly string[]): Promise<string[]> {
  if (paths.length === 0) return typeDeclarations();
  return (await Promise.all(paths.map(filesOf))).flat();
}

/** The lines of all files in order, each with its line end. */
export async function* linesOf(files: readonly string[]): AsyncGenerator<string> {
  for (const file of files) {
    let rest = "";
    for await (const chunk of createReadStream(file, "utf8")) {
      const lines = (rest + chunk).split(/(?<=\n)/);
      rest = lines.pop() ?? "";
      yield* lines;
    }
    if (rest !== "") yield rest;
  }
}

async function filesOf(path: string): Promise<string[]> {
  const found = await stat(path).catch((cause) => {
    throw new Error(`Cannot read ${path}: ${cause.code === "ENOENT" ? "no such file or folder" : cause.message}`);
  });
  return found.isDirectory() ? filesIn(path) : [path];
}

async function filesIn(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
}

/**
 * TypeScript's own declaration files. Most of them are in a separate package
 * per platform.
 */
async function typeDeclarations(): Promise<string[]> {
  const typescript = createRequire(import.meta.url).resolve("typescript/package.json");
  const platform = `@typescript/typescript-${process.platform}-${process.arch}/package.json`;
  const folders = [typescript, createRequire(typescript).resolve(platform)].map(dirname);
  return (await Promise.all(folders.map(filesIn))).flat().filter((file) => file.endsWith(".d.ts"));
}
