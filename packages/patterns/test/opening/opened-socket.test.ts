/** Sockets that are opened for endpoints or handed in, alone and together. */

import { AddressError, Pull, Push } from "@awaitmq/core";
import { eventually, freshTcp } from "@awaitmq/testing";
import { describe, expect, test } from "vitest";
import { claim } from "../../src/concurrency/claim.ts";
import { InUseError } from "../../src/errors.ts";
import { OpenedSocket, type Opening } from "../../src/opening/opened-socket.ts";
import { OpenedSockets } from "../../src/opening/opened-sockets.ts";

const opened: Pull[] = [];

function opening(habit: "bind" | "connect"): Opening<Pull> {
  return {
    takes: "gather takes a Pull,",
    habit,
    isSocket: (given) => given instanceof Pull,
    open(options) {
      const pull = new Pull(options);
      opened.push(pull);
      return pull;
    },
  };
}

const local = "tcp://127.0.0.1:*";

describe("what is opened for endpoints", () => {
  test.each(["bind", "connect"] as const)(
    "has the habit to %s, which { bind } and { connect } overrule",
    async (habit) => {
      await using push = new Push();
      const far = await push.bind(local);
      for (const [given, binds] of [
        [habit === "bind" ? local : far, habit === "bind"],
        [[habit === "bind" ? local : far], habit === "bind"],
        [{ bind: local }, true],
        [{ bind: [local, local], socket: { receiveHighWaterMark: 7 } }, true],
        [{ connect: far, socket: { receiveHighWaterMark: 7 } }, false],
      ] as const) {
        const gathering = OpenedSocket.of(given, opening(habit));
        expect(gathering.isOwned).toBe(true);
        expect(gathering.socket.endpoints).toEqual([]);
        gathering.begin();
        expect(gathering.endpoints).toEqual(binds ? gathering.socket.endpoints : []);
        expect(gathering.socket.endpoints.includes(far)).toBe(!binds);
        if (typeof given === "object" && "socket" in given) expect(gathering.socket.receiveHighWaterMark).toBe(7);
        await gathering.close();
        expect(gathering.socket.closed).toBe(true);
      }
    },
  );

  test("is closed when it can't be bound", async () => {
    await using other = new Pull();
    const taken = await other.bind(local);
    const free = await freshTcp();
    const gathering = OpenedSocket.of([free, taken], opening("bind"));
    expect(() => gathering.begin()).toThrow(AddressError);
    expect(gathering.socket.closed).toBe(true);
    await eventually(() =>
      other.bind(free).then(
        () => true,
        () => false,
      ),
    );
  });

  test("leaves its source of endpoints when it is closed", async () => {
    let left = false;
    const source = (async function* () {
      try {
        yield "tcp://127.0.0.1:1";
        yield "tcp://127.0.0.1:2";
      } finally {
        left = true;
      }
    })();
    const gathering = OpenedSocket.of({ connect: source }, opening("bind"));
    gathering.begin();
    await eventually(() => gathering.socket.endpoints.length > 0);
    await gathering.close();
    await eventually(() => left);
    expect(gathering.socket.closed).toBe(true);
  });
});

test("a socket that is handed in is not touched", async () => {
  await using pull = new Pull();
  const endpoint = await pull.bind(local);
  const gathering = OpenedSocket.of<Pull>(pull, opening("bind"));
  gathering.begin();
  expect(gathering.socket).toBe(pull);
  expect(gathering.isOwned).toBe(false);
  expect(gathering.endpoints).toEqual([]);
  await gathering.close();
  expect(pull.closed).toBe(false);
  expect(pull.endpoints).toEqual([endpoint]);
});

test("what is neither is refused, and nothing opened for it", async () => {
  await using push = new Push();
  opened.length = 0;
  for (const [given, message] of [
    [
      undefined,
      "gather takes a Pull, an endpoint or an array of endpoints, got undefined. Is its environment variable set",
    ],
    [[], "gather takes a Pull, an endpoint or an array of endpoints, got an empty array"],
    [5, "got a number"],
    [push, "gather takes a Pull, an endpoint, an array of them, { bind } or { connect }, got a Push"],
    [{}, "{ bind } or { connect }, got an object"],
    [{ bind: 5 }, "to bind to an endpoint or an array of endpoints, got a number"],
    [{ connect: [5] }, "to connect to endpoints as strings, got a number at index 0"],
    [{ bind: local, connect: local }, 'gather has no option "connect"'],
  ] as const)
    expect(() => OpenedSocket.of(given as never, opening("bind"))).toThrow(message);
  expect(opened).toEqual([]);
  for (const [socket, message] of [
    [{ hwm: 1 }, 'Pull has no option "hwm"'],
    [null, "socket takes an object of options, got null"],
    [false, "socket takes an object of options, got boolean"],
    [5, "socket takes an object of options, got number"],
    [push, "socket takes an object of options, got a Push"],
    [new Map(), "socket takes an object of options, got a Map"],
  ] as const)
    for (const place of [{ bind: local }, { connect: local }])
      expect(() => OpenedSocket.of({ ...place, socket } as never, opening("bind"))).toThrow(message);
});

test("one that lingers for ever closes within any number of milliseconds", async () => {
  const opened = OpenedSocket.of({ bind: local, socket: { linger: -1 } } as never, opening("bind"));
  opened.begin();
  await opened.closeWithin(3e9);
  expect(opened.socket.closed).toBe(true);
});

describe("sockets that belong together", () => {
  test("tell what they have bound, and are closed together but for what was handed in", async () => {
    await using pull = new Pull();
    const sockets = new OpenedSockets();
    const first = sockets.open(local, opening("bind"));
    const second = sockets.open(local, opening("bind"));
    expect(sockets.open<Pull>(pull, opening("bind"))).toBe(pull);
    sockets.begin();
    expect(sockets.endpoints).toEqual([...first.endpoints, ...second.endpoints]);
    expect(sockets.endpoints).toHaveLength(2);
    await sockets.close();
    expect([first.closed, second.closed, pull.closed]).toEqual([true, true, false]);
  });

  test("have one reader from their begin to their end, or until that fails", async () => {
    await using pull = new Pull();
    const [first, second] = [new OpenedSockets("first"), new OpenedSockets("second")];
    for (const sockets of [first, second]) sockets.open<Pull>(pull, opening("bind"));
    first.begin();
    const own = second.open(local, opening("bind"));
    expect(() => second.begin()).toThrow("Cannot second: first already reads this socket");
    expect(own.closed).toBe(true);
    expect(() => claim(pull, "third")).toThrow(InUseError);
    await first.closeWithin(0);

    const failing = new OpenedSockets("failing");
    failing.open<Pull>(pull, opening("bind"));
    const fail = () => {
      throw new RangeError("not prepared");
    };
    expect(() => failing.begin(fail)).toThrow("not prepared");
    claim(pull, "third")();
    expect(pull.closed).toBe(false);
  });

  test("are all closed where one is refused or can't begin", async () => {
    const refused = new OpenedSockets();
    const first = refused.open(local, opening("bind"));
    expect(() => refused.open({ bind: local, socket: { hwm: 1 } }, opening("bind"))).toThrow(TypeError);
    expect(first.closed).toBe(true);

    const failing = new OpenedSockets();
    const both = [failing.open(local, opening("bind")), failing.open("tcp://nowhere", opening("connect"))];
    expect(() => failing.begin()).toThrow(AddressError);
    expect(both.map(({ closed }) => closed)).toEqual([true, true]);
  });
});
