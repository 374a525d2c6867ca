/** Two clients under one routing id. */

import { type Message, Request } from "@awaitmq/core";
import { eventually } from "@awaitmq/testing";
import { describe, expect, test } from "vitest";
import { DisconnectedError, RequestClient, type RequestContext, serve } from "../../src/index.ts";

const inTime = { timeout: 100_000 };

/** A server whose handlers wait for their answer. */
function slow() {
  const asked = new Map<string, { context: RequestContext; answer: (reply: string) => void }>();
  const server = serve("tcp://127.0.0.1:*", ([question]: Message, context) => {
    return new Promise<string>((resolve) => asked.set(String(question), { context, answer: resolve }));
  });
  return { server, asked, endpoint: server.endpoints[0]! };
}

describe("A client that comes under the routing id of another that is still connected", () => {
  test("gets no reply to the other's request, whose handler is told that its client is gone", async () => {
    const { server, asked, endpoint } = slow();
    await using _server = server;
    await using first = new Request({ routingId: "dev", linger: 0 });
    await using second = new Request({ routingId: "dev", linger: 0 });
    first.connect(endpoint);
    await first.send("one");
    const one = (await eventually(() => asked.get("one")))!;
    second.connect(endpoint);
    await second.send("two");
    const two = (await eventually(() => asked.get("two")))!;
    expect(one.context.signal.reason).toBeInstanceOf(DisconnectedError);
    expect(two.context.signal.aborted).toBe(false);
    one.answer("to one");
    two.answer("to two");
    expect(String(await second.receive(inTime))).toBe("to two");
    expect(server.stats).toMatchObject({ invalid: 0 });
  });

  test("is served where both are RequestClients", async () => {
    await using server = serve("tcp://127.0.0.1:*", ([question]) => `to ${question}`);
    const options = { connect: server.endpoints[0]!, socket: { routingId: "dev" } };
    await using first = new RequestClient(options);
    expect(String(await first.request("one", inTime))).toBe("to one");
    await using second = new RequestClient(options);
    expect(String(await second.request("two", inTime))).toBe("to two");
  });
});
