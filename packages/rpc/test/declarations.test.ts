/** A package that exports contracts, services and clients: its declarations name only what this package exports. */

import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { SnippetFolder } from "@awaitmq/testing";
import { afterAll, beforeAll, expect, test } from "vitest";

const root = fileURLToPath(new URL("../../..", import.meta.url));
const rpc = join(root, "packages/rpc");
const tsc = join(root, "node_modules/typescript/bin/tsc");

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

/** Returns the declarations of a program. Rejects with what the compiler says. */
async function declarationsOf(name: string, code: string): Promise<string> {
  const file = await folder.write({ file: name, heading: "", name, language: "ts", runs: false, code });
  const options =
    "--declaration --emitDeclarationOnly --strict --exactOptionalPropertyTypes --skipLibCheck --target es2022 --lib es2022,esnext.disposable --module nodenext --types node";
  const compiling = promisify(execFile)(process.execPath, [tsc, ...options.split(" "), file], { cwd: folder.path });
  await compiling.catch(({ stdout }: { stdout: string }) => {
    throw new Error(stdout);
  });
  return readFile(file.replace(/\.mts$/, ".d.mts"), "utf8");
}

const contracts = `
export const clock = contract("clock", {
  now: { output: type<number>(), errors: { STOPPED: type<undefined>(), LATE: z.string() } },
  watch: { input: z.string(), output: stream(type<string>()) },
  set: { input: stream(z.number()) },
});
export const each = type<number>();
export const all = stream(each);
`;

test("of contracts alone", async () => {
  const imports = 'import { contract, stream, type } from "@awaitmq/rpc/contract";\nimport { z } from "zod";';
  const declared = await declarationsOf("contracts", imports + contracts);
  expect(declared).toContain('import("@awaitmq/rpc/contract").Contract<{');
  expect(declared).not.toMatch(/dist|standard-schema/);
});

test("of services and clients", async () => {
  const declared = await declarationsOf(
    "services",
    `
import { RequestClient } from "@awaitmq/patterns";
import { contract, describe, health, implement, isFailure, remote, services, stream, type } from "@awaitmq/rpc";
import { z } from "zod";
${contracts}
export const service = implement(clock, { now: () => 1, async *watch() {}, set() {} });
export const status = health();
export const handler = services(service, status);
export const described = describe(clock);
export const far = remote(clock, new RequestClient({ connect: "tcp://127.0.0.1:5555" }));
export const { now, set } = far;
export const watched = far.watch("");
export function failure(error: unknown) {
  return isFailure(clock.now, error) ? error : undefined;
}
`,
  );
  expect(declared).toContain('import("@awaitmq/rpc").Service<');
  expect(declared).not.toMatch(/dist|standard-schema/);
});
