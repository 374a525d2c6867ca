/** The handle of a running task: `stop`, its signal, `done` and `stats`. */

import { Pull, Push, TimeoutError } from "@awaitmq/core";
import { readOptions } from "@awaitmq/core/internals";
import { eventually, gate, pair } from "@awaitmq/testing";
import { describe, expect, test } from "vitest";
import { sourceOf } from "../../src/concurrency/all-messages.ts";
import { Lanes, type Perform } from "../../src/concurrency/lanes.ts";
import { Running, type Runs, runningRules } from "../../src/concurrency/running.ts";
import { DeadlockError } from "../../src/index.ts";
import { warnings } from "../warnings.ts";

interface Options {
  readonly grace?: number;
  readonly force?: number;
  readonly signal?: AbortSignal;
}

/** Two lanes on a socket with three messages. */
async function lanes(perform: Perform<Buffer[]>, options: Options = {}) {
  const ends = await pair({ pull: new Pull(), push: new Push() });
  const { pull, push } = ends;
  await push.sendAll(["0", "1", "2"]);
  const running = new Lanes(sourceOf(pull), 2, perform);
  const runs: Runs<{ running: number }> = {
    done: running.done,
    endpoints: [],
    get stats() {
      return { running: running.running };
    },
    retire: () => running.retire(),
    abort: (reason) => running.abort(reason),
    abandon: () => running.abandon(),
    outcomes: () => running.outcomes(),
  };
  return {
    pull,
    handle: new Running("worker", runs, readOptions("work", runningRules, options)),
    [Symbol.asyncDispose]: () => ends[Symbol.asyncDispose](),
  };
}

const aborted = (signal: AbortSignal) =>
  new Promise<void>((resolve) => signal.addEventListener("abort", () => resolve()));
const never = () => new Promise<void>(() => {});

describe("a stop", () => {
  test("lets what runs end within its grace, and begins no more", async () => {
    const hold = gate();
    const begun: string[] = [];
    await using scene = await lanes(async ([task], signal) => {
      begun.push(String(task));
      await hold.opened;
      expect(signal.aborted).toBe(false);
    });
    await eventually(() => begun.length === 2);
    const stopping = scene.handle.stop();
    hold.open();
    await stopping;
    await scene.handle.done;
    expect(scene.handle.stats).toEqual({ running: 0 });
    expect(String(await scene.pull.receive())).toBe("2");
  });

  test("aborts signals after grace, with the reason that it ends, and waits for handlers that heed it", async () => {
    const reasons: unknown[] = [];
    await using scene = await lanes(async (_task, signal) => {
      await aborted(signal);
      reasons.push(signal.reason);
    });
    await eventually(() => scene.handle.stats.running === 2);
    await scene.handle.stop({ grace: 10 });
    expect(reasons).toMatchObject([
      { code: "ERR_UNAVAILABLE", message: "The worker is shutting down" },
      { code: "ERR_UNAVAILABLE", message: "The worker is shutting down" },
    ]);
  });

  test("ends without handlers that ignore it after force, of which a warning tells, and gives up what is sent late", async () => {
    using emitted = warnings();
    const late: unknown[] = [];
    await using scene = await lanes(async ([task], _signal, giveUp) => {
      if (String(task) === "0") return never();
      await aborted(giveUp);
      late.push(giveUp.reason);
    });
    await eventually(() => scene.handle.stats.running === 2);
    await scene.handle.stop({ grace: 0, force: 10 });
    await scene.handle.done;
    expect(late).toEqual([expect.any(TimeoutError)]);
    await eventually(() => emitted.seen.length > 0);
    expect(emitted.seen).toEqual([expect.stringMatching(/^AWAITMQ_STILL_RUNNING: .* 1 of its handlers still run/)]);
  });

  test("takes its bounds from the options of what runs, and may come sooner when called once more", async () => {
    using emitted = warnings();
    await using scene = await lanes(never, { grace: Number.POSITIVE_INFINITY, force: 0 });
    await eventually(() => scene.handle.stats.running === 2);
    const first = scene.handle.stop();
    const second = scene.handle.stop({ grace: 0 });
    const third = scene.handle.stop({ grace: 60_000, force: 60_000 });
    await Promise.all([first, second, third]);
    await eventually(() => emitted.seen.length > 0);
    expect(emitted.seen).toHaveLength(1);
  });

  test("that a handler awaits is a DeadlockError, and the rest goes on as if it had not been awaited", async () => {
    const errors: unknown[] = [];
    await using scene = await lanes(async ([task]) => {
      if (String(task) !== "0") return;
      await new Promise(setImmediate);
      await scene.handle.stop().catch((error: unknown) => errors.push(error));
    });
    await scene.handle.done;
    expect(errors).toEqual([expect.any(DeadlockError)]);
  });

  test("that a handler calls without awaiting it ends in good order", async () => {
    await using scene = await lanes(async () => void scene.handle.stop());
    await scene.handle.done;
    expect(scene.handle.stats).toEqual({ running: 0 });
  });

  test("is what the end of a scope does", async () => {
    await using scene = await lanes(async (_task, signal) => aborted(signal), { grace: 10 });
    await eventually(() => scene.handle.stats.running === 2);
    await scene.handle[Symbol.asyncDispose]();
    expect(scene.handle.stats).toEqual({ running: 0 });
  });

  test("refuses wrong bounds", async () => {
    await using scene = await lanes(async () => {});
    await expect(scene.handle.stop({ grace: -1 })).rejects.toThrow("grace must be 0 or more milliseconds");
    await expect(scene.handle.stop({ linger: 1 } as never)).rejects.toThrow('stop has no option "linger"');
    await scene.handle.stop();
  });
});

describe("a signal", () => {
  test("that was aborted before lets nothing begin", async () => {
    let begun = 0;
    const signal = AbortSignal.abort(new Error("before"));
    await using scene = await lanes(async () => void begun++, { signal });
    await scene.handle.done;
    expect(begun).toBe(0);
    expect(String(await scene.pull.receive())).toBe("0");
  });

  test("that is aborted meanwhile aborts those of handlers at once, with its reason, and done resolves", async () => {
    const stop = new AbortController();
    const reason = new Error("enough");
    const reasons: unknown[] = [];
    const perform: Perform<Buffer[]> = async (_task, signal) => {
      await aborted(signal);
      reasons.push(signal.reason);
      throw signal.reason;
    };
    await using scene = await lanes(perform, { signal: stop.signal, grace: 60_000 });
    await eventually(() => scene.handle.stats.running === 2);
    stop.abort(reason);
    await scene.handle.done;
    expect(reasons).toEqual([reason, reason]);
  });

  test("that is aborted in the grace of a stop ends that grace, and force has an end too", async () => {
    using emitted = warnings();
    const stop = new AbortController();
    await using scene = await lanes(never, { signal: stop.signal, grace: 60_000, force: 10 });
    await eventually(() => scene.handle.stats.running === 2);
    const stopping = scene.handle.stop();
    stop.abort();
    await stopping;
    await eventually(() => emitted.seen.length > 0);
    expect(emitted.seen[0]).toContain("2 of its handlers");
  });
});

describe("without a stop", () => {
  test("it is done when its socket is closed and what ran has ended", async () => {
    const hold = gate();
    let ended = 0;
    await using scene = await lanes(async () => {
      await hold.opened;
      ended += 1;
    });
    await eventually(() => scene.handle.stats.running === 2);
    await scene.pull.close();
    hold.open();
    await scene.handle.done;
    expect(ended).toBe(2);
    await scene.handle.stop();
  });

  test("it rejects with the first failure after the others have ended, and stop() does too", async () => {
    const hold = gate();
    const both = gate();
    await using scene = await lanes(async ([task]) => {
      if (String(task) === "0") {
        await both.opened;
        throw new Error("first");
      }
      both.open();
      await hold.opened;
      throw new Error("second");
    });
    const failed = expect(scene.handle.done).rejects.toThrow("first");
    await eventually(() => scene.handle.stats.running === 1);
    const stopping = expect(scene.handle.stop()).rejects.toThrow("first");
    hold.open();
    await Promise.all([failed, stopping]);
    expect(String(await scene.pull.receive())).toBe("2");
  });

  test("a failure in the grace of a stop is one", async () => {
    const hold = gate();
    await using scene = await lanes(async () => {
      await hold.opened;
      throw new Error("in grace");
    });
    await eventually(() => scene.handle.stats.running === 2);
    const failed = expect(scene.handle.done).rejects.toThrow("in grace");
    const stopping = expect(scene.handle.stop()).rejects.toThrow("in grace");
    hold.open();
    await Promise.all([failed, stopping]);
  });
});
