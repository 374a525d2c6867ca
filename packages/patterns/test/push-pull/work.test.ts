import { setTimeout as pause } from "node:timers/promises";
import { ClosedError, Pull, Push, TimeoutError } from "@awaitmq/core";
import { eventually, run } from "@awaitmq/testing";
import { describe, expect, test } from "vitest";
import { collect, type TaskHandler, type WorkOptions, work } from "../../src/index.ts";

const numbers = (count: number, first = 0) => Array.from({ length: count }, (_, n) => first + n);
const inOrder = (values: readonly number[]) => [...values].sort((a, b) => a - b);

/** Marks and buffers that let ZeroMQ hold little. */
const frugalReceiver = { receiveHighWaterMark: 1, receiveBufferSize: 4_096 };
const frugalSender = { sendHighWaterMark: 1, sendBufferSize: 4_096 };

/** A ventilator, a sink, and the sockets of one worker between them. */
async function pipeline(options: { receiveHighWaterMark?: number } = {}) {
  const ventilator = new Push();
  const sink = new Pull({ receiveHighWaterMark: 10 });
  const tasks = new Pull(options);
  const results = new Push({ sendHighWaterMark: 10 });
  tasks.connect(await ventilator.bind("tcp://127.0.0.1:*"));
  results.connect(await sink.bind("tcp://127.0.0.1:*"));
  return {
    ventilator,
    sink,
    tasks,
    results,
    async [Symbol.asyncDispose]() {
      await Promise.all([ventilator, sink, tasks, results].map((socket) => socket.close({ linger: 0 })));
    },
  };
}

/** Promises that a test lets go. */
function gate() {
  let open = () => {};
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { open, opened };
}

async function bodies(sink: Pull, count: number): Promise<number[]> {
  const found: number[] = [];
  for await (const [body] of collect(sink, { count, timeout: 10_000 })) found.push(Number(body));
  return found;
}

describe("four workers of which one is ten times slower", () => {
  test("do all tasks, and the slow one never holds more than its concurrency and one", async () => {
    await using ventilator = new Push({ ...frugalSender });
    await using sink = new Pull();
    const taskEnd = await ventilator.bind("tcp://127.0.0.1:*");
    const resultEnd = await sink.bind("tcp://127.0.0.1:*");
    const ending = new AbortController();
    const crew = numbers(4).map((n) => {
      const [tasks, results] = [new Pull(frugalReceiver), new Push()];
      tasks.connect(taskEnd);
      results.connect(resultEnd);
      const state = { running: 0, most: 0, done: 0 };
      // Tasks of 4 KiB, so that what ZeroMQ and TCP hold ahead is some tasks and not some hundred.
      const handler: TaskHandler = async ([task]) => {
        state.most = Math.max(state.most, ++state.running);
        await pause(n === 0 ? 100 : 10);
        state.running -= 1;
        state.done += 1;
        return task.subarray(0, 4);
      };
      const running = work(tasks, handler, { concurrency: 2, results, signal: ending.signal });
      running.catch(() => {});
      return { tasks, results, state, running };
    });
    try {
      await ventilator.ready({ peers: 1, timeout: 10_000 });
      const count = 300;
      const sending = ventilator.sendAll(numbers(count).map((n) => String(n).padEnd(4_096)));
      expect(inOrder(await bodies(sink, count))).toEqual(numbers(count));
      expect(await sending).toBe(count);
      const [slow, ...others] = crew.map(({ state }) => state);
      expect(slow!.most).toBeLessThanOrEqual(2);
      for (const { most } of others) expect(most).toBeLessThanOrEqual(2);
      // The others did not wait for the slow one.
      expect(slow!.done).toBeLessThan(count / 4);
      ending.abort(new Error("done"));
      for (const { running } of crew) await expect(running).rejects.toThrow("done");
    } finally {
      ending.abort();
      await Promise.allSettled(crew.map(({ running }) => running));
      await Promise.all(crew.flatMap(({ tasks, results }) => [tasks, results]).map((socket) => socket.close()));
    }
  });
});

describe("a worker", () => {
  test("takes no task that it can't begin at once: the others stay with the socket", async () => {
    await using line = await pipeline();
    const ending = new AbortController();
    const hold = gate();
    const begun: number[] = [];
    const running = work(
      line.tasks,
      async ([task]) => {
        begun.push(Number(task));
        await hold.opened;
        return undefined;
      },
      { concurrency: 3, signal: ending.signal },
    );
    running.catch(() => {});
    await line.ventilator.sendAll(numbers(20).map(String));
    await eventually(() => begun.length === 3);
    expect(await bodies(line.tasks, 17)).toEqual(numbers(17, 3));
    ending.abort(new Error("done"));
    hold.open();
    await expect(running).rejects.toThrow("done");
    expect(begun).toEqual([0, 1, 2]);
  });

  test("that is aborted begins nothing more, sends the results of what ran, and loses no task", async () => {
    for (const round of numbers(20)) {
      await using line = await pipeline();
      const ending = new AbortController();
      const reason = new Error("abort");
      const begun: number[] = [];
      const told: unknown[] = [];
      const running = work(
        line.tasks,
        async ([task], { signal }) => {
          const abortedBefore = signal.aborted;
          begun.push(Number(task));
          // Aborts in the midst of the stream, each round at another task.
          if (begun.length === 5 + round) ending.abort(reason);
          await new Promise((resolve) => setImmediate(resolve));
          if (signal.aborted) told.push(signal.reason);
          return abortedBefore ? "begun too late" : task;
        },
        { concurrency: 4, results: line.results, signal: ending.signal },
      );
      running.catch(() => {});
      const sending = line.ventilator.sendAll(numbers(50).map(String));
      await expect(running).rejects.toBe(reason);
      expect(told.length).toBeGreaterThan(0);
      expect(new Set(told)).toEqual(new Set([reason]));
      await sending;
      const left = await bodies(line.tasks, 50 - begun.length);
      expect(inOrder([...begun, ...left])).toEqual(numbers(50));
      expect(inOrder(await bodies(line.sink, begun.length))).toEqual(inOrder(begun));
    }
  });

  test("that waits for a task when it is aborted leaves the next one to the next reader", async () => {
    await using line = await pipeline();
    const ending = new AbortController();
    const running = work(line.tasks, () => "no", { concurrency: 4, results: line.results, signal: ending.signal });
    ending.abort(new Error("abort"));
    await expect(running).rejects.toThrow("abort");
    await line.ventilator.send("1");
    expect(String(await line.tasks.receive())).toBe("1");
    await expect(work(line.tasks, () => "no", { signal: ending.signal })).rejects.toThrow("abort");
  });

  test("ends with the error of a task, after the handlers that ran have ended", async () => {
    await using line = await pipeline();
    const hold = gate();
    const failed = gate();
    const running = work(
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
    const outcome = running
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
  });

  test("asks onError what to do about a failed task: skip it, send something in its place, or stop", async () => {
    await using line = await pipeline();
    const answers: Record<string, "skip" | "stop" | [string]> = { 1: "skip", 2: ["instead of 2"], 4: "stop" };
    const asked: string[] = [];
    const running = work(
      line.tasks,
      ([task]) => {
        if (String(task) in answers) throw new Error(`task ${task} failed`);
        // No message: what can't be sent has failed too.
        return String(task) === "3" ? ({} as never) : task;
      },
      {
        results: line.results,
        onError(error, [task]) {
          asked.push(`${task}: ${(error as Error).message}`);
          return error instanceof TypeError ? "instead of 3" : answers[String(task)]!;
        },
      },
    );
    running.catch(() => {});
    await line.ventilator.sendAll(["0", "1", "2", "3", "4", "5"]);
    await expect(running).rejects.toThrow("task 4 failed");
    const results: string[] = [];
    for await (const [body] of collect(line.sink, { count: 3 })) results.push(String(body));
    expect(results).toEqual(["0", "instead of 2", "instead of 3"]);
    expect(asked).toHaveLength(4);
    expect(asked).toContain("1: task 1 failed");
    expect(String(await line.tasks.receive())).toBe("5");
  });

  test("ends when onError throws, and when a result has nowhere to go", async () => {
    await using line = await pipeline();
    await line.ventilator.sendAll(["0", "1"]);
    const fails = () => {
      throw new Error("failed");
    };
    const onError = () => {
      throw new Error("no idea");
    };
    await expect(work(line.tasks, fails, { onError })).rejects.toThrow("no idea");
    await expect(work(line.tasks, () => "result")).rejects.toThrow("no socket to send it to");
  });

  test("resolves when its socket closes, after the results were sent, and rejects when that of the results is closed", async () => {
    await using line = await pipeline();
    const hold = gate();
    const begun = gate();
    const slow: TaskHandler = async ([task]) => {
      begun.open();
      await hold.opened;
      return task;
    };
    const running = work(line.tasks, slow, { results: line.results });
    await line.ventilator.send("0");
    await begun.opened;
    await line.tasks.close();
    hold.open();
    expect(await running).toBeUndefined();
    expect(String(await line.sink.receive())).toBe("0");

    // Another one: the first may still have the connection of the socket that closed, and lose a task to it.
    await using ventilator = new Push();
    await using tasks = new Pull();
    tasks.connect(await ventilator.bind("tcp://127.0.0.1:*"));
    const other = work(tasks, slow, { results: line.results });
    other.catch(() => {});
    await line.results.close();
    await ventilator.send("1");
    await expect(other).rejects.toThrow(ClosedError);
  });

  test("is stopped by a sink that does not read, and goes on when it does", async () => {
    await using line = await pipeline({ receiveHighWaterMark: 10 });
    const ending = new AbortController();
    let begun = 0;
    const big = Buffer.alloc(64 * 1_024);
    const options: WorkOptions = { concurrency: 4, results: line.results, signal: ending.signal };
    const running = work(line.tasks, async () => [String(begun++), big], options);
    running.catch(() => {});
    const count = 3_000;
    const sending = line.ventilator.sendAll(numbers(count).map(() => "task"));
    // It stands still: some turns of the loop, in which nothing begins.
    let seen = -1;
    await eventually(
      () => {
        const still = begun === seen;
        seen = begun;
        return still && begun > 0;
      },
      { interval: 300 },
    );
    expect(begun).toBeLessThan(count / 2);
    expect(inOrder(await bodies(line.sink, count))).toEqual(numbers(count));
    expect(await sending).toBe(count);
    ending.abort(new Error("done"));
    await expect(running).rejects.toThrow("done");
  });

  test("that is aborted while the sink does not read gives up after linger, and tells onError", async () => {
    await using line = await pipeline();
    // Nobody ever connects to it.
    await using results = new Push({ sendHighWaterMark: 1 });
    const ending = new AbortController();
    const lost: unknown[] = [];
    const handled = gate();
    const running = work(
      line.tasks,
      () => {
        handled.open();
        return "result";
      },
      {
        results,
        signal: ending.signal,
        linger: 50,
        onError(error) {
          lost.push(error);
          return "stop";
        },
      },
    );
    running.catch(() => {});
    await line.ventilator.send("0");
    await handled.opened;
    ending.abort(new Error("abort"));
    await expect(running).rejects.toThrow("abort");
    expect(lost).toEqual([expect.any(TimeoutError)]);
  });

  test("says what is wrong with its arguments", async () => {
    await using pull = new Pull();
    const wrong = (options: unknown, handler: unknown = () => "x") => work(pull, handler as never, options as never);
    await expect(wrong({}, "handler")).rejects.toThrow("handler must be a function, got string");
    await expect(wrong({ concurrency: 0 })).rejects.toThrow("concurrency must be a whole number, 1 or more, got 0");
    await expect(wrong({ concurrency: Number.POSITIVE_INFINITY })).rejects.toThrow(RangeError);
    await expect(wrong({ linger: -1 })).rejects.toThrow(RangeError);
    await expect(wrong({ results: {} })).rejects.toThrow("results must be a socket that sends");
    await expect(wrong({ signal: 1 })).rejects.toThrow("signal must be an AbortSignal");
    await expect(wrong({ onError: "skip" })).rejects.toThrow("onError must be a function, got string");
  });
});

describe("a worker process", () => {
  test("keeps its memory flat while the sink does not read", async () => {
    await using sink = new Pull({ receiveHighWaterMark: 10 });
    await using ventilator = new Push();
    const ending = new AbortController();
    const taskEnd = await ventilator.bind("tcp://127.0.0.1:*");
    const resultEnd = await sink.bind("tcp://127.0.0.1:*");
    const endless = (function* () {
      for (;;) yield Buffer.alloc(16 * 1_024);
    })();
    const sending = ventilator.sendAll(endless, { signal: ending.signal });
    sending.catch(() => {});
    const { code, stdout, stderr } = await run(new URL("../fixtures/blocked-worker.mjs", import.meta.url), {
      args: [taskEnd, resultEnd],
    });
    ending.abort();
    expect(stderr).toBe("");
    expect(code).toBe(0);
    const { begunBefore, begunAfter, grown } = JSON.parse(stdout);
    expect(begunBefore).toBeGreaterThan(0);
    expect(begunAfter).toBe(begunBefore);
    expect(grown).toBeLessThan(64 * 1_024 * 1_024);
  });
});
