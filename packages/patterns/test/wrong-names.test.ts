/** Options that a function does not have are a `TypeError`. */

import { Dealer, Pull, Router, XPublisher } from "@awaitmq/core";
import { freshTcp } from "@awaitmq/testing";
import { afterAll, describe, expect, test } from "vitest";
import { balance, dns, json, RequestClient, route, serve, serveBalanced, TopicPublisher, work } from "../src/index.ts";

const opened: AsyncDisposable[] = [];
afterAll(() => Promise.all(opened.map((each) => each[Symbol.asyncDispose]())));

function open<T extends AsyncDisposable>(each: T): T {
  opened.push(each);
  return each;
}

const nowhere = "tcp://127.0.0.1:1";

const router = open(new Router());
const dealer = open(new Dealer());
const peers = open(route(router));
dealer.connect(await router.bind(await freshTcp()));
await dealer.send("hello");
const { value: peer } = await peers[Symbol.asyncIterator]().next();
if (peer === undefined) throw new Error("The route has no peer");

const xpublisher = open(new XPublisher());
const publisher = open(new TopicPublisher(xpublisher, { codec: json }));
const client = open(new RequestClient({ connect: nowhere }));
const server = open(serve(open(new Router()), () => null));
const worker = open(work(open(new Pull()), () => {}));
const broker = open(balance(open(new Router()), open(new Router())));
const balanced = open(serveBalanced(open(new Dealer()), () => null));

/** Each call beside those of the helpers, and what it is called in errors. */
const calls: [name: string, call: (options: never) => unknown, of: string][] = [
  ["request", (options) => client.request("?", options), "request"],
  ["ready", (options) => client.ready(options), "ready"],
  ["dns", (options) => dns("tcp://name:1", options), "dns"],
  ["publish", (options) => publisher.publish("topic", 1, options), "publish"],
  ["subscribed", (options) => publisher.subscribed("topic", options), "subscribed"],
  ["close of a publisher", (options) => publisher.close(options), "close"],
  ["receive of a peer", (options) => peer.receive(options), "receive"],
  ["messages of a peer", (options) => peer.messages(options), "messages"],
  ["send to a peer", (options) => peer.send("message", options), "send"],
  ["stop of route", (options) => peers.stop(options), "stop"],
  ["stop of serve", (options) => server.stop(options), "stop"],
  ["stop of work", (options) => worker.stop(options), "stop"],
  ["stop of balance", (options) => broker.stop(options), "stop"],
  ["stop of serveBalanced", (options) => balanced.stop(options), "stop"],
];

describe("A call takes no option that it does not have, and no options that are no object:", () => {
  test.each(calls)("%s", async (_, call, of) => {
    for (const [options, wrong] of [
      [{ singal: new AbortController().signal }, 'has no option "singal"'],
      [{ timout: undefined }, 'has no option "timout"'],
      [5, "takes an object of options, got number"],
      [null, "takes an object of options, got null"],
    ] as const)
      await expect((async () => call(options as never))()).rejects.toThrow(new TypeError(`${of} ${wrong}`));
  });

  test("and after them all goes on", async () => {
    await publisher.publish("topic", 1);
    await peer.send("still here");
    expect(String(await dealer.receive())).toBe("still here");
    expect([xpublisher.closed, router.closed]).toEqual([false, false]);
  });
});
