/** How many events a watch keeps. */

import type { SocketEvent } from "@awaitmq/core";
import { eventually } from "@awaitmq/testing";
import { expect, test } from "vitest";
import { Watch } from "../../src/monitor/watch.ts";

test("a watch keeps a thousand events, drops the oldest of more, and tells by monitor_error how many were lost", async () => {
  let taken = 0;
  async function* events(): AsyncGenerator<SocketEvent, undefined> {
    yield { type: "dropped", count: 7 };
    for (; taken < 1_005; taken++) yield { type: "bind", address: `tcp://127.0.0.1:${taken}` } as SocketEvent;
    await new Promise(() => {});
  }
  const told: unknown[][] = [];
  const watch = new Watch(events, (...event) => told.push(event), 200, 1);
  await eventually(() => told.length >= 3);
  watch.stop();
  expect(taken).toBe(1_005);
  expect(told.slice(0, 3)).toEqual([
    ["monitor_error", new Error("12 events were lost: there were too many to wait")],
    ["listen", -1, "tcp://127.0.0.1:5"],
    ["listen", -1, "tcp://127.0.0.1:6"],
  ]);
});
