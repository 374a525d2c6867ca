/** Errors of `send` as the first argument of its callback. */

import { afterEach, describe, expect, test } from "vitest";
import zmq from "../../src/index.ts";
import { closeAll, open } from "../sockets.ts";

afterEach(closeAll);

describe("a router that must know its peers", () => {
  test("is made by the option ROUTER_MANDATORY", () => {
    const router = open("router");
    expect(router.getsockopt(zmq.ZMQ_ROUTER_MANDATORY)).toBe(0);
    expect(router.setsockopt(zmq.ZMQ_ROUTER_MANDATORY, 1)).toBe(router);
    expect(router.getsockopt(zmq.ZMQ_ROUTER_MANDATORY)).toBe(1);
  });

  test("calls the callback of a message to a peer that is not connected with an error", async () => {
    const router = open("router");
    router.setsockopt(zmq.ZMQ_ROUTER_MANDATORY, 1);
    const outcome = await new Promise<unknown>((resolve) => {
      router.send(["nobody", "news"], null, resolve);
    });
    expect(outcome).toBeInstanceOf(Error);
    expect(outcome).toMatchObject({ message: "No route to host", code: "EHOSTUNREACH" });
  });
});
