/** `work`: sharing tasks, aborting and shutting down. */

import { setTimeout as pause } from "node:timers/promises";
import { AddressError, ClosedError, Pull, Push } from "@awaitmq/core";
import { eventually, fixture, freshTcp, gate, numbers, run } from "@awaitmq/testing";
import { describe, expect, test } from "vitest";
import { type TaskHandler, type WorkOptions, work } from "../../src/index.ts";
import { bodies, inOrder, pipeline, untilAlone } from "./pipeline.ts";

/** Marks and buffers that let ZeroMQ hold little. */
const frugalReceiver = { receiveHighWaterMark: 1, receiveBufferSize: 4_096 };
const frugalSender = { sendHighWaterMark: 1, sendBufferSize: 4_096 };

describe("four workers of which one is ten times slower", () => {
  test("do all tasks, and the slow one never holds more than its concurrency and one", async () => {
    await using ventilator = new Push({ ...frugalSender });
    await using sink = new Pull();
    const taskEnd = await ventilator.bind("tcp://127.0.0.1:*");
    const resultEnd = await sink.bind("tcp://127.0.0.1:*");
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
      return { tasks, results, state, worker: work(tasks, handler, { concurrency: 2, results }) };
    });
    try {
      await ventilator.ready({ peers: 1, timeout: 100_000 });
      const count = 300;
      const sending = ventilator.sendAll(numbers(count).map((n) => String(n).padEnd(4_096)));
      expect(inOrder(await bodies(sink, count))).toEqual(numbers(count));
      expect(await sending).toBe(count);
      const [slow, ...others] = crew.map(({ state }) => state);
      expect(slow!.most).toBeLessThanOrEqual(2);
      for (const { most } of others) expect(most).toBeLessThanOrEqual(2);
      // The others did not wait for the slow one.
      expect(slow!.done).toBeLessThan(count / 4);
    } finally {
      await Promise.all(crew.map(({ worker }) => worker.stop()));
      await Promise.all(crew.flatMap(({ tasks, results }) => [tasks, results]).map((socket) => socket.close()));
    }
  });
});

describe("a worker", () => {
  test("takes no task that it can't begin at once: the others stay with the socket", async () => {
    await using line = await pipeline();
    const hold = gate();
    const begun: number[] = [];
    const worker = work(
      line.tasks,
      async ([task]) => {
        begun.push(Number(task));
        await hold.opened;
      },
      { concurrency: 3 },
    );
    await line.ventilator.sendAll(numbers(20).map(String));
    await eventually(() => begun.length === 3);
    expect(await bodies(line.tasks, 17)).toEqual(numbers(17, 3));
    expect(worker.stats).toEqual({ running: 3, completed: 0, failed: 0, retried: 0 });
    const stopping = worker.stop();
    hold.open();
    await stopping;
    expect(begun).toEqual([0, 1, 2]);
    expect(worker.stats).toEqual({ running: 0, completed: 3, failed: 0, retried: 0 });
  });

  test("that is aborted begins nothing more, sends the results of what ran, and loses no task", async () => {
    for (const round of numbers(20)) {
      await using line = await pipeline();
      const ending = new AbortController();
      const reason = new Error("abort");
      const begun: number[] = [];
      const told: unknown[] = [];
      const worker = work(
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
      const sending = line.ventilator.sendAll(numbers(50).map(String));
      await worker.done;
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
    const worker = work(line.tasks, () => "no", { concurrency: 4, results: line.results, signal: ending.signal });
    ending.abort(new Error("abort"));
    await worker.done;
    await line.ventilator.send("1");
    expect(String(await line.tasks.receive())).toBe("1");
    await line.ventilator.send("2");
    const late = work(line.tasks, () => "no", { signal: ending.signal });
    await late.done;
    expect(late.stats).toEqual({ running: 0, completed: 0, failed: 0, retried: 0 });
    expect(String(await line.tasks.receive())).toBe("2");
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
    const worker = work(line.tasks, slow, { results: line.results });
    await line.ventilator.send("0");
    await begun.opened;
    await line.tasks.close();
    hold.open();
    expect(await worker.done).toBeUndefined();
    expect(String(await line.sink.receive())).toBe("0");

    // Another one: the first may still have the connection of the socket that closed, and lose a task to it.
    await using ventilator = new Push();
    await using tasks = new Pull();
    tasks.connect(await ventilator.bind("tcp://127.0.0.1:*"));
    const other = work(tasks, slow, { results: line.results });
    const failed = expect(other.done).rejects.toThrow(ClosedError);
    await line.results.close();
    await ventilator.send("1");
    await failed;
  });

  test("is stopped by a sink that does not read, and goes on when it does", async () => {
    await using line = await pipeline({ receiveHighWaterMark: 10 });
    let begun = 0;
    const big = Buffer.alloc(64 * 1_024);
    const options: WorkOptions = { concurrency: 4, results: line.results };
    await using _worker = work(line.tasks, async () => [String(begun++), big], options);
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
  });

  test("opens sockets for endpoints, and closes them when it has ended", async () => {
    await using ventilator = new Push();
    await using sink = new Pull();
    const results = await sink.bind("tcp://127.0.0.1:*");
    const worker = work(await ventilator.bind("tcp://127.0.0.1:*"), ([task]) => `${task}!`, { results });
    expect(worker.endpoints).toEqual([]);
    await ventilator.send("a");
    expect(String(await sink.receive())).toBe("a!");
    await worker.stop();
    await untilAlone(ventilator);

    const bound = work({ bind: "tcp://127.0.0.1:*" }, ([task]) => `${task}?`, {
      results: { bind: ["tcp://127.0.0.1:*"], socket: { sendHighWaterMark: 1 } },
    });
    const [taskEnd, resultEnd] = bound.endpoints;
    await using other = new Push();
    await using reader = new Pull();
    other.connect(taskEnd!);
    reader.connect(resultEnd!);
    await other.send("a");
    expect(String(await reader.receive())).toBe("a?");
    await bound.stop();
    // What it had bound is free.
    expect([await sink.bind(taskEnd!), await sink.bind(resultEnd!)]).toEqual([taskEnd, resultEnd]);
  });

  test("goes with the endpoints of its ventilators", async () => {
    await using first = new Push();
    await using second = new Push();
    const ends = [await first.bind("tcp://127.0.0.1:*"), await second.bind("tcp://127.0.0.1:*")];
    const moved = gate();
    const places = (async function* () {
      yield ends[0]!;
      await moved.opened;
      yield [ends[1]!];
    })();
    const done: string[] = [];
    await using _worker = work({ connect: places }, ([task]) => void done.push(String(task)));
    await first.send("1");
    await eventually(() => done.length === 1);
    moved.open();
    await second.send("2");
    await eventually(() => done.length === 2);
    expect(done).toEqual(["1", "2"]);
    await eventually(async () => {
      const sent = first.send("3", { timeout: 20 });
      return sent.then(
        () => false,
        () => true,
      );
    });
  });

  test("says what is wrong with its arguments, and leaves nothing open", async () => {
    await using pull = new Pull();
    const wrong = (options: unknown, handler: unknown = () => "x", tasks: unknown = pull) => {
      return () => work(tasks as never, handler as never, options as never);
    };
    expect(wrong({}, "handler")).toThrow("handler must be a function, got string");
    expect(wrong({ concurrency: 0 })).toThrow("concurrency must be a whole number, 1 or more, got 0");
    expect(wrong({ concurrency: Number.POSITIVE_INFINITY })).toThrow(RangeError);
    expect(wrong({ grace: -1 })).toThrow(RangeError);
    expect(wrong({ force: "1" })).toThrow("force must be a number of milliseconds, got string");
    expect(wrong({ results: {} })).toThrow("results takes a socket that sends, an endpoint");
    expect(wrong({ results: { bind: "tcp://127.0.0.1:*", sokcet: {} } })).toThrow('results has no option "sokcet"');
    expect(wrong({ signal: 1 })).toThrow("signal must be an AbortSignal");
    expect(wrong({ onTaskError: "skip" })).toThrow("onTaskError must be a function, got string");
    expect(wrong({ onError: "skip" })).toThrow("onError must be a function, got string");
    expect(wrong({ codec: { decode() {} } })).toThrow("codec must have a function encode");
    expect(wrong({ schema: { "~standard": { validate() {} } } })).toThrow(
      "schema needs a codec: it checks values, not frames",
    );
    // The first end is given up when the second can't be had.
    const free = await freshTcp();
    expect(wrong({ results: "tcp://nowhere" }, undefined, { bind: free })).toThrow(AddressError);
    await eventually(() =>
      pull.bind(free).then(
        () => true,
        () => false,
      ),
    );
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
    const { code, stdout, stderr } = await run(fixture("blocked-worker.mjs", import.meta.url), {
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
