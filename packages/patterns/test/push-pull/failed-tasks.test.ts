/** The option `onTaskError`: skip, replace, retry or stop. */

import { Pull, Push, TimeoutError } from "@awaitmq/core";
import { eventually, gate } from "@awaitmq/testing";
import { describe, expect, test } from "vitest";
import { work } from "../../src/index.ts";
import { warnings } from "../warnings.ts";
import { pipeline, texts } from "./pipeline.ts";

describe("a task that fails", () => {
  test("ends the worker with its error, after the handlers that ran have ended", async () => {
    await using line = await pipeline();
    const hold = gate();
    const failed = gate();
    const worker = work(
      line.tasks,
      async ([task], { signal }) => {
        if (String(task) === "1") {
          failed.open();
          throw new Error("task 1 failed");
        }
        await hold.opened;
        return signal.aborted ? "aborted" : task;
      },
      { concurrency: 2, results: line.results },
    );
    let settled = false;
    const outcome = worker.done
      .catch((error: unknown) => error)
      .finally(() => {
        settled = true;
      });
    await line.ventilator.sendAll(["0", "1", "2"]);
    await failed.opened;
    await new Promise((resolve) => setImmediate(resolve));
    expect(settled).toBe(false);
    hold.open();
    expect(await outcome).toMatchObject({ message: "task 1 failed" });
    expect(String(await line.sink.receive())).toBe("0");
    expect(String(await line.tasks.receive())).toBe("2");
    await expect(worker.stop()).rejects.toThrow("task 1 failed");
    expect(worker.stats).toEqual({ running: 0, completed: 1, failed: 1, retried: 0 });
  });

  test("is left out, replaced, or stops the worker, as onTaskError says", async () => {
    await using line = await pipeline();
    const answers: Record<string, "skip" | "stop" | [string]> = { 1: "skip", 2: ["instead of 2"], 4: "stop" };
    const asked: string[] = [];
    const worker = work(
      line.tasks,
      ([task]) => {
        if (String(task) in answers) throw new Error(`task ${task} failed`);
        // No message: what can't be sent has failed too.
        return String(task) === "3" ? ({} as never) : task;
      },
      {
        results: line.results,
        onTaskError(error, [task]) {
          asked.push(`${task}: ${(error as Error).message}`);
          return error instanceof TypeError ? "instead of 3" : answers[String(task)]!;
        },
      },
    );
    const failed = expect(worker.done).rejects.toThrow("task 4 failed");
    await line.ventilator.sendAll(["0", "1", "2", "3", "4", "5"]);
    await failed;
    expect(await texts(line.sink, 3)).toEqual(["0", "instead of 2", "instead of 3"]);
    expect(asked).toHaveLength(4);
    expect(asked).toContain("1: task 1 failed");
    expect(String(await line.tasks.receive())).toBe("5");
    expect(worker.stats).toEqual({ running: 0, completed: 1, failed: 4, retried: 0 });
  });

  test("is done again on retry, with the number of the attempt", async () => {
    await using line = await pipeline();
    const told: unknown[] = [];
    await using worker = work(
      line.tasks,
      ([task], { attempt }) => {
        if (attempt < 3) throw new Error(`attempt ${attempt}`);
        return `${task} after ${attempt}`;
      },
      {
        results: line.results,
        onTaskError: (_error, [task], { attempt }) => (String(task) === "b" && attempt === 2 ? "skip" : "retry"),
        onError: (error, [task], { attempt }) => told.push(`${task} ${attempt}: ${(error as Error).message}`),
      },
    );
    await line.ventilator.sendAll(["a", "b", "c"]);
    expect(await texts(line.sink, 2)).toEqual(["a after 3", "c after 3"]);
    expect(told).toEqual([
      "a 1: attempt 1",
      "a 2: attempt 2",
      "b 1: attempt 1",
      "b 2: attempt 2",
      "c 1: attempt 1",
      "c 2: attempt 2",
    ]);
    await eventually(() => worker.stats.completed === 2);
    expect(worker.stats).toEqual({ running: 0, completed: 2, failed: 1, retried: 5 });
  });

  test("is not done again after the abort", async () => {
    await using line = await pipeline();
    const stop = new AbortController();
    const attempts: number[] = [];
    const worker = work(
      line.tasks,
      (_task, { attempt }) => {
        attempts.push(attempt);
        if (attempt === 2) stop.abort();
        throw new Error("never");
      },
      { signal: stop.signal, onTaskError: () => "retry" },
    );
    await line.ventilator.send("0");
    await worker.done;
    expect(attempts).toEqual([1, 2]);
    expect(worker.stats).toEqual({ running: 0, completed: 0, failed: 1, retried: 1 });
  });

  test("ends the worker as without an onTaskError where that throws, and when a result has nowhere to go", async () => {
    await using line = await pipeline();
    await line.ventilator.sendAll(["0", "1"]);
    const fails = () => {
      throw new Error("failed");
    };
    const onTaskError = () => {
      throw new Error("no idea");
    };
    const worker = work(line.tasks, fails, { onTaskError });
    await expect(worker.done).rejects.toThrow("failed");
    expect(worker.stats.failed).toBe(1);
    await expect(work(line.tasks, () => "result").done).rejects.toThrow("work has no socket for it");
  });

  test("is told to onError, which changes nothing even where it throws", async () => {
    await using line = await pipeline();
    using emitted = warnings();
    const onError = (error: unknown) => {
      throw new Error(`told of ${(error as Error).message}`);
    };
    await using worker = work(
      line.tasks,
      ([task]) => {
        if (String(task) === "0") throw new Error("task 0");
        return task;
      },
      { results: line.results, onTaskError: () => "skip", onError },
    );
    await line.ventilator.sendAll(["0", "1"]);
    expect(await texts(line.sink, 1)).toEqual(["1"]);
    await eventually(() => emitted.seen.length === 1);
    expect(emitted.seen[0]).toContain("AWAITMQ_CALLBACK: onError of work threw: Error: told of task 0");
    expect(worker.stats).toMatchObject({ failed: 1 });
  });

  test("in the grace of a stop fails that too, but not after the abort", async () => {
    await using line = await pipeline();
    const begun = gate();
    const hold = gate();
    const inGrace = work(line.tasks, async () => {
      begun.open();
      await hold.opened;
      throw new Error("failed in grace");
    });
    await line.ventilator.send("0");
    await begun.opened;
    const stopping = inGrace.stop();
    const failed = expect(inGrace.done).rejects.toThrow("failed in grace");
    hold.open();
    await expect(stopping).rejects.toThrow("failed in grace");
    await failed;

    const told: unknown[] = [];
    const again = gate();
    const givesUp = work(
      line.tasks,
      async (_task, { signal }) => {
        again.open();
        await new Promise((resolve) => signal.addEventListener("abort", resolve));
        throw signal.reason;
      },
      { onError: (error) => told.push(error) },
    );
    await line.ventilator.send("1");
    await again.opened;
    await givesUp.stop({ grace: 10 });
    expect(told).toMatchObject([{ code: "ERR_UNAVAILABLE" }]);
    expect(givesUp.stats).toEqual({ running: 0, completed: 0, failed: 1, retried: 0 });
  });
});

test("a result that has no room by the end of force is dropped, and onError told", async () => {
  await using line = await pipeline();
  using emitted = warnings();
  // Nobody ever connects to it.
  await using results = new Push({ sendHighWaterMark: 1 });
  const ending = new AbortController();
  const lost: unknown[] = [];
  const handled = gate();
  const worker = work(
    line.tasks,
    () => {
      handled.open();
      return "result";
    },
    { results, signal: ending.signal, force: 50, onError: (error) => lost.push(error) },
  );
  await line.ventilator.send("0");
  await handled.opened;
  ending.abort(new Error("abort"));
  await worker.done;
  expect(lost).toEqual([expect.any(TimeoutError)]);
  // No handler runs: it is the result that waited.
  await new Promise((resolve) => setImmediate(resolve));
  expect(emitted.seen).toEqual([]);
});

test("a task that fails at once, again and again, leaves timers and stop their turn", async () => {
  await using tasks = new Pull();
  await using push = new Push();
  push.connect(await tasks.bind("tcp://127.0.0.1:*"));
  const worker = work(
    tasks,
    () => {
      throw new Error("at once");
    },
    { onTaskError: () => "retry" },
  );
  await push.send("task");
  await eventually(() => worker.stats.retried > 100);
  await worker.stop({ grace: 10 });
  expect(worker.stats).toMatchObject({ running: 0, failed: 1 });
});
