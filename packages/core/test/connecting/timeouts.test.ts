/** Why nothing came or went, in the words of a TimeoutError. */

import { freshInproc } from "@awaitmq/testing";
import { describe, expect, test } from "vitest";
import { Dealer, Pull, Reply, Request, Router, Subscriber, XSubscriber } from "../../src/index.ts";

describe("the TimeoutError of a socket whose turn it is not", () => {
  const asked = async (wait: Promise<unknown>) => ((await wait.catch((error) => error)) as Error).message;

  test("says that nothing was asked for", async () => {
    await using subscriber = new Subscriber();
    await using xSubscriber = new XSubscriber();
    await using request = new Request();
    for (const socket of [subscriber, xSubscriber, request]) await socket.bind("tcp://127.0.0.1:*");
    expect(await asked(subscriber.receive({ timeout: 1 }))).toBe(
      "No message arrived on the Subscriber socket within 1 ms: it has not subscribed to anything. Call subscribe first",
    );
    expect(await asked(xSubscriber.receive({ timeout: 1 }))).toContain(
      "it has not sent a subscription. Send one first",
    );
    expect(await asked(request.receive({ timeout: 1 }))).toContain(
      "a Request receives the reply to what it has sent, and it has sent nothing",
    );
    subscriber.subscribe("a");
    expect(await asked(subscriber.receive({ timeout: 1 }))).toBe(
      "No message arrived on the Subscriber socket within 1 ms",
    );
    await using pull = new Pull();
    expect(await asked(pull.receive({ timeout: 1 }))).toContain("it is neither bound nor connected");
  });

  test("says so of a Reply that sends first and of a Request that sends twice", async () => {
    await using reply = new Reply();
    await using request = new Request({ linger: 0 });
    request.connect(await reply.bind("tcp://127.0.0.1:*"));
    expect(await asked(reply.send("first", { timeout: 5 }))).toContain(
      "a Reply sends one reply to each request that it has received, and has no request to answer. Receive first",
    );
    await request.send("one");
    expect(await asked(request.send("two", { timeout: 5 }))).toContain("the reply to its last request has not arrived");
  });

  test("names the peer of a Router that does not read", async () => {
    await using router = new Router({ sendHighWaterMark: 1, linger: 0 });
    await using dealer = new Dealer({ routingId: "slow", receiveHighWaterMark: 1 });
    const address = freshInproc();
    await router.bind(address);
    dealer.connect(address);
    await dealer.send("here");
    await router.receive();
    const failures: string[] = [];
    while (failures.length === 0)
      await router.send(["slow", "x"], { timeout: 5 }).catch((error) => failures.push(error.message));
    expect(failures[0]).toContain('the queue of peer "slow" is full, because it does not read');
  });
});
