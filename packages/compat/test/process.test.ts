/** When a process with classic sockets lives on, and when it exits. */

import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { eventually, type Finished, fixture, freshTcp, quickest, run, spawnProcess } from "@awaitmq/testing";
import { describe, expect, test } from "vitest";
import zmq from "../src/index.ts";

const ends = fixture("ends.cjs", import.meta.url);

describe("a process", () => {
  test.each([
    ["closed", "answered\n"],
    ["unref", "first\nlast\n"],
    ["unref-later", ""],
    ["close-without-endpoint", ""],
    ["close-all", "closed\n"],
  ])("ends by itself: %s", async (name, stdout) => {
    const finished = await run(ends, { args: [name, await freshTcp()] });
    expect(finished).toMatchObject({ code: 0, signal: null, stdout, stderr: "" });
  });

  test.each([
    ["unconnected", ["push"]],
    ["no-endpoint-left", ["push", "req"]],
  ])("ends where no socket has an endpoint, and tells what it could not send: %s", async (name, types) => {
    const finished = await run(ends, { args: [name, await freshTcp()] });
    expect(finished).toMatchObject({ code: 0, signal: null, stdout: "" });
    for (const type of types)
      expect(finished.stderr).toContain(`A closed ${type} socket did not send 1 of its messages`);
  });

  /** Runs a program that ends, beside one that ends at once: `extra` are the milliseconds that it took for longer. */
  async function timed(name: string) {
    const address = await freshTcp();
    const runs = [name, "close-without-endpoint"].map((each) => run(ends, { args: [each, address] }));
    const [finished, beside] = (await Promise.all(runs)) as [Finished, Finished];
    expect(finished).toMatchObject({ code: 0, signal: null, stdout: "" });
    return { ...finished, extra: finished.elapsed - beside.elapsed };
  }

  test("ends at once when it closes sockets that have sent nothing and whose peer is gone", async () => {
    const soon = 1_500;
    const took = await quickest(soon, async () => {
      const { extra, stderr } = await timed("lonely-sub");
      expect(stderr).toBe("");
      return extra;
    });
    expect(took).toBeLessThan(soon);
  });

  test("ends some two seconds after it closed a socket whose peer never comes", async () => {
    const longest = 5_000;
    const took = await quickest(longest, async () => {
      const { elapsed, extra } = await timed("dead-peer");
      expect(elapsed).toBeGreaterThan(1_500);
      return extra;
    });
    expect(took).toBeLessThan(longest);
  });

  test("lives while a socket has an endpoint", async () => {
    await using child = spawnProcess(ends, { args: ["open", await freshTcp()] });
    await child.line("still open");
    child.kill("SIGTERM");
    expect(await child.exited).toMatchObject({ signal: "SIGTERM" });
  });

  test("fails with what a handler throws", async () => {
    const finished = await run(ends, { args: ["handler-throws", await freshTcp()] });
    expect(finished.code).toBe(1);
    expect(finished.stderr).toContain("Error: from the handler");
  });

  test("hands over all that it sent before it ends", async () => {
    const address = await freshTcp();
    const pull = zmq.socket("pull").bindSync(address);
    let bytes = 0;
    pull.on("message", (body: Buffer) => {
      bytes += body.length;
    });
    const finished = await run(ends, { args: ["backlog", address] });
    expect(finished).toMatchObject({ code: 0, stderr: "" });
    await eventually(() => bytes === 200 * 500_000);
    pull.close();
  });
});

test.each(["ref", "unref"] as const)(
  "a socket with an endpoint that nobody refers to goes on, after %s",
  async (call) => {
    setFlagsFromString("--expose-gc");
    const gc = runInNewContext("gc") as () => void;
    const held = (() => {
      const made = zmq.socket("rep");
      const endpoint = made.bindSync("tcp://127.0.0.1:*").last_endpoint as string;
      made[call]();
      return { endpoint, made: new WeakRef(made) };
    })();
    for (let turns = 0; turns < 20; turns++) {
      await new Promise(setImmediate);
      gc();
    }
    expect(() => zmq.socket("rep").bindSync(held.endpoint)).toThrow("Address already in use");
    held.made.deref()?.close();
  },
);
