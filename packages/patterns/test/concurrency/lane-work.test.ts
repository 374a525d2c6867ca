/** The shutdown of a worker that handles messages in lanes. */

import { Pull, Push } from "@awaitmq/core";
import { readOptions } from "@awaitmq/core/internals";
import { eventually, gate, pair } from "@awaitmq/testing";
import { describe, expect, test } from "vitest";
import { LaneWork, type LaneWorker } from "../../src/concurrency/lane-work.ts";
import { Running, runningRules } from "../../src/concurrency/running.ts";

type Worker = LaneWorker<Buffer[], { running: number }>;

/** Lanes on a socket with a message; `said` is what became of its worker and its belongings. */
async function working(parts: Pick<Worker, "perform"> & Partial<Worker>, options: object = {}, lanes = 1) {
  const ends = await pair({ pull: new Pull(), push: new Push() });
  await ends.push.send("0");
  const said: string[] = [];
  const worker: Worker = {
    closes: "soon",
    stats: (running) => ({ running }),
    retire: () => void said.push("retired"),
    ...parts,
  };
  const work = new LaneWork(ends.pull, lanes, worker, {
    endpoints: ["bound"],
    closeWithin: async () => void said.push("closed"),
  });
  return {
    pull: ends.pull,
    push: ends.push,
    said,
    handle: new Running("worker", work, readOptions("work", runningRules, options)),
    [Symbol.asyncDispose]: () => ends[Symbol.asyncDispose](),
  };
}

const heeding = (signals: AbortSignal[]) => async (_message: Buffer[], signal: AbortSignal) => {
  signals.push(signal);
  if (!signal.aborted) await new Promise((resolve) => signal.addEventListener("abort", resolve));
};

describe("work in lanes", () => {
  test("retires its worker, lets it take leave when nothing runs any more, and then closes", async () => {
    const hold = gate();
    const scene = await working({
      perform: () => hold.opened,
      async leave() {
        scene.said.push(`leaves, and ${scene.handle.stats.running} run`);
      },
    });
    await using _ends = scene;
    expect(scene.handle.endpoints).toEqual(["bound"]);
    await eventually(() => scene.handle.stats.running === 1);
    const stopping = scene.handle.stop();
    expect(scene.said).toEqual(["retired"]);
    hold.open();
    await stopping;
    expect(scene.said).toEqual(["retired", "leaves, and 0 run", "closed"]);
  });

  test("aborts handlers at once when its socket closes, if nobody waits for them", async () => {
    const signals: AbortSignal[] = [];
    await using scene = await working({ closes: "now", perform: heeding(signals) }, { grace: 600_000 });
    await eventually(() => signals.length === 1);
    await scene.pull.close();
    await scene.handle.done;
    expect(signals[0]?.reason).toMatchObject({ code: "ERR_CLOSED" });
    expect(scene.said).toEqual(["retired", "closed"]);
  });

  test("gives them their grace otherwise", async () => {
    const signals: AbortSignal[] = [];
    await using scene = await working({ perform: heeding(signals) }, { grace: 600_000 });
    await eventually(() => signals.length === 1);
    await scene.pull.close();
    await eventually(() => scene.said.length === 1);
    expect(signals[0]?.aborted).toBe(false);
    await scene.handle.stop({ grace: 0 });
    expect(signals[0]?.reason).toMatchObject({ code: "ERR_UNAVAILABLE", message: "The worker is shutting down" });
    expect(scene.said).toEqual(["retired", "closed"]);
  });

  test("gives them their grace after a failure, which it rejects with", async () => {
    const signals: AbortSignal[] = [];
    const heed = heeding(signals);
    const perform: Worker["perform"] = (message, signal) =>
      String(message) === "fails" ? Promise.reject(new Error("failed")) : heed(message, signal);
    await using scene = await working({ perform }, { grace: 600_000 }, 2);
    await eventually(() => signals.length === 1);
    await scene.push.send("fails");
    await eventually(() => scene.said.length === 1);
    expect(scene.handle.stats.running).toBe(1);
    expect(signals[0]?.aborted).toBe(false);
    const failed = expect(scene.handle.done).rejects.toThrow("failed");
    await scene.handle.stop({ grace: 0 }).catch(() => {});
    await failed;
    expect(signals[0]?.aborted).toBe(true);
  });

  test("ends though its worker never finishes its leave", async () => {
    await using scene = await working({ perform: async () => {}, leave: () => new Promise(() => {}) });
    await scene.handle.stop({ grace: 0, force: 0 });
    expect(scene.said).toEqual(["retired", "closed"]);
  });

  test("rejects with what its worker failed by, and closes before", async () => {
    await using scene = await working({ perform: () => Promise.reject(new Error("failed")) });
    await expect(scene.handle.done).rejects.toThrow("failed");
    expect(scene.said).toEqual(["retired", "closed"]);
  });
});
