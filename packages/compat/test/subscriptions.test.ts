/** Thousands of subscriptions on one socket. */

import { freshTcp } from "@awaitmq/testing";
import { afterEach, describe, expect, test } from "vitest";
import type { Socket } from "../src/index.ts";
import { arrival, bound, closeAll, heard, open } from "./sockets.ts";

afterEach(closeAll);

const topics = Array.from({ length: 3_000 }, (_, index) => `t${index}.`);

describe.each([
  ["sub", {}],
  ["xsub", {}],
  ["sub", { hwm: 100 }],
  ["sub", { sndhwm: 100 }],
  ["xsub", { hwm: 100 }],
] as const)("3 000 subscriptions of a %s with %o", (type, settings) => {
  function subscribe(socket: Socket): void {
    for (const topic of topics) type === "sub" ? socket.subscribe(topic) : socket.send(`\u0001${topic}`);
  }

  test("all arrive, before it connects and after", async () => {
    const endpoint = await freshTcp();
    for (const early of [true, false]) {
      const publisher = open("xpub");
      const told = heard(publisher);
      await bound(publisher, endpoint);
      const subscriber = open(type, settings);
      subscriber.on("message", () => {});
      // An xsub sends from its first endpoint on.
      if (early && type === "sub") subscribe(subscriber);
      subscriber.connect(endpoint);
      if (!early || type === "xsub") subscribe(subscriber);
      await arrival(told, topics.length);
      expect(new Set(told.map(([frame]) => frame?.slice(1)))).toEqual(new Set(topics));
      closeAll();
    }
  });
});

test("A sub's sndhwm reads as it was set", () => {
  const sub = open("sub");
  expect([sub.sndhwm, sub.hwm]).toEqual([1_000, 1_000]);
  sub.sndhwm = 5;
  sub.hwm = 7;
  expect([sub.sndhwm, sub.hwm, sub.rcvhwm]).toEqual([5, 7, 7]);
});
