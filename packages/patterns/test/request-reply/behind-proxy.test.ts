/** Clients behind a proxy, and their limits. */

import {
  Dealer,
  type Handle,
  type Message,
  type ProxyStats,
  proxy,
  Request,
  Router,
  type Sendable,
} from "@awaitmq/core";
import { eventually, gate, numbers } from "@awaitmq/testing";
import { afterEach, expect, test } from "vitest";
import { OverloadedError, type RequestContext, type ServeOptions, serve } from "../../src/index.ts";
import { encodeHeader, isHeader, messageTypes, typeOf } from "../../src/wire/envelope.ts";
import { closeAll, connected } from "./pair.ts";

afterEach(closeAll);

/** A server behind so many proxies, and the endpoint of the outermost. */
async function behindProxies(count: number, handler: Parameters<typeof serve>[1], options: ServeOptions = {}) {
  const server = serve("tcp://127.0.0.1:*", handler, { grace: 0, ...options });
  const sockets: (Router | Dealer)[] = [];
  const passing: Handle<ProxyStats>[] = [];
  let [endpoint] = server.endpoints as [string];
  for (let hop = 0; hop < count; hop++) {
    const front = new Router();
    const back = new Dealer();
    back.connect(endpoint);
    endpoint = await front.bind("tcp://127.0.0.1:*");
    sockets.push(front, back);
    passing.push(proxy(front, back));
  }
  return {
    server,
    endpoint,
    async [Symbol.asyncDispose]() {
      await server.stop();
      await Promise.all(passing.map((one) => one.stop()));
      await Promise.all(sockets.map((socket) => socket.close({ linger: 0 })));
    },
  };
}

const headerOf = (type: 1 | 4, client: number, request: number) =>
  encodeHeader({ type, flags: 0, priority: 0, remaining: 60_000, client, request });

test.each([1, 2])(
  "a cancellation by way of %i proxies is ignored: it may be meant for another server",
  async (hops) => {
    let isAborted = false;
    const opening = gate();
    const handler = async ([what]: Message, { signal }: RequestContext) => {
      if (String(what) === "slow") await opening.opened;
      isAborted ||= signal.aborted;
      return what as Buffer;
    };
    await using behind = await behindProxies(hops, handler);
    await using dealer = new Dealer();
    dealer.connect(behind.endpoint);
    await dealer.send([headerOf(messageTypes.request, 1, 1), null, "slow"]);
    await dealer.send([headerOf(messageTypes.cancel, 1, 1), null]);
    await dealer.send([headerOf(messageTypes.request, 1, 2), null, "quick"]);
    expect(String((await dealer.receive()).at(-1))).toBe("quick");
    opening.open();
    expect(String((await dealer.receive()).at(-1))).toBe("slow");
    expect(isAborted).toBe(false);
    expect(behind.server.stats.invalid).toBe(0);
  },
);

test("requests of two clients with the same id are told apart behind a proxy", async () => {
  const opening = gate();
  const handler = async ([what]: Message) => opening.opened.then(() => what as Buffer);
  await using behind = await behindProxies(1, handler);
  await using one = new Dealer();
  await using other = new Dealer();
  for (const dealer of [one, other]) dealer.connect(behind.endpoint);
  await one.send([headerOf(messageTypes.request, 1, 1), null, "one"]);
  await other.send([headerOf(messageTypes.request, 1, 1), null, "other"]);
  await eventually(() => behind.server.stats.running === 2);
  opening.open();
  expect(String((await one.receive()).at(-1))).toBe("one");
  expect(String((await other.receive()).at(-1))).toBe("other");
});

test("a call that is given up behind a proxy sends nothing that would take the turn of a request", async () => {
  const server = serve(
    "tcp://127.0.0.1:*",
    async ([what]) => (String(what) === "wait" ? new Promise<never>(() => {}) : ""),
    {
      grace: 0,
      force: 0,
    },
  );
  await using front = new Router();
  await using back = new Dealer();
  back.connect(server.endpoints[0] as string);
  const asked: string[] = [];
  const types: number[] = [];
  const capture = {
    async send(message: Sendable) {
      const frames = message as Message;
      types.push(...frames.filter(isHeader).map(typeOf));
      asked.push(String(frames.at(-1)));
    },
  };
  await using passing = proxy(front, back, { capture });
  const asking = connected({ connect: await front.bind("tcp://127.0.0.1:*") });
  await asking.request("warm up");
  await expect(asking.request("wait", { timeout: 50 })).rejects.toThrow("No reply");
  await asking.request("next");
  await eventually(() => asked.includes("next"));
  expect(types).not.toContain(messageTypes.cancel);
  await passing.stop();
  await server.stop();
});

test("maxQueuedPerPeer counts each client of a proxy by itself, so that one can't take all the room", async () => {
  const opening = gate();
  const handler = async () => opening.opened.then(() => "answered");
  await using behind = await behindProxies(1, handler, { maxQueuedPerPeer: 3, errorReply: () => "refused" });
  const [greedy, modest] = [1, 2].map(() => connected({ connect: behind.endpoint, retry: { attempts: 1 } }));
  const calls = numbers(5).map(() => greedy?.request("?").catch((error) => error));
  await eventually(() => behind.server.stats.refused === 2);
  const other = modest?.request("?");
  await using plain = new Request();
  plain.connect(behind.endpoint);
  await plain.send("?");
  await eventually(() => behind.server.stats.running === 5);
  opening.open();
  const outcomes = await Promise.all(calls);
  expect(outcomes.filter((outcome) => outcome instanceof OverloadedError)).toHaveLength(2);
  expect(String(await other)).toBe("answered");
  expect(String(await plain.receive())).toBe("answered");
  // What was answered makes room.
  expect(String(await greedy?.request("?"))).toBe("answered");
});

test("maxQueuedPerProxy bounds the clients of a proxy together, who may be one that gives itself many names", async () => {
  const opening = gate();
  const handler = async () => opening.opened.then(() => "answered");
  await using behind = await behindProxies(0, handler, { maxQueuedPerPeer: 3, maxQueuedPerProxy: 10 });
  await using pretender = new Dealer();
  pretender.connect(behind.endpoint);
  for (const number of numbers(30))
    await pretender.send([`client ${number}`, headerOf(messageTypes.request, number, number), null, "?"]);
  await eventually(() => behind.server.stats.refused === 20);
  expect(behind.server.stats.running).toBe(10);
  const direct = connected({ connect: behind.endpoint });
  const call = direct.request("?");
  await eventually(() => behind.server.stats.running === 11);
  opening.open();
  expect(String(await call)).toBe("answered");
});
