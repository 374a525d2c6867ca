/** The option `linkTimeout`: silent links to workers. */

import { setTimeout as sleep } from "node:timers/promises";
import { Dealer, Router } from "@awaitmq/core";
import { eventually, FlakyLink, fixture, spawnProcess } from "@awaitmq/testing";
import { describe, expect, test } from "vitest";
import { balance, serveBalanced } from "../../src/index.ts";

const program = fixture("balanced-worker.mjs", import.meta.url);

async function broker(linkTimeout: number) {
  const frontend = new Router();
  const backend = new Router();
  const running = balance(frontend, backend, { linkTimeout });
  const asking = new Dealer({ receiveTimeout: 100_000, linger: 0 });
  asking.connect(await frontend.bind("tcp://127.0.0.1:*"));
  const workerEnd = await backend.bind("tcp://127.0.0.1:*");
  return {
    asking,
    workerEnd,
    /** Ends it, and tells what it did. */
    async count() {
      await frontend.close();
      await running.done;
      return running.stats;
    },
    async [Symbol.asyncDispose]() {
      await asking.close();
      await Promise.all([frontend.close({ linger: 0 }), backend.close({ linger: 0 }), running.done]);
    },
  };
}

/** Resolves at the socket's first disconnect. */
async function watchDisconnect(dealer: Dealer): Promise<void> {
  for await (const { type } of dealer.events()) if (type === "disconnect") return;
}

describe.concurrent("a link that falls silent and stays up", () => {
  test("has the requests of its worker given to another", async () => {
    await using between = await broker(1_000);
    await using link = await FlakyLink.open(between.workerEnd);
    await using lost = spawnProcess(program, { args: [link.address, "3", "hang"] });
    for (const n of ["1", "2", "3"]) await between.asking.send(["", n]);
    await lost.line("holds 3");
    link.stall();
    await using _helper = spawnProcess(program, { args: [between.workerEnd, "3", "answer"] });
    const replies: string[] = [];
    for (let count = 0; count < 3; count++) replies.push(String((await between.asking.receive())[1]));
    expect(replies.sort()).toEqual(["1 answered", "2 answered", "3 answered"]);
  });

  test("is noticed by the worker too, which announces itself when it is back", async () => {
    await using between = await broker(1_000);
    await using link = await FlakyLink.open(between.workerEnd);
    await using dealer = new Dealer({ reconnectInterval: 10 });
    const disconnected = watchDisconnect(dealer);
    dealer.connect(link.address);
    const serving = serveBalanced(dealer, ([body]) => `${body} answered`);
    await between.asking.send(["", "1"]);
    await between.asking.receive();
    // A ping tells the worker how long it may wait for the next.
    const { relayed } = link;
    await eventually(() => link.relayed > relayed + 20);
    link.stall();
    await disconnected;
    await between.asking.send(["", "2"]);
    link.resume();
    expect(String((await between.asking.receive())[1])).toBe("2 answered");
    await dealer.close();
    await serving.done;
  });

  test("and comes back, to the one worker that there is, has that asked again, and its client answered once", async () => {
    await using between = await broker(1_000);
    await using link = await FlakyLink.open(between.workerEnd);
    await using dealer = new Dealer({ reconnectInterval: 10 });
    const disconnected = watchDisconnect(dealer);
    dealer.connect(link.address);
    let [begun, release] = [0, () => {}];
    const handler = async ([body]: readonly Buffer[]) => {
      const time = ++begun;
      if (time === 1) {
        await new Promise<void>((resolve) => {
          release = resolve;
        });
      }
      return `${body} answered, begun ${time}`;
    };
    const serving = serveBalanced(dealer, handler, { concurrency: 2 });
    await between.asking.send(["", "1"]);
    await eventually(() => begun === 1);
    // A ping tells the worker how long it may wait for the next.
    const { relayed } = link;
    await eventually(() => link.relayed > relayed + 20);
    link.stall();
    await disconnected;
    link.resume();
    expect(String((await between.asking.receive())[1])).toBe("1 answered, begun 2");
    release();
    await between.asking.send(["", "2"]);
    expect(String((await between.asking.receive())[1])).toBe("2 answered, begun 3");
    expect(await between.count()).toMatchObject({ given: 3, answered: 2, takenBack: 1, ignored: 1 });
    await dealer.close();
    await serving.done;
  });

  test("for less than its time, and longer than the shortest, leaves the worker what it holds", async () => {
    await using between = await broker(10_000);
    await using link = await FlakyLink.open(between.workerEnd);
    await using worker = spawnProcess(program, { args: [link.address, "1", "answer"] });
    await between.asking.send(["", "1"]);
    await worker.line("holds 1");
    await between.asking.receive();
    link.stall();
    await between.asking.send(["", "2"]);
    await sleep(1_300);
    link.resume();
    expect(String((await between.asking.receive())[1])).toBe("2 answered");
    expect(await between.count()).toMatchObject({ given: 2, answered: 2, takenBack: 0 });
  });

  test("is noticed within four seconds by default", async () => {
    await using frontend = new Router();
    await using backend = new Router();
    const running = balance(frontend, backend);
    const { heartbeatInterval, heartbeatTimeout, heartbeatTimeToLive } = backend;
    expect({ heartbeatInterval, heartbeatTimeout, heartbeatTimeToLive }).toEqual({
      heartbeatInterval: 2_000,
      heartbeatTimeout: 2_000,
      heartbeatTimeToLive: 4_000,
    });
    await frontend.close();
    await running.done;
  });

  test("is left to TCP with linkTimeout: Infinity, and to a heartbeatInterval of the backend's own", async () => {
    for (const [heartbeatInterval, linkTimeout] of [
      [0, Number.POSITIVE_INFINITY],
      [20_000, 4_000],
    ] as const) {
      await using frontend = new Router();
      await using backend = new Router({ heartbeatInterval });
      const running = balance(frontend, backend, { linkTimeout });
      expect(backend).toMatchObject({ heartbeatInterval, heartbeatTimeToLive: 0 });
      await frontend.close();
      await running.done;
    }
  });
});
