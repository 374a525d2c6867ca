/** A contract in a browser: in a bundle without externals, and in a context without Node's globals. */

import { join, relative, sep } from "node:path";
import { createContext, runInContext } from "node:vm";
import { type OutputChunk, rolldown } from "rolldown";
import { beforeAll, describe, expect, test } from "vitest";

const folder = join(import.meta.dirname, "../..");
/** A module that a program and a page share. It stands where the packages are found. */
const page = join(import.meta.dirname, "page.js");
const code = `
  import { contract, stream, type } from "@awaitmq/rpc/contract";
  import { z } from "zod";

  export const prices = contract("shop.prices", {
    quote: { input: z.object({ symbol: z.string() }), output: z.number(), errors: { GONE: z.string() } },
    watch: { input: type(), output: stream(z.number()) },
    record: { input: stream(z.number()) },
    trade: { input: stream(z.number()), output: stream(type()), idempotent: true },
  });
  export const refusals = [
    () => contract("awaitmq.prices", {}),
    () => contract("prices", { then: {} }),
    () => contract("prices", { quote: { input: String } }),
    () => contract("prices", { all: { quote: { input: z.string() } } }),
    () => contract("prices", { quote: { errors: { ERR_GONE: z.string() } } }),
    () => contract("prices", {}, { codec: { name: "json", encode: String, decode: String } }),
    () => stream(String),
  ].map((wrong) => {
    try {
      wrong();
    } catch (error) {
      return error.name + ": " + error.message;
    }
  });
`;

/** Bundles a module with all that it imports. A module that is not found, or that stays outside, is an error. */
async function bundled(input: string, conditionNames: string[]): Promise<OutputChunk> {
  const bundle = await rolldown({
    input,
    platform: "browser",
    treeshake: false, // what is imported counts, used or not
    resolve: { conditionNames },
    onLog: (_, log) => {
      throw new Error(log.message);
    },
    plugins: [
      { name: "page", load: (id) => (id === page ? code : null), resolveId: (id) => (id === page ? id : null) },
    ],
  });
  const { output } = await bundle.generate({ format: "iife", name: "page" });
  await bundle.close();
  expect(output).toHaveLength(1);
  return output[0];
}

/** The modules of a bundle, each by its path in this package. */
function modulesOf({ moduleIds }: OutputChunk): string[] {
  return moduleIds.filter((id) => !id.startsWith("\0")).map((id) => relative(folder, id).replaceAll(sep, "/"));
}

describe("a page with a contract", () => {
  let chunk: OutputChunk;
  /** What the page exports, in a context that has only JavaScript. */
  let run: (expression: string) => unknown;

  beforeAll(async () => {
    chunk = await bundled(page, ["awaitmq:source", "import", "default"]);
    const context = createContext({});
    runInContext(chunk.code, context);
    run = (expression) => JSON.parse(runInContext(`JSON.stringify(${expression})`, context));
  });

  test("bundles the contract and its schemas alone", () => {
    const modules = modulesOf(chunk);
    expect(chunk.imports).toEqual([]);
    expect(chunk.dynamicImports).toEqual([]);
    expect(modules).toContain("src/contract/contract.ts");
    const others = modules.filter((path) => !/^src\/contract[./]/.test(path) && !/\/node_modules\/zod\//.test(path));
    expect(others).toEqual(["test/contract/page.js"]);
  });

  test("runs where Node's globals are missing", () => {
    expect(run("[typeof process, typeof Buffer, typeof require, typeof setTimeout]")).toEqual(
      Array(4).fill("undefined"),
    );
    expect(run("page.prices.quote.path")).toBe("shop.prices.quote");
    expect(run("Object.values(page.prices).map(({ kind }) => kind).filter((kind) => kind !== undefined)")).toEqual([
      "unary",
      "server-streaming",
      "client-streaming",
      "bidi-streaming",
    ]);
    expect(run('Object.keys(page.prices["~contract"].methods)')).toEqual(["quote", "watch", "record", "trade"]);
    expect(run("[page.prices.quote.idempotent, page.prices.trade.idempotent]")).toEqual([false, true]);
  });

  test("checks values with its schemas, and none with a type alone", () => {
    const check = (part: string, value: string) =>
      run(`(({ issues = [] }) => issues.length)(page.prices.${part}["~standard"].validate(${value}))`);
    expect(check("quote.definition.input", '{ symbol: "EUR" }')).toBe(0);
    expect(check("quote.definition.input", "{ symbol: 5 }")).toBe(1);
    expect(check('watch.definition.output["~stream"]', '"5"')).toBe(1);
    expect(check("watch.definition.input", "{ symbol: 5 }")).toBe(0);
  });

  test("refuses a wrong contract", () => {
    expect(run("page.refusals")).toEqual([
      expect.stringMatching(/^TypeError: .*reserved/),
      expect.stringMatching(/^TypeError: .*then/),
      expect.stringMatching(/^TypeError: The input of prices.quote must be a schema/),
      expect.stringMatching(/^TypeError: .*not nested/),
      expect.stringMatching(/^TypeError: The error ERR_GONE/),
      expect.stringMatching(/^TypeError: codec.name/),
      expect.stringMatching(/^TypeError: stream takes a schema/),
    ]);
  });
});

test("the built contract imports nothing", async () => {
  const chunk = await bundled(join(folder, "dist/contract.js"), ["import", "default"]);
  expect(chunk.imports).toEqual([]);
  const modules = modulesOf(chunk);
  expect(modules).toContain("dist/contract/contract.js");
  expect(modules.filter((path) => !/^dist\/contract[./]/.test(path))).toEqual([]);
});

test("an import of Node is found", async () => {
  await expect(bundled(join(folder, "dist/index.js"), ["import", "default"])).rejects.toThrow(/node:|zeromq/);
});
