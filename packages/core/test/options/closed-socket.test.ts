/** Options and calls of a closed socket. */

import { describe, expect, test } from "vitest";
import * as drafts from "../../src/draft.ts";
import * as core from "../../src/index.ts";
import { accessors, classes } from "./classes.ts";

describe("a closed socket", () => {
  test("throws ClosedError for reading and setting any option", async () => {
    for (const { name, ours } of classes) {
      const socket = new ours();
      await socket.close();
      for (const [option, { readable, writable }] of accessors(ours.prototype)) {
        if (["context", "closed", "endpoints", "sendTimeout", "receiveTimeout", "maxPendingSends"].includes(option))
          continue;
        if (readable) expect(() => socket[option], `${name}.${option}`).toThrow(core.ClosedError);
        if (writable)
          expect(() => Object.assign(socket, { [option]: 1 }), `${name}.${option}`).toThrow(core.ClosedError);
      }
    }
  });

  test("throws ClosedError from every synchronous call and rejects it from every other", async () => {
    const subscriber = new core.Subscriber();
    const router = new core.Router();
    const dish = new drafts.Dish();
    await Promise.all([subscriber.close(), router.close(), dish.close()]);
    for (const call of [
      () => subscriber.subscribe("a"),
      () => subscriber.unsubscribe("a"),
      () => subscriber.connect("tcp://127.0.0.1:1"),
      () => subscriber.disconnect("tcp://127.0.0.1:1"),
      () => subscriber.bindSync("tcp://127.0.0.1:*"),
      () => subscriber.events(),
      () => router.connect("tcp://127.0.0.1:1", { routingId: "a" }),
      () => dish.join("a"),
      () => dish.leave("a"),
    ])
      expect(call, String(call)).toThrow(core.ClosedError);
    for (const promise of [
      subscriber.bind("tcp://127.0.0.1:*"),
      subscriber.unbind("tcp://127.0.0.1:1"),
      subscriber.receive(),
      subscriber.ready(),
      router.send(["a", "b"]),
    ])
      await expect(promise).rejects.toThrow(core.ClosedError);
    expect(subscriber.endpoints).toEqual([]);
    expect(subscriber.closed).toBe(true);
    expect(await subscriber.close()).toBeUndefined();
  });
});
