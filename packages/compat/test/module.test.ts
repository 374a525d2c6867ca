/** The exports of the module by `require` and `import`, and its context. */

import { fixture, run } from "@awaitmq/testing";
import { describe, expect, test } from "vitest";
import zmq, * as module from "../src/index.ts";

describe("the module", () => {
  test("is one object for require and for import, whose members are also imported by name", async () => {
    const { code, stdout, stderr } = await run(fixture("face.mjs", import.meta.url));
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(JSON.parse(stdout)).toEqual([true, true, true, true, 2]);
  });

  test("has each constant by both its names, and every member by name", () => {
    for (const [name, value] of Object.entries(zmq)) {
      if (name.startsWith("ZMQ_")) expect(zmq[name.slice(4) as "SNDMORE"]).toBe(value);
      // The short names and `createSocket` apart.
      if (name.startsWith("ZMQ_") || !/^[A-Z0-9_]+$/.test(name)) expect(module[name as "socket"]).toBe(value);
    }
  });

  test("runs an old program as it is", async () => {
    const { code, stdout, stderr } = await run(fixture("check-js/old-program.cjs", import.meta.url));
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout).toContain("connected\n");
    expect(stdout).toContain("Esto es un\n");
  });
});

describe("the context", () => {
  test("takes the number of threads from ZMQ_IO_THREADS", async () => {
    const asks = (threads: string) =>
      run(fixture("threads.cjs", import.meta.url), { env: { ZMQ_IO_THREADS: threads } }).then(({ stdout, stderr }) => [
        stdout,
        stderr,
      ]);
    expect(await asks("3")).toEqual(["3\n", ""]);
    expect(await asks("none")).toEqual(["1\n", "Invalid number in ZMQ_IO_THREADS, using 1 IO thread.\n"]);
  });

  test("is not changed by another Context, unless that says how many threads", () => {
    const before = zmq.Context.getMaxThreads();
    zmq.Context.setMaxThreads(3);
    expect(new zmq.Context().getOpt(zmq.ZMQ_IO_THREADS)).toBe(3);
    zmq.Context.setMaxThreads(before);
  });

  test("is set and read by its numbers too", () => {
    const context = new zmq.Context(2);
    expect(context.getOpt(zmq.ZMQ_IO_THREADS)).toBe(2);
    context.setOpt(zmq.ZMQ_IO_THREADS, 1);
    expect(zmq.Context.getMaxThreads()).toBe(1);
    context.close();
    expect(() => context.getOpt(99)).toThrow(expect.objectContaining({ code: "EINVAL" }));
    expect(() => new zmq.Context(0)).toThrow(RangeError);
    expect(() => new zmq.Context("two" as never)).toThrow(TypeError);
  });
});
