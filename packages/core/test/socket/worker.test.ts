/** Sockets in worker threads that end. */

import { fixture, freshTcp, run, sized } from "@awaitmq/testing";
import { describe, expect, test } from "vitest";
import { asText } from "../../src/message/worker-frames.ts";

/** Workers run in a process of their own, which an error in them must not take down. */
async function workers(scenario: string, times: number, transports: string): Promise<object[]> {
  const { code, stderr, stdout } = await run(fixture("worker-host.mjs", import.meta.url), {
    execArgv: ["--expose-gc"],
    args: [scenario, String(times), transports],
    timeout: 100_000,
  });
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  return JSON.parse(stdout) as object[];
}

function times<T>(count: number, item: T): T[] {
  return Array.from({ length: count }, () => item);
}

const ended = sized({ test: 6, soak: 20 });

describe("a worker thread that ends while it receives, over tcp and inproc in turn, leaves the process whole", () => {
  test.each([
    ["told to stop, by closeAll", "stop", { code: 0 }],
    ["terminated after closeAll", "terminate", { code: 1 }],
    ["by an error", "throw", { code: 1, error: "on purpose" }],
    ["by process.exit()", "exit", { code: 7 }],
    ["by an error, while it waits for peers and events", "watch-throw", { code: 1, error: "on purpose" }],
    ["by process.exit(), while it waits for peers and events", "watch-exit", { code: 7 }],
  ])(`%s, ${ended} of ${ended}`, async (_, scenario, end) => {
    expect(await workers(scenario, ended, "tcp,inproc")).toEqual(times(ended, end));
  });
});

describe("a worker thread that ends abruptly with watched sockets, of which libzmq lets go late,", () => {
  test.each([
    ["inproc", "throw"],
    ["inproc", "exit"],
    ["inproc", "closing"],
    ["tcp", "closing"],
    ["both", "throw"],
    ["both", "exit"],
    ["both", "closing"],
  ])("leaves libzmq able to end the sockets of other threads: over %s, by %s", async (transport, end) => {
    const { code, stderr, stdout } = await run(fixture("worker-watched.mjs", import.meta.url), {
      args: [transport, end],
    });
    expect({ code, stderr, stdout }).toEqual({ code: 0, stderr: "", stdout: "bound again\n" });
  });
});

describe("a worker thread that reads the events of a socket whose inproc peer never reads", () => {
  test.each([
    ["exit", "bound again\n"],
    ["return", "bind\nend,over\nbound again\n"],
  ])("ends at once, by %s, and leaves libzmq able to end the sockets of other threads", async (end, stdout) => {
    const script = fixture("worker-inproc-events.mjs", import.meta.url);
    const [finished, beside] = await Promise.all([run(script, { args: [end] }), run(script, { args: ["idle"] })]);
    expect(beside).toMatchObject({ code: 0, stderr: "", stdout: "bound again\n" });
    expect(finished).toMatchObject({ code: 0, stderr: "", stdout });
    // Below the time for which an end waits at most, on a machine of any speed.
    expect(finished.elapsed - beside.elapsed).toBeLessThan(4_000);
  });
});

describe.concurrent("a worker thread that ends abruptly with more to send than leaves in the time that its end gives", () => {
  const script = fixture("worker-unsent.mjs", import.meta.url);

  test.each([
    ["throw", "does not read"],
    ["exit", "does not read"],
    ["throw", "is not there"],
    ["exit", "is not there"],
  ])("drops it and ends, and other sockets go on: by %s, to a peer that %s", async (end, peer) => {
    const args = peer === "is not there" ? [end, await freshTcp()] : [end];
    const { code, stderr, stdout } = await run(script, { execArgv: ["--expose-gc"], args });
    expect({ code, stderr, stdout }).toEqual({ code: 0, stderr: "", stdout: "went on\n" });
  });
});

test("workers that end side by side, each in another way, leave the process whole", async () => {
  const script = fixture("worker-ends.mjs", import.meta.url);
  const { code, stderr, stdout } = await run(script, { args: ["1"] });
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  const ways = ["exit", "throw", "close", "closeAll", "closingThenExit", "closingThenThrow", "terminate"];
  expect(JSON.parse(stdout)).toEqual(Object.fromEntries(ways.map((way) => [way, 1])));
});

test.each(["idle", "closed"])(
  "a worker that runs out of memory with %s sockets leaves the process whole",
  async (sockets) => {
    const script = fixture("worker-memory.mjs", import.meta.url);
    const { code, stdout } = await run(script, { args: [sockets] });
    expect({ code, stdout }).toEqual({ code: 0, stdout: "ERR_WORKER_OUT_OF_MEMORY\nbound again\n" });
  },
);

describe("what a worker thread sent before its natural end arrives whole", () => {
  test.each(["tcp", "ipc", "inproc"])("3 000 messages of 2 KB over %s", async (transport) => {
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
