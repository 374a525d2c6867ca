/** The stacks of errors show who called. */

import { afterEach, expect, test } from "vitest";
import { remote } from "../../src/index.ts";
import { answering, probe } from "../probe.ts";
import { aborted, closeAll, connected, errorOf, scene } from "../scene.ts";

afterEach(closeAll);

type Calls = ReturnType<typeof remote<typeof probe>>;

async function theFunctionThatCalls(calls: Calls, value: string, timeout = 100_000): Promise<string> {
  return await calls.unary(value, { timeout });
}

async function theFunctionThatReads(calls: Calls): Promise<void> {
  for await (const _ of calls.serverStreaming("refuse"));
}

const answer = answering(async (value, { fail, signal }) => {
  if (value === "refuse") throw fail("REFUSED", { why: "" });
  if (value === "throw") throw new Error("broken");
  await aborted(signal);
  return "";
});

test.each([
  ["a failure", "refuse", "Failure", 100_000],
  ["an error of the handler", "throw", "RemoteError", 100_000],
  ["a timeout", "hang", "TimeoutError", 50],
])("of %s", async (_, value, name, timeout) => {
  const { calls } = scene(probe, answer);
  const error = await errorOf(theFunctionThatCalls(calls, value, timeout));
  expect(error.name).toBe(name);
  expect(error.stack).toContain("theFunctionThatCalls");
});

test("of a timeout without a server, and of a failure of a stream", async () => {
  const nowhere = remote(probe, connected("tcp://127.0.0.1:9"));
  expect((await errorOf(theFunctionThatCalls(nowhere, "a", 50))).stack).toContain("theFunctionThatCalls");
  const { calls } = scene(probe, answer);
  expect((await errorOf(theFunctionThatReads(calls))).stack).toContain("theFunctionThatReads");
});
