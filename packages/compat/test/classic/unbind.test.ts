/** Unbinding one of two addresses. */

import { freshTcp } from "@awaitmq/testing";
import { afterEach, describe, expect, test } from "vitest";
import { arrival, bound, closeAll, heard, open } from "../sockets.ts";

afterEach(closeAll);

describe("a socket bound to two addresses", () => {
  test("and unbound from one of them hears no more from there, and still from the other", async () => {
    const server = open("dealer");
    const left = open("dealer");
    const kept = open("dealer");
    const messages = heard(server);
    const one = await bound(server, await freshTcp());
    const two = await bound(server, await freshTcp());
    left.connect(one);
    left.send("hello from the left");
    kept.connect(two);
    kept.send("hello from the kept");
    await arrival(messages, 2);
    const told = new Promise((resolve) => server.on("unbind", resolve));
    const called = new Promise((resolve) => server.unbind(one, resolve));
    expect(await told).toBe(one);
    expect(await called).toBeUndefined();
    left.send("into the void");
    kept.send("more from the kept");
    await arrival(messages, 3);
    kept.send("the last from the kept");
    await arrival(messages, 4);
    expect(messages.map(([text]) => text).sort()).toEqual([
      "hello from the kept",
      "hello from the left",
      "more from the kept",
      "the last from the kept",
    ]);
  });
});
