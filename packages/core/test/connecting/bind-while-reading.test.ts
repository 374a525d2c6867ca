/** Binding while a loop or a call waits on the same socket. */

import { eventually, freshInproc, freshTcp, numbers } from "@awaitmq/testing";
import { describe, expect, test } from "vitest";
import { Pull, Push } from "../../src/index.ts";

describe("bind and bindSync while a loop runs on the socket", () => {
  test("disturb neither the loop nor a message: 2 000 of 2 000 arrive in order over 20 new endpoints", async () => {
    await using pull = new Pull();
    await using push = new Push();
    push.connect(await pull.bind("tcp://127.0.0.1:*"));
    const received: number[] = [];
    const loop = (async () => {
      for await (const message of pull) {
        received.push(Number(message));
        if (received.length === 2_000) return;
      }
    })();
    const sending = push.sendAll(numbers(2_000).map(String));
    for (let n = 0; n < 10; n++) {
      await pull.bind("tcp://127.0.0.1:*");
      // Where the machine is slow it refuses, for the messages keep libzmq's threads busy: later it does not.
      await eventually(() => pull.bindSync("tcp://127.0.0.1:*"));
    }
    await Promise.all([sending, loop]);
    expect(received).toEqual(numbers(2_000));
    expect(pull.endpoints).toHaveLength(21);
  });

  test("let a loop that waits get messages from the new endpoints", async () => {
    await using pull = new Pull();
    await pull.bind("tcp://127.0.0.1:*");
    const received: string[] = [];
    const loop = (async () => {
      for await (const message of pull) {
        received.push(String(message));
        if (received.length === 2) return;
      }
    })();
    await using first = new Push();
    await using second = new Push();
    first.connect(await pull.bind("tcp://127.0.0.1:*"));
    second.connect(pull.bindSync("tcp://127.0.0.1:*"));
    await first.send("first");
    await second.send("second");
    await loop;
    expect(received.sort()).toEqual(["first", "second"]);
  });

  test("may be called many times at once", async () => {
    await using pull = new Pull();
    const waiting = pull.receive();
    const endpoints = await Promise.all(numbers(10).map(() => pull.bind("tcp://127.0.0.1:*")));
    expect(new Set(endpoints).size).toBe(10);
    await using push = new Push();
    push.connect(endpoints[9]!);
    await push.send("x");
    expect(String(await waiting)).toBe("x");
  });

  test("never keep a message that arrives right then from the receive that waits", async () => {
    await using pull = new Pull();
    await using push = new Push();
    push.connect(await pull.bind("tcp://127.0.0.1:*"));
    const deserted = await freshTcp();
    for (const n of numbers(300)) {
      const waiting = pull.receive();
      await push.send(`${n}`);
      if (n % 3 === 0) pull.bindSync(freshInproc());
      else if (n % 3 === 1) pull.connect(deserted);
      else pull.disconnect(deserted);
      expect(Number(await waiting)).toBe(n);
    }
  });

  test("disturb no send that waits", async () => {
    await using push = new Push();
    const sent = push.send("waited");
    const endpoint = await push.bind("tcp://127.0.0.1:*");
    push.bindSync("tcp://127.0.0.1:*");
    await using pull = new Pull();
    pull.connect(endpoint);
    await sent;
    expect(String(await pull.receive())).toBe("waited");
  });
});
