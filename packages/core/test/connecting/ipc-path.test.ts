/** Binding to an ipc path that already exists. */

import { chmodSync, mkdirSync, mkdtempSync, rmSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fixture, run } from "@awaitmq/testing";
import { afterAll, describe, expect, test } from "vitest";
import { AddressError, Pull, Push } from "../../src/index.ts";

const noPermission = fixture("no-permission.mjs", import.meta.url);
const folder = mkdtempSync(join(tmpdir(), "ipc-path-"));
afterAll(() => rmSync(folder, { recursive: true }));

/** What a bind to an address that is refused says, by both ways to bind. */
async function refusal(address: string): Promise<AddressError> {
  await using pull = new Pull();
  expect(() => pull.bindSync(address)).toThrow(AddressError);
  const error = await pull.bind(address).catch((error: unknown) => error);
  expect(error).toBeInstanceOf(AddressError);
  expect(error).toMatchObject({ address, message: expect.stringContaining(`Cannot bind to `) });
  return error as AddressError;
}

describe("a bind to a path at which there is", () => {
  test("a file leaves it there", async () => {
    const path = join(folder, "notes.txt");
    writeFileSync(path, "years of work");
    const { code, message } = await refusal(`ipc://${path}`);
    expect(code).toBe("ERR_ADDRESS_IN_USE");
    expect(message).toContain("there is a file, which is not a socket. Move it away");
    expect(statSync(path).isFile()).toBe(true);
  });

  test("a folder says so", async () => {
    const path = join(folder, "folder");
    mkdirSync(path);
    const { code, message } = await refusal(`ipc://${path}`);
    expect(code).toBe("ERR_ADDRESS_IN_USE");
    expect(message).toContain("there is a folder, which is not a socket");
  });

  test("a symbolic link leaves it there", async () => {
    const path = join(folder, "link");
    symlinkSync("nowhere", path);
    expect((await refusal(`ipc://${path}`)).message).toContain("there is a symbolic link, which is not a socket");
  });

  test("a socket that was left behind, or is bound, takes it over", async () => {
    const address = `ipc://${join(folder, "left")}`;
    await using first = new Pull();
    await first.bind(address);
    await using second = new Pull();
    await second.bind(address);
    await using push = new Push();
    push.connect(address);
    await push.send("to the second");
    expect(String(await second.receive())).toBe("to the second");
    await first.close();
    await second.close();
    await using third = new Pull();
    await expect(third.bind(address)).resolves.toBe(address);
  });

  test("no folder, or a file for a folder, says so", async () => {
    const missing = await refusal(`ipc://${join(folder, "missing", "socket")}`);
    expect(missing.code).toBe("ERR_ADDRESS_UNAVAILABLE");
    expect(missing.message).toContain("its folder does not exist");
    const file = join(folder, "file");
    writeFileSync(file, "");
    const { code, message } = await refusal(`ipc://${join(file, "socket")}`);
    expect(code).toBe("ERR_ADDRESS_UNAVAILABLE");
    expect(message).toContain(`${file} is a file, not a folder`);
  });

  test("more than fits says how much", async () => {
    const { code, message } = await refusal(`ipc://${join(folder, "x".repeat(108))}`);
    expect(code).toBe("ERR_ADDRESS_INVALID");
    expect(message).toContain("a path has at most 107 bytes, but this one has");
  });

  test("no permission says so", async () => {
    const path = join(folder, "closed");
    mkdirSync(path, { mode: 0o555 });
    chmodSync(folder, 0o755);
    const finished = await run(noPermission, { args: [`ipc://${join(path, "socket")}`] });
    expect(finished).toMatchObject({ code: 0, stderr: "" });
    const [code, message] = finished.stdout.trimEnd().split("\n");
    expect(code).toBe("ERR_ADDRESS_UNAVAILABLE");
    expect(message).toContain(`permission denied, this process cannot write to the folder ${path}`);
  });
});

test("an address that is no path needs none", async () => {
  await using pull = new Pull();
  expect(await pull.bind("ipc://*")).toMatch(/^ipc:\/\/.+/);
  if (process.platform !== "linux") return;
  const abstract = `ipc://@awaitmq-${process.pid}/abstract`;
  expect(await pull.bind(abstract)).toBe(abstract);
  await using push = new Push();
  push.connect(abstract);
  await push.send("abstract");
  expect(String(await pull.receive())).toBe("abstract");
});
