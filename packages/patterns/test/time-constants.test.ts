/** Whatever has a time of its own in the sources is waited past here while something is pending, which then still goes on. */

import { setTimeout as sleep } from "node:timers/promises";
import { Context, curveKeyPair, Dealer, Pull, Push, Reply, Router, Subscriber, XPublisher } from "@awaitmq/core";
import { eventually, freshTcp, gate } from "@awaitmq/testing";
import { describe, expect, test } from "vitest";
import { RequestClient, serve, serveBalanced, subscribe, TopicPublisher, text, work } from "../src/index.ts";

/** Longer than a client's and a server's patience with each other, and than all their pauses. */
const long = 1_300;

const late = async ([body]: readonly Buffer[]) => {
  await sleep(long);
  return `late ${body}`;
};

describe.concurrent("a call that is pending for more than a second is answered", () => {
  test("by a slow handler, and so is one after a rest as long", async () => {
    await using server = serve("tcp://127.0.0.1:*", late);
    await using client = new RequestClient({ connect: server.endpoints, timeout: 100_000 });
    expect(String(await client.request("1"))).toBe("late 1");
    await sleep(long);
    expect(String(await client.request("2"))).toBe("late 2");
  });

  test("by a server that comes late", async () => {
    const endpoint = await freshTcp();
    await using client = new RequestClient({ connect: endpoint, timeout: 100_000 });
    const reply = client.request("1");
    await sleep(long);
    const server = serve(endpoint, ([body]) => `re: ${body}`);
    expect(String(await reply)).toBe("re: 1");
    await server.stop();
  });

  test("by a server that ends meanwhile, and waits for its handler", async () => {
    const server = serve("tcp://127.0.0.1:*", late, { grace: 20_000 });
    await using client = new RequestClient({ connect: server.endpoints, timeout: 100_000 });
    const reply = client.request("1");
    await eventually(() => server.stats.running === 1);
    const stopped = server.stop();
    expect(String(await reply)).toBe("late 1");
    await stopped;
  });

  test("by the next server of a router whose first ended", async () => {
    await using router = new Router();
    const first = serve(router, () => "first", { grace: 0 });
    const endpoint = await router.bind("tcp://127.0.0.1:*");
    await using client = new RequestClient({ connect: endpoint, timeout: 100_000 });
    expect(String(await client.request("1"))).toBe("first");
    await first.stop();
    const reply = client.request("2");
    await sleep(long);
    const second = serve(router, () => "second", { grace: 0 });
    expect(String(await reply)).toBe("second");
    await second.stop();
  });

  test("by a slow handler, whose server looks all the while whether the client is there", async () => {
    await using router = new Router();
    const endpoint = await router.bind("tcp://127.0.0.1:*");
    // On an endpoint that is older than the server libzmq does not tell of a client that goes: so it probes.
    await using _server = serve(router, late, { grace: 0, probeInterval: 20 });
    await using client = new RequestClient({ connect: endpoint, timeout: 100_000 });
    expect(String(await client.request("1"))).toBe("late 1");
    expect(client.stats).toMatchObject({ late: 0, invalid: 0 });
  });

  // Nobody comes to the second server of these two clients: without it a refusal would reject the call.
  test("by a server that refuses its password again and again, and then takes it", async () => {
    const context = new Context();
    await using door = new Reply({ context });
    await door.bind("inproc://zeromq.zap.01");
    let [right, knocks] = ["another", 0];
    const answering = (async () => {
      for await (const [version, id, ...rest] of door) {
        knocks += 1;
        await door.send([version, id as Buffer, String(rest.at(-1)) === right ? "200" : "400", "", "", ""]);
      }
    })();
    await using router = new Router({ context, plainServer: true, zapDomain: "test" });
    await using server = serve(router, () => "let in", { grace: 0 });
    await using client = new RequestClient({
      connect: [await router.bind("tcp://127.0.0.1:*"), await freshTcp()],
      socket: { plainUsername: "user", plainPassword: "password" },
      timeout: 100_000,
    });
    const reply = client.request("?");
    await eventually(() => knocks >= 2);
    await eventually(() => client.servers[0]?.state === "refused");
    right = "password";
    expect(String(await reply)).toBe("let in");
    expect(knocks).toBeGreaterThan(2);
    await server.stop();
    await router.close();
    await door.close();
    await answering;
  });

  test("by the next server of an endpoint whose first broke off many handshakes, for it had another key", async () => {
    const [wrong, right, mine] = [curveKeyPair(), curveKeyPair(), curveKeyPair()];
    const endpoint = await freshTcp();
    await using client = new RequestClient({
      connect: [endpoint, await freshTcp()],
      socket: { curveServerKey: right.publicKey, curvePublicKey: mine.publicKey, curveSecretKey: mine.secretKey },
      timeout: 100_000,
    });
    const reply = client.request("?");
    const first = new Router({ curveServer: true, curveSecretKey: wrong.secretKey });
    let breaks = 0;
    const counting = (async () => {
      for await (const { type } of first.events()) if (type.startsWith("handshake:error")) breaks += 1;
    })();
    await first.bind(endpoint);
    const began = performance.now();
    await eventually(() => breaks > 3 && performance.now() - began > long);
    expect(client.servers[0]?.state).toBe("refused");
    await first.close();
    await counting;
    await using second = new Router({ curveServer: true, curveSecretKey: right.secretKey });
    await using _server = serve(second, () => "let in", { grace: 0 });
    await second.bind(endpoint);
    expect(String(await reply)).toBe("let in");
  });
});

test("a server that is avoided after a call took too long there is asked again in a while, though that call still runs", async () => {
  let begun = 0;
  let open = () => {};
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  await using slow = serve("tcp://127.0.0.1:*", async () => (begun++ === 0 ? opened.then(() => "slow") : "slow"));
  await using quick = serve("tcp://127.0.0.1:*", () => "quick");
  const connect = [...slow.endpoints, ...quick.endpoints];
  await using client = new RequestClient({ connect, timeout: 100_000, retry: { attemptTimeout: 500, budget: 1 } });
  await client.ready({ servers: 2 });
  const ask = async () => String(await client.request("?", { idempotent: true }));
  await eventually(async () => {
    await ask();
    return client.stats.retried === 1;
  });
  const avoided = performance.now();
  const replies: string[] = [];
  while (performance.now() - avoided < 50) replies.push(await ask());
  // Where this took longer than it is avoided for, it may have been asked again.
  if (performance.now() - avoided < 150) expect(new Set(replies)).toEqual(new Set(["quick"]));
  expect(await eventually(async () => (await ask()) === "slow")).toBe(true);
  open();
});

test("a server ends though a plain client never stops to ask", async () => {
  const server = serve("tcp://127.0.0.1:*", () => "");
  await using plain = new Dealer({ linger: 0 });
  plain.connect(server.endpoints[0] as string);
  const asking = setInterval(() => void plain.send([null, "?"]).catch(() => {}), 5);
  await eventually(() => server.stats.served > 0);
  const began = performance.now();
  await server.stop();
  expect(performance.now() - began).toBeLessThan(10_000);
  expect(server.stats.refused).toBeGreaterThan(0);
  clearInterval(asking);
});

test("a worker whose broker is away for longer than it takes leave finishes what runs, answers the next broker, and leaves", async () => {
  const endpoint = await freshTcp();
  const broker = new Router();
  await broker.bind(endpoint);
  const hold = gate();
  await using dealer = new Dealer();
  const events = dealer.events();
  dealer.connect(endpoint);
  const serving = serveBalanced(dealer, () => hold.opened.then(() => "answered"), { grace: 100_000 });
  const [id] = await broker.receive();
  await broker.send([id, "", Buffer.alloc(16), "", "?"]);
  await eventually(() => serving.stats.running === 1);
  await broker.close();
  // Before that it would send READY 0 to the connection that breaks.
  for await (const { type } of events) if (type === "disconnect") break;
  const stopped = serving.stop();
  await sleep(2_500);
  expect(serving.stats.running).toBe(1);
  await using next = new Router();
  await next.bind(endpoint);
  hold.open();
  const heard: string[] = [];
  while (heard.at(-1) !== "LEAVE") heard.push(String((await next.receive()).at(-1)));
  expect(heard).toEqual(["answered", "LEAVE"]);
  await stopped;
});

test("what was sent leaves though its peer comes later in `force` than last words take", async () => {
  await using push = new Push();
  const endpoint = await freshTcp();
  const results = { connect: endpoint, socket: { immediate: false, linger: 100_000 } };
  const worker = work(await push.bind("tcp://127.0.0.1:*"), () => "result", { results });
  await push.send("task");
  await eventually(() => worker.stats.completed === 1);
  const stopped = worker.stop({ grace: 0, force: 100_000 });
  await sleep(long);
  await using sink = new Pull();
  await sink.bind(endpoint);
  expect(String(await sink.receive())).toBe("result");
  await stopped;
});

test("subscribed() waits past its pauses for a subscriber that comes late", async () => {
  await using xpublisher = new XPublisher();
  await using subscriber = new Subscriber();
  const publisher = new TopicPublisher(xpublisher, { codec: text });
  const endpoint = await xpublisher.bind("tcp://127.0.0.1:*");
  const subscribed = publisher.subscribed("late", { timeout: 100_000 });
  await sleep(300);
  const messages = subscribe(subscriber, ["late"], { codec: text })[Symbol.asyncIterator]();
  subscriber.connect(endpoint);
  await subscribed;
  const first = messages.next();
  await publisher.publish("late", "value");
  expect((await first).value).toMatchObject({ value: "value" });
});
