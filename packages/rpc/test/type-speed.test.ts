/** How long the compiler takes for a large contract, its service and its client. */

import { execFile } from "node:child_process";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { quickest, SnippetFolder } from "@awaitmq/testing";
import { afterAll, beforeAll, expect, test } from "vitest";

const root = fileURLToPath(new URL("../../..", import.meta.url));
const rpc = join(root, "packages/rpc");
const tsc = join(root, "node_modules/typescript/bin/tsc");

const imports = `import { RequestClient, serve } from "@awaitmq/patterns";
import { contract, implement, isFailure, remote, services, stream } from "@awaitmq/rpc";
import { z } from "zod";
`;

/** What all programs share, so that the difference of two is what a contract costs. */
const baseline = `${imports}
export const text = z.object({ a: z.string() });
export const all = [RequestClient, serve, contract, implement, isFailure, remote, services, stream];
`;

const kinds = ["unary", "server", "client", "bidi"] as const;

/** A contract with that many methods of all four kinds, all their handlers, and a call of each. */
function program(count: number): string {
  const methods = Array.from({ length: count }, (_, number) => {
    const kind = kinds[number % kinds.length] as (typeof kinds)[number];
    return { kind, number, name: `${kind}${number}` };
  });
  return [
    imports,
    'export const large = contract("large", {',
    ...methods.map(({ kind, number, name }) => {
      const given = `z.object({ id: z.string(), size${number}: z.number(), at: z.coerce.date(), tags: z.array(z.string()), note: z.string().optional() })`;
      const got = `z.object({ id: z.string(), price${number}: z.number(), at: z.string().transform((at) => new Date(at)), isOpen: z.boolean(), side: z.enum(["buy", "sell"]) })`;
      const input = kind === "client" || kind === "bidi" ? `stream(${given})` : given;
      const output = kind === "server" || kind === "bidi" ? `stream(${got})` : got;
      const errors = `{ GONE: z.object({ id${number}: z.string() }), BUSY: z.undefined() }`;
      return `  ${name}: { input: ${input}, output: ${output}, errors: ${errors} },`;
    }),
    "});",
    'const side = "buy" as const;',
    'serve("tcp://*:5555", services(implement(large, {',
    ...methods.map(({ kind, number, name }) => {
      const item = `{ id: "", price${number}: 1, at: "", isOpen: true, side }`;
      const fail = `if (Number.NaN) throw fail("GONE", { id${number}: "" });`;
      const each = `for await (const { size${number}, at } of items) at.setTime(size${number});`;
      return {
        unary: `  async ${name}({ size${number}, at }, { fail }) { at.setTime(size${number}); ${fail} return ${item}; },`,
        server: `  async *${name}({ size${number}, at }, { fail }) { at.setTime(size${number}); ${fail} yield ${item}; },`,
        client: `  async ${name}(items, { fail }) { ${each} ${fail} return ${item}; },`,
        bidi: `  async *${name}(items, { fail }) { ${each} ${fail} yield ${item}; },`,
      }[kind];
    }),
    "})));",
    'const far = remote(large, new RequestClient({ connect: "tcp://127.0.0.1:5555" }));',
    "export async function call(error: unknown) {",
    ...methods.flatMap(({ kind, number, name }) => {
      const given = `{ id: "", size${number}: 1, at: "", tags: [] }`;
      const source = kind === "client" || kind === "bidi" ? `[${given}]` : given;
      const got = `{ price${number}, at }`;
      return [
        kind === "server" || kind === "bidi"
          ? `  for await (const ${got} of far.${name}(${source})) at.setTime(price${number});`
          : `  { const ${got} = await far.${name}(${source}); at.setTime(price${number}); }`,
        `  if (isFailure(large.${name}, error) && error.code === "GONE") error.data.id${number}.at(0);`,
      ];
    }),
    "}",
  ].join("\n");
}

interface Measured {
  /** Milliseconds. */
  readonly check: number;
  readonly instantiations: number;
}

let folder: SnippetFolder;

beforeAll(async () => {
  folder = await SnippetFolder.make({
    "@awaitmq/patterns": join(root, "packages/patterns"),
    "@awaitmq/rpc": rpc,
    "@types": join(root, "node_modules/@types"),
    zod: join(rpc, "node_modules/zod"),
  });
});

afterAll(() => folder[Symbol.asyncDispose]());

/** Compiles a program with the packages as they are published. Rejects with what is wrong in it. */
async function measured(name: string, code: string): Promise<Measured> {
  const file = await folder.write({ file: name, heading: "", name, language: "ts", runs: false, code });
  const options =
    "--noEmit --strict --exactOptionalPropertyTypes --skipLibCheck --target es2022 --lib es2022,esnext.disposable --module nodenext --types node --extendedDiagnostics";
  const compiling = promisify(execFile)(process.execPath, [tsc, ...options.split(" "), file], { cwd: folder.path });
  const { stdout } = await compiling.catch(({ stdout }: { stdout: string }) => {
    throw new Error(stdout);
  });
  const field = (label: string) => Number(new RegExp(`^${label}:\\s+([\\d.]+)`, "m").exec(stdout)?.[1]);
  return { check: field("Check time") * 1_000, instantiations: field("Instantiations") };
}

test("100 methods, their handlers and their calls check in less than two seconds", async () => {
  const code = program(100);
  let instantiations = 0;
  const check = await quickest(2_000, async () => {
    const before = await measured("baseline", baseline);
    const after = await measured("large", code);
    instantiations = after.instantiations - before.instantiations;
    return after.check - before.check;
  });
  console.info(`The contract takes ${Math.round(check)} ms and ${instantiations} instantiations`);
  expect(instantiations).toBeGreaterThan(1_000);
  expect(check).toBeLessThan(2_000);
});

test("a method of a large contract takes the compiler no longer than one of a small contract", async () => {
  const of = async (count: number) => (await measured(`of-${count}`, program(count))).instantiations;
  const none = await of(0);
  const small = (await of(100)) - none;
  const large = (await of(200)) - none;
  expect(small).toBeGreaterThan(1_000);
  expect(large).toBeLessThan(2.1 * small);
});

test("a mistake in a large contract is found", async () => {
  const code = program(100).replace("side });", 'side: "hold" });').replace("price96: 1", 'price96: "1"');
  await expect(measured("wrong", code)).rejects.toThrow(/price96/);
});
