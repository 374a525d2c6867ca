/** Tests of the client: the service is a fake, an implementation of the contract that answers as the test wants it. */

import { RequestClient, serve } from "@awaitmq/patterns";
import { type Handlers, implement, remote, services } from "@awaitmq/rpc";
import { expect, test } from "vitest";
import { stock } from "../src/contract.ts";
import { order } from "../src/order.ts";

type Take = Handlers<typeof stock>["take"];

/** A service in this process, with one method that matters. The compiler checks it against the contract. */
function fake(name: string, take: Take) {
  const handlers = implement(stock, {
    take,
    count: () => Promise.reject(new Error("not used")),
    watch: () => Promise.reject(new Error("not used")),
  });
  const endpoint = `inproc://order-test-${name}`;
  const server = serve(endpoint, services(handlers));
  const client = new RequestClient({ connect: endpoint });
  return {
    service: remote(stock, client),
    async [Symbol.asyncDispose]() {
      await client.close();
      await server.stop();
    },
  };
}

test("all lines are taken, in order", async () => {
  const taken: string[] = [];
  await using running = fake("all", ({ item, pieces }) => {
    taken.push(`${pieces} ${item}`);
    return { item, left: 0 };
  });
  const lines = [
    { item: "pen", pieces: 2 },
    { item: "book", pieces: 1 },
  ];
  expect(await order(running.service, lines)).toEqual([]);
  expect(taken).toEqual(["2 pen", "1 book"]);
});

test("an item without enough pieces is missing, and so is an unknown one", async () => {
  await using running = fake("missing", ({ item }, { fail }) => {
    throw item === "pen" ? fail("TOO_FEW", { item, left: 1 }) : fail("UNKNOWN_ITEM", { item });
  });
  const lines = [
    { item: "pen", pieces: 2 },
    { item: "boat", pieces: 1 },
  ];
  expect(await order(running.service, lines)).toEqual([
    { item: "pen", left: 1 },
    { item: "boat", left: 0 },
  ]);
});

test("another error of the service ends the order", async () => {
  await using running = fake("broken", () => {
    throw new Error("The shelf fell down");
  });
  await expect(order(running.service, [{ item: "pen", pieces: 2 }])).rejects.toThrow("The shelf fell down");
});
