/** Asking libzmq to report peers that disconnect. */

import { Dealer, Router } from "@awaitmq/core";
import { freshInproc } from "@awaitmq/testing";
import { describe, expect, test } from "vitest";
import { announceDisconnects, isDisconnect } from "../../src/message/disconnect-message.ts";

describe("announceDisconnects", () => {
  test.each([
    ["tcp", "tcp://127.0.0.1:*"],
    ["inproc", freshInproc()],
  ])(
    "has a router that is bound later told of each peer that goes, behind its messages, over %s",
    async (_, address) => {
      await using router = new Router({ receiveTimeout: 100_000 });
      expect(announceDisconnects(router)).toBe(true);
      const endpoint = await router.bind(address);
      expect(announceDisconnects(router)).toBe(true);
      const dealer = new Dealer({ routingId: "peer" });
      dealer.connect(endpoint);
      await dealer.send("last words");
      await dealer.close();
      expect((await router.receive()).map(String)).toEqual(["peer", "last words"]);
      const message = await router.receive();
      expect(String(message[0])).toBe("peer");
      expect(isDisconnect(message)).toBe(true);
    },
  );

  test("says that it does not count for the endpoints that a router has already", async () => {
    await using router = new Router();
    await router.bind("tcp://127.0.0.1:*");
    expect(announceDisconnects(router)).toBe(false);
  });

  test("says so of a closed router", async () => {
    const router = new Router();
    await router.close();
    expect(announceDisconnects(router)).toBe(false);
  });
});
