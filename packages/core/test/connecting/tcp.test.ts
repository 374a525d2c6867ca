/** TCP: addresses, interfaces, IPv6. */

import { networkInterfaces } from "node:os";
import { freshTcp } from "@awaitmq/testing";
import { describe, expect, test } from "vitest";
import { AddressError, Pull, Push } from "../../src/index.ts";
import { expectPassage } from "./passage.ts";

const loopbacks = Object.values(networkInterfaces()).flatMap((addresses = []) => addresses.filter((a) => a.internal));
const hasIpv6 = loopbacks.some(({ address }) => address === "::1");

const loopback = Object.entries(networkInterfaces()).find(([, addresses = []]) =>
  addresses.some(({ address }) => address === "127.0.0.1"),
)?.[0];

describe("tcp", () => {
  test("carries messages over IPv4", async () => {
    await using pull = new Pull();
    await using push = new Push();
    const endpoint = await pull.bind("tcp://127.0.0.1:*");
    expect(endpoint).toMatch(/^tcp:\/\/127\.0\.0\.1:\d+$/);
    push.connect(endpoint);
    await expectPassage(push, pull);
  });

  test("connects before anything is bound, and goes on when it is", async () => {
    const endpoint = await freshTcp();
    await using push = new Push();
    push.connect(endpoint);
    const sent = push.send("early");
    await using pull = new Pull();
    await pull.bind(endpoint);
    await sent;
    expect(String(await pull.receive())).toBe("early");
  });

  test("binds all interfaces with *", async () => {
    await using pull = new Pull();
    await using push = new Push();
    const endpoint = await pull.bind("tcp://*:*");
    expect(endpoint).toMatch(/^tcp:\/\/0\.0\.0\.0:\d+$/);
    push.connect(endpoint.replace("0.0.0.0", "127.0.0.1"));
    await expectPassage(push, pull);
  });

  test("connects to a host name", async () => {
    await using pull = new Pull();
    await using push = new Push();
    const endpoint = await pull.bind("tcp://127.0.0.1:*");
    push.connect(endpoint.replace("127.0.0.1", "localhost"));
    await expectPassage(push, pull);
  });

  test("connects from a source address of choice", async () => {
    await using pull = new Pull();
    await using push = new Push();
    const endpoint = await pull.bind("tcp://127.0.0.1:*");
    push.connect(`tcp://127.0.0.1:0;${endpoint.slice("tcp://".length)}`);
    await expectPassage(push, pull);
  });

  test.skipIf(loopback === undefined)("binds an interface by its name", async () => {
    await using pull = new Pull();
    await using push = new Push();
    const endpoint = await pull.bind(`tcp://${loopback}:*`);
    expect(endpoint).toMatch(/^tcp:\/\/127\.0\.0\.1:\d+$/);
    push.connect(endpoint);
    await expectPassage(push, pull);
  });

  describe.skipIf(!hasIpv6)(`over IPv6${hasIpv6 ? "" : " (skipped: this machine has no ::1)"}`, () => {
    test("carries messages", async () => {
      await using pull = new Pull({ ipv6: true });
      await using push = new Push({ ipv6: true });
      const endpoint = await pull.bind("tcp://[::1]:*");
      expect(endpoint).toMatch(/^tcp:\/\/\[::1\]:\d+$/);
      push.connect(endpoint);
      await expectPassage(push, pull);
    });

    test("says so where the option ipv6 is missing", async () => {
      await using pull = new Pull();
      await expect(pull.bind("tcp://[::1]:*")).rejects.toThrow(/or the socket does not have the option ipv6: true$/);
    });

    test("serves IPv4 and IPv6 on one port with *", async () => {
      await using pull = new Pull({ ipv6: true });
      const endpoint = await pull.bind("tcp://*:*");
      const port = endpoint.slice(endpoint.lastIndexOf(":") + 1);
      await using four = new Push();
      await using six = new Push({ ipv6: true });
      four.connect(`tcp://127.0.0.1:${port}`);
      six.connect(`tcp://[::1]:${port}`);
      await expectPassage(four, pull);
      await expectPassage(six, pull);
    });

    test("refuses an IPv6 address without the option ipv6 with an AddressError", async () => {
      await using pull = new Pull();
      await expect(pull.bind("tcp://[::1]:*")).rejects.toThrow(AddressError);
    });
  });
});
