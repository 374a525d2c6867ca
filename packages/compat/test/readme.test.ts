/** Runs the programs of the README. */

import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisedOutput, SnippetFolder, snippetsOf } from "@awaitmq/testing";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

const compat = fileURLToPath(new URL("..", import.meta.url));
const snippets = await snippetsOf("README.md", `${compat}/README.md`);

let folder: SnippetFolder;

beforeAll(async () => {
  folder = await SnippetFolder.make({ "@awaitmq/core": join(compat, "node_modules/@awaitmq/core") });
  await folder.installPacked("zmq", compat);
  await Promise.all(snippets.map((snippet) => folder.write(snippet)));
});

afterAll(() => folder[Symbol.asyncDispose]());

describe("a program of the README", () => {
  test("is there", () => {
    expect(snippets.length).toBeGreaterThan(1);
  });

  test.each(snippets)("runs: $heading", async (snippet) => {
    const { code, stdout, stderr } = await folder.run(snippet);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    for (const line of promisedOutput(snippet.code)) expect(stdout.split("\n")).toContain(line);
    if (snippet.code.includes("Esto es"))
      expect(stdout.split("\n").slice(0, 5)).toEqual(["text", "|Hello |0", "one|two", "Esto es|un|mensaje", "end"]);
  });
});
