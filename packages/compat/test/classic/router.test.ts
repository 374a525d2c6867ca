/** A ROUTER with unknown peers, and with bursts of messages. */

import { freshTcp } from "@awaitmq/testing";
import { afterEach, describe, expect, test } from "vitest";
import zmq from "../../src/index.ts";
import { arrival, closeAll, heard, open } from "../sockets.ts";

afterEach(closeAll);

describe("a router", () => {
  test("told to know its peers makes an error of a message to nobody, emitted or thrown, and else drops it", () => {
    const message = ["nobody", ""];
    const noRoute = { message: "No route to host", code: "EHOSTUNREACH" };

    const listened = open("router");
    const errors: unknown[] = [];
    listened.on("error", (error: Error) => {
      errors.push(error);
      listened.close();
    });
    listened.setsockopt(zmq.ZMQ_ROUTER_MANDATORY, 1);
    expect(() => listened.send(message)).not.toThrow();
    expect(errors).toEqual([expect.any(Error)]);
    expect(errors[0]).toMatchObject(noRoute);

    const unheard = open("router");
    unheard.setsockopt(zmq.ZMQ_ROUTER_MANDATORY, 1);
    for (let tries = 0; tries < 3; tries++) {
      expect(() => unheard.send(message)).toThrow(expect.objectContaining(noRoute));
    }

    const careless = open("router");
    expect(() => careless.send(message)).not.toThrow();
    expect(careless.send(message)).toBe(careless);
  });

  test("returns a burst of 1 000 messages to the dealer they came from, complete and in order", async () => {
    const router = open("router");
    const dealer = open("dealer");
    const address = await freshTcp();
    router.bindSync(address);
    router.on("message", (...frames: Buffer[]) => void router.send(frames));
    const echoes = heard(dealer);
    dealer.connect(address);
    const sent = Array.from({ length: 1_000 }, (_, index) => ["hello", "world", "part 3", `part 4 of ${index}`]);
    for (const message of sent) dealer.send(message);
    await arrival(echoes, 1_000);
    expect(echoes).toEqual(sent);
  });
});
