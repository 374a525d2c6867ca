/** Tasks and results with a codec and a schema. */

import { Pull, Push, TimeoutError } from "@awaitmq/core";
import { eventually, numbers, pair } from "@awaitmq/testing";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import { CodecError, collect, json, SchemaError, text, work } from "../../src/index.ts";
import { endlessSchema } from "../endless-schema.ts";
import { warnings } from "../warnings.ts";
import { pipeline, texts } from "./pipeline.ts";

interface Sum {
  readonly a: number;
  readonly b: number;
}

describe("a worker with a codec", () => {
  test("decodes tasks, encodes results, and a collector with it decodes them", async () => {
    await using line = await pipeline();
    await using worker = work(line.tasks, ({ a, b }: Sum) => (a < 0 ? undefined : { sum: a + b }), {
      codec: json,
      results: line.results,
    });
    await line.ventilator.sendAll(['{"a":1,"b":2}', '{"a":-1,"b":2}', '{"a":3,"b":4}']);
    const sums: unknown[] = [];
    for await (const sum of collect(line.sink, { count: 2, codec: json })) sums.push(sum);
    expect(sums).toEqual([{ sum: 3 }, { sum: 7 }]);
    await eventually(() => worker.stats.completed === 3);
  });

  test("gives the handler what an asynchronous schema makes of a task", async () => {
    await using line = await pipeline();
    const schema = z.object({ at: z.string().transform(async (at) => new Date(at)) });
    await using _worker = work(line.tasks, ({ at }) => at.getTime(), { codec: json, schema, results: line.results });
    await line.ventilator.send('{"at":"1970-01-01T00:00:01Z"}');
    expect(await texts(line.sink, 1)).toEqual(["1000"]);
  });

  test("has failed at a task or result that it can't read or write, and sends values in their place", async () => {
    await using line = await pipeline();
    const schema = z.number().positive();
    const errors: string[] = [];
    await using worker = work(line.tasks, (n) => (n === 3 ? 3n : n), {
      codec: json,
      schema,
      results: line.results,
      onTaskError(error, [task]) {
        errors.push((error as Error).message);
        return { failed: String(task), of: (error as Error).name };
      },
    });
    await line.ventilator.sendAll(["{", "-1", "3", "4"]);
    expect((await texts(line.sink, 4)).map((result) => JSON.parse(result))).toEqual([
      { failed: "{", of: "CodecError" },
      { failed: "-1", of: "SchemaError" },
      { failed: "3", of: "CodecError" },
      4,
    ]);
    expect(errors).toEqual([
      expect.stringContaining("Cannot decode a message for a task: "),
      expect.stringContaining("The schema refuses a value for a task: "),
      expect.stringContaining("Cannot encode a value for a result: "),
    ]);
    await eventually(() => worker.stats.completed === 1);
    expect(worker.stats.failed).toBe(3);
  });

  test("fails a task that an asynchronous schema still checks when the worker is aborted", async () => {
    await using line = await pipeline();
    const endless = endlessSchema();
    const { schema } = endless;
    const stop = new AbortController();
    const worker = work(line.tasks, () => {}, { codec: json, schema, signal: stop.signal, force: 100_000 });
    await line.ventilator.send("1");
    await eventually(() => endless.checking === 1);
    stop.abort();
    await worker.done;
    expect(worker.stats.failed).toBe(1);
  });

  test("ends with the CodecError when nobody says what to do", async () => {
    await using line = await pipeline();
    await line.ventilator.send("{");
    await expect(work(line.tasks, () => {}, { codec: json }).done).rejects.toThrow(CodecError);
  });
});

describe("a collector with a codec", () => {
  const sink = () => pair({ pull: new Pull(), push: new Push() });

  test("throws at the first message that it can't read, and leaves the others", async () => {
    await using ends = await sink();
    await ends.push.sendAll(["1", "x", "2", "-1", "3"]);
    const schema = z.number().positive();
    const found = collect(ends.pull, { codec: json, schema });
    expect(await found.next()).toEqual({ value: 1, done: false });
    await expect(found.next()).rejects.toThrow(CodecError);
    expect(await found.next()).toEqual({ value: undefined, done: true });
    const rest = collect(ends.pull, { codec: json, schema });
    expect(await rest.next()).toEqual({ value: 2, done: false });
    await expect(rest.next()).rejects.toThrow(SchemaError);
    expect(String(await ends.pull.receive())).toBe("3");
  });

  test("tells onInvalid of such, which do not count; what that throws is a warning", async () => {
    await using ends = await sink();
    await ends.push.sendAll(["1", "x", "2", "y", "3"]);
    const told: string[] = [];
    const onInvalid = (error: Error, message: readonly Buffer[]) => told.push(`${error.name} ${message}`);
    const values: unknown[] = [];
    for await (const value of collect(ends.pull, { codec: json, count: 3, onInvalid })) values.push(value);
    expect(values).toEqual([1, 2, 3]);
    expect(told).toEqual(["CodecError x", "CodecError y"]);
    using warned = warnings();
    await ends.push.sendAll(["z", "4"]);
    const fails = () => {
      throw new Error("too much");
    };
    expect((await collect(ends.pull, { codec: json, onInvalid: fails }).next()).value).toBe(4);
    await eventually(() => warned.seen.length === 1);
    expect(warned.seen[0]).toContain("AWAITMQ_CALLBACK: onInvalid of collect threw: Error: too much");
  });

  test("gives calls that wait together the values in order, however long each is checked", async () => {
    await using ends = await sink();
    const schema = z.number().refine(async (value) => {
      if (value % 2 === 0) await new Promise(setImmediate);
      return value !== 3;
    });
    const found = collect(ends.pull, { codec: json, schema, count: 5, onInvalid() {} });
    const values = numbers(6).map(() => found.next());
    await ends.push.sendAll(numbers(6).map(String));
    expect((await Promise.all(values)).map(({ value }) => value)).toEqual([0, 1, 2, 4, 5, undefined]);
  });

  test("heeds its signal, its timeout and return while an asynchronous schema checks", async () => {
    await using ends = await sink();
    const endless = endlessSchema();
    const { schema } = endless;
    await ends.push.sendAll(numbers(4).map(String));
    await expect(collect(ends.pull, { codec: json, schema, timeout: 20 }).next()).rejects.toThrow(TimeoutError);
    expect(endless.checking).toBe(1);
    const stop = new AbortController();
    const aborted = collect(ends.pull, { codec: json, schema, signal: stop.signal }).next();
    aborted.catch(() => {});
    await eventually(() => endless.checking === 2);
    stop.abort("enough");
    await expect(aborted).rejects.toBe("enough");
    const left = collect(ends.pull, { codec: json, schema });
    const next = left.next();
    await eventually(() => endless.checking === 3);
    await left.return();
    expect(await next).toEqual({ value: undefined, done: true });
    expect(String(await ends.pull.receive())).toBe("3");
  });

  test("has a schema or onInvalid only with it", async () => {
    await using ends = await sink();
    for (const options of [{ schema: z.string() }, { onInvalid() {} }])
      expect(() => collect(ends.pull, options as never)).toThrow("needs a codec");
    expect(() => collect(ends.pull, { codec: {} } as never)).toThrow("codec must have a function decode");
    expect(() => collect(ends.pull, { codec: text, schema: {} } as never)).toThrow("Standard Schema");
  });
});
