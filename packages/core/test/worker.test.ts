import { run } from "@awaitmq/testing";
import { describe, expect, test } from "vitest";
import { asText } from "../src/worker-frames.ts";

/** Workers run in a process of their own, which an error in them must not take down. */
async function workers(scenario: string, times: number, transports: string): Promise<object[]> {
  const { code, stderr, stdout } = await run(new URL("./fixtures/worker-host.mjs", import.meta.url), {
    execArgv: ["--expose-gc"],
    args: [scenario, String(times), transports],
    timeout: 40_000,
  });
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  return JSON.parse(stdout) as object[];
}

function times<T>(count: number, item: T): T[] {
  return Array.from({ length: count }, () => item);
}

describe("a worker thread that ends while it receives, over tcp and inproc in turn, leaves the process whole", () => {
  test.each([
    ["told to stop, by closeAll", "stop", { code: 0 }],
    ["terminated after closeAll", "terminate", { code: 1 }],
    ["by an error", "throw", { code: 1, error: "on purpose" }],
    ["by process.exit()", "exit", { code: 7 }],
    ["by an error, while it waits for peers and events", "watch-throw", { code: 1, error: "on purpose" }],
    ["by process.exit(), while it waits for peers and events", "watch-exit", { code: 7 }],
  ])("%s, 20 of 20", { timeout: 45_000 }, async (_, scenario, end) => {
    expect(await workers(scenario, 20, "tcp,inproc")).toEqual(times(20, end));
  });
});

describe("what a worker thread sent before its natural end arrives whole", () => {
  test.each(["tcp", "ipc", "inproc"])("3 000 messages of 2 KB over %s", { timeout: 45_000 }, async (transport) => {
    expect(await workers("send", 2, transport)).toEqual(times(2, { code: 0, whole: 3_000, intact: 3_000 }));
  });

  test("over inproc, read when the worker is gone", async () => {
    expect(await workers("send-and-end", 5, "inproc")).toEqual(times(5, { code: 0, whole: 900, intact: 900 }));
  });
});

describe("frames that a worker thread sends over inproc", () => {
  const long = "\ufeffz\u00e9ro \0 \u{1f980}".repeat(20);
  const binary = Buffer.alloc(200, 0xff);
  const inproc = () => true;

  test("are strings where they are long and text", () => {
    const bytes = Buffer.from(`_${long}_`).subarray(1, -1);
    expect(asText(bytes, inproc)).toBe(long);
    expect(asText(new Uint8Array(bytes).buffer, inproc)).toBe(long);
    expect(asText(["a", null, binary, bytes], inproc)).toEqual(["a", null, binary, long]);
  });

  test("stay what they are where they are binary or short, and over other transports", () => {
    const short = Buffer.alloc(128, "a");
    const frames = [binary, short];
    expect(asText(binary, inproc)).toBe(binary);
    expect(asText(short, inproc)).toBe(short);
    expect(asText(frames, inproc)).toEqual(frames);
    const text = [Buffer.from(long)];
    expect(asText(text, () => false)).toBe(text);
  });
});
