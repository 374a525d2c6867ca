/** Two peers under one routing id, with and without `handover`. */

import { FlakyLink, fixture, spawnProcess } from "@awaitmq/testing";
import { describe, expect, test } from "vitest";
import { Dealer, Reply, Request, Router, TimeoutError } from "../../src/index.ts";

const inTime = { timeout: 100_000 };
const program = fixture("named-dealer.mjs", import.meta.url);

function named(): Dealer {
  return new Dealer({ routingId: "dev", linger: 0 });
}

/** The ways in which a peer can go, or stay, after its message "1". */
const ways: Record<string, (endpoint: string, heard: () => Promise<void>) => Promise<AsyncDisposable>> = {
  async "is closed"(endpoint, heard) {
    const dealer = named();
    dealer.connect(endpoint);
    await dealer.send("1");
    await heard();
    await dealer.close();
    return dealer;
  },
  async "is killed"(endpoint, heard) {
    const child = spawnProcess(program, { args: [endpoint] });
    await heard();
    child.kill("SIGKILL");
    await child.exited;
    return child;
  },
  async "falls silent"(endpoint, heard) {
    const link = await FlakyLink.open(endpoint);
    const dealer = named();
    dealer.connect(link.address);
    await dealer.send("1");
    await heard();
    link.stall();
    return {
      async [Symbol.asyncDispose]() {
        await dealer.close();
        await link[Symbol.asyncDispose]();
      },
    };
  },
  async "goes on"(endpoint, heard) {
    const dealer = named();
    dealer.connect(endpoint);
    await dealer.send("1");
    await heard();
    return dealer;
  },
};

describe.each(Object.entries(ways))("A Router that does not receive while a peer %s", (_, leave) => {
  test.each([
    ["Dealer", Dealer, "dev 2", ["3"]],
    ["Request", Request, "dev  2", ["", "3"]],
  ] as const)("hears and reaches the %s that comes under its routing id", async (_, Peer, message, answer) => {
    await using router = new Router();
    const endpoint = await router.bind("tcp://127.0.0.1:*");
    await using _first = await leave(endpoint, async () => {
      expect((await router.receive(inTime)).join(" ")).toBe("dev 1");
    });
    await using second = new Peer({ routingId: "dev", linger: 0 });
    second.connect(endpoint);
    await second.send("2");
    expect((await router.receive(inTime)).join(" ")).toBe(message);
    await router.send(["dev", ...answer]);
    expect(String(await second.receive(inTime))).toBe("3");
  });
});

test("A Reply answers a Request that comes under the routing id of another", async () => {
  await using reply = new Reply();
  const endpoint = await reply.bind("tcp://127.0.0.1:*");
  for (const question of ["first", "second"]) {
    await using request = new Request({ routingId: "dev", linger: 0 });
    request.connect(endpoint);
    await request.send(question);
    expect(String(await reply.receive(inTime))).toBe(question);
    await reply.send(`${question} answer`);
    expect(String(await request.receive(inTime))).toBe(`${question} answer`);
  }
});

test("With handover: false a Router ignores who comes under a routing id that is in use", async () => {
  await using router = new Router({ handover: false });
  const endpoint = await router.bind("tcp://127.0.0.1:*");
  await using first = named();
  await using second = named();
  first.connect(endpoint);
  await first.send("1");
  await router.receive(inTime);
  second.connect(endpoint);
  await second.ready(inTime);
  await second.send("2");
  await expect(router.receive({ timeout: 200 })).rejects.toBeInstanceOf(TimeoutError);
  await router.send(["dev", "3"]);
  expect(String(await first.receive(inTime))).toBe("3");
});
