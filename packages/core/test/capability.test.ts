import { expect, test } from "vitest";
import * as zmq from "zeromq";
import { capability, version } from "../src/index.ts";

test("version is that of libzmq", () => {
  expect(version).toMatch(/^4\.\d+\.\d+$/);
  expect(version).toBe(zmq.version);
});

test("capability tells what libzmq can do", () => {
  expect(capability).toMatchObject({ curve: true, ipc: expect.any(Boolean), draft: expect.any(Boolean) });
  expect(capability).toEqual(zmq.capability);
});
