/** `work` and `collect` with pyzmq. */

import { Pull, Push } from "@awaitmq/core";
import { interopMessages, python, pythonPeer } from "@awaitmq/testing";
import { describe, expect, test } from "vitest";
import { collect, work } from "../../src/index.ts";

const hasPython = python() !== undefined;
if (!hasPython) console.warn("Skipped: no Python 3 here can import zmq (Debian and Ubuntu: python3-zmq)");

describe.skipIf(!hasPython)("with pyzmq", () => {
  test("a worker between a plain PUSH and a plain PULL passes every message on", async () => {
    await using tasks = new Pull();
    await using results = new Push();
    const endpoint = await tasks.bind("tcp://127.0.0.1:*");
    await using sink = pythonPeer({
      socket: "PULL",
      act: "receive",
      endpoint: await results.bind("tcp://127.0.0.1:*"),
    });
    await using ventilator = pythonPeer({ socket: "PUSH", act: "send", endpoint });
    const worker = work(tasks, (task) => task, { results });
    await ventilator.line(/^done$/);
    await sink.line(/^done$/);
    await worker.stop();
    expect(worker.stats).toMatchObject({ completed: interopMessages.length, failed: 0 });
  });

  test("a sink collects what a plain PUSH sends", async () => {
    await using sink = new Pull();
    const endpoint = await sink.bind("tcp://127.0.0.1:*");
    await using ventilator = pythonPeer({ socket: "PUSH", act: "send", endpoint });
    const collected: number[] = [];
    for await (const result of collect(sink, { count: interopMessages.length })) collected.push(result.length);
    expect(collected).toEqual(interopMessages.map(({ length }) => length));
    await ventilator.line(/^done$/);
  });
});
