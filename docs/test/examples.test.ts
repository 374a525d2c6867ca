/** Each class and function of the public API has an example in its doc comment; programs.test.ts runs them. */

import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { expect, test } from "vitest";

const packages = fileURLToPath(new URL("../../packages", import.meta.url));
const sources = await Promise.all(
  ["core/src", "patterns/src"].flatMap(async (folder) => {
    const files = await readdir(join(packages, folder), { recursive: true });
    const paths = files.filter((file) => file.endsWith(".ts")).map((file) => join(packages, folder, file));
    return Promise.all(paths.map((path) => readFile(path, "utf8")));
  }),
).then((texts) => texts.flat());

/** Errors are made by the packages themselves, and bases by nobody. */
const madeByNobody = ["Socket", "SendingSocket", "ReceivingSocket", "DuplexSocket", "Peer"];
const modules = ["core/dist/index.js", "core/dist/draft.js", "core/dist/packed.js", "patterns/dist/index.js"];
const entries: readonly object[] = await Promise.all(
  modules.map((file) => import(/* @vite-ignore */ pathToFileURL(join(packages, file)).href)),
);
const names = entries.flatMap((members) =>
  Object.entries(members)
    .filter(([, member]) => typeof member === "function" && !(member.prototype instanceof Error))
    .map(([name]) => name),
);

test.each(names.filter((name) => !madeByNobody.includes(name)))("%s has an example", (name) => {
  const declared = new RegExp(
    `/\\*\\*((?:(?!\\*/).)*)\\*/\\s*export (?:abstract )?(?:async )?(?:class|function\\*?) ${name}\\b`,
    "s",
  );
  const comments = sources.flatMap((source) => declared.exec(source)?.[1] ?? []);
  expect(comments.join("\n")).toContain("@example");
});
