/** Replies that do not reach their client. */

import { Dealer, type Message, Router } from "@awaitmq/core";
import { eventually, gate } from "@awaitmq/testing";
import { afterEach, describe, expect, test, vi } from "vitest";
import { json, RequestClient, type ServeOptions, serve } from "../../src/index.ts";
import { aborted, client, closeAll, served } from "./pair.ts";
import { HandClient } from "./streams/by-hand.ts";

afterEach(closeAll);

/** Notes what `onUndeliverable` is told of. */
function noting() {
  const told: string[] = [];
  const onUndeliverable: ServeOptions["onUndeliverable"] = (message, error) => {
    told.push(`${error.name} ${message.map(String).join("|")}`);
  };
  return { told, onUndeliverable };
}

describe("onUndeliverable is told of a reply", () => {
  test("whose client went while the handler ran, which is counted too", async () => {
    const { told, onUndeliverable } = noting();
    const [gone, opening] = [gate(), gate()];
    const handler = async (_: unknown, { signal }: { readonly signal: AbortSignal }) => {
      void aborted(signal).then(() => gone.open());
      await opening.opened;
      return ["the", null, Buffer.from("reply")];
    };
    const server = served(handler, { onUndeliverable });
    const dealer = new Dealer({ linger: 0 });
    dealer.connect(server.endpoints[0] as string);
    await dealer.send([null, "?"]);
    await eventually(() => server.stats.running === 1);
    await dealer.close();
    await gone.opened;
    opening.open();
    await eventually(() => told.length === 1);
    expect(told).toEqual(["DisconnectedError the||reply"]);
    expect(server.stats).toMatchObject({ served: 1, undeliverable: 1 });
  });

  test("that its client did not collect, each time that one is counted", async () => {
    const { told, onUndeliverable } = noting();
    await using router = new Router({ sendHighWaterMark: 1, sendBufferSize: 4_096, linger: 0 });
    await using server = serve(router, () => Buffer.alloc(100_000, "a"), {
      replyTimeout: 50,
      grace: 0,
      onUndeliverable,
    });
    await using dealer = new Dealer({ receiveHighWaterMark: 1, receiveBufferSize: 4_096, linger: 0 });
    dealer.connect(await router.bind("tcp://127.0.0.1:*"));
    for (let count = 0; count < 100; count++) await dealer.send([null, "?"]);
    await eventually(() => server.stats.served === 100 && told.length > 50);
    expect(told).toHaveLength(server.stats.undeliverable);
    expect(new Set(told)).toEqual(new Set([`TimeoutError ${"a".repeat(100_000)}`]));
  });

  test("and of each item of a stream, whose memory it may keep", async () => {
    const kept: Message[] = [];
    await using router = new Router({ sendHighWaterMark: 1, sendBufferSize: 4_096, linger: 0 });
    const letter = async function* ([text]: Message) {
      for (let count = 0; count < 10_000; count++) yield Buffer.alloc(1_000, text);
    };
    // The error of the stream may follow.
    const onUndeliverable = (message: Message) => message[0].length === 1_000 && kept.push(message);
    await using server = serve(router, letter, { replyTimeout: 50, grace: 0, onUndeliverable });
    const endpoint = await router.bind("tcp://127.0.0.1:*");
    await using deaf = new HandClient(endpoint, 7, { receiveHighWaterMark: 1, receiveBufferSize: 4_096 });
    await deaf.open({ request: 1, body: "a", credit: { items: 10_000, bytes: 100_000_000 } });
    await eventually(() => kept.length > 1 && server.stats.running === 0);
    await using asking = new RequestClient({ connect: endpoint });
    for await (const [item] of asking.stream("b", { window: { items: 16 } })) {
      expect(String(item)).toBe("b".repeat(1_000));
      break;
    }
    expect(new Set(kept.map(String))).toEqual(new Set(["a".repeat(1_000)]));
  });

  test("that came after the server had ended without its handler", async () => {
    using warning = vi.spyOn(process, "emitWarning").mockReturnValue();
    const { told, onUndeliverable } = noting();
    const opening = gate();
    await using server = serve("tcp://127.0.0.1:*", async () => opening.opened.then(() => ({ late: true })), {
      grace: 0,
      force: 0,
      codec: json,
      onUndeliverable,
    });
    const asking = client(server);
    const failed = expect(asking.request("{}")).rejects.toMatchObject({ remoteCode: "ERR_UNAVAILABLE" });
    await eventually(() => server.stats.running === 1);
    await server.stop();
    await failed;
    opening.open();
    await eventually(() => told.length === 1);
    expect(told).toEqual(['UnavailableError {"late":true}']);
    expect(server.stats).toMatchObject({ served: 0, undeliverable: 1 });
    expect(warning).toHaveBeenCalledOnce();
  });

  test("but not of one whose client had given up", async () => {
    const { told, onUndeliverable } = noting();
    const server = served(async (_, { signal }) => aborted(signal).then(() => "reply"), { onUndeliverable });
    const giving = new AbortController();
    const call = client(server).request("?", { signal: giving.signal });
    const rejected = expect(call).rejects.toBe("enough");
    await eventually(() => server.stats.running === 1);
    giving.abort("enough");
    await rejected;
    await eventually(() => server.stats.served === 1);
    await server.stop();
    expect(server.stats.undeliverable).toBe(0);
    expect(told).toEqual([]);
  });
});
