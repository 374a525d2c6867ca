/** Whatever has a time of its own in the sources is waited past here while something is pending, which then still goes on. */

import { setTimeout as sleep } from "node:timers/promises";
import { eventually, freshInproc, freshTcp } from "@awaitmq/testing";
import { describe, expect, test, vi } from "vitest";
import { Dealer, Pair, Publisher, Pull, Push, Router, Subscriber, XPublisher, XSubscriber } from "../src/index.ts";
import { internals } from "../src/internals-key.ts";

/** Longer than a native receive that can be given up goes on, and than a monitor rests that nobody reads. */
const long = 1_200;
/** Longer than a wait for room, the pauses before a full peer, and what `ready` gives a handshake and a subscription. */
const short = 400;

describe.concurrent("a receive that can be given up waits past the end of its native receive", () => {
  test.each([
    ["Pull", () => new Pull(), () => new Push()],
    ["Pull with conflate", () => new Pull({ conflate: true }), () => new Push()],
    ["Dealer", () => new Dealer(), () => new Dealer()],
    ["Pair", () => new Pair(), () => new Pair()],
    ["XPublisher", () => new XPublisher(), () => new XSubscriber()],
  ] as const)("on a %s", async (_, openReceiver, openSender) => {
    await using receiver = openReceiver();
    await using sender = openSender();
    sender.connect(await receiver.bind("tcp://127.0.0.1:*"));
    const received = receiver.receive({ timeout: 100_000 });
    await sleep(long);
    // 1 and nothing more is a subscription to everything.
    await sender.send(Buffer.from([1]));
    expect(await received).toEqual([Buffer.from([1])]);
  });

  test("on a Router, which then answers a Dealer that waits as long", async () => {
    await using router = new Router();
    await using dealer = new Dealer();
    dealer.connect(await router.bind("tcp://127.0.0.1:*"));
    const request = router.receive({ timeout: 100_000 });
    const answer = dealer.receive({ timeout: 100_000 });
    await sleep(long);
    await dealer.send("late");
    await router.send(await request);
    expect(String(await answer)).toBe("late");
  });

  test("in a loop over a Subscriber", async () => {
    await using publisher = new Publisher();
    await using subscriber = new Subscriber();
    subscriber.subscribe();
    subscriber.connect(await publisher.bind("tcp://127.0.0.1:*"));
    await publisher.ready({ timeout: 100_000 });
    const first = subscriber.messages()[Symbol.asyncIterator]().next();
    await sleep(long);
    await publisher.send("late");
    expect(String((await first).value)).toBe("late");
  });
});

describe.concurrent("a send waits past", () => {
  test("many looks for room, while there is no peer", async () => {
    await using push = new Push();
    await using pull = new Pull();
    const sends = ["0", "1", "2"].map((text) => push.send(text, { timeout: 100_000 }));
    await sleep(short);
    push.connect(await pull.bind("tcp://127.0.0.1:*"));
    await Promise.all(sends);
    for (const text of ["0", "1", "2"]) expect(String(await pull.receive({ timeout: 100_000 }))).toBe(text);
  });

  test("the longest pause before a peer whose queue is full", async () => {
    await using router = new Router({ sendHighWaterMark: 1, sendBufferSize: 8_192 });
    await using dealer = new Dealer({ receiveHighWaterMark: 1, receiveBufferSize: 8_192, routingId: "full" });
    dealer.connect(await router.bind("tcp://127.0.0.1:*"));
    await dealer.send("here");
    await router.receive();
    let accepted = 0;
    const count = 40;
    const sends = Array.from({ length: count }, async () => {
      await router.send(["full", Buffer.alloc(1_000_000)], { timeout: 100_000 });
      accepted += 1;
    });
    await sleep(short);

    expect(accepted).toBeLessThan(count / 2);
    for (let read = 0; read < count; read++) await dealer.receive({ timeout: 100_000 });
    await Promise.all(sends);
  });
});

describe.concurrent("ready waits past the time that it gives a handshake", () => {
  test.each([
    ["Push", () => new Push(), () => new Pull()],
    ["Pull", () => new Pull(), () => new Push()],
    ["Subscriber", () => new Subscriber(), () => new Publisher()],
    ["Router", () => new Router(), () => new Router()],
  ] as const)("on a %s whose server comes late", async (_, openClient, openServer) => {
    await using client = openClient();
    await using server = openServer();
    const endpoint = await freshTcp();
    client.connect(endpoint);
    const ready = client.ready({ timeout: 100_000 });
    await sleep(short);
    await server.bind(endpoint);
    await ready;
  });

  test("and subscriptions, on a Publisher with a Subscriber that never ends to subscribe", async () => {
    await using publisher = new Publisher();
    await using restless = new Subscriber();
    await using other = new Subscriber();
    const endpoint = await publisher.bind("tcp://127.0.0.1:*");
    const ready = publisher.ready({ peers: 2, timeout: 100_000 });
    for (const subscriber of [restless, other]) subscriber.connect(endpoint);
    let count = 0;
    const timer = setInterval(() => restless.subscribe(`topic ${count++}`), 5);
    try {
      await ready;
    } finally {
      clearInterval(timer);
    }
  });

  test("for a second peer, on a Publisher whose first has not subscribed", async () => {
    await using publisher = new Publisher();
    const ready = publisher.ready({ peers: 2, timeout: 100_000 });
    const endpoint = await publisher.bind("tcp://127.0.0.1:*");
    await using first = new Subscriber();
    await using second = new Subscriber();
    first.connect(endpoint);
    await sleep(short);
    second.connect(endpoint);
    await ready;
  });
});

describe.concurrent("events are told past the longest rest of a monitor", () => {
  test("that a loop reads", async () => {
    await using pull = new Pull();
    await using push = new Push();
    const endpoint = await pull.bind("tcp://127.0.0.1:*");
    const accepted = (async () => {
      for await (const event of pull.events()) if (event.type === "accept") return event.type;
      return "nothing";
    })();
    await sleep(long);
    push.connect(endpoint);
    expect(await accepted).toBe("accept");
  });

  test("to what listens, while nobody reads", async () => {
    await using pull = new Pull();
    await using push = new Push();
    const events = pull.events();
    const endpoint = await pull.bind("tcp://127.0.0.1:*");
    await sleep(long);
    push.connect(endpoint);
    // Asking the socket itself would be reading.
    await eventually(() => pull[internals].monitor.peers === 1);
    await events.return?.();
  });

  test("that nobody read meanwhile", async () => {
    await using pull = new Pull();
    const peers = [new Push(), new Push()];
    const endpoint = await pull.bind("tcp://127.0.0.1:*");
    await sleep(long);
    for (const peer of peers) peer.connect(endpoint);
    await sleep(short);
    await pull.ready({ peers: 2, timeout: 100_000 });
    await Promise.all(peers.map((peer) => peer.close()));
  });
});

test("an unbind and a close end, and their port is free, also when the program stands still past their time", async () => {
  const [unbound, closed] = [new Pull(), new Pull()];
  const endpoints = [await unbound.bind("tcp://127.0.0.1:*"), await closed.bind("tcp://127.0.0.1:*")] as const;
  const ends = Promise.all([unbound.unbind(endpoints[0]), closed.close({ linger: 0 })]);
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1_100);
  await ends;
  await using pull = new Pull();
  for (const endpoint of endpoints) await pull.bind(endpoint);
  await unbound.close();
});

test("an unbind ends, and its port is free, where the event of its end does not come within its time", async () => {
  await using pull = new Pull();
  const endpoint = await pull.bind("tcp://127.0.0.1:*");
  // libzmq makes the event at once, so a stub hides it from `unbind`.
  const listen = vi.spyOn(pull[internals].monitor, "listen").mockReturnValue(() => {});
  const began = performance.now();
  await pull.unbind(endpoint);
  expect(performance.now() - began).toBeGreaterThan(900);
  listen.mockRestore();
  await pull.bind(endpoint);
});

test("a close ends, and other sockets go on, where libzmq may not let go of the socket for longer than its time", async () => {
  await using pair = new Pair();
  await using socket = new Pair();
  const inproc = await pair.bind(freshInproc());
  socket.connect(inproc);
  await socket.send("which nobody reads");
  // The two are bound until the other one looks, which it does not.
  socket.disconnect(inproc);
  await socket.bind("tcp://127.0.0.1:*");
  const began = performance.now();
  await socket.close({ linger: 100 });
  expect(performance.now() - began).toBeGreaterThan(1_000);
  await using pull = new Pull();
  await using push = new Push();
  push.connect(await pull.bind("tcp://127.0.0.1:*"));
  await push.send("on");
  expect(String(await pull.receive({ timeout: 100_000 }))).toBe("on");
});
