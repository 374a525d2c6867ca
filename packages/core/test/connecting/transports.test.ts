/** IPC, inproc, several transports on one socket, and those that a build lacks. */

import { tmpdir } from "node:os";
import { join } from "node:path";
import { freshInproc, freshIpc, numbers } from "@awaitmq/testing";
import { describe, expect, test } from "vitest";
import {
  capability,
  Dealer,
  Pair,
  Publisher,
  Pull,
  Push,
  Router,
  Subscriber,
  UnsupportedError,
} from "../../src/index.ts";
import { expectPassage } from "./passage.ts";

describe.skipIf(!capability.ipc)("ipc", () => {
  test("carries messages", async () => {
    const endpoint = freshIpc();
    await using pull = new Pull();
    await using push = new Push();
    expect(await pull.bind(endpoint)).toBe(endpoint);
    push.connect(endpoint);
    await expectPassage(push, pull);
  });

  test("makes up a path for *", async () => {
    await using first = new Pull();
    await using second = new Pull();
    await using push = new Push();
    const endpoint = await first.bind("ipc://*");
    expect(endpoint).toMatch(/^ipc:\/\/.+/);
    expect(await second.bind("ipc://*")).not.toBe(endpoint);
    push.connect(endpoint);
    await expectPassage(push, first);
  });

  test("binds again to a path when the socket there is closed, whose file libzmq leaves", async () => {
    const endpoint = freshIpc();
    const first = new Pull();
    await first.bind(endpoint);
    await first.close();
    await using second = new Pull();
    await using push = new Push();
    expect(await second.bind(endpoint)).toBe(endpoint);
    push.connect(endpoint);
    await expectPassage(push, second);
  });

  test.skipIf(process.platform !== "linux")("carries messages by an abstract name", async () => {
    const endpoint = freshIpc().replace("ipc:///", "ipc://@");
    await using pull = new Pull();
    await using push = new Push();
    expect(await pull.bind(endpoint)).toBe(endpoint);
    push.connect(endpoint);
    await expectPassage(push, pull);
  });

  test("refuses a folder that is not there, and a path too long, with an AddressError", async () => {
    await using pull = new Pull();
    await expect(pull.bind(`ipc://${join(tmpdir(), "awaitmq-no-such-folder", "x.sock")}`)).rejects.toMatchObject({
      name: "AddressError",
      code: "ERR_ADDRESS_UNAVAILABLE",
      message: expect.stringContaining("folder does not exist"),
    });
    await expect(pull.bind(`ipc:///tmp/${"x".repeat(200)}`)).rejects.toMatchObject({ code: "ERR_ADDRESS_INVALID" });
  });
});

describe("inproc", () => {
  test("carries messages when bound first", async () => {
    const endpoint = freshInproc();
    await using pull = new Pull();
    await using push = new Push();
    expect(await pull.bind(endpoint)).toBe(endpoint);
    push.connect(endpoint);
    await expectPassage(push, pull);
  });

  test("carries messages when connected first", async () => {
    const endpoint = freshInproc();
    await using pull = new Pull();
    await using push = new Push();
    push.connect(endpoint);
    const passage = expectPassage(push, pull);
    expect(await pull.bind(endpoint)).toBe(endpoint);
    await passage;
  });

  test("refuses a name that is bound already", async () => {
    const endpoint = freshInproc();
    await using first = new Pull();
    await using second = new Pull();
    await first.bind(endpoint);
    await expect(second.bind(endpoint)).rejects.toMatchObject({ code: "ERR_ADDRESS_IN_USE", address: endpoint });
    await first.close();
    expect(await second.bind(endpoint)).toBe(endpoint);
  });
});

describe("several transports", () => {
  test("on one socket all deliver to it, bound", async () => {
    await using pull = new Pull();
    const endpoints = [
      await pull.bind("tcp://127.0.0.1:*"),
      await pull.bind("tcp://127.0.0.1:*"),
      ...(capability.ipc ? [await pull.bind(freshIpc())] : []),
      await pull.bind(freshInproc()),
    ];
    expect(pull.endpoints).toEqual(endpoints);
    const sent = [];
    for (const endpoint of endpoints) {
      await using push = new Push();
      push.connect(endpoint);
      await push.send(endpoint);
      sent.push(endpoint);
      expect(String(await pull.receive())).toBe(endpoint);
    }
    expect(new Set(sent).size).toBe(endpoints.length);
  });

  test("on one socket all are sent to, connected", async () => {
    await using push = new Push();
    const pulls = [new Pull(), new Pull(), new Pull()];
    try {
      const addresses = ["tcp://127.0.0.1:*", capability.ipc ? freshIpc() : "tcp://127.0.0.1:*", freshInproc()];
      const ready = push.ready({ peers: 3 });
      for (const [index, pull] of pulls.entries()) push.connect(await pull.bind(addresses[index]!));
      await ready;
      for (let n = 0; n < 30; n++) await push.send(`${n}`);
      const received = await Promise.all(
        pulls.map(async (pull) => {
          const own = [];
          for (let n = 0; n < 10; n++) own.push(Number(await pull.receive()));
          return own;
        }),
      );
      expect(received.flat().sort((a, b) => a - b)).toEqual(numbers(30));
    } finally {
      await Promise.all(pulls.map((pull) => pull.close()));
    }
  });
});

describe("every pair of socket types", () => {
  test.each(["tcp://127.0.0.1:*", ...(capability.ipc ? ["ipc://*"] : []), "inproc"])("talks over %s", async (kind) => {
    const address = () => (kind === "inproc" ? freshInproc() : kind);
    await using router = new Router();
    await using dealer = new Dealer();
    dealer.connect(await router.bind(address()));
    await dealer.send("question");
    const [peer, question] = await router.receive();
    await router.send([peer, `${question} answered`]);
    expect(String(await dealer.receive())).toBe("question answered");

    await using publisher = new Publisher();
    await using subscriber = new Subscriber();
    subscriber.subscribe("news");
    subscriber.connect(await publisher.bind(address()));
    await publisher.ready();
    await publisher.send(["other", "1"]);
    await publisher.send(["news", "2"]);
    expect((await subscriber.receive()).map(String)).toEqual(["news", "2"]);

    await using one = new Pair();
    await using two = new Pair();
    two.connect(await one.bind(address()));
    await two.send("from two");
    expect(String(await one.receive())).toBe("from two");
    await one.send("from one");
    expect(String(await two.receive())).toBe("from one");
  });
});

describe("a transport that this build lacks", () => {
  const missing = (["pgm", "epgm", "norm", "tipc"] as const).filter(
    (name) => !capability[name === "epgm" ? "pgm" : name],
  );

  test.each(missing)("%s is an UnsupportedError that names what to use instead", async (transport) => {
    const address = `${transport}://127.0.0.1;239.192.1.1:5555`;
    const wanted = expect.objectContaining({
      name: "UnsupportedError",
      code: "ERR_UNSUPPORTED",
      message: expect.stringMatching(new RegExp(`${transport}://.*tcp://.*ipc://.*inproc://`)),
    });
    await using publisher = new Publisher();
    await expect(publisher.bind(address)).rejects.toEqual(wanted);
    expect(() => publisher.bindSync(address)).toThrow(UnsupportedError);
    expect(() => publisher.connect(address)).toThrow(wanted);
  });

  test.skipIf(!capability.tipc)(
    "tipc, which the build has, is no other than a wrong address without braces",
    async () => {
      await using push = new Push();
      for (const call of [() => push.bindSync("tipc://here"), () => push.connect("tipc://here")])
        expect(call).toThrow(
          expect.objectContaining({ code: "ERR_ADDRESS_INVALID", message: expect.stringContaining("zmq_tipc") }),
        );
    },
  );

  test("is tested for pgm in the builds that npm has", () => {
    expect(missing).toContain("pgm");
  });
});
