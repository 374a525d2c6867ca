/** Monitors that nobody reads: speed, memory and lost events. */

import { setTimeout as sleep } from "node:timers/promises";
import { eventually, fixture, freshTcp, run, sized } from "@awaitmq/testing";
import { describe, expect, test } from "vitest";
import { Dealer, Pull, Push, QueueFullError, Router, type Socket } from "../../src/index.ts";
import { internals } from "../../src/internals-key.ts";

const leftMonitor = fixture("left-monitor.mjs", import.meta.url);
const knocked = fixture("knocked.mjs", import.meta.url);
const leftInprocMonitor = fixture("left-inproc-monitor.mjs", import.meta.url);

/** Sends back and forth until stopped; remembers the longest time for one way back and forth, and the CPU that the process took for each. */
function pingPong(dealer: Dealer, router: Router) {
  let [count, longest] = [0, 0];
  let stopped = false;
  const start = process.cpuUsage();
  const ended = (async () => {
    for (let began = performance.now(); !stopped; ) {
      await dealer.send("ping");
      const [peer] = await router.receive();
      await router.send([peer, "pong"]);
      await dealer.receive();
      const now = performance.now();
      longest = Math.max(longest, now - began);
      count += 1;
      began = now;
    }
  })();
  return async () => {
    stopped = true;
    await ended;
    const { user, system } = process.cpuUsage(start);
    return { longest, cpu: (user + system) / count };
  };
}

/** How long the dead peers are tried. */
const seconds = sized({ test: 2, soak: 10 });

describe("events that nobody reads any more", () => {
  test("with dead peers tried every millisecond slow down no other socket, and all close and bind again", async () => {
    await using dealer = new Dealer();
    await using router = new Router();
    dealer.connect(await router.bind("tcp://127.0.0.1:*"));
    let stop = pingPong(dealer, router);
    await sleep(1_000);
    const before = await stop();

    const watched = Array.from({ length: 4 }, () => new Push({ reconnectInterval: 1, linger: 0 }));
    const [unread, left, thrown, unasked] = watched as [Push, Push, Push, Push];
    const addresses = await Promise.all(watched.map(freshTcp));
    try {
      for (const [index, socket] of watched.entries()) socket.connect(addresses[index]!);
      unread.events();
      for await (const event of left.events()) if (event.type === "connect:retry") break;
      await expect(
        (async () => {
          for await (const event of thrown.events()) if (event.type === "connect:retry") throw new Error("listener");
        })(),
      ).rejects.toThrow("listener");
      await expect(unasked.ready({ timeout: 50 })).rejects.toThrow("fewer than 1 peer ready");

      stop = pingPong(dealer, router);
      await sleep(seconds * 1_000);
      const during = await stop();
      expect(during.longest - before.longest).toBeLessThan(1_000);
      // By the clock it would tell what else the machine does. A slow one makes fewer round trips between two attempts to connect.
      expect(during.cpu).toBeLessThan(before.cpu * 20);
    } finally {
      await Promise.all(watched.map((socket) => socket.close()));
    }

    for (const address of addresses) {
      await using pull = new Pull();
      await using push = new Push();
      expect(await pull.bind(address)).toBe(address);
      push.connect(address);
      await push.send("alive");
      expect(String(await pull.receive())).toBe("alive");
    }
  });

  test("are still taken from libzmq: long after, the newest are there and the number of the lost is known", async () => {
    await using push = new Push({ reconnectInterval: 1, linger: 0 });
    const events = push.events();
    push.connect(await freshTcp());
    // A look at the stream takes one event: what was dropped is told first.
    const dropped = await eventually(
      async () => {
        const { value } = await events.next();
        return value?.type === "dropped" && value.count;
      },
      { interval: 500 },
    );
    expect(dropped).toBeGreaterThan(0);
    let left = 0;
    for await (const event of events) {
      expect(event.type).not.toBe("end");
      left += 1;
      if (left === 900) break;
    }
    expect(left).toBe(900);
  });

  test("keep no receive from its message", async () => {
    await using pull = new Pull();
    const endpoint = await pull.bind("tcp://127.0.0.1:*");
    pull.events();
    const ends = performance.now() + 2_000;
    for (let n = 0; performance.now() < ends; n++) {
      await using push = new Push();
      const waiting = pull.receive();
      push.connect(endpoint);
      await push.send(`${n}`);
      expect(Number(await waiting)).toBe(n);
    }
  });
});

describe("a process that leaves its monitor behind, with the sockets open", () => {
  test.each(["ready", "ready-timeout", "break", "throw", "unread", "dead-peer"])(
    "by %s ends with its main",
    async (use) => {
      const finished = await run(leftMonitor, { args: [use] });
      expect(finished).toMatchObject({ code: 0, signal: null, stdout: "end of main\n", stderr: "" });
      expect(finished.elapsed).toBeLessThan(10_000);
    },
  );
});

test("monitors of closed sockets that an inproc peer holds back stop no other socket", async () => {
  const finished = await run(leftInprocMonitor, { execArgv: ["--expose-gc"] });
  expect(finished).toMatchObject({ code: 0, signal: null, stdout: "passed\nclosed\n", stderr: "" });
});

test.each(["none", "read"])(
  "strangers that knock while the program is busy stop no bind, connect, unbind, disconnect, ready or close: events %s",
  async (watch) => {
    const finished = await run(knocked, { args: [watch, "1"] });
    expect(finished).toMatchObject({ code: 0, signal: null, stderr: "" });
    expect(finished.stdout).toMatch(/^(tcp|ERR_QUEUE_FULL) (undefined|ERR_TIMEOUT) ERR_ADDRESS_IN_USE\nclosed\n$/);
  },
);

describe("binds that fail, which libzmq tells the monitor of by their own thread,", () => {
  test("never stop it: of too many in one turn the rest are refused, and in the next turn there may be more", async () => {
    const pull = new Pull();
    const endpoint = await pull.bind("tcp://127.0.0.1:*");
    const failures = (count: number) =>
      Array.from({ length: count }, () => {
        try {
          return pull.bindSync(endpoint);
        } catch (error) {
          return (error as Error).name;
        }
      });
    const events = pull.events();
    const told = failures(2_000);
    expect(told[0]).toBe("AddressError");
    expect(told.at(-1)).toBe("QueueFullError");
    const refused = told.filter((name) => name === "AddressError").length;
    let seen = 0;
    for await (const { type } of events) if (type === "bind:error" && ++seen === refused) break;
    await eventually(() => failures(1)[0] === "AddressError");
    for (let turn = 0; turn < 100; turn++) await expect(pull.bind(endpoint)).rejects.toThrow("in use");
    await pull.close();
  });
});

// Only Linux tells how much libzmq's threads have worked.
test.runIf(process.platform === "linux")(
  "a long turn of the event loop refuses no bindSync while libzmq has little to tell",
  async () => {
    await using pull = new Pull();
    await using push = new Push();
    const events = pull.events();
    const endpoints = [pull.bindSync("tcp://127.0.0.1:*")];
    for (let count = 0; count < 3; count++) {
      for (const end = performance.now() + 100; performance.now() < end; ) void end;
      endpoints.push(pull.bindSync("tcp://127.0.0.1:*"));
    }
    for (const endpoint of endpoints) push.connect(endpoint);
    let handshakes = 0;
    for await (const { type } of events) if (type === "handshake" && ++handshakes === 4) break;
    expect(handshakes).toBe(4);
  },
);

test("a long turn of the event loop in which libzmq had much to do refuses bindSync, and bind waits", async () => {
  await using pull = new Pull();
  await using push = new Push();
  pull.events();
  const endpoint = await pull.bind("tcp://127.0.0.1:*");
  for (let count = 0; count < 40; count++) push.connect(endpoint);
  for (const end = performance.now() + 200; performance.now() < end; ) void end;
  expect(() => pull.bindSync("tcp://127.0.0.1:*")).toThrow(QueueFullError);
  await expect(pull.bind("tcp://127.0.0.1:*")).resolves.toMatch(/^tcp:/);
});

describe("watching", () => {
  test("a socket is no obstacle to closing it and binding its port again, 10 times", async () => {
    let endpoint = "tcp://127.0.0.1:*";
    for (let n = 0; n < 10; n++) {
      const pull = new Pull();
      const events = pull.events();
      endpoint = await pull.bind(endpoint);
      const next = await events.next();
      expect(next.value).toEqual({ type: "bind", address: endpoint });
      await pull.close();
    }
  });

  test("many sockets at once, each until its end", async () => {
    const sockets: Socket[] = Array.from({ length: 50 }, () => new Pull());
    const ends = sockets.map(async (socket) => {
      const types = [];
      for await (const { type } of socket.events()) types.push(type);
      return types.at(-1);
    });
    await Promise.all(sockets.map((socket) => socket.bind("tcp://127.0.0.1:*")));
    await Promise.all(sockets.map((socket) => socket.close()));
    expect(new Set(await Promise.all(ends))).toEqual(new Set(["end"]));
  });
});

test("a monitor says that its socket is alone only if it saw all peers come", async () => {
  await using router = new Router();
  const endpoint = await router.bind("tcp://127.0.0.1:*");
  await using early = new Dealer({ immediate: false });
  early[internals].monitor.start();
  early.connect(endpoint);
  expect(early[internals].monitor.isAlone).toBe(true);
  expect(await eventually(() => !early[internals].monitor.isAlone)).toBe(true);
  await router.close();
  expect(await eventually(() => early[internals].monitor.isAlone)).toBe(true);
  // A Push that connects is not watched before somebody asks.
  await using late = new Push();
  late.connect(await freshTcp());
  late[internals].monitor.start();
  expect(late[internals].monitor.isAlone).toBe(false);
});
