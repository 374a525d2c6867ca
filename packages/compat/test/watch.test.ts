import type { SocketEvent } from "@awaitmq/core";
import { eventually } from "@awaitmq/testing";
import { expect, test } from "vitest";
import { Watch } from "../src/watch.ts";

test("a watch takes no more than its next look needs, and tells by monitor_error how many events were lost", async () => {
  let taken = 0;
  async function* events(): AsyncGenerator<SocketEvent, undefined> {
    yield { type: "dropped", count: 7 };
    for (;;) {
      taken += 1;
      yield { type: "bind", address: `tcp://127.0.0.1:${taken}` } as SocketEvent;
    }
  }
  const told: unknown[][] = [];
  const watch = new Watch(events, (...event) => told.push(event), 5, 1);
  await eventually(() => told.length >= 3);
  watch.stop();
  expect(told[0]).toEqual(["monitor_error", new Error("7 events were lost: there were too many to wait")]);
  expect(told[1]).toEqual(["listen", -1, "tcp://127.0.0.1:1"]);
  expect(taken).toBeLessThanOrEqual(told.length + 2);
});
