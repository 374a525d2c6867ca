/** The signal that notifies handlers of a shutdown. */

import { expect, test } from "vitest";
import { Stopping } from "../../src/concurrency/stopping.ts";

test("is one signal, which aborts with the first reason", () => {
  const stopping = new Stopping();
  const { signal } = stopping;
  expect(stopping.signal).toBe(signal);
  expect(signal.aborted).toBe(false);
  stopping.begin("first");
  stopping.begin("second");
  expect(signal.reason).toBe("first");
  expect(stopping.signal).toBe(signal);
});

test("has aborted if it is first read after the shutdown began", () => {
  const stopping = new Stopping();
  stopping.begin("first");
  stopping.begin("second");
  expect(stopping.signal.aborted).toBe(true);
  expect(stopping.signal.reason).toBe("first");
});
