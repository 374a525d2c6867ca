/** Finding a Python with pyzmq. */

import { expect, test } from "vitest";
import { run } from "../src/process.ts";
import { python } from "../src/python.ts";

const command = python();

test.skipIf(command === undefined)("finds a Python that imports zmq", async () => {
  const { code, stdout } = await run("-c", { command: command!, args: ["import zmq; print(zmq.zmq_version())"] });
  expect(code).toBe(0);
  expect(stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
});
