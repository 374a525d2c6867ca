/** What options do, and their defaults. */

import { describe, expect, test } from "vitest";
import type * as zmq from "zeromq";
import * as core from "../../src/index.ts";
import { type AnySocket, accessors, apart, classes, notOptions, vmci } from "./classes.ts";

describe("options", () => {
  test("have zeromq's defaults, except those documented to differ", async () => {
    for (const { name, ours, native } of classes) {
      await using socket = new ours();
      const theirs = new (native.constructor as new () => zmq.Socket & Record<string, unknown>)();
      const differing: Record<string, unknown> = {};
      for (const [option, { readable }] of accessors(native)) {
        if (!readable || [...notOptions, ...apart, "context"].includes(option)) continue;
        // libzmq has no word for it: it is false.
        if (option === "mandatory") expect(() => theirs[option]).toThrow("Invalid argument");
        if ((option === "mandatory" ? false : theirs[option]) !== socket[option]) differing[option] = socket[option];
      }
      theirs.close();
      const documented = {
        handshakeInterval: 2_500,
        // As in libzmq: nobody waits for subscriptions that were not sent.
        ...(!["Subscriber", "XSubscriber"].includes(name) && { linger: 2_000 }),
        ...(["Push", "Dealer", "Request"].includes(name) && { immediate: true }),
        ...(name === "Router" && { mandatory: true }),
        ...(name === "XSubscriber" && { sendHighWaterMark: 0 }),
      };
      expect(differing, name).toEqual(documented);
    }
  });

  test("of CURVE are null until they are set, and then read back", async () => {
    await using push = new core.Push();
    expect(push.curvePublicKey).toBeNull();
    expect(push.curveSecretKey).toBeNull();
    expect(push.curveServerKey).toBeNull();
    const own = core.curveKeyPair();
    const server = core.curveKeyPair();
    push.curvePublicKey = own.publicKey;
    push.curveSecretKey = own.secretKey;
    push.curveServerKey = server.publicKey;
    expect(push.curvePublicKey).toBe(own.publicKey);
    expect(push.curveSecretKey).toBe(own.secretKey);
    expect(push.curveServerKey).toBe(server.publicKey);
    expect(push.securityMechanism).toBe("curve");
  });

  test("of a network filter read back what was set", async () => {
    await using pull = new core.Pull({ tcpAcceptFilter: "127.0.0.0/8" });
    expect(pull.tcpAcceptFilter).toBe("127.0.0.0/8");
    expect(() => {
      pull.tcpAcceptFilter = "no network";
    }).toThrow(RangeError);
    expect(pull.tcpAcceptFilter).toBe("127.0.0.0/8");
    pull.tcpAcceptFilter = null;
    expect(pull.tcpAcceptFilter).toBeNull();
  });

  test("of VMCI say that this build has none", async () => {
    await using push = new core.Push();
    for (const name of vmci) expect(() => (push as unknown as AnySocket)[name], name).toThrow(RangeError);
  });

  test("take a routing id of any bytes, and a peer knows the socket by it", async () => {
    await using router = new core.Router();
    const endpoint = await router.bind("tcp://127.0.0.1:*");
    const routingId = Buffer.from([0xff, 0xfe, 0x80, 1]);
    await using dealer = new core.Dealer({ routingId });
    dealer.connect(endpoint);
    await dealer.send("hello");
    const [from, body] = await router.receive();
    expect(from).toEqual(routingId);
    expect(String(body)).toBe("hello");
  });

  test("take a welcome message of any bytes, which each new subscriber gets first", async () => {
    const welcomeMessage = Buffer.from([0xff, 0x80, 0]);
    await using publisher = new core.XPublisher({ welcomeMessage });
    const endpoint = await publisher.bind("tcp://127.0.0.1:*");
    await using subscriber = new core.Subscriber();
    subscriber.subscribe(welcomeMessage);
    subscriber.connect(endpoint);
    const [subscription] = await publisher.receive();
    expect(subscription).toEqual(Buffer.concat([Buffer.from([1]), welcomeMessage]));
    expect(await subscriber.receive()).toEqual([welcomeMessage]);
  });

  test("given as undefined are left at their default", async () => {
    await using push = new core.Push({ sendHighWaterMark: undefined, linger: undefined });
    expect(push.sendHighWaterMark).toBe(1_000);
    expect(push.linger).toBe(2_000);
    await using router = new core.Router({ mandatory: undefined });
    expect(router.mandatory).toBe(true);
  });

  test("bound the queue as they say", async () => {
    await using push = new core.Push({ sendHighWaterMark: 3, immediate: false });
    await using pull = new core.Pull({ receiveHighWaterMark: 2 });
    const address = "inproc://awaitmq-options-queue";
    pull.bindSync(address);
    push.connect(address);
    let accepted = 0;
    await expect(
      (async () => {
        for (; accepted < 100; accepted++) await push.send("x", { timeout: 100 });
      })(),
    ).rejects.toThrow(core.TimeoutError);
    expect(accepted).toBe(5);
    expect(push.maxPendingSends).toBe(10_000);
  });

  test("bound the wait of each receive and send while no timeout is given", async () => {
    await using pull = new core.Pull({ receiveTimeout: 20 });
    await pull.bind("tcp://127.0.0.1:*");
    await expect(pull.receive()).rejects.toThrow(core.TimeoutError);
    await using push = new core.Push({ sendTimeout: 20 });
    await expect(push.send("to nobody")).rejects.toThrow(core.TimeoutError);
  });
});

describe("an options object", () => {
  test("is never changed, frozen or not", async () => {
    const context = new core.Context();
    const options = { context, linger: 0, sendHighWaterMark: 5 };
    const frozen = Object.freeze({ ...options });
    await using first = new core.Push(options);
    await using second = new core.Push(options);
    await using third = new core.Push(frozen);
    expect(options).toEqual({ context, linger: 0, sendHighWaterMark: 5 });
    for (const socket of [first, second, third]) {
      expect(socket.context).toBe(context);
      expect(socket.sendHighWaterMark).toBe(5);
    }
  });

  test("is not kept: a change to it changes no socket", async () => {
    const options = { sendHighWaterMark: 5 };
    await using push = new core.Push(options);
    options.sendHighWaterMark = 6;
    expect(push.sendHighWaterMark).toBe(5);
  });
});

test("maxMessageSize ends the connection of a peer that sends a larger frame, and bounds no sum of frames", async () => {
  await using pull = new core.Pull({ maxMessageSize: 1_000 });
  await using push = new core.Push({ linger: 0 });
  push.connect(await pull.bind("tcp://127.0.0.1:*"));
  await push.send(Array.from({ length: 100 }, () => Buffer.alloc(1_000)));
  expect(await pull.receive({ timeout: 100_000 })).toHaveLength(100);
  const ended = (async () => {
    for await (const { type } of pull.events()) if (type === "disconnect") return type;
    return undefined;
  })();
  await push.send(Buffer.alloc(1_001));
  expect(await ended).toBe("disconnect");
});
